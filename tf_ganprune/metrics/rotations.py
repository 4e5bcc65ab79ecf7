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
"""A feature network for images without labels, which tells rotations apart.

Gidaris et al. 2018, "Unsupervised Representation Learning by Predicting Image
Rotations".
"""

import numpy as np

from tf_ganprune import array_types
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import arrays, classifier

_TURNS = 4


def train_rotation_classifier(
  images: array_types.Array,
  epochs: int = 6,
  seed: int = 0,
  verbose: int | str = 0,
) -> keras.Model:
  """Trains a small network to tell by how much images were turned.

  Its hidden features serve `perceptual_distance` and `Evaluator` where images
  have no labels to train a classifier on.

  Args:
    images: `[n, height, width, channels]`, square, floats in [-1, 1].
    epochs: The number of epochs, at least 1.
    seed: The seed of the initial weights, the order and the shifts.
    verbose: Keras' progress output: 0, 1, 2 or 'auto'.

  Returns:
    As of `train_classifier`, with four logits: not turned, and by a quarter, a
    half and three quarters.

  Raises:
    ValueError: If an argument is not as described.
  """
  images = arrays.check_images(images, "images")
  if images.shape[1] != images.shape[2]:
    raise ValueError(
      f"`images` must be square to be turned; they are {images.shape[1]} by"
      f" {images.shape[2]}."
    )
  turned = [np.rot90(images, k, axes=(1, 2)) for k in range(_TURNS)]
  labels = np.repeat(np.arange(_TURNS), len(images))
  return classifier.train_classifier(
    np.concatenate(turned), labels, _TURNS, epochs, seed, verbose
  )
