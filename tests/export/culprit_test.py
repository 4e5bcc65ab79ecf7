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
"""Tests that the layer and the sample are named which a file fails for."""

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune import export
from tf_ganprune.export import culprit, number_formats
from tf_ganprune.keras_compat import keras

_LAYERS = keras.layers
_INT8 = number_formats.Setting(number_formats.INT8)


def _recurrent(make):
  x = keras.Input((5, 4))
  y = _LAYERS.Dense(4)(x)
  y = make(y)
  return keras.Model(x, _LAYERS.Dense(3)(_LAYERS.Flatten()(y)))


def _bidirectional(x):
  return _LAYERS.Bidirectional(_LAYERS.GRU(3), name="both")(x)


def _nested(x):
  inside = keras.Sequential(
    [keras.Input((5, 4)), _LAYERS.Dense(4), _LAYERS.GRU(3, name="gru")],
    name="block",
  )
  return inside(x)


class _Subclassed(keras.Model):
  def __init__(self):
    super().__init__(name="own")
    self._dense = _LAYERS.Dense(4)
    self._gru = _LAYERS.GRU(3, name="inner")

  def call(self, x):
    return self._gru(self._dense(x))


@pytest.mark.slow
@pytest.mark.parametrize(
  ("make", "name"),
  [
    (_LAYERS.GRU(3, name="gru"), "gru"),
    (_LAYERS.SimpleRNN(3, name="rnn", return_sequences=True), "rnn"),
    (_bidirectional, "both"),
    (_nested, "block/gru"),
    (lambda x: _Subclassed()(x), "own/inner"),
    (
      lambda x: _LAYERS.ConvLSTM1D(2, 2, name="conv")(x[..., tf.newaxis]),
      "conv",
    ),
  ],
  ids=["gru", "rnn", "bidirectional", "nested", "subclassed", "convolutional"],
)
@pytest.mark.parametrize("target", ["npu"])
def test_a_layer_that_crashes_the_converter_is_named(make, name, target):
  (found,) = export.check_target(_recurrent(make), target)
  assert found.layer == name
  assert found.refused
  assert "its process ended with SIG" in found.reason


@pytest.mark.slow
def test_the_way_out_of_a_crash_was_tried(tmp_path):
  network = _recurrent(_LAYERS.GRU(3, name="gru"))
  with pytest.raises(
    ValueError, match="'gru'.*SIGSEGV.*Target 'cpu-dynamic' takes it"
  ):
    export.export_tflite(network, tmp_path / "g", "cpu-int8")
  assert not list(tmp_path.iterdir())
  report = export.export_tflite(network, tmp_path / "g", "cpu-dynamic")
  assert report.max_abs_error < 0.1


def _exponential():
  x = keras.Input((4,), name="x")
  y = _LAYERS.Activation(tf.exp, name="inner")(x)
  return keras.Model(x, _LAYERS.Dense(2)(y))


def _overflowing(operation):
  x = keras.Input((4,), name="x")
  y = _LAYERS.Activation(operation, name="inner")(x)
  return keras.Model(x, _LAYERS.Dense(2, "tanh")(y))


@pytest.mark.parametrize("target", ["cpu-int8", "npu"])
@pytest.mark.parametrize(
  ("operation", "value"), [(tf.exp, 1e4), (tf.math.rsqrt, 0.0)]
)
def test_a_sample_that_overflows_is_named(target, operation, value, tmp_path):
  data = np.random.default_rng(0).uniform(0.5, 1.0, (30, 4))
  data[9] = value  # none of those that are compared
  with pytest.raises(
    ValueError, match="sample 9 .*'inner' give NaN.*`representative_data`"
  ):
    export.export_tflite(_overflowing(operation), tmp_path / "g", target, data)


def test_samples_are_counted_and_nested_layers_named():
  x = keras.Input((4,), name="x")
  network = keras.Model(x, _overflowing(tf.exp)(_LAYERS.Rescaling(2.0)(x)))
  samples = [{"x": np.full((1, 4), value, "f")} for value in (1, 2, 90, 1)]
  nested = network.layers[-1].name
  assert culprit.overflow(network, samples) == (f"{nested}/inner", 2)
  assert culprit.overflow(network, samples[:2]) is None


