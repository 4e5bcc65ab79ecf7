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
"""Tests of layers that are called with `training=`, between the Kerases."""

import warnings

import keras as keras3
import numpy as np
import pytest

import tf_ganprune as tgp
from tests.keras3 import nets

L3, L = keras3.layers, tgp.keras.layers
_IMAGE, _ROWS = (4, 4, 2), (5, 2)


def _norm_inside(layers, keras):
  return keras.Sequential([keras.Input(_IMAGE), layers.BatchNormalization()])


def _per_step(layers, keras):
  del keras
  return layers.TimeDistributed(layers.Dropout(0.5))


# What depends on `training`, and what takes it and does not.
_DEPENDENT = {
  "BatchNormalization": (_IMAGE, lambda la, _: la.BatchNormalization()),
  "Dropout": (_IMAGE, lambda la, _: la.Dropout(0.5)),
  "GaussianNoise": (_IMAGE, lambda la, _: la.GaussianNoise(0.5)),
  "SpatialDropout2D": (_IMAGE, lambda la, _: la.SpatialDropout2D(0.5)),
  "SpectralNormalization": (
    _IMAGE,
    lambda la, _: la.SpectralNormalization(la.Conv2D(2, 3)),
  ),
  "a network": (_IMAGE, _norm_inside),
  "a layer in a wrapper": (_ROWS, _per_step),
  "recurrent dropout": (_ROWS, lambda la, _: la.GRU(2, recurrent_dropout=0.5)),
  "in both directions": (
    _ROWS,
    lambda la, _: la.Bidirectional(la.LSTM(2, dropout=0.5)),
  ),
}
_INDEPENDENT = {
  "Dropout of nothing": (_IMAGE, lambda la, _: la.Dropout(0.0)),
  "LSTM": (_ROWS, lambda la, _: la.LSTM(2)),
  "TimeDistributed": (_ROWS, lambda la, _: la.TimeDistributed(la.Dense(2))),
  "a network": (
    _IMAGE,
    lambda la, keras: keras.Sequential([keras.Input(_IMAGE), la.Conv2D(2, 3)]),
  ),
}


def _of_keras3(shape, make, training):
  layer = make(L3, keras3)
  return nets.around(shape, lambda x: layer(x, training=training))


def _of_tf_keras(shape, make, training):
  x = tgp.keras.Input(shape)
  return tgp.keras.Model(x, make(L, tgp.keras)(x, training=training))


def _zeros(model, given, training):
  return float(np.mean(np.asarray(model(given, training=training)) == 0))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("case", _DEPENDENT)
def test_keras_3s_layers_follow_the_network(case, training):
  model = _of_keras3(*_DEPENDENT[case], training)
  with pytest.warns(UserWarning, match=rf"\(training={training}\).*follow"):
    theirs = tgp.from_keras3(model)
  assert nets.difference(model, theirs, nets.inputs(model)) <= 1e-5


@pytest.mark.parametrize("training", [True, False])
def test_batch_statistics_are_used_in_training_only(training):
  model = _of_keras3(*_DEPENDENT["BatchNormalization"], training)
  with pytest.warns(UserWarning):
    theirs = tgp.from_keras3(model)
  given = 5.0 * nets.inputs(model)[0] + 5.0
  ours = np.asarray(model(given, training=True))
  np.testing.assert_allclose(theirs(given, training=True), ours, atol=1e-5)
  plain = np.asarray(model(given, training=False))
  assert np.abs(ours - plain).max() > 0.1


@pytest.mark.parametrize("training", [True, False])
def test_dropout_drops_in_training_only(training):
  model = _of_keras3((1000,), lambda la, _: la.Dropout(0.5), training)
  with pytest.warns(UserWarning):
    theirs = tgp.from_keras3(model)
  given = np.ones((2, 1000), "float32")
  for network in (model, theirs):
    assert _zeros(network, given, False) == 0.0
    assert 0.4 < _zeros(network, given, True) < 0.6


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("case", _DEPENDENT)
def test_tf_kerass_layers_are_refused_by_name(case, training):
  model = _of_tf_keras(*_DEPENDENT[case], training)
  name = model.layers[-1].name
  with pytest.raises(
    ValueError, match=rf"layer '{name}' .* called with training={training}"
  ):
    tgp.to_keras3(model)


def test_a_position_is_as_good_as_a_name():
  x = tgp.keras.Input(_IMAGE)
  dropout = L.Dropout(0.5, name="drop")
  with pytest.raises(ValueError, match="layer 'drop' .* training=True"):
    tgp.to_keras3(tgp.keras.Model(x, dropout(x, True)))


def test_a_pinned_layer_inside_a_network_is_named():
  inner = _of_tf_keras(*_DEPENDENT["Dropout"], True)
  x = tgp.keras.Input(_IMAGE)
  with pytest.raises(ValueError, match="layer 'dropout.* training=True"):
    tgp.to_keras3(tgp.keras.Model(x, inner(x)))


@pytest.mark.slow
@pytest.mark.parametrize("training", [True, False, None])
@pytest.mark.parametrize("case", _INDEPENDENT)
def test_what_does_not_depend_on_it_goes_both_ways(case, training):
  model = _of_tf_keras(*_INDEPENDENT[case], training)
  with warnings.catch_warnings():
    warnings.simplefilter("error", UserWarning)
    there = tgp.to_keras3(model)
    back = tgp.from_keras3(_of_keras3(*_INDEPENDENT[case], training))
  assert nets.difference(model, there, nets.inputs(there)) <= 1e-5
  assert back.count_params() == model.count_params()


class _AlwaysDropout(L3.Layer):
  """Drops half of its inputs, whatever the network does."""

  def call(self, x):
    return keras3.random.dropout(x, 0.5)


def test_the_user_may_say_what_stands_for_a_pinned_layer():
  model = _of_tf_keras((1000,), lambda la, _: la.Dropout(0.5), True)
  custom = {L.Dropout: lambda layer: _AlwaysDropout(name=layer.name)}
  theirs = tgp.to_keras3(model, custom=custom)
  given = np.ones((2, 1000), "float32")
  for network in (model, theirs):
    assert 0.4 < _zeros(network, given, False) < 0.6


class _Switched(keras3.layers.Layer):
  """Does other things in training."""

  def call(self, x, training=None):
    return 2.0 * x if training else x


def test_what_stands_for_a_pinned_layer_should_not_depend_on_training():
  model = _of_tf_keras((4,), lambda la, _: la.Dropout(0.5), True)
  custom = {L.Dropout: lambda layer: _Switched(name=layer.name)}
  with pytest.warns(UserWarning, match="called with training=True.*_Switched"):
    tgp.to_keras3(model, custom=custom)
