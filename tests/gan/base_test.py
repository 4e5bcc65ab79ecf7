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
"""Tests of the base of every family: names, updates, replacing, refusals."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny, watch
from tests.gan import own_family, pairs
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras
_SCHEDULE = tfmot.sparsity.keras.ConstantSparsity(0.5, 1, frequency=1)


@pytest.mark.slow
def test_the_page_of_the_docs_runs(tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  names = {}
  exec(own_family.code(), names)  # noqa: S102
  loaded = tgp.load_model("autoencoder.keras")
  assert tgp.sparsity_report(loaded.averaged("decoder")).overall > 0.7
  z = tgp.inputs.Latents(8).draw(2, seed=3)
  np.testing.assert_allclose(
    loaded.generate(2, seed=3), loaded.ema_decoder(z), atol=1e-6
  )
  gan = names["gan"]
  assert tgp.profile(gan.decoder).macs < tgp.profile(loaded.decoder).macs
  gan.fit(np.zeros([8, 28, 28, 1], "f"), batch_size=4, verbose=0)
  assert int(gan.encoder_optimizer.iterations) == 2 * 63 + 4


def test_the_family_of_the_page_has_no_more_than_sixty_lines():
  assert len(own_family.family_code().strip().splitlines()) <= 60


class _Own(pairs.Pair):
  """Its gradients are those of the base."""

  def update(self, real):
    with tf.GradientTape(persistent=True) as tape:
      losses = self.losses_of(real)
    self.apply(self.gradients(tape, losses), losses)
    return losses


@pytest.mark.slow
def test_gradients_of_a_users_tape_do_as_well():
  histories = [pairs.fit(pairs.pair(kind), 16) for kind in (pairs.Pair, _Own)]
  for name in ("discriminator", "generator"):
    np.testing.assert_allclose(*(x[name] for x in histories), rtol=1e-6)


@pytest.mark.slow
def test_layers_losses_count_once_in_both():
  class Regularized(_Own):
    def losses_of(self, real):
      return {k: 0.0 * x for k, x in super().losses_of(real).items()}

  l2 = keras.regularizers.L2(0.5)
  for within in (False, True):
    x = keras.Input((8, 8, 1))
    y = keras.layers.Dense(1, kernel_regularizer=l2)(keras.layers.Flatten()(x))

    class Kind(Regularized):
      def update(self, real, within=within):
        if not within:
          return super().update(real)
        with tf.GradientTape(persistent=True) as tape:
          losses = self.losses_of(real)
          gradients = self.gradients(tape, losses)
        self.apply(gradients, losses)
        return losses

    model = Kind(keras.Model(x, y), tiny.generator())
    sgd = keras.optimizers.SGD
    model.compile({"discriminator": sgd(0.1), "generator": sgd(0.1)})
    before = model.discriminator.get_weights()[0]
    pairs.fit(model, 4)
    after = model.discriminator.get_weights()[0]
    np.testing.assert_allclose(after, 0.9 * before, rtol=1e-5)


@pytest.mark.slow
def test_one_loss_of_two_networks_is_the_sum_of_their_own():
  class Together(_Own):
    def update(self, real):
      with tf.GradientTape(persistent=True) as tape:
        losses = self.losses_of(real)
        total = {("discriminator", "generator"): tf.add_n([*losses.values()])}
      both = self.gradients(tape, total)
      found = {
        name: tape.gradient(total[tuple(losses)], network.trainable_variables)
        for name, network in self.networks.items()
      }
      for name, of_one in found.items():
        for one, other in zip(of_one, both[name], strict=True):
          tf.debugging.assert_near(one, other)
      self.apply(both, total)
      return losses

  model = pairs.pair(Together)
  pairs.fit(model)
  assert [int(x.iterations) for x in model.optimizers.values()] == [2, 2]


def test_names_attributes_and_optimizers():
  model = pairs.pair(average=["generator"], ema_decay=0.5)
  assert list(model.networks) == ["discriminator", "generator"]
  assert model.networks["generator"] is model.generator
  assert model.optimizers["generator"] is model.generator_optimizer
  assert model.averages == {"generator": model.ema_generator}
  assert model.averaged("generator") is model.ema_generator
  assert model.averaged("discriminator") is model.discriminator
  assert model.exported == ("generator",)
  assert model.discriminators == ("discriminator",)
  assert model.generate(3, seed=1).shape == (3, 8, 8, 1)
  with pytest.raises(
    ValueError, match="no network 'g', but discriminator, gen"
  ):
    model.averaged("g")


@pytest.mark.slow
def test_averages_follow_each_update():
  model = pairs.pair(average=["generator", "discriminator"], ema_decay=1e-6)
  pairs.fit(model)
  for name, average in model.averages.items():
    live = model.networks[name].get_weights()
    for ours, theirs in zip(average.get_weights(), live, strict=True):
      np.testing.assert_allclose(ours, theirs, atol=1e-4)


@pytest.mark.slow
def test_repeat_in_a_graph_and_in_python():
  model = pairs.pair()
  count = tf.Variable(0.0)
  step = lambda: tf.identity(count.assign_add(1.0))  # noqa: E731
  assert float(model.repeat(3, step)) == 2.0
  run = tf.function(lambda: model.repeat(4, step))
  assert float(run()) == (4 + 5 + 6 + 7) / 4


# --- generators of several inputs


def _labelled(width, name):
  """Returns a generator of latents and labels."""
  z, label = keras.Input((4,)), keras.Input((), dtype="int32")
  code = keras.layers.Embedding(3, 2)(label)
  x = keras.layers.Concatenate()([z, keras.layers.Flatten()(code)])
  x = keras.layers.Dense(16 * width, "relu", name="hidden")(x)
  x = keras.layers.Reshape((4, 4, width), name="deep")(x)
  x = keras.layers.Conv2DTranspose(1, 3, 2, "same", activation="tanh")(x)
  return keras.Model([z, label], x, name=name)


@keras.utils.register_keras_serializable(package="tests")
class _Called(keras.Model):
  """The same as a class whose `call` takes two arguments."""

  def __init__(self):
    super().__init__(name="called")
    self.inside = _labelled(2, "inside")

  def call(self, z, labels, training=None):
    return self.inside([z, labels], training=training)

  def get_config(self):
    return {}


class Conditional(tgp.PrunedGAN):
  def __init__(self, discriminator, generator, **kwargs):
    super().__init__(
      {"discriminator": discriminator, "generator": generator},
      tgp.inputs.LabelledLatents(4, 3),
      average=["generator"],
      **kwargs,
    )

  def unpack(self, data):
    images, labels = data
    return images, tf.cast(labels, tf.int32)

  def update(self, batch):
    images, labels = batch
    given = self.draw(tf.shape(images)[0], labels=labels)
    fake, _ = self.forward("generator", given)
    score = self.scorer("discriminator")
    d_loss = self.minimize(
      "discriminator",
      lambda: (
        tf.reduce_mean(score(fake) - score(images))
        + score.penalty(images, fake)
      ),
    )
    score.observe(images, fake)

    def g_loss():
      made, distance = self.forward("generator", given)
      return distance - tf.reduce_mean(
        self.scorer("discriminator", "generator")(made)
      )

    return {"d_loss": d_loss, "g_loss": self.minimize("generator", g_loss)}


def _called():
  network = _Called()
  network(tf.ones([2, 4]), tf.constant([0, 2]))
  return network


@pytest.mark.slow
@pytest.mark.parametrize(
  "generator, losses",
  [
    (lambda: _labelled(2, "small"), ["image", "features"]),
    (lambda: _labelled(2, "small"), ["kernel_alignment"]),
    (_called, ["image"]),
  ],
)
def test_students_take_what_their_teachers_take(generator, losses, tmp_path):
  network = tgp.prune_low_magnitude(generator(), _SCHEDULE)
  model = Conditional(
    tiny.discriminator(),
    network,
    teachers={"generator": _labelled(5, "big")},
    distillation={"generator": losses},
    ema_decay=0.5,
    regularizers=["lecam"],
  )
  model.compile({"discriminator": "adam", "generator": "adam"})
  labels = np.arange(12) % 3
  history = model.fit(tiny.images(12), labels, batch_size=4, verbose=0).history
  assert {"d_loss", "g_loss", "distillation_loss"} <= set(history)
  assert model.generate(5, seed=0, labels=2).shape == (5, 8, 8, 1)
  zeros = tgp.sparsity_report(model.averaged("generator")).overall
  assert zeros == pytest.approx(0.5, abs=0.05)


# --- replaced


def _of(model, name):
  return [*model.networks[name].weights, *model.optimizers[name].variables]


@pytest.mark.slow
def test_a_pruned_network_trains_on():
  model = pairs.pair(average=["generator"], ema_decay=0.5)
  model.weight = 3.0  # no argument of the constructor
  pairs.fit(model)
  average = model.ema_generator.get_weights()
  pruned = tgp.prune_low_magnitude(model.generator, _SCHEDULE)
  another = model.replaced(generator=pruned)
  assert another.optimizers["generator"] is model.optimizers["generator"]
  assert another.optimizers["discriminator"].iterations == 2
  for ours, theirs in zip(
    another.ema_generator.get_weights(), average, strict=True
  ):
    np.testing.assert_array_equal(ours, theirs)
  np.testing.assert_array_equal(another._rng.state, model._rng.state)
  watched = watch.Watch({"generator": _SCHEDULE})
  pairs.fit(another, 12, callbacks=[watched])
  assert int(another.optimizers["generator"].iterations) == 5
  assert tgp.sparsity_report(another.ema_generator).overall == pytest.approx(
    0.5, abs=0.02
  )


@pytest.mark.slow
def test_a_smaller_network_has_a_new_optimizer_and_average():
  model = pairs.pair(average=["generator"], ema_decay=0.5)
  pairs.fit(model)
  small = tgp.prune_channels(model.generator, channels=0.7)
  another = model.replaced(generator=small)
  optimizer = another.optimizers["generator"]
  assert optimizer is not model.optimizers["generator"]
  assert float(optimizer.learning_rate) == pytest.approx(0.1)
  assert another.ema_generator.count_params() == small.count_params()
  pairs.fit(another)
  assert int(optimizer.iterations) == 2
  assert int(another.optimizers["discriminator"].iterations) == 4


@pytest.mark.slow
def test_a_gan_with_a_teacher_keeps_what_it_has_learnt():
  model = tgp.GAN(
    tiny.discriminator(),
    tiny.generator(),
    4,
    teacher=tiny.generator(width=5),
    distillation=["image", "features"],
    ema_decay=0.5,
  )
  adam = keras.optimizers.Adam
  model.compile(adam(0.01), adam(0.02), "hinge", steps_per_execution=2)
  pairs.fit(model)
  adapters = [v.numpy() for v in model.distillation[1].trainable_variables]
  pruned = tgp.prune_low_magnitude(model.generator, _SCHEDULE)
  another = model.replaced(generator=pruned, generator_batch_size=7)
  assert another.teacher is model.teacher and another.loss_name == "hinge"
  assert another.generator_batch_size == 7
  for ours, theirs in zip(
    another.distillation[1].trainable_variables, adapters, strict=True
  ):
    np.testing.assert_array_equal(ours, theirs)
  assert int(another.adapter_optimizer.iterations) == 2
  pairs.fit(another)
  assert int(another.adapter_optimizer.iterations) == 4
  assert int(another.g_optimizer.iterations) == 4


def test_a_teacher_may_be_named_among_the_networks():
  model = pairs.pair(
    _Taught,
    teachers={"generator": tiny.generator(width=5)},
    distillation={"generator": ["image"]},
    ema_decay=0.5,
  )
  assert "teacher_generator" in model.networks
  assert model.exported == ("generator",)
  logs = pairs.fit(model)
  assert {"distillation_loss", "image"} < set(logs)
  assert "teacher_generator" not in model.optimizers


class _Taught(pairs.Pair):
  def update(self, real):
    loss = lambda: self.forward("generator", tf.ones([4, 4]))[1]  # noqa: E731
    return {"g_loss": self.minimize("generator", loss)}


@pytest.mark.slow
def test_owned_layers_are_those_of_all_networks():
  model = pairs.pair(schedule=_SCHEDULE)
  pairs.fit(model, 12)
  for name in ("discriminator", "generator"):
    (layer, *_) = wrapped_layers.pruned_layers(model.networks[name])
    assert layer.owner() is model and int(layer.pruning_step) == 3
