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
"""Discriminators of patches: their sizes, and what a logit sees."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.networks import patch

_discriminator = tgp.networks.patch_discriminator


@pytest.mark.parametrize("num_layers, pixels", [(1, 16), (2, 34), (3, 70)])
def test_a_logit_sees_a_patch(num_layers, pixels):
  assert patch.patch_size(num_layers) == pixels
  size = 96
  network = _discriminator(
    (size, size, 1), width=2, num_layers=num_layers, normalization="none"
  )
  image = tf.random.stateless_uniform((1, size, size, 1), (0, 0))
  with tf.GradientTape() as tape:
    tape.watch(image)
    logits = network(image)
    middle = logits.shape[1] // 2
    logit = logits[0, middle, middle, 0]
  seen = np.abs(tape.gradient(logit, image).numpy()[0, ..., 0]) > 0
  for axis in (0, 1):
    places = np.nonzero(seen.any(axis))[0]
    assert places.max() - places.min() + 1 == pixels


@pytest.mark.parametrize("side, rows", [(256, 32), (64, 16), (32, 16), (16, 8)])
def test_as_many_layers_as_fit(side, rows):
  network = _discriminator((side, side, 3), width=2)
  assert network.output_shape == (None, rows, rows, 1)


def test_a_condition_is_the_first_input():
  network = _discriminator((32, 32, 3), (32, 32, 1), width=4)
  assert network.input_shape == [(None, 32, 32, 1), (None, 32, 32, 3)]
  images, given = tf.zeros((2, 32, 32, 3)), tf.ones((2, 32, 32, 1))
  assert network([given, images]).shape == (2, 16, 16, 1)


@pytest.mark.parametrize("normalization", ["instance", "batch", "none"])
def test_normalizations(normalization):
  network = _discriminator(
    (48, 48, 1), width=4, num_layers=2, normalization=normalization
  )
  kinds = [type(layer).__name__ for layer in network.layers]
  assert kinds.count("GroupNormalization") == 2 * (normalization == "instance")
  assert kinds.count("BatchNormalization") == 2 * (normalization == "batch")
  has_bias = [x.use_bias for x in network.layers if hasattr(x, "use_bias")]
  assert has_bias == [True, *[normalization == "none"] * 2, True]


@pytest.mark.parametrize(
  "arguments, words",
  [
    ({"image_shape": (8, 8, 3)}, "`image_shape` has a side of 8 .*16x16"),
    ({"num_layers": 3}, "`num_layers` 3 .*70x70"),
    ({"num_layers": 0}, "`num_layers`"),
    ({"width": 0}, "`width`"),
    ({"normalization": "layer"}, "`normalization` .*'layer'"),
    ({"condition_shape": (16, 16, 3)}, r"`condition_shape` is \(16, 16, 3\)"),
    ({"condition_shape": (32, 32)}, r"`condition_shape` is \(32, 32\)"),
    ({"image_shape": (32, 32)}, "`image_shape`"),
  ],
)
def test_bad_arguments(arguments, words):
  with pytest.raises(ValueError, match=words):
    _discriminator(**{"image_shape": (32, 32, 3), "width": 4} | arguments)
