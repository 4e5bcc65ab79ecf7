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
"""Layers and sizes that several networks have in common."""

from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import network_arguments

SLOPE = 0.2
_MAX_START = 8


def num_halvings(image_shape: tuple[int, int, int]) -> int:
  """Returns how often sides are halved until both are at most 8 pixels."""
  longest = max(network_arguments.sides(image_shape))
  halvings = 1
  while longest > _MAX_START * 2**halvings:
    halvings += 1
  network_arguments.halved(image_shape, halvings)
  return halvings


def size(x) -> str:
  """Returns height and width of feature maps as text, such as `'7x7'`."""
  return f"{x.shape[1]}x{x.shape[2]}"


def normalize(x, name: str):
  """Adds batch normalization and a LeakyReLU, `norm_name` and `act_name`."""
  # The Keras default of 0.99 remembers hundreds of steps, in which the
  # generator's statistics move on.
  x = keras.layers.BatchNormalization(momentum=0.9, name=f"norm_{name}")(x)
  return keras.layers.LeakyReLU(SLOPE, name=f"act_{name}")(x)
