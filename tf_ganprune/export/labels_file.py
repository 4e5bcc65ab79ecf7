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
"""The number of a generator's classes, in its `.tflite` file.

A `.tflite` file says that an input takes whole numbers, and not which. As in
TensorFlow Lite's own metadata, a zip archive behind the network has a file
`labels.txt`, with a line for each class; what reads the network does not see
it, and `unzip` does.
"""

import io
import os
import pathlib
import zipfile

from tf_ganprune import inputs
from tf_ganprune.keras_compat import keras

NAME = "labels.txt"
_WHEN = (1980, 1, 1, 0, 0, 0)  # so that files of one network are equal


def number_of_classes(
  model: keras.Model, source: inputs.Inputs | None = None
) -> int | None:
  """Returns how many classes a generator is told apart; None without labels.

  Args:
    model: The network.
    source: The object that draws its inputs, if the user gave one; it is needed
      for labels that are joined with latents.
  """
  if source is None:
    try:
      source = inputs.of(model)
    except ValueError:
      return None  # takes something else
  if isinstance(source, inputs.LabelledLatents):
    return source.num_classes
  return None


def appended(content: bytes, num_classes: int | None) -> bytes:
  """Returns a file's content with its classes, or as it is without any.

  Args:
    content: The content of a `.tflite` file.
    num_classes: How many classes there are, or None.
  """
  if num_classes is None:
    return content
  buffer = io.BytesIO(content)
  lines = "".join(f"{label}\n" for label in range(num_classes))
  with zipfile.ZipFile(buffer, "a") as archive:  # behind what is there
    archive.writestr(zipfile.ZipInfo(NAME, _WHEN), lines)
  return buffer.getvalue()


def read(path: str | os.PathLike) -> list[str] | None:
  """Returns the classes of a `.tflite` file, None if it does not say them.

  Args:
    path: The file.
  """
  content = pathlib.Path(path).read_bytes()
  try:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
      return archive.read(NAME).decode().splitlines()
  except (zipfile.BadZipFile, KeyError):
    return None
