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
"""Loads the images of two domains, to train on and held out."""

from typing import Protocol

import tf_ganprune as tgp
from tf_ganprune.experiments import image_data


class UnpairedSettings(image_data.ImageSettings, Protocol):
  """Settings that tell which images to load, as in `cycle_gan_task.Settings`.

  Example:
    `UnpairedData(settings)`
  """

  @property
  def target_dataset(self) -> str | None:
    """The name of the data set of y; None if `dataset` has both."""


class UnpairedData:
  """Images of two domains.

  Example:
    `UnpairedData(cycle_gan_task.Settings()).shapes`

  Attributes:
    train: Batches of x and y, shuffled apart.
    some: The training images of x and of y.
    labels_of_y: Training images of y and their labels, or None.
    test: Held-out images of x and of y.
    is_paired: Whether held-out images belong together, one by one.
    test_labels: The labels of held-out images, of x and of y; or None.
  """

  def __init__(self, settings: UnpairedSettings):
    """Loads the images.

    Args:
      settings: The settings of the task.

    Raises:
      ValueError: If there are no such images.
    """
    names = [settings.dataset, settings.target_dataset]
    print(f"Data: {' and '.join(x for x in names if x)}.")
    x, y = _read(settings, settings.train_split)
    self.labels_of_y = None if y[1] is None else (y[0], y[1])
    self.some = x[0], y[0]
    self.train = tgp.data.unpaired(
      *self.some, settings.batch_size, settings.seed
    )
    x, y = _read(settings, settings.test_split)
    self.test = x[0], y[0]
    known = x[1] is not None and y[1] is not None
    self.test_labels = (x[1], y[1]) if known else None
    self.is_paired = names[1] is None and tgp.data.is_paired(
      settings.dataset, settings.data_dir
    )

  @property
  def shapes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """`(height, width, channels)` of both domains."""
    return self.some[0].shape[1:], self.some[1].shape[1:]


def _read(settings: UnpairedSettings, split: str) -> tuple[tuple, tuple]:
  """Returns images and labels of a split, of both domains."""
  return tgp.data.domains(
    settings.dataset,
    settings.target_dataset,
    split,
    settings.data_dir,
    settings.image_size,
  )
