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
"""Tests of what TF-MOT's own tests want otherwise, and of what is wrapped."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.wrapping import wrapper

L = keras.layers
_SCHEDULE = tfmot.sparsity.keras.ConstantSparsity(0.5, 0, frequency=1)


class _Own(L.Dense):
  """A layer without `get_prunable_weights()`."""


class _Network(keras.Model):
  """A subclassed network."""

  def __init__(self):
    super().__init__()
    self.dense = L.Dense(4)

  def call(self, inputs):
    return self.dense(inputs)


def _wrap(network):
  return tgp.prune_low_magnitude(network, _SCHEDULE)


def _dense():
  return keras.Sequential([keras.Input((4,)), L.Dense(4), L.Dense(4)])


def _count(layers) -> int:
  return sum(isinstance(x, wrapper.TFMOTWrapper) for x in layers)


def _leaves_a_kind_that_tfmot_refuses():
  conv = L.ConvLSTM2D(2, 3, padding="same", return_sequences=True)
  network = [keras.Input((2, 4, 4, 1)), conv, L.Flatten(), L.Dense(2)]
  with pytest.warns(UserWarning, match=conv.name):
    pruned = _wrap(keras.Sequential(network))
  assert pruned.layers[0] is conv
  assert _count(pruned.layers) == 1


def _leaves_a_layer_that_nobody_knows():
  own = _Own(4)
  with pytest.warns(UserWarning, match=own.name):
    pruned = _wrap(keras.Sequential([keras.Input((4,)), own, L.Dense(2)]))
  assert pruned.layers[0] is own
  assert _count(pruned.layers) == 1


def _prunes_a_subclassed_network():
  network = _Network()
  network(tf.ones((1, 4)))
  network.compile("sgd", "mse")
  pruned = _wrap(network)
  pruned.compile("sgd", "mse")
  step = tgp.UpdatePruningStep()
  pruned.fit(np.ones((2, 4)), np.ones((2, 4)), verbose=0, callbacks=[step])
  assert np.mean(network.dense.kernel.numpy() == 0) == 0.5


def _says_in_its_own_words_what_it_takes():
  with pytest.raises(ValueError, match="`to_prune` .*object"):
    _wrap(object())


def _leaves_layers_of_a_model_their_names():
  one, two = keras.Input((4,)), keras.Input((4,))
  total = L.Add(name="total")([L.Dense(4)(one), L.Dense(4)(two)])
  outputs = L.Dropout(0.4, name="drop")(total)
  pruned = _wrap(keras.Model([one, two], outputs))
  assert isinstance(pruned.get_layer("total"), L.Add)
  assert isinstance(pruned.get_layer("drop"), L.Dropout)
  assert _count(pruned.layers) == 2


def _writes_sparse_checkpoints(tmp_path):
  network = _wrap(_dense())
  network.compile("sgd", "mse")
  path = str(tmp_path / "{epoch}.tf")
  save = keras.callbacks.ModelCheckpoint(
    path, save_weights_only=True, save_freq=1
  )
  calls = [tgp.UpdatePruningStep(), save]
  network.fit(np.ones((2, 4)), np.ones((2, 4)), verbose=0, callbacks=calls)
  other = _wrap(_dense())
  other.load_weights(tf.train.latest_checkpoint(str(tmp_path)))
  for layer in other.layers:
    assert np.mean(layer.layer.kernel.numpy() == 0) == 0.5


# Of TF-MOT's tests those that fail here, with what is true in their place.
_OTHERWISE = {
  # They assert a refusal of what can be done.
  "testPruneModelUnsupportedKerasLayerRaisesError": (
    _leaves_a_kind_that_tfmot_refuses
  ),
  "testPruneModelCustomNonPrunableLayerRaisesError": (
    _leaves_a_layer_that_nobody_knows
  ),
  "testPruneSubclassModel": _prunes_a_subclassed_network,
  # It asserts a fault: that weights are saved between update and mask.
  "testPruneCheckpoints_CheckpointsNotSparse": _writes_sparse_checkpoints,
  # It asserts a sentence that would be untrue: other networks are taken too.
  "testPruneMiscObject": _says_in_its_own_words_what_it_takes,
  # They count wrappers of layers that have nothing to prune. Wrapped, these had
  # other names and classes, and weight files of pruned networks that were saved
  # before would not fit.
  "testPruneModelValidLayersSuccessful": _leaves_layers_of_a_model_their_names,
  "testPruneFunctionalModel": _leaves_layers_of_a_model_their_names,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", _OTHERWISE)
def test_otherwise_than_tfmots_test(name, tmp_path):
  check = _OTHERWISE[name]
  check(tmp_path) if check is _writes_sparse_checkpoints else check()


def test_a_layer_that_has_nothing_to_prune_is_wrapped_alone():
  one = _wrap(L.Dropout(0.4))
  assert _count([one]) == 1
  assert one.layer.get_prunable_weights() == []
  assert _count(_wrap([L.Dense(2), L.Dropout(0.4), L.Flatten()])) == 3


@pytest.mark.slow
def test_a_network_that_was_wrapped_layer_by_layer(tmp_path):
  parts = [L.Conv2D(4, 3), L.BatchNormalization(), L.ReLU(), L.Flatten()]
  wrapped = [_wrap(x) for x in (*parts, L.Dense(2))]
  network = keras.Sequential([keras.Input((6, 6, 2)), *wrapped])
  network.compile("sgd", "mse")
  x = np.ones((2, 6, 6, 2), "float32")
  step = tgp.UpdatePruningStep()
  network.fit(x, np.ones((2, 2)), verbose=0, callbacks=[step])
  assert tgp.sparsity_report(network).overall == 0.5
  network.save(tmp_path / "a.keras")
  loaded = keras.models.load_model(tmp_path / "a.keras")
  np.testing.assert_array_equal(loaded(x), network(x))
  stripped = tgp.strip_pruning(network)
  assert _count(stripped.layers) == 0
  np.testing.assert_allclose(stripped(x), network(x), rtol=1e-5)
  tgp.export_tflite(network, tmp_path / "a.tflite")
  assert (tmp_path / "a.tflite").exists()


def test_importance_by_gradients_does_not_wait_for_a_layer_without_kernels():
  schedule = tfmot.sparsity.keras.ConstantSparsity(0.5, 1, frequency=1)
  layers = [L.Dense(4), L.ReLU(), L.Dense(2)]
  wrapped = tgp.prune_low_magnitude(layers, schedule, importance="taylor")
  network = keras.Sequential([keras.Input((4,)), *wrapped])
  network.compile("sgd", "mse")
  step = tgp.UpdatePruningStep()
  data = np.ones((4, 4)), np.ones((4, 2))
  network.fit(*data, 2, 2, verbose=0, callbacks=[step])
  assert tgp.sparsity_report(network).overall == 0.5


def test_the_class_refuses_a_layer_that_nobody_knows():
  with pytest.raises(ValueError, match="get_prunable_weights"):
    wrapper.PruneLowMagnitude(_Own(4), _SCHEDULE)


def test_keras_sets_dense_weights_layer_by_layer():
  dense, pruned = _dense(), _wrap(_dense())
  for one, other in zip(pruned.layers, dense.layers, strict=True):
    one.set_weights(other.get_weights())
  x = np.ones((1, 4), "float32")
  np.testing.assert_array_equal(pruned(x), dense(x))


def test_a_file_is_kept_where_zeros_cannot_be_counted(tmp_path, monkeypatch):
  def fail(network):
    raise RuntimeError("no kernels today")

  network = _dense()
  monkeypatch.setattr(
    "tf_ganprune.sparsity.report.sparsity_report", fail, raising=True
  )
  report = tgp.export_tflite(network, tmp_path / "a.tflite")
  assert (tmp_path / "a.tflite").exists()
  assert any("no kernels today" in note for note in report.notes)
