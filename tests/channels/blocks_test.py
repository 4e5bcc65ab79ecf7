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
"""Tests of dropping whole residual blocks."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.channels import cutting
from tf_ganprune.channels import blocks

keras = tgp.keras
layers = keras.layers


def _branch(x, name, **kwargs):
  y = layers.Conv2D(4, 3, padding="same", name=f"{name}_1", **kwargs)(x)
  y = layers.ReLU()(layers.BatchNormalization()(y))
  return layers.Conv2D(4, 3, padding="same", name=f"{name}_2", **kwargs)(y)


def _resnet():
  """A generator of four blocks: two plain, one nested, one of an operator."""
  inner_inputs = keras.Input((6, 6, 4))
  added = layers.Add(name="c")([_branch(inner_inputs, "c"), inner_inputs])
  inner = keras.Model(inner_inputs, added, name="inner")
  inputs = keras.Input((6, 6, 3))
  x = layers.Conv2D(4, 3, padding="same")(inputs)
  for name in "ab":
    x = layers.Add(name=name)([x, _branch(x, name)])
  x = inner(x)
  x = x + _branch(x, "d")
  model = keras.Model(inputs, layers.Conv2D(3, 3, activation="tanh")(x))
  cutting.randomize(model)
  return model


def _layer(model, name):
  return dict(
    (layer.name, layer)
    for layer in (*model.layers, *model.get_layer("inner").layers)
  )[name]


def _set_zero(model, name):
  layer = _layer(model, f"{name}_2")
  layer.set_weights([np.zeros_like(w) for w in layer.get_weights()])


def _left(model):
  """Returns which branches are there."""
  every = [x.name for x in model.layers]
  if "inner" in every:
    every += [x.name for x in model.get_layer("inner").layers]
  return "".join(name for name in "abcd" if f"{name}_2" in every)


def test_blocks_are_found_in_their_order():
  found = blocks.residual_blocks(_resnet())
  names = [block.name for block in found]
  assert names[:3] == ["a", "b", "c"] and "add" in names[3]
  assert [block.skip for block in found] == [0, 0, 1, 0]
  assert {"a_1", "a_2"} <= {layer.name for layer in found[0].layers}


@pytest.mark.parametrize("name", "abcd")
def test_a_branch_of_zeros_goes_exactly(name):
  model = _resnet()
  _set_zero(model, name)
  for importance, data in (
    (lambda block: float(not _is_zero(block)), None),
    ("activation", cutting.random_inputs(model)),
  ):
    small = tgp.prune_blocks(model, keep=0.75, importance=importance, data=data)
    assert _left(small) == "abcd".replace(name, "")
    assert cutting.difference(model, small) < 1e-6
    assert small.count_params() < model.count_params()


def _is_zero(block) -> bool:
  return any(
    not np.any(w) for layer in block.layers for w in layer.get_weights()[:1]
  )


def test_l2_keeps_the_largest_kernels():
  model = _resnet()
  for factor, name in enumerate("dbac", start=1):
    for part in "12":
      layer = _layer(model, f"{name}_{part}")
      layer.kernel.assign(factor * np.ones(layer.kernel.shape))
  for number, expected in ((1 / 4, "c"), (2, "ac"), (3, "abc")):
    assert _left(tgp.prune_blocks(model, keep=number)) == expected


@pytest.mark.parametrize("keep, number", [(0, 0), (0.0, 0), (0.5, 2), (3, 3)])
def test_how_many_are_kept(keep, number):
  small = tgp.prune_blocks(_resnet(), keep=keep, importance="random")
  assert len(_left(small)) == number


def _nested_blocks():
  """Two blocks with two blocks each in their branches."""
  inputs = keras.Input((4,))
  x = layers.Dense(6)(inputs)
  for _ in range(2):
    y = layers.Dense(6)(x)
    for _ in range(2):
      y = layers.Add()([y, layers.Dense(6)(y)])
    x = layers.Add()([x, y])
  return keras.Model(inputs, layers.Dense(2)(x))


@pytest.mark.parametrize("keep", range(2, 7))
@pytest.mark.parametrize("seed", range(4))
def test_blocks_within_blocks_count(keep, seed):
  small = tgp.prune_blocks(
    _nested_blocks(), keep=np.int64(keep), importance="random", seed=seed
  )
  assert len(blocks.residual_blocks(small)) == keep


def test_with_a_block_those_within_it_go():
  model = _nested_blocks()
  found = blocks.residual_blocks(model)
  outer = max(found, key=lambda block: len(block.layers))
  small = tgp.prune_blocks(
    model, keep=3, importance=lambda block: float(block is not outer)
  )
  assert len(blocks.residual_blocks(small)) == 3


def test_a_block_that_is_called_twice_is_one():
  inner_inputs = keras.Input((6,))
  x = layers.Add()([inner_inputs, layers.Dense(6)(inner_inputs)])
  block = keras.Model(inner_inputs, x)
  inputs = keras.Input((6,))
  x = block(block(inputs))
  x = layers.Add()([x, layers.Dense(6)(x)])
  model = keras.Model(inputs, layers.Dense(2)(x))
  assert len(blocks.residual_blocks(model)) == 2
  for seed in range(4):
    small = tgp.prune_blocks(model, keep=0.5, importance="random", seed=seed)
    assert len(blocks.residual_blocks(small)) == 1


@pytest.mark.parametrize("keep", [1, 1.0, 4])
def test_all_are_kept(keep):
  model = _resnet()
  assert cutting.difference(model, tgp.prune_blocks(model, keep=keep)) == 0


def test_random_obeys_its_seed():
  model = _resnet()
  left = [
    _left(tgp.prune_blocks(model, keep=2, importance="random", seed=seed))
    for seed in (0, 0, 1, 2)
  ]
  assert left[0] == left[1] and len(set(left)) > 1


def test_the_given_network_is_not_changed():
  model = _resnet()
  weights = model.get_weights()
  data = cutting.random_inputs(model)
  tgp.prune_blocks(model, keep=1 / 4, importance="activation", data=data)
  for before, after in zip(weights, model.get_weights(), strict=True):
    np.testing.assert_array_equal(before, after)


def test_what_is_no_block():
  inputs = keras.Input((6, 6, 4))
  x = layers.Conv2D(4, 1)(inputs)
  y = layers.Conv2D(4, 1)(inputs)
  forked = keras.Model(inputs, layers.Add()([x, y]))
  wider = keras.Model(inputs, inputs[..., :1] + layers.Conv2D(4, 1)(inputs))
  doubled = keras.Model(inputs, layers.Add()([x, x]))
  for model in (forked, wider, doubled):
    with pytest.raises(ValueError, match=f"'{model.name}'.*tgp.prune_channels"):
      tgp.prune_blocks(model, keep=0.5)


@pytest.mark.parametrize(
  "kwargs, message",
  [
    ({"keep": 5}, "4 blocks; got 5"),
    ({"keep": -0.5}, "got -0.5"),
    ({"keep": 2.5}, "at most 1; got 2.5"),
    ({"keep": True}, "`keep`.*True"),
    ({"keep": "half"}, "got 'half'"),
    ({"keep": float("nan")}, "`keep`.*nan"),
    ({"keep": 0.5, "importance": "l3"}, "'l3' is unknown"),
    ({"keep": 0.5, "importance": "activation"}, "needs `data`"),
  ],
)
def test_bad_arguments(kwargs, message):
  with pytest.raises(ValueError, match=message):
    tgp.prune_blocks(_resnet(), **kwargs)


def test_a_smaller_network_trains():
  small = tgp.prune_blocks(_resnet(), keep=2)
  small.compile("sgd", "mse")
  batch = tf.ones((2, 6, 6, 3))
  assert np.isfinite(small.train_on_batch(batch, batch[:, 2:, 2:]))


@pytest.mark.slow
def test_pruned_and_compressed_networks_are_refused():
  model = _resnet()
  for wrapped, way_out in (
    (tgp.prune_low_magnitude(model), "strip_pruning"),
    (tgp.cluster_weights(model, 4), "strip_clustering"),
    (tgp.quantize_model(model), "strip_quantization"),
  ):
    with pytest.raises(ValueError, match=f"tgp.{way_out} first"):
      tgp.prune_blocks(wrapped, keep=0.5)


@pytest.mark.parametrize("score", [float("nan"), None, "low"])
def test_importances_that_cannot_be_compared(score):
  with pytest.raises(ValueError, match="block 'a'.*finite number; got"):
    tgp.prune_blocks(_resnet(), keep=0.5, importance=lambda block: score)


def test_a_branch_that_diverged():
  model = _resnet()
  kernel = model.get_layer("b_1").kernel
  kernel.assign(np.full(kernel.shape, np.nan))
  with pytest.raises(ValueError, match="block 'b'.*NaN"):
    tgp.prune_blocks(model, keep=0.5)


@pytest.mark.parametrize(
  "data, message",
  [
    (np.zeros((0, 6, 6, 3)), "empty"),
    (np.full((2, 6, 6, 3), np.nan), "NaN"),
    (np.zeros((2, 6, 6, 4)), r"takes.*got \[2, 6, 6, 4\]"),
  ],
)
def test_data_that_the_network_does_not_take(data, message):
  with pytest.raises(ValueError, match=f"`data`.*{message}"):
    tgp.prune_blocks(_resnet(), keep=0.5, importance="activation", data=data)


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["one", -1, None])
def test_seeds_of_blocks(seed):
  with pytest.raises(ValueError, match="`seed`"):
    tgp.prune_blocks(_resnet(), keep=0.5, importance="random", seed=seed)
