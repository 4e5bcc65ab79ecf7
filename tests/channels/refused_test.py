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
"""Tests of networks and arguments that channel pruning refuses."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.channels import cutting
from tf_ganprune.channels.call import Rule

keras = tgp.keras
layers = keras.layers


def test_nothing_to_remove():
  inputs = keras.Input((4,))
  model = keras.Model(inputs, layers.Dense(2)(inputs))
  with pytest.raises(ValueError, match="`macs=0.5`: no channel"):
    tgp.prune_channels(model, macs=0.5)


class _Subclassed(keras.Model):
  def __init__(self):
    super().__init__()
    self.dense = layers.Dense(2)

  def call(self, inputs):
    return self.dense(inputs)


_WRONG = [
  ({}, "`macs`, .*`num_bytes`; got none"),
  ({"macs": 0.5, "params": 0.5}, "macs=0.5, params=0.5"),
  ({"macs": 0.0}, "macs.*0.0"),
  ({"macs": 1.5}, "macs.*1.5"),
  ({"macs": True}, "`macs`.*True"),
  ({"macs": "half"}, "`macs`.*'half'"),
  ({"params": float("nan")}, "`params`.*nan"),
  ({"macs": 0.5, "round_to": 0}, "round_to.*0"),
  ({"macs": 0.5, "steps": 1.5}, "steps.*1.5"),
  ({"macs": 0.5, "exclude": ["aa"]}, "'aa'.*Near: 'a'"),
  ({"macs": 0.5, "exclude": "a"}, r"\['a'\]"),
  ({"macs": 0.5, "exclude": None}, "`exclude`.*got None"),
  ({"macs": 0.5, "exclude": [3]}, r"`exclude`.*got \[3\]"),
  ({"macs": 0.5, "fine_tune": 3}, "`fine_tune` .*3"),
  ({"macs": 0.5, "seed": "one"}, "`seed` .*'one'"),
  ({"macs": 0.5, "seed": -1}, "`seed` .*-1"),
  ({"macs": 0.5, "allocation": "fair"}, "`allocation` .*'fair'"),
  ({"macs": 0.5, "allocation": {}}, "`allocation` .*got {}"),
  (
    {"macs": 0.5, "importance": ["l2"]},
    "`importance` .*got .'l2'",
  ),
  ({"macs": 0.5, "allocation": "sensitivity"}, "`data`"),
]


@pytest.mark.parametrize("kwargs, message", _WRONG)
def test_bad_arguments(kwargs, message):
  with pytest.raises(ValueError, match=message):
    tgp.prune_channels(cutting.small(), **kwargs)


def test_networks_of_which_too_little_is_known():
  subclassed = _Subclassed()
  subclassed(np.zeros((1, 3)))
  with pytest.raises(ValueError, match=f"'{subclassed.name}'.*keras.Model"):
    tgp.prune_channels(subclassed, macs=0.5)
  with pytest.raises(ValueError, match="'fresh.*'.*`Input`"):
    fresh = keras.Sequential([layers.Dense(2)], name="fresh")
    tgp.prune_channels(fresh, macs=0.5)
  with pytest.raises(ValueError, match="`model`.*Dense"):
    tgp.prune_channels(layers.Dense(2), macs=0.5)


def test_pruned_networks_are_stripped_first():
  inputs = keras.Input((4,))
  model = keras.Model(inputs, layers.Dense(2)(layers.Dense(8)(inputs)))
  pruned = tgp.prune_low_magnitude(model)
  with pytest.raises(ValueError, match="strip_pruning"):
    tgp.prune_channels(pruned, macs=0.5)
  small = tgp.prune_channels(tgp.strip_pruning(pruned), macs=0.5)
  assert small.layers[1].units == 4


def test_layers_that_cannot_be_made_again():
  class Times(layers.Layer):
    def __init__(self, factor):
      super().__init__(name="times")
      self.factor = factor

    def call(self, inputs):
      return inputs * self.factor

  inputs = keras.Input((4,))
  x = layers.Dense(5)(Times(tf.constant(2.0))(inputs))
  model = keras.Model(inputs, layers.Dense(2)(x))
  with pytest.raises(ValueError, match="'times'.*get_config"):
    tgp.prune_channels(model, macs=0.5)


@pytest.mark.parametrize(
  "data, message",
  [
    ("latents.npy", "takes.*got a str"),
    (np.zeros((2, 5)), r"takes.*got \[2, 5\]"),
    ([np.zeros((2, 4)), np.zeros(2)], r"takes.*got \[2\]"),
    ((np.zeros((2, 4)), np.zeros(2)), r"takes.*got \[2, 4\], \[2\]"),
    (np.zeros((0, 4)), "is empty"),
    (np.full((2, 4), np.nan), "NaN or infinite"),
  ],
)
@pytest.mark.parametrize("importance", ["activation", "taylor", "l2"])
def test_data_that_the_network_does_not_take(importance, data, message):
  inputs = keras.Input((4,))
  model = keras.Model(inputs, layers.Dense(2)(layers.Dense(8)(inputs)))
  with pytest.raises(ValueError, match=f"`data`.*{message}"):
    tgp.prune_channels(model, macs=0.5, importance=importance, data=data)


class _Scale(layers.Layer):
  """Any layer without a rule."""

  def build(self, input_shape):
    self.factor = self.add_weight("factor", (1, input_shape[-1]))


@pytest.mark.parametrize(
  ("rule", "message"),
  [
    (
      lambda call: (call.layer.factor.ref(), call.scale(call.channels())),
      r"lengths \[8\] for 'scale/factor:0', whose shape is \[1, 8\]",
    ),
    (
      lambda call: ("factor", call.scale(call.channels())),
      r"key 'factor' in `weights`.*`ref\(\)`",
    ),
  ],
)
def test_rules_of_other_weights(rule, message):
  tgp.channel_rule(_Scale)(
    lambda call: call.rule(call.channels(), dict([rule(call)]))
  )
  inputs = keras.Input((4,))
  x = _Scale(name="scale")(layers.Dense(8)(inputs))
  with pytest.raises(ValueError, match=f"'scale' .*{message}"):
    tgp.channel_groups(keras.Model(inputs, layers.Dense(2)(x)))


def test_rules_of_fewer_outputs():
  tgp.channel_rule(_Scale)(lambda call: Rule([]))
  inputs = keras.Input((4,))
  model = keras.Model(inputs, _Scale(name="scale")(inputs))
  with pytest.raises(ValueError, match="'scale' .* 0 outputs.* 1; .*`outputs`"):
    tgp.channel_groups(model)


def test_rules_that_are_none():
  with pytest.raises(ValueError, match="`channel_rule`.*MyLayer"):
    tgp.channel_rule()
  tgp.channel_rule(_Scale)(lambda call: None)
  inputs = keras.Input((4,))
  x = _Scale(name="scale")(layers.Dense(8)(inputs))
  model = keras.Model(inputs, layers.Dense(2)(x))
  with pytest.raises(ValueError, match="'scale' .*must return a Rule.*None"):
    tgp.prune_channels(model, macs=0.5)
