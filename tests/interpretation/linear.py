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
"""Generators that are matrices, so that all can be computed by hand."""

import numpy as np

from tf_ganprune.keras_compat import keras

# Three orthogonal directions of latents, and how much pixels change along them.
DIRECTIONS = np.array([[0.6, 0.8, 0.0], [-0.8, 0.6, 0.0], [0.0, 0.0, 1.0]])
DENSE, PRUNED = (4.0, 2.0, 1.0), (2.0, 1.0, 3.0)


def generator(kernel, bias=0.0, name="generator"):
  """Returns a generator of 2x2x1 images, `latents @ kernel + bias`."""
  kernel = np.asarray(kernel, np.float32)
  dense = keras.layers.Dense(4, name="dense")
  network = keras.Sequential(
    [
      keras.Input((len(kernel),)),
      dense,
      keras.layers.Reshape((2, 2, 1)),
    ],
    name=name,
  )
  dense.set_weights([kernel, np.full(4, bias, np.float32)])
  return network


def along(amounts):
  """Returns a generator that changes one pixel along each of `DIRECTIONS`."""
  pixels = np.eye(3, 4) * np.array(amounts)[:, None]
  return generator(DIRECTIONS.T @ pixels)
