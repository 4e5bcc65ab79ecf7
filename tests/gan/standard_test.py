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
"""Tests of GAN and WGANGP: what they take, return, refuse and save."""

import numpy as np
import pytest
import tensorflow as tf

from tests import tiny
from tf_ganprune import gan, losses, networks
from tf_ganprune.gan import averaging
from tf_ganprune.keras_compat import keras


def _gan(**arguments):
  model = gan.GAN(
    tiny.discriminator(), tiny.generator(), tiny.LATENT_DIM, **arguments
  )
  model.compile("adam", "adam")
  return model


def test_fit_logs_what_keras_examples_log():
  history = _gan().fit(tiny.images(8), batch_size=4, epochs=2, verbose=0)
  assert {k: len(v) for k, v in history.history.items()} == {
    "d_loss": 2,
    "g_loss": 2,
  }


@pytest.mark.slow
def test_fit_takes_arrays_data_sets_and_labels():
  model = _gan()
  x = tiny.images(8)
  model.fit(x, np.zeros(8), batch_size=4, verbose=0)
  images = tf.data.Dataset.from_tensor_slices(x)
  model.fit(images.batch(4), verbose=0)
  labelled = tf.data.Dataset.from_tensor_slices((x, np.zeros(8)))
  model.fit(labelled.batch(4), verbose=0)
  assert int(model.g_optimizer.iterations) == 6


def test_generator_batch_size():
  model = _gan(generator_batch_size=7)
  sizes = []
  draw = model.draw

  def recorded(n):
    latents = draw(n)
    sizes.append(int(latents.shape[0]))
    return latents

  model.draw = recorded
  model.train_step(tf.constant(tiny.images(4)))
  assert sizes == [4, 7]  # the discriminator's are as many as real images
  assert gan.GAN.from_config(model.get_config()).generator_batch_size == 7
  for bad in (0, 2.5):
    with pytest.raises(ValueError, match="`generator_batch_size`"):
      _gan(generator_batch_size=bad)


def test_a_step_by_hand():
  """One update with plain gradient descent equals the one worked out here."""
  keras.utils.set_random_seed(0)
  model = gan.GAN(tiny.discriminator(), tiny.generator(), 4)
  sgd = keras.optimizers.SGD
  model.compile(sgd(0.1), sgd(0.1), loss="hinge")
  real = tf.constant(tiny.images(4))
  reference = keras.models.clone_model(model.discriminator)
  reference.set_weights(model.discriminator.get_weights())
  fakes = []
  generator_call = model.generator.call

  def recorded(*args, **kwargs):
    fakes.append(generator_call(*args, **kwargs))
    return fakes[-1]

  model.generator.call = recorded
  model.train_step(real)
  with tf.GradientTape() as tape:
    loss = losses.hinge_discriminator_loss(reference(real), reference(fakes[0]))
  gradients = tape.gradient(loss, reference.trainable_variables)
  for ours, weight, gradient in zip(
    model.discriminator.trainable_variables,
    reference.trainable_variables,
    gradients,
    strict=True,
  ):
    np.testing.assert_allclose(ours, weight - 0.1 * gradient, atol=1e-6)
  assert len(fakes) == 2  # new latents for the generator's own update
  assert not np.allclose(fakes[0], fakes[1])


def test_r1_weight_adds_the_penalty():
  keras.utils.set_random_seed(0)
  plain = gan.GAN(tiny.discriminator(), tiny.generator(), 4, r1_weight=0.0)
  plain.compile("adam", "adam")
  with_r1 = gan.GAN(plain.discriminator, plain.generator, 4, r1_weight=3.0)
  with_r1.compile("adam", "adam")
  real, fake = tf.constant(tiny.images(4)), tf.constant(tiny.images(4, seed=1))
  penalty = losses.r1_penalty(plain.discriminator, real)
  difference = with_r1.discriminator_loss(
    real, fake
  ) - plain.discriminator_loss(real, fake)
  assert float(difference) == pytest.approx(3.0 * float(penalty), rel=1e-4)


@pytest.mark.slow
def test_r1_and_random_shifts_train_together():
  discriminator = networks.dcgan_discriminator(
    (8, 8, 1), width=2, translation=0.2
  )
  model = gan.GAN(discriminator, tiny.generator(), 4, r1_weight=1.0)
  model.compile("adam", "adam")
  history = model.fit(tiny.images(8), batch_size=4, verbose=0)
  assert np.isfinite(history.history["d_loss"]).all()