class _Bounded(_LAYERS.Layer):
  def call(self, x):
    return tf.sigmoid(2.0 * tf.exp(x))


class _Activations(keras.Model):
  def __init__(self):
    super().__init__(name="whole")
    self._first = _LAYERS.Activation("exponential", name="inner")
    self._last = _LAYERS.Activation("tanh")

  def call(self, x):
    return self._last(self._first(x))


class _Operations(keras.Model):
  def call(self, x):
    return tf.tanh(tf.exp(x, name="inner"))


def _alone(layer):
  x = keras.Input((4,), name="x")
  return keras.Model(x, layer(x), name="network")


def _subclassed(model):
  model(tf.zeros((1, 4)))
  return model


@pytest.mark.parametrize(
  "make",
  [
    lambda: _alone(_LAYERS.Lambda(lambda x: 1 / (1 + tf.exp(x)), name="inner")),
    lambda: _alone(_Bounded(name="inner")),
    lambda: _alone(keras.Sequential([_Bounded(name="inner")], name="outer")),
    lambda: _subclassed(_Activations()),
    lambda: _subclassed(_Operations()),
  ],
  ids=["lambda", "own layer", "nested", "subclassed", "operations"],
)
def test_a_sample_that_overflows_inside_of_a_layer_is_named(make, tmp_path):
  data = np.random.default_rng(0).normal(size=(30, 4))
  data[9] = 200.0
  with pytest.raises(ValueError, match="sample 9 .*inner' give NaN"):
    export.export_tflite(make(), tmp_path / "g", "cpu-int8", data)


def test_nothing_is_named_where_nothing_crashes(generator):
  assert culprit.crashing(generator, _INT8) is None


@pytest.mark.parametrize("target", ["cpu", "cpu-int8", "cpu-small"])
def test_a_random_layer_is_named(tmp_path, target):
  x = keras.Input((4,))
  noisy = _LAYERS.Lambda(lambda x: x + tf.random.normal((1, 4)), name="noisy")
  network = keras.Model(x, _LAYERS.Dense(2)(noisy(x)))
  with pytest.raises(ValueError, match="'noisy' draws random numbers"):
    export.export_tflite(network, tmp_path / "g", target)


@pytest.mark.slow
def test_nothing_is_random_that_is_none(tmp_path):
  x = keras.Input((4, 4, 3))
  y = tf.image.resize(x, (8, 8), method="bicubic")
  y = tf.image.resize(y, (6, 6), method="area")
  network = keras.Model(x, y)
  with pytest.raises(ValueError) as caught:
    export.export_tflite(network, tmp_path / "g")
  message = str(caught.value)
  assert "tf.ResizeArea, tf.ResizeBicubic, in 'tf.image.resize" in message
  assert "random" not in message and "rounding" not in message


def _steep():
  x = keras.Input((4,), name="x")
  keras.utils.set_random_seed(0)
  y = tf.exp(_LAYERS.Dense(4)(x) * 6.0)
  return keras.Model(x, _LAYERS.Dense(2)(y / tf.reduce_max(y)))


@pytest.mark.slow
@pytest.mark.parametrize("target", ["cpu-int8", "npu"])
def test_what_was_done_is_not_advised(tmp_path, target, monkeypatch):
  # Files with wrong ranges, as data unlike that of the app gives them.
  wide = np.random.default_rng(0).normal(size=(40, 4))
  for bound in ("max_error", "mean_error", "step"):
    for numbers in (number_formats.INT8, number_formats.INTEGERS):
      monkeypatch.setitem(numbers.__dict__, bound, 0.0)
  network = _steep()
  with pytest.raises(ValueError) as caught:
    export.export_tflite(network, tmp_path / "g", target, wide)
  message = str(caught.value)
  assert "Pass inputs" not in message
  assert "Target 'cpu-int8' takes it" not in message
  assert "Target 'cpu-dynamic' takes it" in message
  with pytest.raises(ValueError, match="`representative_data`"):
    export.export_tflite(network, tmp_path / "g", target)


