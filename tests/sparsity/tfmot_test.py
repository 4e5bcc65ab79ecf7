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
"""Tests that code and files for TF-MOT work with this package's names."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tf_ganprune import callbacks
from tf_ganprune.graphs import shallow_copies
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, strip
from tf_ganprune.sparsity.wrapping import wrapper

L = keras.layers
_SCHEDULE = tfmot.sparsity.keras.ConstantSparsity(0.5, 0, frequency=1)


def _network():
  return keras.Sequential(
    [keras.Input((6, 6, 2)), L.Conv2D(4, 3), L.ReLU(), L.Flatten(), L.Dense(3)]
  )


def _pruned():
  return prune.prune_low_magnitude(_network(), _SCHEDULE)


def _wrappers(network):
  kind = wrapper.TFMOTWrapper
  return [x for x in network.layers if isinstance(x, kind)]


def _zeros(network):
  kernels = [x.layer.kernel.numpy() for x in _wrappers(network)]
  return [float(np.mean(x == 0)) for x in kernels]


def test_a_wrapped_layer_keeps_get_prunable_weights():
  layer = _wrappers(_pruned())[0]
  assert layer.layer.get_prunable_weights()[0] is layer.layer.kernel
  bare = prune.prune_low_magnitude(L.Dense(3), _SCHEDULE)
  bare.build((None, 4))
  assert bare.layer.get_prunable_weights()[0] is bare.layer.kernel


def test_a_copy_of_a_wrapped_layer_does_not_offer_the_originals_weights():
  layer = _wrappers(_pruned())[0].layer
  assert "get_prunable_weights" not in vars(shallow_copies.copy(layer))


def test_what_a_wrapped_layer_offers_does_not_bind_the_next_wrapper():
  layer = L.SeparableConv2D(2, 3)
  layer.build((None, 8, 8, 2))
  kinds = [
    wrapper.PruneLowMagnitude(layer, _SCHEDULE, prune_depthwise=depthwise)
    for depthwise in (True, False)
  ]
  for one in kinds:
    one.build((None, 8, 8, 2))
  assert [len(one.prunable_weights) for one in kinds] == [2, 1]


def test_a_loop_by_hand_as_tfmots_guide_writes_it():
  network = _pruned()
  optimizer = keras.optimizers.Adam()
  step = callbacks.UpdatePruningStep()
  step.set_model(network)
  step.on_train_begin()
  x = tf.random.normal((4, 6, 6, 2))
  for _ in range(2):
    for _ in range(3):
      step.on_train_batch_begin(batch=-1)
      with tf.GradientTape() as tape:
        loss = tf.reduce_mean(network(x, training=True) ** 2)
      variables = network.trainable_variables
      gradients = tape.gradient(loss, variables)
      optimizer.apply_gradients(zip(gradients, variables, strict=True))
    step.on_epoch_end(batch=-1)
    assert _zeros(network) == [0.5, 0.5]
  assert [int(x.pruning_step) for x in _wrappers(network)] == [6, 6]


def test_a_callback_of_fit_serves_a_loop_by_hand_afterwards():
  network = _pruned()
  network.compile("sgd", "mse")
  step = callbacks.UpdatePruningStep()
  network.fit(np.ones((4, 6, 6, 2)), np.ones((4, 3)), 2, 1, 0, callbacks=[step])
  assert [int(x.pruning_step) for x in _wrappers(network)] == [2, 2]
  step.on_train_begin()
  network(tf.ones((1, 6, 6, 2)), training=True)
  assert [int(x.pruning_step) for x in _wrappers(network)] == [3, 3]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.h5", "a.keras", "saved"])
def test_files_load_under_tfmots_scope(tmp_path, name):
  network = _pruned()
  network.compile("sgd", "mse")
  network.save(tmp_path / name)
  with tfmot.sparsity.keras.prune_scope():
    loaded = keras.models.load_model(tmp_path / name)
  x = np.ones((1, 6, 6, 2), "float32")
  np.testing.assert_array_equal(loaded(x), network(x))
  step = callbacks.UpdatePruningStep()
  loaded.fit(x, np.ones((1, 3)), verbose=0, callbacks=[step])
  assert _zeros(loaded) == [0.5, 0.5]


def test_tfmots_h5_files_load_train_and_are_stripped(tmp_path):
  theirs = tfmot.sparsity.keras.prune_low_magnitude(_network(), _SCHEDULE)
  theirs.save(tmp_path / "a.h5")
  with tfmot.sparsity.keras.prune_scope():
    loaded = keras.models.load_model(tmp_path / "a.h5")
  loaded.compile("sgd", "mse")
  x = np.ones((1, 6, 6, 2), "float32")
  step = callbacks.UpdatePruningStep()
  loaded.fit(x, np.ones((1, 3)), verbose=0, callbacks=[step])
  stripped = strip.strip_pruning(loaded)
  np.testing.assert_array_equal(stripped(x), loaded(x))
  assert np.mean(stripped.layers[-1].kernel.numpy() == 0) == 0.5


def test_tfmot_strips_ours():
  network = _pruned()
  stripped = tfmot.sparsity.keras.strip_pruning(network)
  x = np.ones((1, 6, 6, 2), "float32")
  np.testing.assert_array_equal(stripped(x), network(x))


def _foreign(kind):
  network = keras.Sequential([keras.Input((6, 6, 2)), L.Conv2D(16, 3)])
  network.add(L.Flatten())
  network.add(L.Dense(3))
  if kind == "annotated":
    return tfmot.quantization.keras.quantize_annotate_model(network)
  if kind == "quantized":
    return tfmot.quantization.keras.quantize_model(network)
  start = tfmot.clustering.keras.CentroidInitialization.LINEAR
  return tfmot.clustering.keras.cluster_weights(network, 4, start)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["quantized", "clustered"])
def test_a_report_of_tfmots_other_wrappers(kind):
  report = tgp.sparsity_report(_foreign(kind))
  assert 0 <= report.overall <= 1


@pytest.mark.slow
def test_a_network_that_tfmot_quantized_is_exported(tmp_path):
  path = tmp_path / "a.tflite"
  report = tgp.export_tflite(_foreign("quantized"), path)
  assert path.exists()
  assert report.max_abs_error < 1e-4


def test_a_network_that_tfmot_clusters_is_stripped_before_export(tmp_path):
  path = tmp_path / "a.tflite"
  network = _foreign("clustered")
  with pytest.raises(ValueError, match=r"cluster_.*strip_clustering"):
    tgp.export_tflite(network, path, "cpu-int8")
  assert not path.exists()
  tgp.export_tflite(tfmot.clustering.keras.strip_clustering(network), path)
  assert path.exists()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["quantized", "clustered"])
def test_tfmots_other_wrappers_are_not_wrapped_or_cut(kind):
  network = _foreign(kind)
  with pytest.raises(ValueError, match=r"is TF-MOT's"):
    tgp.prune_low_magnitude(network)
  with pytest.raises(ValueError, match=r"is TF-MOT's"):
    tgp.prune_channels(network, channels=0.5)


def test_spectral_normalization_is_loaded_from_both_formats(tmp_path):
  layer = L.SpectralNormalization(L.Conv2D(4, 3))
  network = keras.Sequential([keras.Input((6, 6, 2)), layer])
  network = prune.prune_low_magnitude(network, _SCHEDULE)
  x = np.ones((1, 6, 6, 2), "float32")
  for name in ("a.h5", "a.keras"):
    network.save(tmp_path / name)
    loaded = keras.models.load_model(tmp_path / name)
    np.testing.assert_array_equal(loaded(x), network(x))


_WAYS = ("saved.keras", "a.weights.h5", "prefix", "root")


def _small():
  network = keras.Sequential([keras.Input((6,)), L.Dense(8)])
  return prune.prune_low_magnitude(network, _SCHEDULE)


def _save(model, folder, way) -> str:
  path = str(folder / way)
  if way == "saved.keras":
    tgp.save_model(model, path)
  elif way == "root":
    tf.train.Checkpoint(model).write(path)
  else:
    model.save_weights(path)
  return path


@pytest.mark.parametrize("way", _WAYS)
def test_weights_of_the_dense_network_go_where_they_belong(tmp_path, way):
  dense = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8)])
  path = _save(dense, tmp_path, way)
  pruned = _small()
  layer = pruned.layers[-1]
  mask = np.arange(48).reshape(6, 8) % 2
  layer.pruning_vars[0][1].assign(mask)
  tgp.load_weights(pruned, path)
  kernel, bias = dense.get_weights()
  np.testing.assert_array_equal(layer.layer.kernel.numpy(), kernel * mask)
  np.testing.assert_array_equal(layer.layer.bias.numpy(), bias)
  np.testing.assert_array_equal(layer.pruning_vars[0][1].numpy(), mask)


def test_weights_of_another_dense_network_are_refused(tmp_path):
  dense = keras.Sequential([keras.Input((6,)), L.Dense(9)])
  pruned = _small()
  before = [weight.numpy() for weight in pruned.weights]
  with pytest.raises(ValueError, match=r"a\.weights\.h5'.*'dense"):
    tgp.load_weights(pruned, _save(dense, tmp_path, "a.weights.h5"))
  for weight, value in zip(pruned.weights, before, strict=True):
    np.testing.assert_array_equal(weight.numpy(), value)


def _quantized_with_zeros():
  network = keras.Sequential([keras.Input((16,)), L.Dense(16), L.Dense(4)])
  kernels = network.layers[0].kernel, network.layers[1].kernel
  for kernel in kernels:
    kernel.assign(np.where(np.arange(kernel.shape[1]) % 4 == 0, kernel, 0.0))
  return tfmot.quantization.keras.quantize_model(network)


@pytest.mark.slow
@pytest.mark.parametrize("target", ["cpu", "cpu-int8", "cpu-small"])
def test_zeros_that_tfmot_quantized_are_exported_and_counted(target, tmp_path):
  network = _quantized_with_zeros()
  report = tgp.export_tflite(network, tmp_path / "a.tflite", target)
  assert "75.0% of the prunable weights are zero." in report.notes
  assert tgp.sparsity_report(network).overall == 0.75


@pytest.mark.parametrize("kind", ["quantized", "annotated", "clustered"])
def test_what_only_tfmots_scopes_load_is_not_saved(kind, tmp_path):
  with pytest.raises(ValueError, match="is TF-MOT's .* only Keras can load"):
    tgp.save_model(_foreign(kind), tmp_path / "a.keras")
  assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["quantized", "annotated", "clustered"])
def test_layers_that_tfmot_wrapped_otherwise_are_not_wrapped(kind):
  layers = [x for x in _foreign(kind).layers if hasattr(x, "layer")]
  for one in (layers[0], layers):
    with pytest.raises(ValueError, match="`to_prune` is TF-MOT's"):
      tgp.prune_low_magnitude(one)


@pytest.mark.parametrize(
  "how",
  [
    {"importance": "taylor"},
    {"allocation": "erk"},
    {"regularization": "l2"},
    {"pruning_schedule": tgp.RigL(0.5, end_step=900)},
  ],
)
def test_saved_models_of_what_an_owner_has_to_count(how, tmp_path):
  network = keras.Sequential([keras.Input((6,)), L.Dense(8), L.Dense(2)])
  pruned = tgp.prune_low_magnitude(network, **how)
  pruned.save(tmp_path / "saved")
  given = np.ones((1, 6), "float32")
  loaded = tf.saved_model.load(str(tmp_path / "saved"))
  np.testing.assert_allclose(loaded(given), pruned(given), rtol=1e-6)
  with pytest.raises(ValueError, match="tgp.UpdatePruningStep"):
    pruned(given, training=True)


def test_layers_with_several_masks_go_to_h5_files(tmp_path):
  def make():
    return tgp.prune_low_magnitude(
      keras.Sequential([keras.Input((5, 3)), L.LSTM(3), L.Dense(2)])
    )

  pruned, other = make(), make()
  for i, (_, mask, _) in enumerate(pruned.layers[0].pruning_vars):
    mask.assign(np.full(mask.shape, i))
  pruned.save_weights(tmp_path / "a.h5")
  other.load_weights(tmp_path / "a.h5")
  pruned.save(tmp_path / "b.h5")
  with tfmot.sparsity.keras.prune_scope():
    loaded = keras.models.load_model(tmp_path / "b.h5")
  for one in (other, loaded):
    for ours, theirs in zip(one.weights, pruned.weights, strict=True):
      np.testing.assert_array_equal(ours, theirs)
