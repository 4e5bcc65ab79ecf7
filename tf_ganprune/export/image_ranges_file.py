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
"""The values of a network's images that mean black and white, in its file.

A `.tflite` file does not say which of its floats are black. A zip archive
behind the network has a file `image_ranges.txt` with a line for each side that
is known, such as `output 0 1`; images of a side without a line are in [-1, 1],
and bytes are from 0 to 255. What runs the network does not see it, and `unzip`
does.
"""

import io
import os
import pathlib
import zipfile

from tf_ganprune import value_range as value_ranges
from tf_ganprune.export import image_ends
from tf_ganprune.graphs import signatures
from tf_ganprune.keras_compat import keras

NAME = "image_ranges.txt"
_WHEN = (1980, 1, 1, 0, 0, 0)  # so that files of one network are equal
_COLOURS = (1, 3)


def of_output(
  model: keras.Model, value_range: tuple[float, float] | None = None
) -> value_ranges.ValueRange | None:
  """Returns a network's black and white; None in [-1, 1] or without images.

  Args:
    model: The network.
    value_range: The user's `(black, white)`; by default it follows from the
      activation at the network's end.
  """
  _, shape = signatures.shapes(model)
  is_image = isinstance(shape, tuple) and len(shape) == 4
  if not is_image or shape[-1] not in _COLOURS:
    return None
  found = value_ranges.of_network(model, value_range=value_range)
  is_standard = (found.low, found.high) == value_ranges.STANDARD
  return None if is_standard else found


def of_file(
  model: keras.Model,
  ends: image_ends.Ends,
  value_range: tuple[float, float] | None = None,
) -> dict[str, value_ranges.ValueRange | None]:
  """Returns what a file's images have as black and white, for `appended`.

  Args:
    model: The network.
    ends: The ends of the file whose ranges are not the network's.
    value_range: As of `of_output`.
  """
  found = {"output": of_output(model, value_range)}
  for side, known in (("input", ends.inputs), ("output", ends.outputs)):
    for end in known.values():
      is_known = (end.file.low, end.file.high) == value_ranges.STANDARD
      found[side] = None if end.is_bytes or is_known else end.file
  return found


def appended(content: bytes, **ranges: value_ranges.ValueRange | None) -> bytes:
  """Returns a file's content with its black and white, or as it is.

  Args:
    content: The content of a `.tflite` file.
    **ranges: The values of `input` and of `output`; None for those in [-1, 1].
  """
  lines = "".join(
    f"{side} {known.low:.9g} {known.high:.9g}\n"
    for side, known in sorted(ranges.items())
    if known is not None
  )
  if not lines:
    return content
  buffer = io.BytesIO(content)
  with zipfile.ZipFile(buffer, "a") as archive:  # behind what is there
    archive.writestr(zipfile.ZipInfo(NAME, _WHEN), lines)
  return buffer.getvalue()


def read(path: str | os.PathLike) -> dict[str, value_ranges.ValueRange]:
  """Returns the ranges that a `.tflite` file says, by `input` or `output`.

  Args:
    path: The file.
  """
  content = pathlib.Path(path).read_bytes()
  try:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
      lines = archive.read(NAME).decode().splitlines()
  except (zipfile.BadZipFile, KeyError):
    return {}
  sides = (line.split() for line in lines)
  return {
    side: value_ranges.ValueRange(float(low), float(high))
    for side, low, high in sides
  }
