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
"""Tests of counts against numbers found by hand."""

import pytest
import tensorflow as tf

import tf_ganprune as tgp

keras = tgp.keras
layers = keras.layers


def _macs(shape, *steps):
  x = inputs = keras.Input(shape)
  for step in steps:
    x = step(x)
  return tgp.profile(keras.Model(inputs, x)).macs


_COUNTS = {
  "dense": ((5,), layers.Dense(7), 5 * 7),
  "dense of steps": ((3, 5), layers.Dense(7), 3 * 5 * 7),
  "conv 1d": ((8, 3), layers.Conv1D(4, 3), 6 * 3 * 3 * 4),
  "conv 2d": (
    (8, 8, 3),
    layers.Conv2D(4, (3, 2), 2, padding="same"),
    4 * 4 * 6 * 3 * 4,
  ),
  "conv 3d": ((4, 4, 4, 2), layers.Conv3D(3, 2), 3**3 * 2**3 * 2 * 3),
  "conv 1d transposed": (
    (8, 3),
    layers.Conv1DTranspose(4, 3, 2),
    8 * 3 * 3 * 4,
  ),
  "conv 2d transposed": (
    (4, 4, 3),
    layers.Conv2DTranspose(5, 4, 2, padding="same"),
    4 * 4 * 16 * 3 * 5,
  ),
  "conv 3d transposed": (
    (2, 2, 2, 3),
    layers.Conv3DTranspose(5, 2, 2),
    8 * 8 * 3 * 5,
  ),
  "grouped": ((8, 8, 6), layers.Conv2D(4, 3, groups=2), 36 * 9 * 3 * 4),
  "one channel a group": (
    (8, 8, 6),
    layers.Conv2D(12, 3, groups=6),
    36 * 9 * 12,
  ),
  "depthwise": (
    (8, 8, 3),
    layers.DepthwiseConv2D(3, depth_multiplier=2),
    36 * 9 * 6,
  ),
  "separable": (
    (8, 8, 3),
    layers.SeparableConv2D(5, 3, depth_multiplier=2),
    36 * (9 * 6 + 6 * 5),
  ),
  "time distributed": (
    (3, 8, 8, 2),
    layers.TimeDistributed(layers.Conv2D(4, 3)),
    3 * 36 * 9 * 2 * 4,
  ),
  "spectral": (
    (8, 8, 2),
    layers.SpectralNormalization(layers.Conv2D(4, 3)),
    36 * 9 * 2 * 4,
  ),
  "activation": ((8, 8, 2), layers.ReLU(), 0),
  "normalization": ((8, 8, 2), layers.BatchNormalization(), 0),
  "embedding": ((2,), layers.Embedding(9, 5), 0),
}


@pytest.mark.parametrize("name", _COUNTS)
def test_multiply_accumulates(name):
  shape, layer, expected = _COUNTS[name]
  layer = type(layer).from_config(layer.get_config())
  assert _macs(shape, layer) == expected


def test_attention():
  query, value = keras.Input((6, 5)), keras.Input((4, 7))
  x = layers.MultiHeadAttention(2, 3, value_dim=8)(query, value)
  macs = tgp.profile(keras.Model([query, value], x)).macs
  projections = 6 * 5 * 2 * 3 + 4 * 7 * 2 * 3 + 4 * 7 * 2 * 8 + 6 * 2 * 8 * 5
  assert macs == projections + 2 * 6 * 4 * (3 + 8)


def test_products_of_tensors():
  a, b = keras.Input((6, 5)), keras.Input((4, 5))
  by_layer = layers.Dot((2, 2))([a, b])
  by_operator = tf.matmul(a, b, transpose_b=True)
  for product in (by_layer, by_operator):
    assert tgp.profile(keras.Model([a, b], product)).macs == 6 * 5 * 4
  a, b = keras.Input((2, 6, 5)), keras.Input((2, 5, 4))
  product = tf.matmul(a, b)
  assert tgp.profile(keras.Model([a, b], product)).macs == 2 * 6 * 5 * 4


def test_a_shared_layer_computes_at_each_call():
  dense = layers.Dense(5, name="dense")
  profile = tgp.profile(
    keras.Sequential([keras.Input((5,)), _twice(dense), layers.Dense(2)])
  )
  assert profile.macs == 2 * 25 + 10
  assert profile.params == 30 + 12
  (shared,) = [x for x in profile.layers if x.name == "twice/dense"]
  assert (shared.macs, shared.params) == (50, 30)


def _twice(dense):
  inputs = keras.Input((5,))
  return keras.Model(inputs, dense(dense(inputs)), name="twice")


def _image_network(*shape):
  inputs = keras.Input(shape)
  x = layers.Conv2D(4, 3, name="conv")(inputs)
  x = layers.BatchNormalization(name="norm")(x)
  return keras.Model(inputs, layers.Conv2D(2, 1, name="last")(x))


def test_a_table():
  profile = tgp.profile(_image_network(8, 8, 3))
  conv, norm, last = profile.layers
  assert (conv.kind, conv.output_shape) == ("Conv2D", (None, 6, 6, 4))
  assert (norm.macs, norm.params) == (0, 16)
  assert profile.macs == conv.macs + last.macs == 36 * (27 * 4 + 8)
  assert profile.params == 112 + 16 + 10
  lines = str(profile).splitlines()
  assert lines[0].split() == ["Layer", "Kind", "Output", "MACs", "Params"]
  assert lines[1].split() == ["conv", "Conv2D", "6x6x4", "3,888", "112"]
  assert lines[-1].split() == ["Together", "4,176", "138"]
  assert len({len(line) for line in lines}) == 1


def test_a_layer_without_a_rule_is_counted_and_named():
  inputs = keras.Input((4, 3))
  x = layers.LSTM(5, name="memory")(inputs)
  profile = tgp.profile(keras.Model(inputs, layers.Dense(2)(x)))
  assert profile.macs == 4 * (3 + 5) * 4 * 5 + 10
  assert any("memory" in note for note in profile.notes)
  assert "memory" in str(profile).splitlines()[-1]


def test_nested_networks_count_at_the_scale_of_each_call():
  block = _image_network(None, None, 3)
  inputs = keras.Input((8, 8, 3))
  once = tgp.profile(keras.Model(inputs, block(inputs)))
  assert once.macs == tgp.profile(_image_network(8, 8, 3)).macs
  assert block.losses == []
  outer = keras.Input((16, 16, 3))
  inner = keras.Model(outer, block(layers.AveragePooling2D()(outer)))
  both = keras.Model(outer, [inner(outer), block(outer)])
  whole = tgp.profile(_image_network(16, 16, 3)).macs
  assert tgp.profile(both).macs == once.macs + whole


def test_sides_that_are_not_known():
  with pytest.raises(ValueError, match="'conv'.*None.*`Input`"):
    tgp.profile(_image_network(None, None, 3))
  with pytest.raises(ValueError, match="'time_distributed.*`Input`"):
    _macs((None, 5), layers.TimeDistributed(layers.Dense(2)))


def test_pruned_networks_are_profiled():
  model = _image_network(8, 8, 3)
  pruned = tgp.prune_low_magnitude(model)
  assert tgp.profile(pruned).macs == tgp.profile(model).macs
  assert any("strip_pruning" in note for note in tgp.profile(pruned).notes)


def test_bad_arguments():
  with pytest.raises(ValueError, match="`model`.*Dense"):
    tgp.profile(layers.Dense(2))
  with pytest.raises(ValueError, match="'fresh.*'.*`Input`"):
    tgp.profile(keras.Sequential([layers.Dense(2)], name="fresh"))
