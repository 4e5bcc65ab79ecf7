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
"""Tests of stems that are padded before the convolution."""

import pytest

from tf_ganprune.export import rewrites
from tf_ganprune.keras_compat import keras

layers = keras.layers


def _network(shape=(7, 5, 3), **arguments):
  arguments = {"kernel_size": 3, "strides": 2, "padding": "same"} | arguments
  stem = layers.Conv2D(6, activation="relu", name="stem", **arguments)
  return keras.Sequential([keras.Input(shape), stem])


def test_odd_sides_are_padded_alike(rewritten):
  done = rewritten(_network(), rewrites.EXPLICIT_STEM)
  pad, valid = done.model.layers[1:]
  assert pad.padding == ((1, 1), (1, 1))
  assert valid.padding == "valid"
  assert done.notes == (f"{rewrites.EXPLICIT_STEM.note}: stem.",)


@pytest.mark.parametrize(
  "arguments",
  [
    {"shape": (8, 7, 3)},
    {"shape": (7, 7, 6)},
    {"groups": 3},
    {"padding": "valid"},
    {"kernel_size": 5},
    {"strides": 1},
  ],
)
def test_others_stay(arguments):
  network = _network(**arguments)
  assert rewrites.apply(network, [rewrites.EXPLICIT_STEM]).model is network
