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
"""Tests of the DCGAN networks: shapes, names, limits, saving."""

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import dcgan

SHAPES = [(28, 28, 1), (32, 32, 3), (64, 64, 3), (8, 8, 1), (24, 40, 2)]


def _layer_names(model):
  kernels = (keras.layers.Dense, keras.layers.Conv2D)
  return [layer.name for layer in model.layers if isinstance(layer, kernels)]


@pytest.mark.parametrize("image_shape", SHAPES)
def test_generator_makes_images_of_the_shape_in_range(image_shape):
  generator = dcgan.dcgan_generator(image_shape, latent_dim=5, width=4)
  images = generator(100.0 * tf.random.stateless_normal((3, 5), (1, 2)))
  assert images.shape == (3, *image_shape)
  assert np.max(np.abs(images)) <= 1.0
  assert np.min(images) < -0.1


@pytest.mark.parametrize("image_shape", SHAPES)
def test_discriminator_gives_one_unbounded_logit(image_shape):
  discriminator = dcgan.dcgan_discriminator(image_shape, width=4)
  images = 1e3 * tf.random.stateless_normal((3, *image_shape), (1, 2))
  logits = discriminator(images)
  assert logits.shape == (3, 1)
  assert np.max(np.abs(logits)) > 1.0


def test_each_stage_is_named_after_its_size():
  assert _layer_names(dcgan.dcgan_generator((64, 64, 3), width=2)) == [
    "dense",
    "conv_8x8",
    "conv_transpose_16x16",
    "conv_transpose_32x32",
    "conv_transpose_64x64",
  ]
  assert _layer_names(dcgan.dcgan_discriminator((28, 28, 1), width=2)) == [
    "conv_14x14",
    "conv_7x7",
    "hidden",
    "logit",
  ]


def test_channels_halve_in_the_generator_and_double_in_the_discriminator():
  generator = dcgan.dcgan_generator((32, 32, 3), latent_dim=5, width=6)
  assert generator.get_layer("reshape").output_shape == (None, 8, 8, 12)
  assert generator.get_layer("conv_transpose_16x16").filters == 6
  discriminator = dcgan.dcgan_discriminator((32, 32, 3), width=6)
  assert [
    discriminator.get_layer(name).filters for name in ("conv_16x16", "conv_8x8")
  ] == [6, 12]
  assert discriminator.get_layer("hidden").units == 24


def test_a_logit_does_not_depend_on_the_rest_of_the_batch():
  discriminator = dcgan.dcgan_discriminator((8, 8, 1), width=4, translation=0)
  images = tf.random.stateless_normal((4, 8, 8, 1), (1, 2))
  together = discriminator(images, training=True)[:1]
  alone = discriminator(images[:1], training=True)
  np.testing.assert_allclose(together, alone, atol=1e-6)


def test_generator_has_no_relu_and_no_odd_transposed_kernel():
  generator = dcgan.dcgan_generator((28, 28, 1), width=2)
  for layer in generator.layers:
    assert not isinstance(layer, keras.layers.ReLU)
    if isinstance(layer, keras.layers.Conv2DTranspose):
      assert layer.kernel_size == (4, 4)
      assert layer.strides == (2, 2)
      assert layer.activation.__name__ != "relu"


@pytest.mark.parametrize("build", ["dcgan_generator", "dcgan_discriminator"])
@pytest.mark.parametrize(
  ("image_shape", "fit"),
  [
    ((29, 29, 1), "32x32"),
    ((30, 28, 1), "32x28"),
    ((28, 60, 3), "32x64"),
    ((5, 8, 1), "6x8"),
  ],
)
def test_a_size_that_cannot_be_halved_is_refused(build, image_shape, fit):
  with pytest.raises(ValueError, match=f"image_shape.*resize.* to {fit}"):
    getattr(dcgan, build)(image_shape)


@pytest.mark.parametrize(
  ("kwargs", "message"),
  [
    ({"image_shape": (28, 28)}, "`image_shape` .*got \\(28, 28\\)"),
    ({"image_shape": (28, 28, 0)}, "`channels`.*got 0"),
    ({"latent_dim": 0}, "`latent_dim`.*got 0"),
    ({"latent_dim": 2.5}, "`latent_dim`.*got 2.5"),
    ({"width": -1}, "`width`.*got -1"),
  ],
)
def test_arguments_that_are_not_positive_are_refused(kwargs, message):
  with pytest.raises(ValueError, match=message):
    dcgan.dcgan_generator(**kwargs)


def test_translation_shifts_in_training_only():
  keras.utils.set_random_seed(3)
  shifting = dcgan.dcgan_discriminator((8, 8, 1), width=4, translation=0.5)
  fixed = dcgan.dcgan_discriminator((8, 8, 1), width=4, translation=0.0)
  fixed.set_weights(shifting.get_weights())
  images = tf.random.stateless_normal((4, 8, 8, 1), (1, 2))
  # tf_keras shifts unless it is told that this is no training.
  still = shifting(images, training=False)
  np.testing.assert_array_equal(still, fixed(images))
  shifted = shifting(images, training=True)
  assert np.min(np.abs(shifted - fixed(images))) > 1e-4
  np.testing.assert_array_equal(fixed(images, training=True), fixed(images))


def test_gradients_reach_the_images_through_the_translation():
  model = dcgan.dcgan_discriminator((8, 8, 1), width=4, translation=0.1)
  images = tf.random.stateless_normal((4, 8, 8, 1), (1, 2))
  with tf.GradientTape() as tape:
    tape.watch(images)
    logits = model(images, training=True)
  gradients = tape.gradient(logits, images)
  assert np.all(np.max(np.abs(gradients), axis=(1, 2, 3)) > 0)


@pytest.mark.parametrize("translation", [-0.1, 1.0, float("nan")])
def test_a_translation_outside_the_image_is_refused(translation):
  with pytest.raises(ValueError, match="`translation`.*got"):
    dcgan.dcgan_discriminator(translation=translation)


def test_save_and_load_computes_the_same(tmp_path):
  for model in (
    dcgan.dcgan_generator((8, 8, 1), latent_dim=5, width=4, name="g"),
    dcgan.dcgan_discriminator((8, 8, 1), width=4, translation=0.1, name="d"),
  ):
    path = tmp_path / f"{model.name}.keras"
    model.save(path)
    loaded = keras.models.load_model(path)
    inputs = tf.random.stateless_normal((2, *model.input_shape[1:]), (1, 2))
    np.testing.assert_array_equal(
      loaded(inputs, training=False), model(inputs, training=False)
    )
    assert loaded.name == model.name
