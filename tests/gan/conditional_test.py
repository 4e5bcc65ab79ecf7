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
"""A GAN whose images have labels: what it learns, and what it refuses."""

import warnings

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tf_ganprune.gan import label_checks

keras = tgp.keras
layers = keras.layers
_SHAPE = (8, 8, 1)
_CLASSES = 3


def _generator(conditioning="concat"):
  return tgp.networks.conditional_generator(
    _SHAPE, 4, _CLASSES, conditioning, width=4
  )


def _discriminator(conditioning="projection"):
  return tgp.networks.conditional_discriminator(
    _SHAPE, _CLASSES, conditioning, width=4
  )


def _gan(generator="concat", discriminator="projection", **kwargs):
  keras.utils.set_random_seed(0)
  if discriminator == "auxiliary":
    kwargs = {"auxiliary_weight": 1.0} | kwargs
  gan = tgp.ConditionalGAN(
    _discriminator(discriminator),
    _generator(generator),
    4,
    _CLASSES,
    ema_decay=0.9,
    **kwargs,
  )
  gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
  return gan


def _examples(n=12):
  labels = np.arange(n) % _CLASSES
  images = np.zeros((n, *_SHAPE), "f") + labels[:, None, None, None] / 2 - 0.5
  return images, labels


def _fit(gan, epochs=1, **kwargs):
  with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    kwargs |= {"batch_size": 6, "epochs": epochs, "verbose": 0}
    return gan.fit(*_examples(), **kwargs)


@pytest.mark.slow
@pytest.mark.parametrize("discriminator", ["concat", "projection", "auxiliary"])
@pytest.mark.parametrize("generator", ["concat", "embedding", "batch_norm"])
def test_ways_of_telling_the_class(generator, discriminator):
  gan = _gan(generator, discriminator)
  logs = _fit(gan).history
  assert set(logs) == {"d_loss", "g_loss"}
  assert np.isfinite([*logs["d_loss"], *logs["g_loss"]]).all()
  assert gan.generate(5, labels=2, seed=0).shape == (5, *_SHAPE)
  some = gan.generate(6, labels=[0, 1, 2, 0, 1, 2], seed=0)
  others = gan.generate(6, labels=[1, 1, 2, 0, 1, 2], seed=0)
  differs = np.abs(some - others).max((1, 2, 3)) > 0
  assert differs.tolist() == [True] + 5 * [False]


@pytest.mark.slow
def test_the_class_is_learnt():
  gan = _gan("embedding", "auxiliary", auxiliary_weight=2.0)
  _fit(gan, epochs=150)
  levels = [
    float(tf.reduce_mean(gan.generate(16, labels=x, seed=0))) for x in range(3)
  ]
  assert levels == sorted(levels) and levels[2] - levels[0] > 0.4, levels