def test_wgan_gp_penalizes_the_slope():
  flat = keras.Sequential(
    [
      keras.Input((8, 8, 1)),
      keras.layers.Flatten(),
      keras.layers.Dense(1, kernel_initializer="ones"),  # slope 8 everywhere
    ]
  )
  model = gan.WGANGP(flat, tiny.generator(), 4, gp_weight=2.0)
  model.compile("adam", "adam")
  images = tf.constant(tiny.images(4))
  loss = model.discriminator_loss(images, images)
  assert float(loss) == pytest.approx(2.0 * (8.0 - 1.0) ** 2, rel=1e-4)


def test_layer_losses_count():
  x = keras.Input((8, 8, 1))
  y = keras.layers.Flatten()(x)
  y = keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(0.5))(y)
  model = gan.GAN(keras.Model(x, y), tiny.generator(), 4)
  zero = losses.AdversarialLoss(
    lambda real, fake: 0.0 * tf.reduce_sum(real),
    lambda fake: 0.0 * tf.reduce_sum(fake),
  )
  sgd = keras.optimizers.SGD
  model.compile(sgd(0.1), sgd(0.1), loss=zero)
  before = model.discriminator.get_weights()[0]
  model.fit(tiny.images(4), batch_size=4, verbose=0)
  after = model.discriminator.get_weights()[0]
  np.testing.assert_allclose(after, 0.9 * before, rtol=1e-5)


def test_generate_is_seeded_and_drawn_in_batches():
  model = _gan()
  images = model.generate(300, seed=3)
  assert images.shape == (300, 8, 8, 1)
  np.testing.assert_array_equal(images, model.generate(300, seed=3))
  assert not np.array_equal(images, model.generate(300, seed=4))
  assert not np.array_equal(model.generate(2), model.generate(2))


@pytest.mark.slow
def test_global_seed_decides_a_run():
  def run():
    keras.utils.set_random_seed(7)
    model = _gan()
    model.fit(tiny.images(8), batch_size=4, verbose=0, shuffle=False)
    return model.generate(2).numpy()

  np.testing.assert_array_equal(run(), run())


def test_generate_uses_the_average():
  model = _gan(ema_decay=0.9)
  model.fit(tiny.images(8), batch_size=4, verbose=0)
  z = tf.random.stateless_normal([2, 4], [5, 0])
  np.testing.assert_allclose(
    model.generate(2, seed=5), model.ema_generator(z), atol=1e-6
  )
  assert not np.allclose(model.generate(2, seed=5), model.generator(z))


@keras.utils.register_keras_serializable(package="test")
class _Block(keras.layers.Layer):
  """Keras lists its weights in another order once it is frozen."""

  def __init__(self, **kwargs):
    super().__init__(**kwargs)
    self.batch_norm = keras.layers.BatchNormalization(momentum=0.5)
    self.layer_norm = keras.layers.LayerNormalization()

  def call(self, x, training=None):
    return self.layer_norm(self.batch_norm(x, training=training))


def test_average_of_a_composite_layer_keeps_its_weights_apart():
  z = keras.Input((4,))
  x = _Block()(keras.layers.Dense(64)(z))
  x = keras.layers.Reshape((8, 8, 1))(x)
  generator = keras.Model(z, keras.layers.Activation("tanh")(x))
  model = gan.GAN(tiny.discriminator(), generator, 4, ema_decay=1e-6)
  model.compile("adam", "adam")
  model.fit(tiny.images(16), batch_size=4, verbose=0)
  z = tf.random.stateless_normal([3, 4], [0, 0])
  np.testing.assert_allclose(
    model.ema_generator(z), generator(z, training=False), atol=1e-4
  )


@pytest.mark.slow
def test_average_of_two_updates_by_hand():
  model = _gan(ema_decay=0.15)
  first = model.generator.get_weights()[0]
  model.fit(tiny.images(4), batch_size=4, verbose=0)
  second = model.generator.get_weights()[0]
  decay = min(0.15, 2 / 11)
  np.testing.assert_allclose(
    model.ema_generator.get_weights()[0],
    decay * first + (1 - decay) * second,
    atol=1e-6,
  )
  model = _gan(ema_decay=0.999)  # grows from (1 + t) / (10 + t)
  first = model.generator.get_weights()[0]
  model.fit(tiny.images(4), batch_size=4, verbose=0)
  second = model.generator.get_weights()[0]
  np.testing.assert_allclose(
    model.ema_generator.get_weights()[0],
    2 / 11 * first + 9 / 11 * second,
    atol=1e-6,
  )


