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
"""Pix2Pix: what it learns from pairs, and what it refuses."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.gan import families, translations

keras = tgp.keras


def _batch(n=4):
  return next(iter(families.pairs(n, n)))


def _compiled(gan, make=lambda: keras.optimizers.SGD(0.0), **arguments):
  gan.compile(make(), make(), **arguments)
  return gan


def _cross_entropy(logits, label):
  signed = logits.numpy() * (1 - 2 * label)
  return float(np.mean(np.log1p(np.exp(signed))))


@pytest.mark.parametrize("lambda_l1", [100.0, 0.0])
def test_losses_are_those_of_the_paper(lambda_l1):
  keras.utils.set_random_seed(0)
  gan = _compiled(translations.pix2pix(lambda_l1=lambda_l1))
  x, y = _batch()
  made = gan.generator(x, training=True)
  real = gan.discriminator([x, y], training=True)
  fake = gan.discriminator([x, made], training=True)
  distance = float(np.mean(np.abs(y - made)))
  found = gan.train_on_batch(x, y, return_dict=True)
  assert found == pytest.approx(
    {
      "d_loss": _cross_entropy(real, 1) + _cross_entropy(fake, 0),
      "g_loss": _cross_entropy(fake, 1) + lambda_l1 * distance,
    },
    rel=1e-4,
  )


def test_it_learns_what_pairs_have_in_common():
  """A generator that is told the targets' rule by pairs alone follows it."""
  keras.utils.set_random_seed(0)
  adam = lambda: keras.optimizers.Adam(1e-2)  # noqa: E731
  gan = _compiled(translations.pix2pix(), adam)
  rng = np.random.default_rng(0)
  x = rng.uniform(-0.9, 0.9, (64, 4, 4, 1)).astype("float32")
  gan.fit(x, -x, batch_size=8, epochs=30, verbose=0)
  error = np.abs(gan(x[:16]).numpy() + x[:16]).mean()
  assert error < 0.25  # copying is wrong by 0.9


@pytest.mark.parametrize("training_teacher", [False, True])
def test_a_teacher_of_the_same_inputs(training_teacher):
  keras.utils.set_random_seed(0)
  gan = translations.pix2pix(
    teacher=families.image_network("big"),
    distillation=["image", "discriminator_features"],
    adversarial_weight=0.0 if training_teacher else 1.0,
  )
  more = {"t_optimizer": "adam"} if training_teacher else {}
  _compiled(gan, lambda: keras.optimizers.Adam(1e-2), **more)
  before = gan.teacher.trainable_variables[0].numpy()
  logs = gan.fit(*_batch(8), batch_size=4, verbose=0).history
  assert {"distillation_loss", "image"} <= set(logs)
  moved = np.abs(gan.teacher.trainable_variables[0].numpy() - before).max()
  assert (moved > 0) == training_teacher


def test_several_inputs():
  inputs = [
    keras.Input((4, 4, n), name=name) for name, n in (("a", 1), ("b", 2))
  ]
  x = keras.layers.Concatenate()(inputs)
  x = keras.layers.Conv2D(1, 3, padding="same", activation="tanh")(x)
  made = keras.Input((4, 4, 1))
  y = keras.layers.Concatenate()([*inputs, made])
  judge = keras.Model([*inputs, made], keras.layers.Conv2D(1, 3)(y))
  gan = _compiled(tgp.Pix2Pix(judge, keras.Model(inputs, x)))
  a, b = np.zeros((8, 4, 4, 1), "float32"), np.ones((8, 4, 4, 2), "float32")
  data = tf.data.Dataset.from_tensor_slices(((a, b), a)).batch(4)
  assert list(gan.fit(data, verbose=0).history) == ["d_loss", "g_loss"]
  assert list(gan.fit([a, b], a, verbose=0).history) == ["d_loss", "g_loss"]
  with pytest.raises(ValueError, match="inputs have the shape .*4, 4, 1.*want"):
    gan.fit(a, a, verbose=0)


def test_discriminators_of_images_alone():
  with pytest.raises(ValueError, match="`discriminator` .*patch_discriminator"):
    tgp.Pix2Pix(families.judge("d"), families.image_network("g"))


def test_the_weight_of_the_distance():
  with pytest.raises(ValueError, match="`lambda_l1`"):
    translations.pix2pix(lambda_l1=-1.0)


def test_pairs_that_are_none():
  gan = _compiled(translations.pix2pix())
  images = np.zeros((4, 4, 4, 1), "float32")
  for x, y, words in (
    (images, None, "`y` is missing"),
    (images, images[:3], "`x` and `y` have 4, 3"),
    (
      images,
      np.zeros((4, 8, 8, 1), "float32"),
      r"targets have the shape \(8, 8, 1\)",
    ),
    (
      np.zeros((4, 4, 4, 3), "float32"),
      images,
      r"inputs have the shape \(4, 4, 3\)",
    ),
    (images, images + 255, "Targets must lie in .*-1 to 1"),
    (images[:0], images[:0], "`x` and `y` have 0, 0"),
  ):
    with pytest.raises(ValueError, match=words):
      gan.fit(x, y, verbose=0)


def test_examples_for_generate():
  x, _ = _batch(6)
  gan = translations.pix2pix(inputs=tgp.inputs.Examples(x))
  assert gan.generate(4, seed=0).shape == (4, 4, 4, 1)
