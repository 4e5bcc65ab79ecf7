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
"""Tests of networks that write into variables: the file, and what they keep."""

import functools

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert import interpreter as litert

from tests import stateful
from tf_ganprune import channels, export
from tf_ganprune.export import quality, samples
from tf_ganprune.keras_compat import keras

layers = keras.layers


def _nested():
  block = keras.Sequential(
    [keras.Input((16,)), layers.Reshape((4, 4, 1)), layers.Conv2D(2, 3)]
    + [layers.BatchNormalization(name="inner"), layers.Flatten()]
  )
  latent = keras.Input((4,), name="latent")
  x = block(layers.Dense(16)(latent), training=True)
  return keras.Model(latent, layers.Dense(3)(x))


class _Subclassed(keras.Model):
  def __init__(self):
    super().__init__()
    self.wide = layers.Conv2D(4, 3)
    self.norm = layers.BatchNormalization()

  def call(self, x):
    return self.norm(self.wide(x), training=True)


def _subclassed():
  network = _Subclassed()
  network(tf.ones((2, 6, 6, 1)))
  return network


def _closure():
  variable = tf.Variable(2.0)
  layer = layers.Lambda(lambda x: x * variable.assign_add(1.0))
  layer.get = lambda: variable
  return stateful.generator(layer)


class _Gain:
  """A function with a variable, which Keras does not find."""

  def __init__(self):
    self.variable = tf.Variable(2.0)

  def __call__(self, x):
    return self.grow(x)

  def grow(self, x):
    return x * self.variable.assign_add(1.0)


def _called(function):
  return stateful.generator(layers.Lambda(function))


def _video():
  x = keras.Input((4, 4, 4, 1))
  made = layers.Conv3D(4, 3, padding="same")(x)
  return keras.Model(x, layers.BatchNormalization()(made, training=True))


def _stateful_lstm():
  x = keras.Input((4, 3), batch_size=1)
  network = keras.Model(x, layers.LSTM(3, stateful=True)(x))
  network(np.ones((1, 4, 3), "f"))  # so that the state is not 0
  return network


_NETWORKS = {
  "pinned": stateful.normalized,
  "renorm": lambda: stateful.normalized(renorm=True),
  "synchronized": lambda: stateful.normalized(synchronized=True),
  "video": _video,
  "object": lambda: _called(_Gain()),
  "method": lambda: _called(_Gain().grow),
  "partial": lambda: _called(functools.partial(_Gain().grow)),
  "activation": lambda: stateful.generator(
    layers.Dense(16, activation=_Gain())
  ),
  "momentum 0": lambda: stateful.normalized(momentum=0.0),
  "channels first axis": lambda: stateful.normalized(axis=1),
  "nested": _nested,
  "subclassed": _subclassed,
  "spectral norm by hand": lambda: stateful.generator(stateful.HandMadeNorm()),
  "in a function": lambda: stateful.generator(stateful.Compiled()),
  "wrapper": lambda: stateful.generator(
    lambda x: layers.SpectralNormalization(layers.Dense(16))(x, training=True)
  ),
  "counter": lambda: stateful.generator(stateful.Counter()),
  "only in inference": lambda: stateful.generator(stateful.Counter(True)),
  "codebook": lambda: stateful.generator(stateful.Codebook()),
  "hidden": lambda: stateful.generator(stateful.Hidden()),
  "closure": _closure,
  "loss and metric": lambda: stateful.generator(stateful.Measured()),
  "stateful LSTM": _stateful_lstm,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", _NETWORKS)
def test_the_file_is_right_and_the_network_as_it_was(name, tmp_path):
  network = _NETWORKS[name]()
  before = stateful.values(network)
  report = export.export_tflite(network, tmp_path / "a.tflite")
  stateful.assert_same(before, network)
  assert report.max_abs_error < 1e-5
  interpreter = litert.Interpreter(str(tmp_path / "a.tflite"))
  runner = interpreter.get_signature_runner()
  ((key, details),) = runner.get_input_details().items()
  sample = np.full(details["shape"], 0.3, "f")
  # Nothing is reset: an app need not know what the network was.
  (first,), (second,) = (runner(**{key: sample}).values() for _ in range(2))
  np.testing.assert_array_equal(first, second)
  expected = network(sample, training=False)
  np.testing.assert_allclose(second, expected, atol=1e-5)


@pytest.mark.parametrize("target", ["cpu-fp16", "cpu-dynamic", "cpu-int8"])
def test_other_numbers_too(target, tmp_path):
  network = stateful.normalized()
  before = stateful.values(network)
  report = export.export_tflite(network, tmp_path / "a.tflite", target)
  stateful.assert_same(before, network)
  assert "own mean and variance: bn_up." in " ".join(report.notes)


@pytest.mark.slow
@pytest.mark.parametrize("target", export.EXPORT_TARGETS)
def test_checks_change_nothing(target):
  if target == "npu":
    target = "cpu"
  for network in (stateful.normalized(), _NETWORKS["counter"]()):
    before = stateful.values(network)
    export.check_target(network, target)
    stateful.assert_same(before, network)


def test_a_refused_export_changes_nothing(tmp_path):
  network = stateful.generator(
    stateful.Counter(), lambda x: layers.Dropout(0.5)(x, training=True)
  )
  before = stateful.values(network)
  with pytest.raises(ValueError, match="'dropout.*' draws random numbers"):
    export.export_tflite(network, tmp_path / "a.tflite")
  (found,) = export.check_target(network)
  assert found.layer.startswith("dropout")
  stateful.assert_same(before, network)
  assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
  "layer", [layers.GaussianNoise(0.5), layers.GaussianDropout(0.5)]
)
def test_noise_that_is_pinned_is_named(layer):
  network = stateful.generator(lambda x: layer(x, training=True))
  (found,) = export.check_target(network)
  assert found.layer == layer.name
  assert "training=True" in found.reason


