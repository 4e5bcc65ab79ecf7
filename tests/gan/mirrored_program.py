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
"""Trains GANs on two replicas in one process, and checks every step.

A program of its own, since the devices of a process are set once.
"""

import functools
import sys
import traceback

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny, watch
from tests.gan import mirrored_families
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras
_SCHEDULE = tfmot.sparsity.keras.PolynomialDecay(0.0, 0.75, 1, 7, frequency=2)
_BATCHES = 8


@functools.cache
def strategy() -> tf.distribute.Strategy:
  """Returns the strategy of two replicas on this machine's CPU."""
  cpu = tf.config.list_physical_devices("CPU")[0]
  half = tf.config.LogicalDeviceConfiguration()
  tf.config.set_logical_device_configuration(cpu, [half, half])
  return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


class Foreign(keras.Model):
  """A GAN with a `train_step` of its own."""

  def __init__(self, discriminator, generator):
    super().__init__()
    self.discriminator, self.generator = discriminator, generator

  def compile(self):
    super().compile()
    self.d_optimizer = keras.optimizers.Adam(0.01)
    self.g_optimizer = keras.optimizers.Adam(0.01)

  def train_step(self, x):
    z = tf.random.normal([tf.shape(x)[0], 4])
    with tf.GradientTape(persistent=True) as tape:
      fake = self.discriminator(self.generator(z))
      g_loss = -tf.reduce_mean(fake)
      d_loss = tf.reduce_mean(fake) - tf.reduce_mean(self.discriminator(x))
    for loss, network, optimizer in (
      (d_loss, self.discriminator, self.d_optimizer),
      (g_loss, self.generator, self.g_optimizer),
    ):
      weights = network.trainable_weights
      gradients = tape.gradient(loss, weights)
      optimizer.apply_gradients(zip(gradients, weights, strict=True))
    return {"d_loss": d_loss}


def check_replicas(network) -> None:
  """Asserts that each replica has the same weights, masks and steps."""
  for layer in wrapped_layers.pruned_layers(network):
    for variable in [*layer.weights, layer.pruning_step]:
      copies = [value.numpy() for value in variable.values]
      assert len(copies) == 2
      np.testing.assert_array_equal(*copies)


class _Sum(tgp.GAN):
  """The gradient of every weight of the generator is 1."""

  def generator_loss(self, fake):
    del fake
    weights = self.generator.trainable_weights
    return tf.add_n([tf.reduce_sum(weight) for weight in weights])


def check_mean() -> None:
  """Asserts that replicas minimize the mean of their losses, not the sum.

  And that importances gather the gradients of that.
  """
  with strategy().scope():
    never = tfmot.sparsity.keras.ConstantSparsity(0.5, 1000)
    generator = tgp.prune_low_magnitude(
      tiny.generator(), never, importance="gradient"
    )
    model = _Sum(tiny.discriminator(), generator, 4)
    model.compile("adam", keras.optimizers.SGD(1.0))
  before = model.generator.trainable_weights[0].numpy()
  model.fit(tiny.images(8), batch_size=8, verbose=0)
  after = model.generator.trainable_weights[0].numpy()
  np.testing.assert_allclose(after, before - 1.0, atol=1e-6)
  for layer in wrapped_layers.pruned_layers(generator):
    for slot in layer.slots[0].values:
      np.testing.assert_allclose(slot, 1.0, atol=1e-6)


def check_shared() -> None:
  """Asserts that replicas gather, share out what stays, and shrink alike."""
  with strategy().scope():
    networks = [
      tgp.prune_low_magnitude(
        make(),
        _SCHEDULE,
        importance="taylor",
        allocation=allocation,
        regularization="group_lasso",
      )
      for make, allocation in (
        (tiny.discriminator, "global"),
        (tiny.generator, "lamp"),
      )
    ]
    model = tgp.GAN(*networks, 4)
    model.compile("adam", "adam")
  images = tf.data.Dataset.from_tensor_slices(tiny.images(8 * _BATCHES))
  model.fit(images.batch(8), verbose=0)
  for network in networks:
    check_replicas(network)
    layers = wrapped_layers.pruned_layers(network)
    masks = np.concatenate(
      [mask.numpy().ravel() for x in layers for _, mask, _ in x.pruning_vars]
    )
    assert abs(masks.sum() - 0.25 * masks.size) <= 1
    assert all(np.any(slot.numpy()) for x in layers for slot in x.slots)