@pytest.mark.slow
def test_the_discriminator_is_given_each_batch_with_its_labels():
  """Its logit is the sum of the labels; the loss tells which it was given."""
  images, labels = keras.Input(_SHAPE), keras.Input((), dtype="int32")
  weight = layers.Dense(1, use_bias=False, kernel_initializer="ones")
  seen = weight(layers.Reshape((1,))(tf.cast(labels, "float32")))
  nothing = layers.Dense(1, kernel_initializer="zeros")(
    layers.Flatten()(images)
  )
  discriminator = keras.Model([images, labels], layers.Add()([seen, nothing]))
  keras.utils.set_random_seed(0)
  gan = tgp.ConditionalGAN(discriminator, _generator(), 4, _CLASSES)
  gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0), "minimax")
  images = np.zeros((4, *_SHAPE), "f")
  with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    logs = gan.fit(images, np.full(4, 2), batch_size=4, verbose=0).history
  # Real and generated images have label 2: softplus(-2) + softplus(2).
  expected = np.log1p(np.exp(-2.0)) + np.log1p(np.exp(2.0))
  assert logs["d_loss"][0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.slow
def test_what_is_judged_as_a_class_was_made_of_it():
  gan = _gan("embedding")
  labels = tf.constant([2, 0, 2, 1])
  drawn, found = gan._drawn(4, labels)
  np.testing.assert_array_equal(drawn[1], labels)
  np.testing.assert_array_equal(found, labels)
  images = gan.generator(drawn)
  judged = gan.discriminator_inputs(images, drawn)
  assert judged[0] is images
  np.testing.assert_array_equal(judged[1], labels)
  drawn, found = gan._drawn(9)
  np.testing.assert_array_equal(drawn[1], found)
  assert sorted(found.numpy().tolist()) == 3 * [0] + 3 * [1] + 3 * [2]


def test_the_classes_cross_entropy_is_in_both_losses():
  images = keras.Input(_SHAPE)
  x = layers.Flatten()(images)
  logit = layers.Dense(1, kernel_initializer="zeros")(x)
  classes = layers.Dense(_CLASSES, kernel_initializer="zeros")(x)
  discriminator = keras.Model(images, [logit, classes])
  gan = tgp.ConditionalGAN(
    discriminator,
    _generator(),
    4,
    _CLASSES,
    auxiliary_weight=0.5,
    r1_weight=1.0,
  )
  gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0), "minimax")
  logs = _fit(gan).history
  even = np.log(_CLASSES)
  assert logs["d_loss"][0] == pytest.approx(2 * np.log(2) + even, rel=1e-5)
  assert logs["g_loss"][0] == pytest.approx(-np.log(2) + even / 2, rel=1e-5)


@pytest.mark.slow
def test_latents_with_one_hot_labels_in_one_input():
  joined = keras.Input((4 + _CLASSES,))
  generator = keras.Model(
    joined,
    layers.Reshape(_SHAPE)(layers.Dense(64, "tanh", name="out")(joined)),
  )
  gan = tgp.ConditionalGAN(_discriminator(), generator, 4, _CLASSES)
  gan.compile("adam", "adam")
  _fit(gan)
  assert gan.generate(4, labels=1, seed=0).shape == (4, *_SHAPE)


@pytest.mark.slow
def test_pruned_replaced_saved_and_taught(tmp_path):
  schedule = tfmot.sparsity.keras.PolynomialDecay(0.0, 0.5, 0, 4, frequency=1)
  gan = _gan("batch_norm")
  gan = gan.replaced(
    generator=tgp.prune_low_magnitude(gan.generator, schedule),
    discriminator=tgp.prune_low_magnitude(gan.discriminator, schedule),
  )
  _fit(gan, epochs=4)
  for network in (gan.generator, gan.discriminator):
    assert tgp.sparsity_report(network).overall == pytest.approx(0.5, abs=0.03)
  path = tmp_path / "gan.keras"
  tgp.save_model(gan, path)
  loaded = tgp.load_model(path)
  assert isinstance(loaded, tgp.ConditionalGAN)
  ours, theirs = (x.generate(4, labels=1, seed=3) for x in (gan, loaded))
  np.testing.assert_array_equal(ours, theirs)
  _fit(loaded)

  small = tgp.prune_channels(gan.averaged("generator"), macs=0.6)
  assert tgp.profile(small).macs <= 0.6 * tgp.profile(gan.generator).macs
  taught = gan.replaced(
    generator=small,
    teachers={"generator": gan.averaged("generator")},
    distillation={"generator": ["image", "discriminator_features"]},
  )
  assert "distillation_loss" in _fit(taught).history


@pytest.mark.slow
@pytest.mark.parametrize("regularizers", [["r1"], ["diff_augment", "lecam"]])
def test_regularizers_change_images_and_leave_labels(regularizers):
  assert "d_loss" in _fit(_gan(regularizers=regularizers)).history


