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
"""Tests of costs that are counted from operations."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.channels import profile_test
from tf_ganprune.channels import call, counting

keras = tgp.keras
layers = keras.layers


class _Own(layers.Layer):
  """A convolution by hand."""

  def __init__(self, filters, **kwargs):
    super().__init__(**kwargs)
    self.filters = filters

  def build(self, shape):
    self.w = self.add_weight("w", (3, 3, shape[-1], self.filters))

  def call(self, x):
    return tf.nn.conv2d(x, self.w, 1, "SAME")

  def get_config(self):
    return {**super().get_config(), "filters": self.filters}


class _WithRule(_Own):
  def call(self, x):
    return tf.nn.conv2d(x, self.w, 1, "SAME")


@tgp.channel_rule(_WithRule)
def _with_rule(asked):
  taken = asked.channels()
  made = asked.own("filters", asked.layer.filters)
  kernel = call.Weight((None, None, taken, made), "kernel", 3)
  return asked.rule(made, {asked.layer.w.ref(): kernel}, {"filters": made})


def _two(cls):
  inputs = keras.Input((8, 8, 3))
  return keras.Model(inputs, cls(16)(cls(16)(inputs)))


def test_a_layer_of_ones_own_costs_what_it_computes():
  assert tgp.profile(_two(_Own)).macs == 64 * 9 * (3 * 16 + 16 * 16)


@pytest.mark.parametrize(
  "budget", ["macs", "params", "channels", "latency", "num_bytes"]
)
def test_no_groups_meet_no_budget(budget):
  with pytest.raises(ValueError, match=f"`{budget}=0.25`") as error:
    tgp.prune_channels(_two(_Own), **{budget: 0.25})
  assert "tgp.channel_rule" in str(error.value)
  assert str(error.value).count("no rule") == 1
  same = tgp.prune_channels(_two(_Own), params=1.0)
  assert same.count_params() == 27 * 16 + 9 * 256


def test_a_rule_without_macs_shrinks_with_its_weights():
  model = _two(_WithRule)
  small = tgp.prune_channels(model, macs=0.5)
  assert tgp.profile(model).macs == tgp.profile(_two(_Own)).macs
  assert tgp.profile(small).macs == tgp.profile(model).macs // 2


def test_a_budget_with_a_layer_that_stays():
  inputs = keras.Input((8, 8, 3))
  x = inputs
  for filters in (32, 32, 16):
    x = layers.Conv2D(filters, 3, padding="same")(x)
  model = keras.Model(inputs, _Own(8)(x))
  small = tgp.prune_channels(model, macs=0.5)
  share = tgp.profile(small).macs / tgp.profile(model).macs
  assert 0.49 <= share <= 0.5


def test_a_reshape_that_keeps_channels_is_a_reason():
  inputs = keras.Input((6, 6, 3))
  x = layers.Conv2D(64, 3, padding="same", name="wide")(inputs)
  x = layers.Reshape((6, 6, 16, 2, 2))(x)
  x = layers.Permute((1, 4, 2, 5, 3))(x)
  x = layers.Reshape((12, 12, 16))(x)
  model = keras.Model(inputs, layers.Conv2D(3, 1)(x))
  with pytest.raises(ValueError, match="'wide'.*height or width"):
    tgp.prune_channels(model, channels=0.5)


def test_at_most_five_reasons():
  inputs = keras.Input((4, 4, 3))
  x = inputs
  for i in range(7):
    cls = type(f"_Own{i}", (_Own,), {"call": _Own.call})
    x = cls(4)(x)
  with pytest.raises(ValueError, match="and 2 more reasons") as error:
    tgp.prune_channels(keras.Model(inputs, x), params=0.5)
  assert str(error.value).count("no rule") == 5


class _Loop(layers.Layer):
  """Multiplies by a 3x3 weight in some way."""

  def __init__(self, how):
    super().__init__()
    self.how = how

  def build(self, _):
    self.w = self.add_weight("w", (3, 3))

  def call(self, x):
    if self.how == "range":
      for _ in tf.range(5):
        x = tf.matmul(x, self.w)
    elif self.how == "while":
      while tf.reduce_sum(x) > 1:
        x = tf.matmul(x, self.w)
    elif self.how == "branch":
      if tf.reduce_sum(x) > 1:
        x = tf.matmul(x, self.w)
    elif self.how == "einsum":
      x = tf.einsum("...ij,jk->...ik", x, self.w)
    elif self.how == "function":
      x = tf.function(lambda y: tf.matmul(y, self.w))(x)
    elif self.how == "map":
      x = tf.map_fn(lambda y: tf.matmul(y, self.w), x)
    else:
      tf.matmul(x, self.w)  # nothing needs it
    return x


_TIMES = {"range": 5, "branch": 1, "einsum": 1, "function": 1, "map": 1}


@pytest.mark.parametrize("how", [*_TIMES, "unused"])
def test_what_is_within_functions(how):
  inputs = keras.Input((4, 3))
  model = keras.Model(inputs, _Loop(how)(inputs))
  assert tgp.profile(model).macs == 36 * _TIMES.get(how, 0)


def test_a_loop_of_unknown_length():
  inputs = keras.Input((4, 3))
  x = layers.Dense(6)(_Loop("while")(inputs))
  model = keras.Model(inputs, layers.Dense(2)(x))
  assert "not exact" in str(tgp.profile(model))
  with pytest.raises(ValueError, match="loop.*`macs`.*`params`"):
    tgp.prune_channels(model, macs=0.5)
  assert tgp.prune_channels(model, params=0.8).count_params() < 50


def test_operators_with_constants():
  inputs = keras.Input((8, 8, 3))
  blur = layers.Lambda(
    lambda x: tf.nn.depthwise_conv2d(
      x, np.ones((3, 3, 3, 1), np.float32), [1, 1, 1, 1], "SAME"
    )
  )
  assert tgp.profile(keras.Model(inputs, blur(inputs))).macs == 64 * 27
  x = tf.nn.conv2d(inputs, np.ones((3, 3, 3, 4), np.float32), 1, "SAME")
  assert tgp.profile(keras.Model(inputs, x)).macs == 64 * 27 * 4


@pytest.mark.parametrize("name", profile_test._COUNTS)
def test_operations_and_rules_count_the_same(name, monkeypatch):
  counted = counting.counted

  def forced(rule, *args):
    plain = dataclasses.replace(rule, macs=(), is_whole=True, weights={})
    return counted(plain, *args)

  monkeypatch.setattr(counting, "counted", forced)
  profile_test.test_multiply_accumulates(name)


def _blur(x):
  kernel = tf.ones([3, 3, x.shape[-1], 1]) / 9.0
  return tf.nn.depthwise_conv2d(x, kernel, [1] * 4, "SAME")


class _Blur(layers.Layer):
  def call(self, x):
    return _blur(x)


_BLURS = {
  "lambda": lambda x: layers.Lambda(_blur)(layers.Conv2D(16, 1)(x)),
  "activation": lambda x: layers.Activation(_blur)(layers.Conv2D(16, 1)(x)),
  "of a convolution": layers.Conv2D(16, 1, activation=_blur),
  "own layer": lambda x: _Blur()(layers.Conv2D(16, 1)(x)),
}


def _blurred(name):
  inputs = keras.Input((8, 8, 3))
  return keras.Model(inputs, layers.Conv2D(3, 1)(_BLURS[name](inputs)))


@pytest.mark.parametrize("name", _BLURS)
def test_functions_that_keep_channels_apart_cost_what_they_compute(name):
  convolutions, blur = 2 * 8 * 8 * 3 * 16, 8 * 8 * 9 * 16
  assert tgp.profile(_blurred(name)).macs == convolutions + blur


@pytest.mark.parametrize("name", _BLURS)
@pytest.mark.parametrize("budget", [0.5, 0.2])
def test_and_shrink_with_their_channels(name, budget):
  network = _blurred(name)
  small = tgp.prune_channels(network, macs=budget)
  share = tgp.profile(small).macs / tgp.profile(network).macs
  assert share == int(16 * budget) / 16


def test_products_of_a_channel_with_itself():
  inputs = keras.Input((8, 8, 3))
  x = layers.Permute((3, 1, 2))(layers.Conv2D(4, 1)(inputs))
  x = layers.Lambda(lambda y: tf.matmul(y, y))(x)
  network = keras.Model(inputs, x)
  assert tgp.profile(network).macs == 8 * 8 * 3 * 4 + 4 * 8**3


def test_sparse_products_are_products():
  inputs = keras.Input((8,))
  x = layers.Lambda(lambda x: tf.matmul(x, tf.ones([8, 5]), a_is_sparse=True))
  assert tgp.profile(keras.Model(inputs, x(inputs))).macs == 40
