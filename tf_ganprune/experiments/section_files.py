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
"""Writes the pictures and sounds of a page's sections to files."""

import os
import pathlib
import re
from collections.abc import Iterable, Iterator

from tf_ganprune import files
from tf_ganprune.report import sections as sections_


def write(
  folder: str | os.PathLike, sections: Iterable[sections_.Section]
) -> list[pathlib.Path]:
  """Writes a file for each picture and each sound of some sections.

  The files are called `TITLE_COLUMN.png` or `.wav`, and `TITLE_COLUMN_ROW` if a
  section has several rows. Texts are not written.

  Args:
    folder: The folder of the files; it is made if there is a file to write.
    sections: Sections of a page, such as `tgp.report.Pictures`.

  Returns:
    The paths of the files.

  Raises:
    ValueError: If a section cannot be drawn, or the folder cannot be written
      to.
  """
  paths, taken = [], set()
  for section in sections:
    title = _free(_plain(section.title), taken)
    for name, content in _contents(section.drawn()):
      files.make_directory(folder)
      path = pathlib.Path(folder) / f"{title}_{name}"
      paths.append(files.write(path, content))
  return paths


def _contents(drawn: sections_.Drawn) -> Iterator[tuple[str, bytes]]:
  """Yields the end of each file's name, and the file's content."""
  taken = set()
  columns = [_free(_plain(x), taken) for x in drawn.columns]
  for i, row in enumerate(drawn.rows, 1):
    number = f"_{i}" if len(drawn.rows) > 1 else ""
    for column, cell in zip(columns, row, strict=True):
      for ending, content in (("png", cell.image), ("wav", cell.audio)):
        if content is not None:
          yield f"{column}{number}.{ending}", content


def _plain(text: str) -> str:
  """Converts a text to a part of a file's name: lower case, `_` for others."""
  return re.sub(r"\W+", "_", text).strip("_").lower() or "untitled"


def _free(name: str, taken: set[str]) -> str:
  """Adds a name to `taken`, with a number if it is there, and returns it."""
  found, number = name, 2
  while found in taken:
    found, number = f"{name}_{number}", number + 1
  taken.add(found)
  return found
