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
"""Tests of transposed convolutions that are computed whole and cropped."""

import hypothesis
import pytest
from hypothesis import strategies as st

from tf_ganprune.export import rewrites
from tf_ganprune.export.rewrites import transposed
from tf_ganprune.keras_compat import keras

layers = keras.layers
_PAIR = st.tuples(st.integers(1, 7), st.integers(1, 7))


def _network(size, kernel, strides, activation=None, norm=False):
  up = layers.Conv2DTranspose(2, kernel, strides, "same", activation=activation)
  following = [layers.BatchNormalization()] if norm else []
  return keras.Sequential([keras.Input((*size, 2)), up, *following])


@pytest.mark.parametrize(
  ("size", "kernel", "stride", "shifted"),
  [(7, 5, 2, True), (7, 4, 2, False), (7, 3, 2, True), (8, 5, 2, False)],
)
def test_which_are_shifted(size, kernel, stride, shifted):
  assert transposed.is_shifted(size, kernel, stride) == shifted


@pytest.mark.slow
@hypothesis.settings(max_examples=25, deadline=None)
@hypothesis.given(
  size=_PAIR,
  kernel=_PAIR,
  strides=st.tuples(st.integers(1, 4), st.integers(1, 4)),
  activation=st.sampled_from([None, "relu", "tanh"]),
  norm=st.booleans(),
)
def test_outputs_stay(rewritten, size, kernel, strides, activation, norm):
  network = _network(size, kernel, strides, activation, norm)
  done = rewritten(network, rewrites.VALID_TRANSPOSED)
  sides = zip(size, kernel, strides, strict=True)
  shifted = any(transposed.is_shifted(*side) for side in sides)
  assert (done.model is not network) == shifted
  for layer in done.model.layers:
    if shifted and isinstance(layer, layers.Conv2DTranspose):
      assert layer.padding == "valid"


def test_a_normalization_goes_into_it(rewritten):
  network = _network((7, 7), 5, 2, norm=True)
  done = rewritten(network, rewrites.VALID_TRANSPOSED)
  kinds = [type(layer).__name__ for layer in done.model.layers[1:]]
  assert kinds == ["Conv2DTranspose", "Cropping2D"]
