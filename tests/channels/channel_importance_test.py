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
"""Tests of each importance against numbers found by hand."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.channels import channel_importance, groups, view
from tf_ganprune.channels import trace as traces

keras = tgp.keras
layers = keras.layers

_FIRST = np.array([[1.0, -2.0, 2.0], [2.0, 2.0, -4.0]])
_BIAS = np.array([1.0, 1.0, -1.0])
_SECOND = np.array([[1.0, 1.0], [0.0, 3.0], [2.0, -1.0]])


def _linear():
  inputs = keras.Input((2,))
  x = layers.Dense(3, name="first")(inputs)
  model = keras.Model(inputs, layers.Dense(2, use_bias=False, name="last")(x))
  model.set_weights([_FIRST, _BIAS, _SECOND])
  return model


def _normalized():
  inputs = keras.Input((2,))
  x = layers.BatchNormalization(name="norm")(layers.Dense(3)(inputs))
  model = keras.Model(inputs, layers.Dense(2, use_bias=False, name="last")(x))
  model.get_layer("norm").gamma.assign([-0.5, 2.0, 1.0])
  model.layers[1].kernel.assign(_FIRST)
  model.get_layer("last").kernel.assign(_SECOND)
  return model


def _scores(model, chosen, data=None, seed=0):
  """Returns the scores of the first layer's channels, in their order."""
  trace = traces.Trace(model)
  seen = view.View(trace, groups.of_trace(trace).removable, data, seed)
  units = trace.of(trace.steps[0].rule.outputs[0][-1])
  return channel_importance.IMPORTANCES.find(chosen)(seen)[units]


@pytest.mark.parametrize(
  "name, expected",
  [
    ("l1", [3, 4, 6]),
    ("l2", np.sqrt([5, 8, 20])),
    ("group_l2", np.sqrt([5 + 2, 8 + 9, 20 + 5])),
    (
      "fpgm",
      [
        np.sqrt(9) + np.sqrt(1 + 36),
        np.sqrt(9) + np.sqrt(16 + 36),
        np.sqrt(1 + 36) + np.sqrt(16 + 36),
      ],
    ),
  ],
)
def test_importances_of_weights(name, expected):
  np.testing.assert_allclose(_scores(_linear(), name), expected, rtol=1e-6)


def test_scales_of_batch_normalization():
  scores = _scores(_normalized(), "bn_scale")
  np.testing.assert_allclose(scores, [0.5, 2, 1])
  both = _scores(_normalized(), "group_l2")
  squares = [5 + 2 + 0.25, 8 + 9 + 4, 20 + 5 + 1]
  np.testing.assert_allclose(both, np.sqrt(squares), rtol=1e-6)


def test_tied_layers_add_up():
  inputs = keras.Input((2,))
  parts = [layers.Dense(3, use_bias=False)(inputs) for _ in range(2)]
  model = keras.Model(inputs, layers.Dense(2)(layers.Add()(parts)))
  weights = [_FIRST, 10 * _FIRST, *model.get_weights()[2:]]
  model.set_weights(weights)
  np.testing.assert_allclose(_scores(model, "l1"), [33, 44, 66])
  squares = 101 * np.array([5, 8, 20])
  np.testing.assert_allclose(_scores(model, "l2"), np.sqrt(squares), rtol=1e-6)


def test_each_pixel_of_a_reshape_counts():
  inputs = keras.Input((1,))
  x = layers.Reshape((2, 2))(layers.Dense(4, use_bias=False)(inputs))
  model = keras.Model(inputs, layers.Conv1D(1, 1)(x))
  model.layers[1].kernel.assign([[1.0, 2.0, 3.0, 5.0]])
  trace = traces.Trace(model)
  seen = view.View(trace, groups.of_trace(trace).removable)
  (group,) = seen.groups
  assert sorted(channel_importance.l1(seen)[group.units]) == [4, 7]
  distances = channel_importance.fpgm(seen)[group.units]
  np.testing.assert_allclose(distances, np.sqrt([1 + 4] * 2))


def test_scales_are_needed_for_their_importance():
  with pytest.raises(ValueError, match="'bn_scale'.*`exclude`"):
    _scores(_linear(), "bn_scale")


_DATA = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 1.0]], np.float32)


def test_taylor_is_the_change_of_a_linear_loss():
  model = _linear()

  def loss(outputs):
    return tf.reduce_sum(outputs * [1.0, 2.0])

  scores = _scores(model, tgp.channels.Taylor(loss), [_DATA])
  whole = loss(model(_DATA))
  for channel in range(3):
    without = [w.copy() for w in (_FIRST, _BIAS, _SECOND)]
    without[0][:, channel] = without[1][channel] = 0
    model.set_weights(without)
    change = float(whole - loss(model(_DATA)))
    assert scores[channel] == pytest.approx(change**2, rel=1e-5)


def test_taylor_adds_squares_of_batches():
  def loss(outputs):
    return tf.reduce_sum(outputs)

  taylor = tgp.channels.Taylor(loss)
  one, two = _DATA[:1], _DATA[1:]
  parts = [_scores(_linear(), taylor, [batch]) for batch in (one, two)]
  both = _scores(_linear(), taylor, [one, two])
  np.testing.assert_allclose(both, parts[0] + parts[1], rtol=1e-6)