def test_notes_say_what_writes(tmp_path):
  network = stateful.generator(stateful.Counter(name="count"))
  report = export.export_tflite(network, tmp_path / "a.tflite")
  assert "values of the export: count." in " ".join(report.notes)


@pytest.mark.slow
@pytest.mark.parametrize("budget", ["macs", "params", "channels", "num_bytes"])
def test_a_smaller_network_leaves_the_whole_one_as_it_was(budget):
  network = stateful.normalized()
  before = stateful.values(network)
  channels.prune_channels(network, **{budget: 0.9})
  stateful.assert_same(before, network)


@pytest.mark.slow
@pytest.mark.parametrize(
  "make",
  [
    lambda: layers.LSTM(3),
    lambda: layers.LSTM(3, return_sequences=True),
    lambda: layers.GRU(3),
    lambda: layers.SimpleRNN(3),
    lambda: layers.Bidirectional(layers.LSTM(3)),
    lambda: keras.Sequential(
      [layers.LSTM(3, return_sequences=True), layers.LSTM(2)]
    ),
  ],
)
def test_recurrent_networks_begin_anew(make, tmp_path):
  x = keras.Input((4, 3))
  network = keras.Model(x, make()(x))
  report = export.export_tflite(network, tmp_path / "a.tflite")
  assert report.max_abs_error < 1e-5
  content = report.path.read_bytes()
  has_lstm = any(isinstance(x, layers.LSTM) for x in network._flatten_layers())
  resets = any("reset_all_variables()" in note for note in report.notes)
  assert resets == has_lstm
  assert resets == export.left_state.is_left(content)
  assert export.benchmark_tflite(report.path, runs=1).median_ms > 0


@pytest.mark.slow
def test_convolutions_in_time_begin_anew(tmp_path):
  x = keras.Input((3, 5, 5, 2))
  network = keras.Model(x, layers.ConvLSTM2D(2, 3)(x))
  report = export.export_tflite(network, tmp_path / "a.tflite")
  assert report.max_abs_error < 1e-5


def test_quality_is_of_samples_that_do_not_see_each_other():
  network = stateful.normalized()
  inputs = samples.draw(network, 3)
  (found,) = quality._made(network, inputs).values()
  for image, sample in zip(found, inputs, strict=True):
    expected = network(sample["latent"], training=False)[0]
    np.testing.assert_allclose(image, expected, atol=1e-5)


class _CountsTo(layers.Layer):
  """Writes in a branch that may not run."""

  def build(self, shape):
    self.seen = self.add_weight("seen", (), initializer="zeros")

  def call(self, x):
    if self.seen < 100.0:
      self.seen.assign_add(1.0)
    return x * self.seen


class _InALoop(_CountsTo):
  def call(self, x):
    for _ in tf.range(tf.cast(x[0, 0] ** 2, tf.int32)):
      self.seen.assign_add(1.0)
    return x * self.seen


@pytest.mark.parametrize("kind", [_CountsTo, _InALoop])
def test_writes_in_branches_and_loops_are_refused_by_name(kind, tmp_path):
  x = keras.Input((4,))
  network = keras.Model(x, kind(name="count")(x))
  before = stateful.values(network)
  with pytest.raises(ValueError, match="'count.*' "):
    export.export_tflite(network, tmp_path / "a.tflite")
  stateful.assert_same(before, network)
  assert not list(tmp_path.iterdir())