@pytest.mark.slow
def test_a_cause_is_said_once_with_its_layers():
  x = keras.Input((4, 4, 4, 2))
  y = x
  for i in range(12):
    y = _LAYERS.Conv3D(2, 3, padding="same", name=f"c{i}")(y)
    y = _LAYERS.LeakyReLU(name=f"a{i}")(y)
  network = keras.Model(x, y)
  with pytest.raises(ValueError) as caught:
    export.export_tflite(network, "unused", "gpu")
  message = str(caught.value)
  assert len(message) < 600
  assert message.count("gives 5 axes") == 1
  assert "layers)" in message and "more (" in message
  assert "Target 'cpu' takes it." in message


def _slopes_of_its_own():
  """A PReLU by hand after a ReLU: the same int8 array twice in XNNPACK."""
  slopes = np.array([0.1, 0.2, 0.3], "f")

  def prelu(v):
    return tf.maximum(v, 0.0) + slopes * tf.minimum(v, 0.0)

  x = keras.Input((8, 8, 3))
  y = _LAYERS.ReLU()(_LAYERS.Conv2D(3, 3)(x))
  y = _LAYERS.Lambda(prelu, name="prelu")(y)
  return keras.Model(x, _LAYERS.Conv2D(2, 3)(y))


@pytest.mark.slow
@pytest.mark.parametrize("target", ["cpu-int8", "npu"])
def test_what_does_not_load_is_no_matter_of_data(target, tmp_path):
  with pytest.raises(ValueError) as caught:
    export.export_tflite(_slopes_of_its_own(), tmp_path / "g", target)
  message = str(caught.value)
  assert "representative_data" not in message
  assert "operation in place of 'prelu'" in message
  assert "Target 'cpu-dynamic' takes it." in message


def _one_pixel(operation):
  """An instance norm by hand at 1x1, which int8 cannot scale."""
  x = keras.Input((4, 4, 3))
  y = _LAYERS.Conv2D(8, 4)(x)
  return keras.Model(x, _LAYERS.Lambda(operation, name="norm")(y))


def _instance_norm(v):
  mean, variance = tf.nn.moments(v, [1, 2], keepdims=True)
  return (v - mean) * tf.math.rsqrt(variance + 1e-3) + 1.0 + v


def test_a_target_that_refuses_it_alike_is_not_advised(tmp_path):
  network = _one_pixel(_instance_norm)
  refused = [x for x in export.check_target(network, "cpu-int8") if x.refused]
  with pytest.raises(ValueError) as caught:
    export.export_tflite(network, tmp_path / "g", "npu")
  message = str(caught.value)
  assert refused
  assert "Target 'cpu-int8' takes it." not in message
  assert message.count("target 'cpu-dynamic'") == 1
  assert "Target 'cpu-dynamic'" not in message


def test_a_way_out_is_named_once(tmp_path):
  x = keras.Input((6, 5))
  y = _LAYERS.Lambda(lambda v: tf.exp(v) ** 1.5)(x)
  with pytest.raises(ValueError, match="computes in float32") as caught:
    export.export_tflite(keras.Model(x, y), tmp_path / "g", "npu")
  assert str(caught.value).lower().count("target 'cpu-") == 1


class _Masked(keras.layers.Layer):
  """Leaves out what a softmax shall not see, by an infinity."""

  def call(self, x):
    return tf.nn.softmax(tf.where(x > 0.0, x, -np.inf))


def test_infinities_that_are_meant_are_nobodys_fault():
  x = keras.Input((4,), name="x")
  network = keras.Model(x, _Masked(name="mask")(x))
  samples = [{"x": np.array([[1.0, -1.0, 2.0, 3.0]], "float32")}]
  assert culprit.overflow(network, samples) is None