@pytest.mark.slow
def test_a_generator_that_ignores_its_label_is_said_with_the_number():
  latents, labels = keras.Input((4,)), keras.Input((), dtype="int32")
  x = layers.Reshape(_SHAPE)(layers.Dense(64, "tanh")(latents))
  nothing = layers.Reshape((1, 1, 1))(tf.cast(labels, "float32") * 0.0)
  generator = keras.Model([latents, labels], layers.Add()([x, nothing]))
  gan = tgp.ConditionalGAN(_discriminator(), generator, 4, _CLASSES)
  gan.compile("adam", "adam")
  assert label_checks.difference_of_labels(gan) == 0.0
  with pytest.warns(UserWarning, match="ignores its labels: .* by 0 of what"):
    gan.fit(*_examples(), batch_size=6, verbose=0)
  gan = _gan("embedding")
  assert label_checks.difference_of_labels(gan) > 0.1


def _without_labels():
  return tgp.networks.dcgan_discriminator(_SHAPE, width=4)


@pytest.mark.parametrize(
  "make, message",
  [
    (
      lambda: tgp.ConditionalGAN(_without_labels(), _generator(), 4, 3),
      r"'discriminator' .*\[images, labels\]",
    ),
    (
      lambda: tgp.ConditionalGAN(_discriminator(), _generator(), 5, 3),
      "with `latent_dim` 5 and `num_classes` 3",
    ),
    (
      lambda: tgp.ConditionalGAN(
        _discriminator("auxiliary"), _generator(), 4, 3
      ),
      "set `auxiliary_weight`",
    ),
    (
      lambda: tgp.ConditionalGAN(
        _discriminator("auxiliary"), _generator(), 4, 5, auxiliary_weight=1.0
      ),
      "`num_classes` 5",
    ),
    (
      lambda: tgp.ConditionalGAN(
        _discriminator(), _generator(), 4, 3, auxiliary_weight=1.0
      ),
      r"must make \(1,\) and \(3,\)",
    ),
    (
      lambda: tgp.ConditionalGAN(
        _discriminator(), _generator(), 4, 3, auxiliary_weight=-1.0
      ),
      "`auxiliary_weight` must not be negative",
    ),
    (
      lambda: tgp.ConditionalGAN(
        tgp.networks.conditional_discriminator((16, 16, 1), 3, width=4),
        _generator(),
        4,
        3,
      ),
      r"makes images of shape \(8, 8, 1\)",
    ),
    (
      lambda: tgp.ConditionalGAN(_discriminator(), _generator(), 4, 1.5),
      "`num_classes`",
    ),
    (
      lambda: tgp.networks.conditional_generator(conditioning="film"),
      "`conditioning` of a generator .*'film'",
    ),
    (
      lambda: tgp.networks.of_class(_without_labels(), 1),
      "takes 1 inputs",
    ),
  ],
)
def test_networks_that_will_not_do_are_refused(make, message):
  with pytest.raises(ValueError, match=message) as error:
    make()
  assert "\n" not in str(error.value)


_IMAGES, _LABELS = _examples()


@pytest.mark.slow
@pytest.mark.parametrize(
  "given, message",
  [
    ((_IMAGES,), r"`fit\(images, labels\)`"),
    ((_IMAGES, _LABELS[:5]), "12 images and 5 labels"),
    ((_IMAGES, _LABELS.astype("f")), "got float32"),
    ((_IMAGES, _LABELS + 1), "from 0 to 2; got 1 to 3"),
    ((_IMAGES, np.eye(3, dtype=int)[_LABELS]), r"of shape \[12, 3\]"),
    (
      (tf.data.Dataset.from_tensor_slices(_IMAGES).batch(4),),
      "`as_supervised=True`",
    ),
    (
      (tf.data.Dataset.from_tensor_slices((_IMAGES, _LABELS - 1)).batch(12),),
      "Labels .* 0 to 2, ",
    ),
  ],
)
def test_labels_that_will_not_do_are_refused(given, message):
  with pytest.raises(ValueError, match=message) as error:
    _gan().fit(*given, verbose=0)
  assert "\n" not in str(error.value)


@pytest.mark.parametrize("labels", [3, -1, 0.5, [0, 1]])
def test_labels_that_are_no_classes_are_not_drawn(labels):
  with pytest.raises(ValueError, match="`labels`"):
    _gan().generate(3, labels=labels)
