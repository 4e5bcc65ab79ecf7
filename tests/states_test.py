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
"""Tests that what runs a network leaves its variables to the bit."""

import numpy as np
import pytest
import tensorflow as tf

from tests import stateful, tiny
from tf_ganprune import (
  channels,
  compression,
  distillation,
  gan,
  interpretation,
  metrics,
  report,
  saving,
  states,
)
from tf_ganprune.callbacks import monitor
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import report as sparsity_report
from tf_ganprune.sparsity import strip

layers = keras.layers


class _Evaluator:
  def evaluate(self, images):
    return {"frechet_distance": float(np.mean(images))}


def _latents(n=4):
  return np.random.default_rng(0).standard_normal((n, 4)).astype("f")


def _gan(generator):
  model = gan.GAN(tiny.discriminator(), generator, 4)
  model.compile("adam", "adam")
  return model


def _features(network):
  """Evaluates images with a feature network of the same layers."""
  image = keras.Input((8, 8, 1))
  features = network(layers.Dense(4)(layers.Flatten()(image)))
  outer = keras.Model(image, features)
  metrics.FeatureModel(outer).compute(tiny.images(4))


def _monitor(network, folder):
  callback = monitor.GANMonitor(folder, num_images=2)
  callback.set_model(_gan(network))
  callback.on_train_begin()
  callback.on_epoch_end(0)


_RUNS = {
  "profile": lambda x, _: channels.profile(x),
  "groups": lambda x, _: channels.channel_groups(x),
  "activations": lambda x, _: channels.prune_channels(
    x, macs=0.9, importance="activation", data=_latents()
  ),
  "taylor": lambda x, _: channels.prune_channels(
    x, params=0.9, importance="taylor", data=_latents()
  ),
  "sensitivity of groups": lambda x, _: channels.prune_channels(
    x, macs=0.9, allocation="sensitivity", data=_latents()
  ),
  "quantize": lambda x, _: compression.quantize_model(x),
  "sensitivity": lambda x, _: report.sensitivity(
    x, _Evaluator(), (0.5,), num_images=4
  ),
  "pairs": lambda x, _: interpretation.pairs.run(x, _latents(), "dense"),
  "generate": lambda x, _: _gan(x).generate(4, seed=0),
  "features": lambda x, _: _features(x),
  "monitor": _monitor,
  "zeros": lambda x, _: sparsity_report.sparsity_report(x),
  "strip": lambda x, _: strip.strip_pruning(x),
}
_NETWORKS = {
  "pinned": stateful.normalized,
  "hidden": lambda: stateful.generator(stateful.Hidden()),
  "counter": lambda: stateful.generator(stateful.Counter()),
  "by hand": lambda: stateful.generator(stateful.HandMadeNorm()),
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("network", _NETWORKS)
@pytest.mark.parametrize("run", _RUNS)
def test_nothing_moves(run, network, tmp_path):
  network = _NETWORKS[network]()
  before = stateful.values(network)
  try:
    _RUNS[run](network, tmp_path)
  except ValueError:  # a refusal leaves it as well
    assert run in (
      "activations",
      "taylor",
      "sensitivity of groups",
      "quantize",
      "sensitivity",
    )
  stateful.assert_same(before, network)


@pytest.mark.slow
@pytest.mark.parametrize("network", ["pinned", "hidden", "counter"])
def test_a_teacher_stays(network):
  teacher = _NETWORKS[network]()
  before = stateful.values(teacher)
  model = gan.GAN(
    tiny.discriminator(),
    tiny.generator(),
    4,
    teacher=teacher,
    distillation=["image"],
  )
  model.compile("adam", "adam")
  model.fit(tiny.images(8), batch_size=4, verbose=0)
  stateful.assert_same(before, teacher)


def test_a_network_of_a_loss_stays():
  flat = [keras.Input((8, 8, 1)), layers.Flatten(), stateful.Counter()]
  network = keras.Sequential(flat)
  before = stateful.values(network)
  loss = distillation.images.ImageDistance(network=network)
  seen = distillation.Seen(tf.constant(tiny.images(2)), {})
  tf.function(loss.loss)(seen, seen)
  stateful.assert_same(before, network)


def test_random_generators_go_on_where_they_were():
  layer = layers.Dropout(0.5, seed=1)
  layer._random_generator._rng_type = layer._random_generator.RNG_STATEFUL
  layer._random_generator._built = False
  network = stateful.generator(lambda x: layer(x, training=True))
  layer._random_generator._maybe_init()
  first = layer._random_generator._generator.state.numpy()
  with states.Kept(network):
    network(_latents())
    assert (layer._random_generator._generator.state.numpy() != first).any()
  assert (layer._random_generator._generator.state.numpy() == first).all()


def test_tables_are_no_variables():
  text = keras.Input((1,), dtype="string")
  lookup = layers.StringLookup(vocabulary=["a", "b"])
  scaled = layers.Normalization(mean=1.0, variance=2.0)
  network = keras.Model(text, scaled(tf.cast(lookup(text), "float32")))
  with states.Kept(network):
    found = network(tf.constant([["b"]]))
  np.testing.assert_array_equal(found, network(tf.constant([["b"]])))


def test_variables_of_replicas_are_kept_each():
  strategy = tf.distribute.MirroredStrategy(["CPU:0"])
  with strategy.scope():
    network = stateful.normalized()
  before = stateful.values(network)
  with states.Kept(network):
    network(_latents())
    assert any(
      (a != b).any()
      for a, b in zip(before, stateful.values(network), strict=True)
    )
  stateful.assert_same(before, network)


def test_what_is_given_may_change():
  network = stateful.normalized()
  norm = network.get_layer("bn_up")
  mean, variance = norm.moving_mean.numpy(), norm.moving_variance.numpy()
  with states.Kept(network, without=[norm.moving_mean]):
    network(_latents())
  assert (norm.moving_mean.numpy() != mean).any()
  np.testing.assert_array_equal(norm.moving_variance, variance)


def test_saving_and_loading_change_nothing(tmp_path):
  network = stateful.normalized()
  before = stateful.values(network)
  path = saving.save_model(network, tmp_path / "a.keras")
  saving.load_weights(network, path)
  stateful.assert_same(before, network)
  stateful.assert_same(before, saving.load_model(path))