def check_dynamic() -> None:
  """Asserts that replicas drop and grow alike, and reset slots alike."""
  with strategy().scope():
    networks = [
      tgp.prune_low_magnitude(make(), schedule, allocation="erk")
      for make, schedule in (
        (tiny.discriminator, tgp.SET(0.5, 2, drop_fraction=0.4)),
        (tiny.generator, tgp.RigL(0.7, 100, 3, drop_fraction=0.4)),
      )
    ]
    model = tgp.GAN(*networks, 4, ema_decay=0.5)
    model.compile("adam", "adam")
  before = [[x.numpy() for x in _masks(network)] for network in networks]
  images = tf.data.Dataset.from_tensor_slices(tiny.images(6 * 8))
  model.fit(images.batch(8), verbose=0)
  for network, masks in zip(networks, before, strict=True):
    check_replicas(network)
    for mask, first in zip(_masks(network), masks, strict=True):
      assert mask.numpy().sum() == first.sum()
      assert (mask.numpy() != first).any()
  for optimizer in (model.d_optimizer, model.g_optimizer):
    for slot in optimizer.variables:
      if slot.shape.rank:
        np.testing.assert_array_equal(*[x.numpy() for x in slot.values])
  # Both end with a turn, so what is not kept has slots of zeros.
  adam, (layer, *_) = (
    model.g_optimizer,
    wrapped_layers.pruned_layers(networks[1]),
  )
  weight, mask, _ = layer.pruning_vars[0]
  slot = adam._velocities[adam._index_dict[adam._var_key(weight)]].numpy()
  assert not slot[mask.numpy() == 0].any() and slot.any()


def check_outside() -> None:
  """Asserts that a Pruner may advance where the strategy's scope was left."""
  with strategy().scope():
    network = tgp.prune_low_magnitude(tiny.discriminator(), _SCHEDULE)
    network.compile("adam", "mse")
  pruner = tgp.Pruner(network)
  for _ in range(_BATCHES):
    network.train_on_batch(tiny.images(4), np.ones((4, 1), "float32"))
    pruner.advance()
    for layer in wrapped_layers.pruned_layers(network):
      for weight, mask, _ in layer.pruning_vars:
        assert not np.any(weight.numpy()[mask.numpy() == 0])
  check_replicas(network)
  for layer in wrapped_layers.pruned_layers(network):
    assert layer.pruning_step.numpy() == _BATCHES
  assert abs(tgp.sparsity_report(network).overall - 0.75) < 0.02


class _Evaluator:
  """Finds images good until three quarters of the weights are zero."""

  def __init__(self, network):
    self._network = network

  def evaluate(self, images):
    assert np.isfinite(images).all()
    zeros = tgp.sparsity_report(self._network).overall
    return {"frechet_distance": 1.0 if zeros < 0.7 else 2.0}

  def collapse(self, results, num_images):
    del results, num_images


def _adaptive_gan() -> tgp.GAN:
  with strategy().scope():
    networks = [
      tgp.prune_low_magnitude(make(), tgp.AdaptiveSparsity())
      for make in (tiny.discriminator, tiny.generator)
    ]
    model = tgp.GAN(*networks, 4, ema_decay=0.5)
    model.compile("adam", "adam")
  return model


def _fit(model, callbacks, epochs) -> None:
  images = tf.data.Dataset.from_tensor_slices(tiny.images(3 * 8))
  model.fit(images.batch(8), epochs=epochs, verbose=0, callbacks=callbacks)
  for network in (model.generator, model.discriminator):
    check_replicas(network)


def check_adaptive() -> None:
  """Asserts that replicas prune and step back alike."""
  model = _adaptive_gan()
  adaptive = tgp.AdaptivePruning(
    _Evaluator(model.generator), num_images=8, step=0.5, min_step=0.5
  )
  _fit(model, [adaptive], 2)
  verdicts = [x.verdict for x in adaptive.decisions]
  assert verdicts == ["held", "held"], verdicts
  adaptive = tgp.AdaptivePruning(
    _Evaluator(model.generator), num_images=8, step=0.3, min_step=0.3
  )
  _fit(model, [adaptive], 2)
  assert "stepped back" in [x.verdict for x in adaptive.decisions]
  for network in (model.generator, model.discriminator):
    assert abs(tgp.sparsity_report(network).overall - 0.5) < 0.03


def check_ticket() -> None:
  """Asserts that replicas rewind alike."""
  model = _adaptive_gan()
  _fit(model, [tgp.LotteryTicket(0.75, 2, 1, 1)], 3)
  for network in (model.generator, model.discriminator):
    assert abs(tgp.sparsity_report(network).overall - 0.75) < 0.03


class _Balance(tgp.BalancedDensity):
  """Finds a balance ratio of -1 if told to, and keeps what it measured."""

  is_lowered = False

  def __init__(self):
    super().__init__(tiny.images(8), measure_frequency=1)
    self.measured = []

  def _measured(self, step):
    found = super()._measured(step)
    self.measured.append(found.numpy())
    return tf.constant([-1.0, 1.0], tf.float64) if self.is_lowered else found


