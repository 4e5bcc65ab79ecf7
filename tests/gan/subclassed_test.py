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
"""Tests that GANs train, average, save and export subclassed networks."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny, watch

keras = tgp.keras
layers = keras.layers
_SCHEDULE = tfmot.sparsity.keras.ConstantSparsity(0.5, 2, frequency=1)


@keras.utils.register_keras_serializable(package="tests")
class Generator(keras.Model):
  def __init__(self):
    super().__init__(name="generator")
    self.dense = layers.Dense(48)
    self.norms = [layers.BatchNormalization(), layers.GroupNormalization(3)]
    self.image = layers.Conv2DTranspose(
      1, 3, strides=2, padding="same", activation="tanh"
    )

  def call(self, z, training=None):
    x = tf.nn.relu(self.norms[0](self.dense(z), training=training))
    return self.image(self.norms[1](tf.reshape(x, [-1, 4, 4, 3])))

  def get_config(self):
    return {}


@keras.utils.register_keras_serializable(package="tests")
class Discriminator(keras.Model):
  def __init__(self):
    super().__init__(name="discriminator")
    conv = layers.Conv2D(4, 3, strides=2)
    self.net = keras.Sequential([layers.SpectralNormalization(conv)])
    self.heads = {"logit": layers.Dense(1)}

  def call(self, x, training=None):
    x = self.net(x, training=training)
    return self.heads["logit"](layers.Flatten()(tf.nn.relu(x)))

  def get_config(self):
    return {}


class Stubborn(Generator):
  """Cannot be made from a config."""

  def __init__(self, number):
    super().__init__()
    self.number = number


def _networks(generator=Generator):
  networks = [Discriminator(), generator()]
  networks[0](tf.zeros([1, 8, 8, 1]))
  networks[1](tf.zeros([1, 4]))
  return networks


def _pruned_gan():
  pruned = [tgp.prune_low_magnitude(n, _SCHEDULE) for n in _networks()]
  gan = tgp.GAN(*pruned, 4, ema_decay=0.5)
  gan.compile("adam", "adam", loss="hinge")
  return gan


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Left as they are")
def test_subclasses_are_trained_pruned_averaged_and_saved(tmp_path):
  gan = _pruned_gan()
  schedules = {"generator": _SCHEDULE, "discriminator": _SCHEDULE}
  watched = watch.Watch(schedules)
  gan.fit(
    tiny.images(20),
    batch_size=4,
    verbose=0,
    callbacks=[watched, tgp.PruningSummaries(str(tmp_path / "logs"))],
  )
  assert watched.steps == 5
  watch.check_function(gan.generator, tf.ones([3, 4]))
  average = tgp.sparsity_report(gan.ema_generator)
  assert average.overall == pytest.approx(0.5, abs=0.01)
  tgp.save_model(gan, tmp_path / "gan.keras")
  loaded = tgp.load_model(tmp_path / "gan.keras")
  np.testing.assert_array_equal(gan.generate(2, seed=0), loaded.generate(2, 0))
  loaded.fit(tiny.images(8), batch_size=4, verbose=0)
  watch.check(loaded.generator, _SCHEDULE, 7)
  watch.check(loaded.discriminator, _SCHEDULE, 7)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Left as they are")
@pytest.mark.parametrize("target", ["cpu", "cpu-int8"])
def test_subclasses_are_exported(target, tmp_path):
  gan = _pruned_gan()
  gan.fit(tiny.images(12), batch_size=4, verbose=0)
  for network in (gan.generator, gan.ema_generator):
    before = [w.numpy() for w in network.weights]
    report = tgp.export_tflite(network, tmp_path / "g.tflite", target)
    assert report.num_bytes
    for ours, theirs in zip(network.weights, before, strict=True):
      np.testing.assert_array_equal(ours, theirs)


@pytest.mark.slow
def test_networks_that_are_not_built_are_built():
  gan = tgp.GAN(Discriminator(), Generator(), 4)
  gan.compile("adam", "adam")
  gan.fit(tiny.images(8), batch_size=4, verbose=0)
  assert int(gan.g_optimizer.iterations) == 2


def test_average_of_a_subclass_without_a_config_is_refused():
  with pytest.raises(ValueError, match="`ema_decay` .*Stubborn"):
    tgp.GAN(*_networks(lambda: Stubborn(3)), 4, ema_decay=0.9)
  tgp.GAN(*_networks(lambda: Stubborn(3)), 4)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Left as they are")
def test_a_network_that_is_pruned_later_is_pruned():
  gan = tgp.GAN(*_networks(), 4, ema_decay=0.5)
  gan.compile("adam", "adam")
  gan.fit(tiny.images(4), batch_size=4, verbose=0)
  tgp.prune_low_magnitude(gan.generator, _SCHEDULE)
  gan.fit(tiny.images(12), batch_size=4, verbose=0)
  watch.check(gan.generator, _SCHEDULE, 3)
  assert tgp.sparsity_report(gan.ema_generator).overall > 0.49


class Forgetful(Generator):
  """Its config is not all of it."""

  def __init__(self, gain=1.0):
    super().__init__()
    self.gain = gain

  def call(self, z, training=None):
    return self.gain * super().call(z, training=training)


def test_average_that_would_be_another_function_is_refused():
  with pytest.raises(ValueError, match="Forgetful.get_config"):
    tgp.GAN(*_networks(lambda: Forgetful(0.5)), 4, ema_decay=0.9)


def test_average_of_half_precision_weights_is_refused():
  generator = keras.Sequential(
    [
      keras.Input((4,)),
      layers.Dense(64, dtype="bfloat16"),
      layers.Reshape((8, 8, 1)),
    ]
  )
  with pytest.raises(ValueError, match="needs float32 weights"):
    tgp.GAN(tiny.discriminator(), generator, 4, ema_decay=0.9)
