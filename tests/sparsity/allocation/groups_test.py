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
"""Tests of groups of layers that patterns of names make."""

import pytest
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tests.sparsity import kinds
from tests.sparsity.allocation import masked
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras
layers = keras.layers
sparsity = tfmot.sparsity.keras
_NOW = sparsity.ConstantSparsity(0.5, 1, frequency=1)


def test_patterns_give_schedules_of_their_own():
  later = sparsity.ConstantSparsity(0.75, 2, frequency=1)
  network = keras.Sequential(
    [keras.Input((4,))]
    + [layers.Dense(4, use_bias=False, name=f"a_{i}") for i in range(2)]
    + [layers.Dense(4, use_bias=False, name=name) for name in ("b", "c", "d")]
  )
  pruned = tgp.prune_low_magnitude(
    network,
    _NOW,
    allocation={
      "a_*": {"pruning_schedule": later, "allocation": "global"},
      "b": None,
      "c": {"importance": "random", "sparsity_m_by_n": (1, 4)},
    },
  )
  names = [layer.layer.name for layer in wrapped_layers.pruned_layers(pruned)]
  assert names == ["a_0", "a_1", "c", "d"]
  pruner = tgp.Pruner(pruned)
  pruner.advance()
  assert [x.mean() for x in masked.masks(pruned)] == [1.0, 1.0, 0.75, 0.5]
  pruner.advance()
  masks = masked.masks(pruned)
  assert masks[0].sum() + masks[1].sum() == 8
  assert [x.mean() for x in masks[2:]] == [0.75, 0.5]


def test_patterns_match_paths_and_the_first_one_counts():
  inner = keras.Sequential([keras.Input((4,)), layers.Dense(4)], name="block")
  x = keras.Input((4,))
  network = keras.Model(x, layers.Dense(4, name="end")(inner(x)))
  pruned = tgp.prune_low_magnitude(
    network, allocation={"block/*": _NOW, "*": None}
  )
  (layer,) = wrapped_layers.pruned_layers(pruned)
  assert layer.layer is inner.layers[0]
  assert layer.pruning_schedule is _NOW


def test_a_pattern_matches_what_is_in_a_layer():
  network = kinds.functional(layers.Reshape((2, 2, 2)), kinds.Block())
  block = network.layers[-1].name
  pruned = tgp.prune_low_magnitude(network, allocation={block: _NOW})
  (layer,) = wrapped_layers.pruned_layers(pruned)
  assert layer.pruning_schedule is _NOW and len(layer.pruning_vars) == 2


def test_patterns_of_a_list_of_layers():
  wrapped = tgp.prune_low_magnitude(
    [layers.Dense(2, name="one"), layers.Dense(2, name="two")],
    allocation={"two": None},
  )
  kinds_ = [hasattr(layer, "pruning_schedule") for layer in wrapped]
  assert kinds_ == [True, False]


@pytest.mark.parametrize(
  ("arguments", "message"),
  [
    ({"allocation": "best"}, "`allocation` .*got 'best'"),
    ({"allocation": {"conv_*": _NOW}}, "'conv_\\*' matches no layer.*dense"),
    ({"allocation": {"*": _NOW, "dense": _NOW}}, "'dense' matches no layer"),
    ({"allocation": {"norm": None}}, "'norm' matches no layer"),
    ({"allocation": {"*": None}}, "'generator' .*`allocation`"),
    (
      {"allocation": {"dense*": 5}},
      r"`allocation\['dense\*'\]`: `pruning_schedule` must be",
    ),
    ({"allocation": {"*": {"sparsity": 1}}}, r"'\*'.*\['sparsity'\]"),
    ({"allocation": {"*": 0.5}}, "`pruning_schedule` .*0.5"),
    (
      {"allocation": "global", "sparsity_m_by_n": (2, 4)},
      "'global'.*does not go with `block_size` or `sparsity_m_by_n`",
    ),
    (
      {"allocation": "erk", "block_size": (1, 4)},
      "'erk'.*does not go with `block_size`",
    ),
    (
      {"allocation": "lamp", "importance": "movement"},
      "'lamp'.*`importance='movement'` have a sign",
    ),
  ],
)
def test_refuses(arguments, message):
  with pytest.raises(ValueError, match=message):
    tgp.prune_low_magnitude(tiny.generator(), **arguments)


def test_a_pattern_for_kernels_that_are_not_pruned_is_not_ignored():
  network = kinds.images(layers.DepthwiseConv2D(3, name="depth"))
  with pytest.raises(ValueError, match="'depth' matches no layer"):
    tgp.prune_low_magnitude(network, allocation={"depth": _NOW})
  pruned = tgp.prune_low_magnitude(
    network,
    allocation={
      "depth": {"prune_depthwise": True, "pruning_schedule": _NOW},
      "*": None,
    },
  )
  (layer,) = wrapped_layers.pruned_layers(pruned)
  assert layer.layer.name == "depth"


def test_parts_of_a_layer_go_by_one_pattern():
  network = kinds.functional(layers.Reshape((2, 2, 2)), kinds.Block())
  names = sorted({leaf.name for leaf in network.layers[-1].convs})
  with pytest.raises(
    ValueError, match=f"`allocation` .*'block.*' .*{names[0]}"
  ):
    tgp.prune_low_magnitude(network, allocation={names[0]: _NOW})
