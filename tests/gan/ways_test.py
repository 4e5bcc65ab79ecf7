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
"""Tests that the invariants of pruning hold in every way to train a GAN."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tests import tiny, watch
from tf_ganprune import callbacks, gan
from tf_ganprune.gan import fusing
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune
from tf_ganprune.sparsity.wrapping import wrapped_layers

sparsity = tfmot.sparsity.keras
_SCHEDULES = {
  "generator": sparsity.PolynomialDecay(0.2, 0.8, 2, 8, frequency=2),
  "discriminator": sparsity.ConstantSparsity(0.5, 3, frequency=1),
}
_BATCHES = 16


@keras.utils.register_keras_serializable(package="tests")
class Accumulating(keras.optimizers.SGD):
  """Applies the sum of three batches' gradients to the weights."""

  def build(self, var_list):
    super().build(var_list)
    if not hasattr(self, "_sums"):
      self._calls = tf.Variable(0, dtype=tf.int64)
      self._sums = [self.add_variable_from_reference(v, "s") for v in var_list]

  def apply_gradients(self, grads_and_vars, **kwargs):
    gradients, variables = zip(*grads_and_vars, strict=True)
    with tf.init_scope():
      self.build(variables)
    for total, gradient in zip(self._sums, gradients, strict=True):
      total.assign_add(gradient)
    self._calls.assign_add(1)

    def apply():
      pairs = zip(self._sums, variables, strict=True)
      super(Accumulating, self).apply_gradients(list(pairs), **kwargs)
      for total in self._sums:
        total.assign(tf.zeros_like(total))
      return True

    tf.cond(self._calls % 3 == 0, apply, lambda: False)


class Foreign(keras.Model):
  """A GAN as the Keras examples write them, which knows nothing of pruning."""

  def __init__(self, discriminator, generator, latent_dim):
    super().__init__()
    self.discriminator = discriminator
    self.generator = generator
    self.latent_dim = latent_dim

  def compile(self, d_optimizer, g_optimizer, **kwargs):
    super().compile(**kwargs)
    self.d_optimizer = d_optimizer
    self.g_optimizer = g_optimizer
    self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)

  def _apply(self, optimizer, tape, loss, variables):
    gradients = tape.gradient(loss, variables)
    if hasattr(optimizer, "get_unscaled_gradients"):
      gradients = optimizer.get_unscaled_gradients(gradients)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))

  def _scaled(self, optimizer, loss):
    scale = getattr(optimizer, "get_scaled_loss", lambda x: x)
    return scale(tf.cast(loss, tf.float32))

  def train_step(self, images):
    n = tf.shape(images)[0]
    fake = self.generator(tf.random.normal([n, self.latent_dim]))
    both = tf.concat([tf.cast(fake, images.dtype), images], 0)
    labels = tf.concat([tf.ones([n, 1]), tf.zeros([n, 1])], 0)
    with tf.GradientTape() as tape:
      d_loss = self.loss_fn(labels, self.discriminator(both))
      scaled = self._scaled(self.d_optimizer, d_loss)
    weights = self.discriminator.trainable_weights
    self._apply(self.d_optimizer, tape, scaled, weights)
    latents = tf.random.normal([n, self.latent_dim])
    with tf.GradientTape() as tape:
      scores = self.discriminator(self.generator(latents))
      g_loss = self.loss_fn(tf.zeros([n, 1]), scores)
      scaled = self._scaled(self.g_optimizer, g_loss)
    weights = self.generator.trainable_weights
    self._apply(self.g_optimizer, tape, scaled, weights)
    return {"d_loss": d_loss, "g_loss": g_loss}


