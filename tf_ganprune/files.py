# Copyright 2026 The tf_ganprune Authors. All Rights Reserved.
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.
"""Writes files whole or not at all, and checks paths before."""

import contextlib
import os
import pathlib
import re
import tempfile
from collections.abc import Iterator


def make_directory(path: str | os.PathLike) -> pathlib.Path:
  """Creates a folder and its parents, and checks that it is writable.

  Args:
    path: The folder, which may exist.

  Returns:
    The path.

  Raises:
    ValueError: If it cannot be created or written to.
  """
  path = pathlib.Path(path)
  try:
    path.mkdir(parents=True, exist_ok=True)
    # Permissions say nothing on read-only disks, or for root.
    with tempfile.TemporaryFile(dir=path):
      pass
  except OSError as error:
    raise ValueError(
      f"Folder {str(path)!r} cannot be written to ({error.strerror}); choose"
      " another one."
    ) from error
  return path


def check(path: str | os.PathLike) -> pathlib.Path:
  """Raises unless a file can be written to a path.

  Args:
    path: The file's path; it need not exist, its folder must.

  Returns:
    The path.

  Raises:
    ValueError: If it is a folder, or its folder is missing or not writable.
  """
  try:
    path = pathlib.Path(path)
  except TypeError:
    raise ValueError(
      f"`path` must be a path to a file; got {path!r}."
    ) from None
  if path.is_dir() or not path.name:
    raise ValueError(f"`path` {str(path)!r} is a folder; add a file name.")
  if not path.parent.is_dir():
    raise ValueError(
      f"`path` {str(path)!r} is in a folder that does not exist; create"
      f" {str(path.parent)!r} first."
    )
  make_directory(path.parent)
  return path


@contextlib.contextmanager
def replacing(path: str | os.PathLike) -> Iterator[pathlib.Path]:
  """Yields a temporary path, whose file replaces that at `path` at the end.

  The file at `path` stays until then, also if writing fails.

  Example:
    `with replacing("gan.keras") as beside: gan.save(beside)`

  Args:
    path: The file's path.

  Yields:
    A path in the same folder, with the same suffix.
  """
  path = pathlib.Path(path)
  beside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
  try:
    yield beside
    with open(beside, "rb") as file:
      os.fsync(file.fileno())
    os.replace(beside, path)
  finally:
    with contextlib.suppress(OSError):
      beside.unlink()


def remove_left_over(folder: str | os.PathLike) -> None:
  """Deletes temporary files of `replacing` in a process that was killed.

  Args:
    folder: A folder to which no process writes now; its other files stay.
  """
  for path in pathlib.Path(folder).glob(".*"):
    if re.fullmatch(r"\..+\.\d+(\.\w+)?", path.name) and path.is_file():
      path.unlink()


def write(path: str | os.PathLike, content: bytes) -> pathlib.Path:
  """Writes a file, whole or not at all.

  Args:
    path: The file's path.
    content: The whole content.

  Returns:
    The path.

  Raises:
    OSError: If it cannot be written; nothing is left then.
  """
  with replacing(path) as beside:
    beside.write_bytes(content)
  return pathlib.Path(path)
