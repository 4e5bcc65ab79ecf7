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
"""Real images of a callback, and their labels."""

from typing import Any

import numpy as np

from tf_ganprune import array_types
from tf_ganprune.graphs import calling
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import label_checks


def split(
  given: array_types.Arrays,
) -> tuple[np.ndarray, np.ndarray | None]:
  """Returns a user's real images, and their labels if there are any.

  Args:
    given: Images, `[n, height, width, channels]`, or a list of them and of
      their labels, `[n]`.

  Raises:
    ValueError: If they are anything else.
  """
  images: Any = given
  labels: Any = None
  if isinstance(given, list | tuple) and len(given) == 2:
    images, labels = given
  if getattr(images, "ndim", 0) != 4 or not len(images):
    raise ValueError(
      "`images` must be an array of real images, `[n, height, width,"
      f" channels]`; got {getattr(images, 'shape', images)!r}."
    )
  if labels is not None:
    labels = label_checks.check_labels(labels, len(images))
  return np.asarray(images, np.float32), labels


def check_labels(network: keras.Model, labels: np.ndarray | None) -> None:
  """Raises unless a discriminator takes labels just if there are any.

  Args:
    network: The discriminator.
    labels: The labels of the real images, or None.

  Raises:
    ValueError: If it takes labels, and there are none; or the other way round.
  """
  takes = len(calling.named_specs(network)) > 1
  if takes != (labels is not None):
    what = "images and labels; pass `[images, labels]`"
    raise ValueError(
      f"The discriminator {network.name!r} takes"
      f" {what if takes else 'images alone; pass no labels'} as `images` of"
      " BalancedDensity."
    )
