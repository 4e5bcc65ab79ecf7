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
"""Checks of labels, for scores that depend on classes."""

from typing import Any

import numpy as np


def check_labels(
  labels: Any,
  num_images: int,
  num_classes: int | None = None,
  name: str = "labels",
) -> np.ndarray:
  """Checks the labels of images, and returns them as int32.

  Args:
    labels: One whole number for each image, `[num_images]`.
    num_images: The number of the images.
    num_classes: The number of classes; None if it is not known.
    name: The name of the argument, for the message.

  Raises:
    ValueError: If there is another number of labels, or if they are not whole
      numbers from 0 to `num_classes` - 1.
  """
  found = np.asarray(labels)
  if found.shape != (num_images,):
    raise ValueError(
      f"`{name}` must have one label an image, [{num_images}]; got"
      f" {list(found.shape)}."
    )
  if not np.issubdtype(found.dtype, np.integer):
    raise ValueError(f"`{name}` must be whole numbers; got {found.dtype}.")
  if not len(found):
    return found.astype(np.int32)
  least, most = found.min(), found.max()
  if num_classes is not None and (least < 0 or most >= num_classes):
    raise ValueError(
      f"`{name}` must lie in [0, {num_classes - 1}], as `num_classes` is"
      f" {num_classes}; they run from {least} to {most}."
    )
  if least < 0:
    raise ValueError(f"`{name}` must be 0 or more; they begin at {least}.")
  return found.astype(np.int32)
