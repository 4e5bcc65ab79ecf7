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
"""Tests of the generator for sparse kernels: shapes, names, limits."""

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import sparse

_SHAPES = [(28, 28, 1), (32, 32, 3), (64, 64, 3), (8, 8, 1), (24, 40, 2)]


@pytest.mark.parametrize("image_shape", _SHAPES)
def test_it_makes_images_of_the_shape_in_range(image_shape):
  generator = sparse.sparse_generator(image_shape, latent_dim=5, width=4)
  images = generator(100.0 * tf.random.stateless_normal((3, 5), (1, 2)))
  assert images.shape == (3, *image_shape)
  assert np.max(np.abs(images)) <= 1.0
  assert np.min(images) < -0.1


def test_between_stem_and_end_are_1x1_and_depthwise_convolutions_only():
  generator = sparse.sparse_generator((64, 64, 3), width=4, num_blocks=1)
  found = {
    layer.name: tuple(layer.kernel.shape)
    for layer in generator.layers
    if type(layer) is keras.layers.Conv2D
  }
  assert found == {
    "stem": (3, 3, 3, 16),
    "conv_8x8_1": (1, 1, 16, 16),
    "narrow_8x8": (1, 1, 16, 8),
    "conv_16x16_1": (1, 1, 8, 8),
    "narrow_16x16": (1, 1, 8, 4),
    "conv_32x32_1": (1, 1, 4, 4),
    "conv_out": (1, 1, 4, 32),
    "images": (3, 3, 8, 3),  # behind the depth-to-space
  }


def test_blocks_are_residual():
  generator = sparse.sparse_generator((8, 8, 1), 5, width=4, num_blocks=3)
  adds = [x for x in generator.layers if isinstance(x, keras.layers.Add)]
  assert [x.name for x in adds] == ["add_4x4_1", "add_4x4_2", "add_4x4_3"]


@pytest.mark.parametrize(
  ("kwargs", "message"),
  [
    ({"image_shape": (28, 28)}, "`image_shape` .*got \\(28, 28\\)"),
    ({"image_shape": (29, 29, 1)}, "image_shape.*resize.* to 32x32"),
    ({"num_blocks": 0}, "`num_blocks`.*got 0"),
    ({"latent_dim": 2.5}, "`latent_dim`.*got 2.5"),
    ({"width": -1}, "`width`.*got -1"),
  ],
)
def test_what_makes_no_network_is_refused(kwargs, message):
  with pytest.raises(ValueError, match=message):
    sparse.sparse_generator(**kwargs)
