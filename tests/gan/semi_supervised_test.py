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
"""A classifier that learns from few labels, and what is refused."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.gan import unlabelled

keras = tgp.keras
layers = keras.layers
_SHAPE = tiny.images(1).shape[1:]
_CLASSES = 3


def _classifier(units=_CLASSES):
  return keras.Sequential(
    [
      keras.Input(_SHAPE),
      layers.Conv2D(8, 3, strides=2, activation="relu", name="conv"),
      layers.Flatten(),
      layers.Dense(16, activation="relu", name="hidden"),
      layers.Dense(units, name="logits"),
    ],
    name="classifier",
  )


def _gan(**kwargs):
  keras.utils.set_random_seed(0)
  gan = tgp.SemiSupervisedGAN(
    _classifier(), tiny.generator(), 4, _CLASSES, **kwargs
  )
  gan.compile(keras.optimizers.Adam(3e-3), keras.optimizers.Adam(1e-3))
  return gan


def _examples(n=24, labelled=6):
  labels = np.arange(n) % _CLASSES
  rng = np.random.default_rng(0)
  images = 0.2 * rng.normal(size=(n, *_SHAPE)) + labels[:, None, None, None] / 2
  images = np.clip(images - 0.5, -1, 1).astype("float32")
  given = np.where(np.arange(n) < labelled, labels, -1)
  return images, labels, given


@pytest.mark.slow
def test_it_learns_to_classify_from_few_labels():
  images, labels, given = _examples()
  gan = _gan(ema_decay=0.9)
  logs = gan.fit(images, given, batch_size=12, epochs=40, verbose=0).history
  assert set(logs) == {"d_loss", "supervised_loss", "accuracy", "g_loss"}
  found = gan.classify(images).numpy()
  assert found.shape == (24, _CLASSES)
  assert np.mean(found.argmax(1) == labels) > 0.9
  assert gan.exported == ("discriminator",)
  assert gan.generate(3, seed=0).shape == (3, *_SHAPE)


@pytest.mark.slow
def test_the_losses_are_those_of_the_paper():
  gan = _gan(supervised_weight=2.0)
  logits = gan.discriminator.get_layer("logits")
  logits.set_weights([0 * logits.get_weights()[0], np.array([1.0, 2.0, 0.0])])
  for optimizer in gan.optimizers.values():
    optimizer.learning_rate.assign(0.0)
  images, _, given = _examples(6, 3)
  logs = gan.fit(images, given, batch_size=6, verbose=0).history
  score = np.log(np.exp([1.0, 2.0, 0.0]).sum())
  entropy = np.mean([score - x for x in (1.0, 2.0, 0.0)])
  is_real = np.log1p(np.exp(-score)) + np.log1p(np.exp(score))
  assert logs["supervised_loss"][0] == pytest.approx(entropy, rel=1e-5)
  assert logs["d_loss"][0] == pytest.approx(is_real + 2 * entropy, rel=1e-5)
  assert logs["accuracy"][0] == pytest.approx(1 / 3)


@pytest.mark.slow
def test_features_before_the_last_layer_are_matched():
  gan = _gan()
  assert gan.feature_layer == "hidden"
  assert _gan(feature_matching="conv").feature_layer == "conv"
  assert _gan(feature_matching=False).feature_layer is None
  for optimizer in gan.optimizers.values():
    optimizer.learning_rate.assign(0.0)
  images, _, given = _examples(6, 3)
  hidden = keras.Model(
    gan.discriminator.input, gan.discriminator.get_layer("hidden").output
  )
  made = np.full((6, *_SHAPE), 0.25, "f")
  image = gan.generator.get_layer("image")  # the same whatever its inputs
  image.set_weights([0 * image.get_weights()[0], np.arctanh([0.25])])
  logs = gan.fit(images, given, batch_size=6, verbose=0).history
  means = [hidden(x).numpy().mean(0) for x in (images, made)]
  expected = np.mean((means[0] - means[1]) ** 2)
  assert logs["g_loss"][0] == pytest.approx(expected, rel=1e-4)


def test_images_without_a_label_do_not_count():
  logits = tf.constant([[0.0, 5.0], [3.0, 0.0]])
  loss, _ = unlabelled.supervised(logits, tf.constant([-1, -1]))
  assert float(loss) == 0.0
  loss, logs = unlabelled.supervised(logits, tf.constant([-1, 0]))
  assert float(loss) == pytest.approx(np.log1p(np.exp(-3.0)), rel=1e-5)
  assert logs["accuracy"].weights.numpy().tolist() == [0.0, 1.0]
  assert logs["accuracy"].values.numpy()[1] == 1.0


def test_an_epoch_logs_the_mean_over_labelled_images():
  gan = _gan()
  for optimizer in gan.optimizers.values():
    optimizer.learning_rate.assign(0.0)
  images, labels, _ = _examples(12)
  # A batch with three labels, one with one, and one without any.
  given = np.where(np.isin(np.arange(12), [0, 1, 2, 5]), labels, -1)
  data = tf.data.Dataset.from_tensor_slices((images, given)).batch(4)
  logs = gan.fit(data, verbose=0).history
  known = given >= 0
  logits = gan.discriminator(images[known], training=True).numpy()
  right = np.mean(logits.argmax(1) == labels[known])
  expected = tf.nn.sparse_softmax_cross_entropy_with_logits(
    labels[known], logits
  )
  assert logs["accuracy"][0] == pytest.approx(right)
  assert logs["supervised_loss"][0] == pytest.approx(
    float(tf.reduce_mean(expected)), rel=1e-5
  )


@pytest.mark.slow
def test_pruned_cut_saved_and_exported(tmp_path):
  schedule = tfmot.sparsity.keras.PolynomialDecay(0.0, 0.5, 0, 4, frequency=1)
  images, _, given = _examples()
  gan = _gan(ema_decay=0.5)
  gan = gan.replaced(
    discriminator=tgp.prune_low_magnitude(gan.discriminator, schedule)
  )
  gan.fit(images, given, batch_size=12, epochs=4, verbose=0)
  assert tgp.sparsity_report(gan.discriminator).overall == pytest.approx(
    0.5, abs=0.03
  )
  path = tmp_path / "gan.keras"
  tgp.save_model(gan, path)
  loaded = tgp.load_model(path)
  np.testing.assert_array_equal(loaded.classify(images), gan.classify(images))
  small = tgp.prune_channels(gan.averaged("discriminator"), macs=0.6)
  gan = gan.replaced(discriminator=small)
  gan.fit(images, given, batch_size=12, verbose=0)
  report = tgp.export_tflite(
    gan.averaged("discriminator"),
    tmp_path / "classifier.tflite",
    target="cpu-int8",
    representative_data=images,
  )
  assert report.num_bytes > 0


_IMAGES, _LABELS, _GIVEN = _examples()


@pytest.mark.parametrize(
  "given, message",
  [
    ((_IMAGES,), r"`fit\(images, labels\)`"),
    ((_IMAGES, np.where(_GIVEN == 2, -1, _GIVEN)), "No image has the label 2"),
    ((_IMAGES, _GIVEN - 1), "from -1 to 2; got -2 to 1"),
    ((_IMAGES, _GIVEN[:3]), "24 images and 3 labels"),
    ((_IMAGES, _GIVEN / 2), "got float64"),
  ],
)
def test_data_that_will_not_do_is_refused(given, message):
  with pytest.raises(ValueError, match=message):
    _gan().fit(*given, verbose=0)


@pytest.mark.slow
@pytest.mark.parametrize(
  "make, message",
  [
    (
      lambda: _gan(feature_matching="nowhere"),
      "`feature_matching` has 'nowhere'.*'hidden'",
    ),
    (lambda: _gan(supervised_weight=-1), "`supervised_weight`"),
    (
      lambda: tgp.SemiSupervisedGAN(_classifier(5), tiny.generator(), 4, 3),
      "makes 5 logits, and `num_classes` is 3",
    ),
  ],
)
def test_networks_that_will_not_do_are_refused(make, message):
  with pytest.raises(ValueError, match=message):
    make()
