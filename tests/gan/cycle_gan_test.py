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
"""CycleGAN and DualGAN: what they learn, keep, and refuse."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.gan import families, translations

keras = tgp.keras
_NAMES = ("generator_G", "generator_F", "discriminator_X", "discriminator_Y")


def _batch(n=4):
  return next(iter(families.pairs(n, n)))


def _compiled(gan, make=lambda: keras.optimizers.SGD(0.0), **arguments):
  gan.compile(*(make() for _ in range(4)), **arguments)
  return gan


def _mean_square(scores, label):
  return float(np.mean((scores.numpy() - label) ** 2))


def _distance(one, other):
  return float(np.mean(np.abs(one.numpy() - other.numpy())))


def test_losses_are_those_of_the_paper():
  keras.utils.set_random_seed(0)
  gan = translations.cycle_gan(pool_size=0)
  _compiled(gan)  # a rate of 0 leaves all networks as they are
  x, y = _batch()
  G, F, D_X, D_Y = (gan.networks[name] for name in _NAMES)
  call = {"training": True}
  fake_y, fake_x = G(x, **call), F(y, **call)
  expected = {
    "G_loss": _mean_square(D_Y(fake_y, **call), 1)
    + 10 * _distance(y, G(fake_x, **call))
    + 5 * _distance(y, G(y, **call)),
    "F_loss": _mean_square(D_X(fake_x, **call), 1)
    + 10 * _distance(x, F(fake_y, **call))
    + 5 * _distance(x, F(x, **call)),
    "D_X_loss": 0.5 * _mean_square(D_X(x, **call), 1)
    + 0.5 * _mean_square(D_X(fake_x, **call), 0),
    "D_Y_loss": 0.5 * _mean_square(D_Y(y, **call), 1)
    + 0.5 * _mean_square(D_Y(fake_y, **call), 0),
  }
  found = gan.train_on_batch(x, y, return_dict=True)
  assert list(found) == list(expected)
  for name, value in expected.items():
    assert found[name] == pytest.approx(value, rel=1e-4), name


def test_both_generators_learn_from_the_whole_cycle():
  """As in the paper; in Keras' example each learns from its own half."""
  keras.utils.set_random_seed(0)
  gan = translations.cycle_gan(
    pool_size=0, lambda_identity=0.0, adversarial_weight=0.0
  )
  _compiled(gan, lambda: keras.optimizers.SGD(1.0))
  x, y = _batch()
  G, F = gan.generator_G, gan.generator_F
  with tf.GradientTape() as tape:
    cycle = tf.reduce_mean(tf.abs(F(G(x, training=True), training=True) - x))
    cycle += tf.reduce_mean(tf.abs(G(F(y, training=True), training=True) - y))
    cycle *= 10
  gradients = tape.gradient(cycle, G.trainable_variables)
  before = [w.numpy() for w in G.trainable_variables]
  gan.train_on_batch(x, y)
  for old, new, slope in zip(
    before, G.trainable_variables, gradients, strict=True
  ):
    np.testing.assert_allclose(old - new.numpy(), slope, atol=1e-5)


@pytest.mark.parametrize("training_teacher", [False, True])
def test_a_teacher_that_learns_plays_in_its_students_place(training_teacher):
  keras.utils.set_random_seed(0)
  teacher = families.image_network("big")
  gan = translations.cycle_gan(
    teachers={"generator_G": teacher},
    distillation={"generator_G": ["image"]},
  )
  more = {"teacher_G_optimizer": "adam"} if training_teacher else {}
  _compiled(gan, lambda: keras.optimizers.Adam(1e-2), **more)
  assert gan.player("generator_G") == (
    "teacher_generator_G" if training_teacher else "generator_G"
  )
  before = {
    name: network.trainable_variables[0].numpy()
    for name, network in gan.networks.items()
  }
  logs = gan.fit(families.pairs(8), verbose=0).history
  assert "distillation_loss" in logs
  for name, network in gan.networks.items():
    moved = np.abs(network.trainable_variables[0].numpy() - before[name]).max()
    learns = name != "teacher_generator_G" or training_teacher
    assert (moved > 0) == learns, name
  counts = {name: int(x.iterations) for name, x in gan.optimizers.items()}
  assert set(counts.values()) == {2}


def test_a_student_of_a_learning_teacher_learns_from_it_alone():
  keras.utils.set_random_seed(0)
  gan = translations.cycle_gan(
    teachers={"generator_G": families.image_network("big")},
    distillation={"generator_G": [tgp.distillation.ImageDistance(weight=0.0)]},
  )
  sgd = lambda: keras.optimizers.SGD(0.1)  # noqa: E731
  _compiled(gan, sgd, teacher_G_optimizer=sgd())
  before = gan.generator_G.trainable_variables[0].numpy()
  gan.train_on_batch(*_batch())
  after = gan.generator_G.trainable_variables[0].numpy()
  np.testing.assert_array_equal(after, before)