def test_taylor_without_a_loss_ranks_by_the_change_of_outputs():
  inputs = keras.Input((2,))
  x = layers.Dense(3, use_bias=False)(inputs)
  model = keras.Model(inputs, layers.Dense(2, use_bias=False)(x))
  model.set_weights([np.ones((2, 3)), np.diag([1.0, 100.0, 1e-4])[:, :2]])
  scores = _scores(model, "taylor", [_DATA])
  assert scores[1] > scores[0] > scores[2]
  np.testing.assert_array_equal(scores, _scores(model, "taylor", [_DATA]))


def test_activation_is_the_mean_where_kernels_take_it():
  inputs = keras.Input((2,))
  x = layers.ReLU()(layers.Dense(3)(inputs))
  model = keras.Model(inputs, layers.Dense(2, use_bias=False)(x))
  model.set_weights([_FIRST, _BIAS, _SECOND])
  taken = np.maximum(_DATA @ _FIRST + _BIAS, 0)
  scores = _scores(model, "activation", [_DATA])
  np.testing.assert_allclose(scores, taken.mean(0), rtol=1e-6)
  halves = _scores(model, "activation", [_DATA[:1], _DATA[1:2]])
  np.testing.assert_allclose(halves, taken[:2].mean(0), rtol=1e-6)


def test_activation_does_not_count_what_a_normalization_takes():
  model = _normalized()
  scores = _scores(model, "activation", [_DATA])
  taken = np.abs(model.get_layer("norm")(model.layers[1](_DATA)))
  np.testing.assert_allclose(scores, taken.mean(0), rtol=1e-5)


def test_activation_sees_factors_of_products():
  inputs = keras.Input((2,))
  query = layers.Dense(3, use_bias=False)(inputs[:, None])
  key = layers.Dense(3, use_bias=False)(inputs[:, None])
  product = tf.matmul(query, key, transpose_b=True)
  model = keras.Model(inputs, layers.Dense(2)(product))
  trace = traces.Trace(model)
  seen = view.View(trace, groups.of_trace(trace).removable, [_DATA])
  assert all(
    (channel_importance.activation(seen)[g.units] > 0).all()
    for g in seen.groups
  )


def test_activation_does_not_look_into_attention():
  inputs = keras.Input((3, 4))
  x = layers.MultiHeadAttention(2, 3, name="heads")(inputs, inputs)
  model = keras.Model(inputs, layers.Dense(2)(x))
  data = np.ones((1, 3, 4), np.float32)
  with pytest.raises(ValueError, match="'activation'.*heads.*`exclude`"):
    tgp.prune_channels(model, macs=0.5, importance="activation", data=data)


def test_random_obeys_its_seed():
  first, again, other = (
    _scores(_linear(), "random", seed=n) for n in (1, 1, 2)
  )
  assert list(first) == list(again) != list(other)


def _kept(model, **kwargs):
  """Returns which first columns stay when two thirds of the channels do."""
  small = tgp.prune_channels(model, channels=0.67, **kwargs)
  kernel = small.get_layer("first").kernel.numpy()
  return [list(_FIRST.T.tolist()).index(row) for row in kernel.T.tolist()]


def test_the_lowest_score_goes():
  assert _kept(_linear(), importance="l1") == [1, 2]
  assert _kept(_linear(), importance="l2") == [1, 2]


def test_a_function_of_ones_own():
  def least(seen):
    return -channel_importance.l1(seen)

  assert _kept(_linear(), importance=least) == [0, 1]


@pytest.mark.parametrize(
  "data",
  [
    _DATA,
    [_DATA],
    [_DATA[:2], _DATA[2:]],
    tf.data.Dataset.from_tensor_slices(_DATA).batch(2),
    _DATA.astype("float64"),
  ],
)
@pytest.mark.parametrize("name", ["activation", "taylor"])
def test_kinds_of_data(data, name):
  assert len(_kept(_linear(), importance=name, data=data)) == 2


def test_data_by_the_names_of_inputs():
  b, a = keras.Input((3,), name="b"), keras.Input((2,), name="a")
  x = layers.Concatenate()([layers.Dense(3, name="first")(a), b])
  model = keras.Model([b, a], layers.Dense(2)(x))
  model.get_layer("first").set_weights([_FIRST, _BIAS])
  other = np.ones((3, 3), np.float32)
  for data in ({"a": _DATA, "b": other}, (other, _DATA)):
    kept = _kept(model, importance="activation", data=data)
    assert (
      kept == _kept(model, importance="taylor", data=data) or len(kept) == 2
    )


@pytest.mark.parametrize("name", ["activation", "taylor"])
def test_data_that_cannot_be_used(name):
  endless = tf.data.Dataset.from_tensors(_DATA).repeat()
  for data, message in (
    (None, "`importance` .*`data`"),
    (endless, r"`data\.take\(n\)`"),
    ([], "`data` .*empty"),
  ):
    with pytest.raises(ValueError, match=message):
      tgp.prune_channels(_linear(), macs=0.5, importance=name, data=data)


def test_bad_importances():
  with pytest.raises(ValueError, match="`importance` .*l1.*'l3'"):
    tgp.prune_channels(_linear(), macs=0.5, importance="l3")
  with pytest.raises(ValueError, match="shape \\(2,\\)"):
    tgp.prune_channels(_linear(), macs=0.5, importance=lambda seen: [1.0, 2.0])