def check_balanced() -> None:
  """Asserts that replicas change a discriminator's density alike."""
  with strategy().scope():
    discriminator = tgp.prune_low_magnitude(
      tiny.discriminator(), tgp.RigL(0.5, 100, 2)
    )
    model = tgp.GAN(discriminator, tiny.generator(), 4, ema_decay=0.5)
    model.compile("adam", "adam")
  balance = _Balance()
  _fit(model, [balance], 2)
  assert len(balance.measured) == 6 and np.isfinite(balance.measured).all()
  assert len(balance.decisions) == 3
  balance.is_lowered = True
  _fit(model, [balance], 2)
  assert [x.verdict for x in balance.decisions] == 3 * ["lowered"]
  for slot in model.d_optimizer.variables:
    if slot.shape.rank:
      np.testing.assert_array_equal(*[x.numpy() for x in slot.values])


def check_compressed() -> None:
  """Asserts that replicas cluster and quantize alike."""
  with strategy().scope():
    generator = tgp.cluster_weights(
      tiny.generator(), 4, preserve_sparsity=False
    )
    model = tgp.GAN(tgp.quantize_model(tiny.discriminator()), generator, 4)
    model.compile("adam", "adam")
  before = [weight.numpy() for weight in generator.weights]
  _fit(model, [], 2)
  assert any(
    np.any(weight.numpy() != old)
    for weight, old in zip(generator.weights, before, strict=True)
  )
  for weight in (*model.generator.weights, *model.discriminator.weights):
    # Each replica has moving averages of its own until they are read.
    if weight.synchronization != tf.VariableSynchronization.ON_READ:
      np.testing.assert_array_equal(*[x.numpy() for x in weight.values])
  for layer in tgp.strip_clustering(generator).layers:
    for weight in layer.weights:
      if weight.shape.rank > 1:
        assert len(np.unique(weight.numpy())) <= 4


def _masks(network) -> list:
  layers = wrapped_layers.pruned_layers(network)
  return [mask for layer in layers for _, mask, _ in layer.pruning_vars]


def check_kind(kind: str) -> None:
  """Trains one kind of GAN."""
  keras.utils.set_random_seed(0)
  float16 = kind == "float16"
  keras.mixed_precision.set_global_policy(
    "mixed_float16" if float16 else "float32"
  )
  options, extra, updates = {}, [], 1
  with strategy().scope():
    generator = tgp.prune_low_magnitude(tiny.generator(), _SCHEDULE)
    discriminator = tgp.prune_low_magnitude(tiny.discriminator(), _SCHEDULE)
    if kind == "foreign":
      model = Foreign(discriminator, generator)
      model.compile()
      extra = [tgp.UpdatePruningStep()]
    elif kind == "critic":
      updates = 2
      model = tgp.WGANGP(
        discriminator, generator, 4, discriminator_steps=2, ema_decay=0.5
      )
      model.compile("adam", "adam", loss="wasserstein")
    else:
      model = tgp.GAN(discriminator, generator, 4, ema_decay=0.5)
      options = {"steps_per_execution": 4} if kind == "several" else {}
      model.compile("adam", "adam", **options)
  watched = watch.Watch(
    {"generator": _SCHEDULE, "discriminator": _SCHEDULE},
    lambda one, name: getattr(one, f"{name[0]}_optimizer").iterations.numpy(),
  )
  images = tf.data.Dataset.from_tensor_slices(tiny.images(8 * _BATCHES))
  model.fit(images.batch(8), verbose=0, callbacks=[*extra, watched])
  assert watched.steps == _BATCHES // options.get("steps_per_execution", 1)
  assert model.g_optimizer.iterations.numpy() == _BATCHES
  if kind != "foreign":
    assert model.d_optimizer.iterations.numpy() == _BATCHES * updates
    sparse = tgp.sparsity_report(model.ema_generator).overall
    assert abs(sparse - 0.75) < 0.01, sparse
  for network in (model.generator, model.discriminator):
    check_replicas(network)
    assert abs(tgp.sparsity_report(network).overall - 0.75) < 0.03


def main(kinds: list[str]) -> None:
  """Checks one kind after the other, and prints those that are right."""
  for kind in kinds:
    try:
      special = {
        "mean": check_mean,
        "shared": check_shared,
        "dynamic": check_dynamic,
        "outside": check_outside,
        "adaptive": check_adaptive,
        "balanced": check_balanced,
        "ticket": check_ticket,
        "compressed": check_compressed,
        "four networks": lambda: mirrored_families.check_case(
          strategy(), check_replicas, "four networks", regularizers=["lecam"]
        ),
        **{
          name: functools.partial(
            mirrored_families.check_case, strategy(), check_replicas, name
          )
          for name in ("autoencoder", "cycle_gan", "dual_gan", "pix2pix")
        },
        "own tape": lambda: mirrored_families.check_own_tape(strategy()),
      }
      special.get(kind, functools.partial(check_kind, kind))()
      print("checked", kind, flush=True)
    except Exception:
      traceback.print_exc()


if __name__ == "__main__":
  main(sys.argv[1:])