@pytest.mark.parametrize(
  ("arguments", "message"),
  [
    ({"latent_dim": 5}, r"`latent_dim` is 5, and the generator .*\(4,\)"),
    ({"latent_dim": 0}, "`latent_dim` .*got 0"),
    ({"latent_dim": 4.5}, "`latent_dim` .*got 4.5"),
    (
      {"discriminator": tiny.discriminator((16, 8, 1))},
      r"images of shape \(8, 8, 1\), .* takes \(16, 8, 1\)",
    ),
    ({"discriminator_steps": 0}, "`discriminator_steps`.*got 0"),
    ({"ema_decay": 1.0}, "`ema_decay`.*got 1.0"),
    ({"r1_weight": -1.0}, "`r1_weight`.*got -1.0"),
    ({"generator": "dcgan"}, "`generator` .*Keras model"),
    ({"generator": keras.Model()}, "`generator` must be one network"),
  ],
)
def test_refuses_networks_that_do_not_fit(arguments, message):
  networks = {
    "discriminator": tiny.discriminator(),
    "generator": tiny.generator(),
    "latent_dim": 4,
  }
  with pytest.raises(ValueError, match=message):
    gan.GAN(**networks | arguments)


def test_refuses_keras_3_and_names_the_fix():
  import keras as keras_3  # noqa: PLC0415

  model = keras_3.Sequential([keras_3.Input((4,)), keras_3.layers.Dense(2)])
  with pytest.raises(ValueError, match="`generator` is a Keras 3 model"):
    gan.GAN(tiny.discriminator(), model, 4)


def test_refuses_what_cannot_be_compiled():
  model = _gan()
  adam = keras.optimizers.Adam()
  with pytest.raises(ValueError, match="`d_optimizer` and `g_optimizer`"):
    model.compile(adam, adam)
  with pytest.raises(ValueError, match="`loss` .*'bce'"):
    model.compile("adam", "adam", loss="bce")
  with pytest.raises(ValueError, match="`g_optimizer`"):
    model.compile("adam", keras.optimizers.legacy.Adam())
  with pytest.raises(ValueError, match="`d_optimizer` has use_ema=True"):
    model.compile(keras.optimizers.Adam(use_ema=True), "adam")


def _generated(n):
  def images():
    yield from tiny.images(n)

  return tf.data.Dataset.from_generator(
    images, output_signature=tf.TensorSpec((8, 8, 1))
  ).batch(4)


@pytest.mark.parametrize(
  ("images", "message"),
  [
    (tiny.images(8) * 128, "generator, -1 to 1"),
    (tiny.images(0), "`x` has no images"),
    (
      tf.data.Dataset.from_tensor_slices(tiny.images(8)).take(0),
      "`x` has no images",
    ),
    (_generated(0), "`x` has no images"),
    (np.zeros((8, 4, 4, 1), np.float32), r"takes \(None, 8, 8, 1\)"),
    (
      tf.data.Dataset.from_tensor_slices(tiny.images(8)),
      r"\(8, 8, 1\), .*\[n, height",
    ),
  ],
)
def test_refuses_bad_images(images, message):
  with pytest.raises(ValueError, match=message) as error:
    _gan().fit(images, verbose=0)
  assert "\n" not in str(error.value)


def test_any_range_is_fine_for_an_unbounded_generator():
  model = gan.GAN(tiny.discriminator(), tiny.generator(activation=None), 4)
  model.compile("adam", "adam")
  model.fit(tiny.images(4) * 255, verbose=0)


@pytest.mark.slow
def test_sigmoid_generator_wants_images_from_0_to_1():
  model = gan.GAN(tiny.discriminator(), tiny.generator(activation="sigmoid"), 4)
  model.compile("adam", "adam")
  model.fit(np.abs(tiny.images(4)), verbose=0)
  with pytest.raises(ValueError, match="0 to 1"):
    model.fit(tiny.images(4), verbose=0)


def test_says_what_is_missing():
  model = gan.GAN(tiny.discriminator(), tiny.generator(), 4)
  with pytest.raises(ValueError, match="Call `compile"):
    model.fit(tiny.images(4))
  with pytest.raises(ValueError, match="`n` .*got 0"):
    model.generate(0)


def test_average_stays_where_an_update_was_skipped():
  network = tiny.generator()
  copy = averaging.copy_of(network)
  average = averaging.Follower(network, copy, 0.5)
  network.set_weights([weight + 1.0 for weight in network.get_weights()])
  before = copy.get_weights()
  average.update(5, made=0)
  for ours, theirs in zip(copy.get_weights(), before, strict=True):
    np.testing.assert_array_equal(ours, theirs)
  average.update(5, made=1)
  assert not np.array_equal(copy.get_weights()[0], before[0])