_optimizers = keras.optimizers
OPTIMIZERS = {
  "adam": lambda: _optimizers.Adam(0.01),
  # Too large a scale: the first updates are skipped.
  "scaled": lambda: keras.mixed_precision.LossScaleOptimizer(
    _optimizers.Adam(0.01), initial_scale=2.0**28
  ),
  "accumulation": lambda: Accumulating(0.1),
  "clipnorm": lambda: _optimizers.SGD(0.1, clipnorm=0.1),
  "clipvalue": lambda: _optimizers.SGD(0.1, clipvalue=0.01),
  "global clip": lambda: _optimizers.SGD(0.1, global_clipnorm=0.1),
  "momentum": lambda: _optimizers.SGD(0.1, momentum=0.9, nesterov=True),
  "weight decay": lambda: _optimizers.AdamW(0.01, weight_decay=0.5),
  "rmsprop": lambda: _optimizers.RMSprop(0.01, momentum=0.9, centered=True),
}
WAYS = {  # dtype policy, two optimizers, options of compile
  "bfloat16": ("mixed_bfloat16", ("adam", "adam"), {}),
  "float16": ("mixed_float16", ("scaled", "scaled"), {}),
  "xla": (None, ("adam", "adam"), {"jit_compile": True}),
  "several steps": (None, ("adam", "adam"), {"steps_per_execution": 8}),
  "eager": (None, ("adam", "adam"), {"run_eagerly": True}),
  "plain and accumulation": (None, ("adam", "accumulation"), {}),
  "clipnorm and clipvalue": (None, ("clipnorm", "clipvalue"), {}),
  "global clip and momentum": (None, ("global clip", "momentum"), {}),
  "weight decay and rmsprop": (None, ("weight decay", "rmsprop"), {}),
}
# Each optimizer trains the one network in the one model, the other in the
# other.
_NETWORKS = ("generator", "discriminator")


@pytest.fixture(name="policy")
def _policy():
  yield keras.mixed_precision.set_global_policy
  keras.mixed_precision.set_global_policy("float32")


def _networks():
  networks = {
    "generator": tiny.generator(),
    "discriminator": tiny.discriminator(),
  }
  return {
    name: prune.prune_low_magnitude(network, _SCHEDULES[name])
    for name, network in networks.items()
  }


def _ours():
  model = gan.GAN(**_networks(), latent_dim=4, ema_decay=0.9)
  return model, [], _NETWORKS


def _in_one_pass():
  return _ours()


def _theirs():
  model = Foreign(**_networks(), latent_dim=4)
  return model, [callbacks.UpdatePruningStep()], _NETWORKS[::-1]


def _iterations(model, name):
  return int(getattr(model, f"{name[0]}_optimizer").iterations)


@pytest.mark.slow
@pytest.mark.parametrize("make", [_ours, _theirs, _in_one_pass])
@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_train(way, make, policy, monkeypatch):
  if make is _in_one_pass:
    monkeypatch.setattr(fusing, "_LARGE", 1)
  keras.utils.set_random_seed(1)
  dtype, optimizers, options = WAYS[way]
  if dtype:
    policy(dtype)
  model, extra, names = make()
  optimizers = dict(zip(names, optimizers, strict=True))
  model.compile(
    **{f"{k[0]}_optimizer": OPTIMIZERS[v]() for k, v in optimizers.items()},
    **options,
  )
  counted = _iterations if way == "several steps" else None
  inputs = {
    "generator": tf.ones([3, 4]),
    "discriminator": tf.ones([3, 8, 8, 1]),
  }
  watched = watch.Watch(_SCHEDULES, counted, inputs)
  images = tf.data.Dataset.from_tensor_slices(tiny.images(4 * _BATCHES))
  model.fit(
    images.batch(4, drop_remainder=True),
    verbose=0,
    callbacks=[*extra, watched],
  )
  assert watched.steps == _BATCHES // options.get("steps_per_execution", 1)
  for name, optimizer in optimizers.items():
    _check_updates(model, name, optimizer)
  if make is not _theirs:
    _check_average(model)


def _check_updates(model, name, optimizer):
  layer, *_ = wrapped_layers.pruned_layers(getattr(model, name))
  updates = int(layer.pruning_step)
  if optimizer == "accumulation":
    assert updates == _BATCHES // 3
  elif optimizer == "scaled":
    assert 2 <= updates < _BATCHES == _iterations(model, name)
  else:
    assert updates == _BATCHES


def _check_average(model):
  sparse = [
    np.mean(weight.numpy() == 0)
    for weight in model.ema_generator.weights
    if "kernel" in weight.name
  ]
  layers = wrapped_layers.pruned_layers(model.generator)
  assert len(sparse) == len(layers)
  for found, layer in zip(sparse, layers, strict=True):
    (_, mask, _), *_ = layer.pruning_vars
    assert found == pytest.approx(1 - np.mean(mask))
