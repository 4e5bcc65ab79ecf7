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
"""Writes and restores checkpoints that survive a kill at any moment."""

import contextlib
import json
import os
import pathlib
import re

import tensorflow as tf

from tf_ganprune import files
from tf_ganprune.saving import archive

_SEAL = ".digest"
_NAME = re.compile(r"ckpt-(\d+)\.")


def latest(folder: str | os.PathLike) -> str | None:
  """Returns the prefix of the last whole checkpoint in a folder, or None."""
  folder = pathlib.Path(folder)
  number = _last(folder)
  return str(folder / f"ckpt-{number}") if number else None


def _numbers(folder: pathlib.Path) -> set[int]:
  names = os.listdir(folder) if folder.is_dir() else []
  return {int(found[1]) for found in map(_NAME.match, names) if found}


def _last(folder: pathlib.Path) -> int:
  sealed = {
    number
    for number in _numbers(folder)
    if (folder / f"ckpt-{number}{_SEAL}").exists()
  }
  return max(sealed, default=0)


class Backups:
  """Writes checkpoints to a folder so that a kill at any moment leaves one.

  A checkpoint is valid once its seal exists: a file, written last, with the
  digests of the other files and the shapes of the weights.

  Example:
    `Backups("folder", tf.train.Checkpoint(model=gan), gan).write()`
  """

  def __init__(
    self,
    folder: str | os.PathLike,
    checkpoint: tf.train.Checkpoint,
    model: tf.Module,
  ):
    """Looks for checkpoints in the folder, which need not exist.

    Args:
      folder: The folder for checkpoints, without other files.
      checkpoint: The checkpoint object, with all that is saved.
      model: The model in the checkpoint, whose architecture is checked.
    """
    self._folder = pathlib.Path(folder)
    self._checkpoint = checkpoint
    self._model = model
    # Tells a checkpoint that was cut off from one whose seal was deleted.
    self._unsealed = self._folder / "unsealed"
    self._number = _last(self._folder)

  def write(self) -> None:
    """Writes the next checkpoint, and then deletes the one before.

    Raises:
      OSError: If the disk is full; the checkpoint before is kept then.
    """
    self._folder.mkdir(parents=True, exist_ok=True)
    number = self._number + 1
    prefix = self._prefix(number)
    self._delete(number)
    self._unsealed.touch()
    try:
      self._checkpoint.write(prefix)
      self._seal(number)
    except tf.errors.OpError as error:
      self._delete(number)
      raise OSError(
        f"The checkpoint {prefix!r} could not be written ({error.message});"
        " the one before it is kept."
      ) from error
    self._unsealed.unlink(missing_ok=True)
    self._number = number
    for old in _numbers(self._folder) - {number}:
      self._delete(old)

  def restore(self) -> bool:
    """Restores the last checkpoint, if there is one.

    Returns:
      Whether there was a checkpoint.

    Raises:
      ValueError: If it is damaged, or of another architecture.
    """
    if not self._number:
      self._check_none_was_lost()
      return False
    self._check(self._number)
    try:
      status = self._checkpoint.read(self._prefix(self._number))
      status.assert_existing_objects_matched()
    except (tf.errors.OpError, AssertionError, ValueError) as error:
      raise self._refusal(_clause(error)) from error
    return True

  def _prefix(self, number: int) -> str:
    return str(self._folder / f"ckpt-{number}")

  def _files(self, number: int) -> list[pathlib.Path]:
    found = self._folder.glob(f"ckpt-{number}.*")
    return sorted(path for path in found if path.suffix != _SEAL)

  def _seal(self, number: int) -> None:
    digests = {}
    for path in self._files(number):
      with open(path, "rb") as file:
        os.fsync(file.fileno())
      digests[path.name] = archive.digest_of(path)
    content = {"files": digests, "shapes": self._shapes()}
    text = json.dumps(content, sort_keys=True)
    files.write(self._prefix(number) + _SEAL, text.encode())

  def _shapes(self) -> list[str]:
    # Sorted, since freezing a layer moves its weights.
    return sorted(
      f"{weight.dtype.name}{list(weight.shape)}" for weight in self._weights()
    )

  def _weights(self):
    metrics = {
      variable.ref()
      for metric in getattr(self._model, "metrics", [])
      for variable in metric.variables
    }
    return [w for w in self._model.weights if w.ref() not in metrics]

  def _delete(self, number: int) -> None:
    seal = pathlib.Path(self._prefix(number) + _SEAL)
    for path in [seal, *self._files(number)]:
      with contextlib.suppress(OSError):
        path.unlink()

  def _check(self, number: int) -> None:
    try:
      seal = json.loads(pathlib.Path(self._prefix(number) + _SEAL).read_text())
      digests, shapes = seal["files"], seal["shapes"]
    except (ValueError, KeyError, TypeError):
      raise self._refusal("the file with its digests is damaged") from None
    for name, digest in digests.items():
      path = self._folder / name
      if not path.is_file():
        raise self._refusal(f"{name!r} is missing")
      if archive.digest_of(path) != digest:
        raise self._refusal(f"{name!r} is damaged")
    if shapes != self._shapes():
      raise self._refusal("it is of another architecture")

  def _check_none_was_lost(self) -> None:
    if _numbers(self._folder) and not self._unsealed.exists():
      raise self._refusal("the file with its digests is missing")

  def _refusal(self, reason: str) -> ValueError:
    return ValueError(
      f"Training cannot resume from the checkpoint in {str(self._folder)!r}:"
      f" {reason}. Nothing was deleted; put the files back as they were, use"
      " the networks it was made with, or delete the folder to start anew."
    )


def _clause(error: Exception) -> str:
  text = " ".join(str(error).split())[:200].rstrip(".")
  return f"it is of another architecture, or damaged ({text})"