def test_earlier_images_go_on_with_the_gan(tmp_path):
  gan = _compiled(translations.cycle_gan(), lambda: keras.optimizers.SGD(0.01))
  gan.fit(families.pairs(8), verbose=0)
  assert int(gan.pool_X.filled) == 6
  kept = gan.pool_X.images.numpy()
  assert np.abs(kept).max() > 0
  tgp.save_model(gan, tmp_path / "gan.keras")
  loaded = tgp.load_model(tmp_path / "gan.keras")
  np.testing.assert_array_equal(loaded.pool_X.images.numpy(), kept)
  pruned = tgp.prune_low_magnitude(gan.generator_G, tgp.OneShot(0.5, step=1))
  after = gan.replaced(generator_G=pruned)
  np.testing.assert_array_equal(after.pool_X.images.numpy(), kept)
  np.testing.assert_array_equal(after.pool_Y.filled.numpy(), 6)


def test_critics_of_a_dual_gan_are_clipped():
  gan = _compiled(
    translations.dual_gan(critic_steps=3), lambda: keras.optimizers.SGD(0.1)
  )
  history = gan.fit(families.pairs(8), verbose=0).history
  assert list(history) == list(gan.logged)
  for name in ("discriminator_X", "discriminator_Y"):
    assert int(gan.optimizers[name].iterations) == 6
    for weight in gan.networks[name].trainable_variables:
      assert np.abs(weight.numpy()).max() <= 0.01 + 1e-7
  assert int(gan.optimizers["generator_G"].iterations) == 2


def test_images_are_drawn_of_each_domain():
  x, y = _batch(6)
  given = {
    "generator_G": tgp.inputs.Examples(x),
    "generator_F": tgp.inputs.Examples(y),
  }
  gan = translations.cycle_gan(inputs=given)
  for name, data in (("generator_G", x), ("generator_F", y)):
    drawn = gan.draw(6, seed=0, network=name).numpy()
    assert sorted(drawn.sum((1, 2, 3))) == pytest.approx(
      sorted(data.numpy().sum((1, 2, 3)))
    )
    made = gan.generate(6, seed=0, network=name)
    np.testing.assert_allclose(made, gan.averaged(name)(drawn), atol=1e-5)


@pytest.mark.parametrize(
  "arguments, words",
  [
    ({"lambda_cycle": -1}, "`lambda_cycle`"),
    ({"lambda_identity": -1}, "`lambda_identity`"),
    ({"pool_size": -1}, "`pool_size`"),
    ({"adversarial_weight": float("nan")}, "`adversarial_weight`"),
  ],
)
def test_numbers_out_of_range(arguments, words):
  with pytest.raises(ValueError, match=words):
    translations.cycle_gan(**arguments)


def test_networks_that_do_not_fit():
  found = translations.networks()
  color = families.image_network("color", (4, 4, 3))
  with pytest.raises(
    ValueError, match="`generator_F` makes .* 1.*`generator_G` takes"
  ):
    tgp.CycleGAN(**found | {"generator_G": color})
  large = families.judge("large", (8, 8, 1))
  with pytest.raises(ValueError, match="`discriminator_Y` takes"):
    tgp.CycleGAN(**found | {"discriminator_Y": large})
  with pytest.raises(ValueError, match="`discriminator_X` .*NoneType"):
    tgp.CycleGAN(**found | {"discriminator_X": None})


def test_domains_of_other_channels():
  grey, color = (4, 4, 1), (4, 4, 3)
  x = keras.Input(grey)
  to_color = keras.Model(x, keras.layers.Conv2D(3, 1, activation="tanh")(x))
  networks = {
    "generator_G": to_color,
    "generator_F": families.image_network("F", color),
    "discriminator_X": families.judge("X", grey),
    "discriminator_Y": families.judge("Y", color),
  }
  with pytest.raises(ValueError, match="`lambda_identity` is 0.5.*=0"):
    tgp.CycleGAN(**networks)
  gan = _compiled(tgp.CycleGAN(**networks, lambda_identity=0))
  y = np.zeros((2, *color), "float32")
  gan.fit(np.zeros((2, *grey), "float32"), y, verbose=0)
  with pytest.raises(ValueError, match="images of y have the shape .*4, 4, 1"):
    gan.fit(y[..., :1], y[..., :1], verbose=0)


def _fit(x, y=None):
  _compiled(translations.cycle_gan()).fit(x, y, verbose=0)


def test_data_that_are_no_pairs():
  images = np.zeros((4, 4, 4, 1), "float32")
  with pytest.raises(ValueError, match="`y` is missing"):
    _fit(images)
  with pytest.raises(ValueError, match="`x` and `y` have 4, 3"):
    _fit(images, images[:3])
  with pytest.raises(ValueError, match="batches of 1 parts"):
    _fit(tf.data.Dataset.from_tensor_slices(images).batch(2))
  with pytest.raises(ValueError, match="images of x have the shape .*8, 8"):
    _fit(np.zeros((4, 8, 8, 1), "float32"), images)
  with pytest.raises(
    ValueError, match="Images of y .* of generator_G, -1 to 1"
  ):
    _fit(images, images + 255)
  with pytest.raises(
    ValueError, match="Images of x .* of generator_F, -1 to 1"
  ):
    _fit(images + 255, images)
