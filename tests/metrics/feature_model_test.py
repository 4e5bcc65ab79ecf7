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
"""Features and logits of tiny networks, fitting of images, loading."""

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune import metrics
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import feature_model

layers = keras.layers


def flattener(shape, *after):
  return keras.Sequential([layers.Input(shape), layers.Flatten(), *after])


def random_images(*shape):
  rng = np.random.default_rng(0)
  return rng.uniform(-1, 1, shape).astype(np.float32)


def test_features_are_flattened_and_batches_keep_their_order():
  images = random_images(7, 4, 6, 2)
  pool = keras.Sequential([layers.Input((4, 6, 2)), layers.AveragePooling2D(2)])
  features, logits = metrics.FeatureModel(pool).compute(images, batch_size=3)
  expected = images.reshape(7, 2, 2, 3, 2, 2).mean(axis=(2, 4)).reshape(7, 12)
  np.testing.assert_allclose(features, expected, atol=1e-6)
  assert logits is None


def test_features_are_those_of_inference():
  network = flattener((2, 2, 1), layers.Dropout(0.9), layers.Dense(3))
  images = random_images(5, 2, 2, 1)
  features, logits = metrics.FeatureModel(network).compute(images)
  np.testing.assert_array_equal(features, images.reshape(5, 4))
  np.testing.assert_allclose(logits, network(images), rtol=1e-6)


def test_small_images_are_repeated_into_larger_ones():
  images = np.array([[[-1.0, 1.0]]], np.float32)[..., None]
  resized = feature_model.adapt_images(tf.constant(images), (1, 4, 1))
  # Bilinear with half-pixel centres.
  np.testing.assert_allclose(resized[0, 0, :, 0], [-1, -0.5, 0.5, 1])


def test_large_images_are_averaged_not_picked():
  stripes = np.tile(np.array([-1, 1, 1, -1], np.float32), 4)
  images = np.broadcast_to(stripes[:, None], (1, 8, 16, 1))
  resized = feature_model.adapt_images(tf.constant(images), (2, 4, 1)).numpy()
  assert resized.shape == (1, 2, 4, 1)
  # Without antialiasing every pixel would be 1, from the middle of its four.
  assert np.abs(resized).max() < 0.3


def test_channels_are_repeated_or_weighted():
  gray = tf.constant(random_images(2, 3, 3, 1))
  rgb = feature_model.adapt_images(gray, (3, 3, 3))
  np.testing.assert_array_equal(rgb, np.repeat(gray, 3, axis=3))
  red = tf.constant([[[[1.0, -1.0, -1.0]]]])
  luma = feature_model.adapt_images(red, (None, None, 1))
  np.testing.assert_allclose(luma[0, 0, 0, 0], 2 * 0.2989 - 1, atol=1e-3)
  with pytest.raises(ValueError, match="have 2 channels.*takes 3"):
    feature_model.adapt_images(tf.zeros((1, 2, 2, 2)), (2, 2, 3))


def test_a_network_that_takes_any_size_gets_images_as_they_are():
  network = keras.Sequential(
    [layers.Input((None, None, 3)), layers.GlobalAveragePooling2D()]
  )
  images = random_images(3, 5, 7, 1)
  features, _ = metrics.FeatureModel(network).compute(images)
  expected = np.repeat(images.mean(axis=(1, 2)), 3, axis=1)
  np.testing.assert_allclose(features, expected, atol=1e-6)


def test_a_subclassed_network_works():
  class Mean(keras.Model):
    def call(self, images):
      return tf.reduce_mean(images, axis=[1, 2])

  images = random_images(3, 5, 7, 2)
  features, logits = metrics.FeatureModel(Mean()).compute(images)
  np.testing.assert_allclose(features, images.mean(axis=(1, 2)), atol=1e-6)
  assert logits is None


def test_networks_that_take_no_images():
  with pytest.raises(ValueError, match=r"float .*\[None, 4\]"):
    metrics.FeatureModel(keras.Sequential([layers.Input((4,))]))
  with pytest.raises(ValueError, match="float .*int32"):
    metrics.FeatureModel(
      keras.Sequential(
        [layers.Input((2, 2, 1), dtype="int32"), layers.Flatten()]
      )
    )
  with pytest.raises(ValueError, match="`feature_model` .*Keras model"):
    metrics.FeatureModel(lambda images: images)


def test_images_too_small_for_the_network():
  network = keras.Sequential(
    [layers.Input((None, None, 1)), layers.Conv2D(1, 5), layers.Flatten()]
  )
  model = metrics.FeatureModel(network)
  with pytest.raises(ValueError, match=r"cannot take images.*\[3, 3, 1\]"):
    model.compute(random_images(2, 3, 3, 1))


def test_an_output_that_is_no_tensor():
  class Two(keras.Model):
    def call(self, images):
      return {"a": images}

  with pytest.raises(ValueError, match=r"^`feature_model` \(two.*dict"):
    metrics.FeatureModel(Two()).compute(random_images(2, 3, 3, 1))


def test_a_saved_network_loads(tmp_path):
  network = flattener((2, 2, 1), layers.Dense(3, activation="softmax"))
  network.compile("adam", loss=lambda labels, outputs: 0.0 * outputs)
  images = random_images(4, 2, 2, 1)
  expected = metrics.FeatureModel(network).compute(images)
  network.save(tmp_path / "net.keras")
  loaded = metrics.load_feature_model(tmp_path / "net.keras")
  found = metrics.FeatureModel(loaded).compute(images)
  np.testing.assert_allclose(found[0], expected[0])
  np.testing.assert_allclose(found[1], expected[1], rtol=1e-6)


def test_what_could_run_code_is_refused(tmp_path):
  network = flattener((2, 2, 1), layers.Lambda(lambda x: x))
  network.save(tmp_path / "net.keras")
  with pytest.raises(ValueError, match="net.keras' .*Lambda"):
    metrics.load_feature_model(tmp_path / "net.keras")
  (tmp_path / "folder").mkdir()
  for name in ("net.h5", "net.txt"):
    (tmp_path / name).write_text("no network")
  for name in ("net.h5", "net.txt", "folder"):
    with pytest.raises(ValueError, match=f"{name}' is no .keras file"):
      metrics.load_feature_model(tmp_path / name)


def digest(network, **kwargs):
  return metrics.FeatureModel(network, **kwargs).digest()


def test_a_digest_is_of_layers_and_weights(tmp_path):
  network = flattener((2, 2, 1), layers.Dense(3, "relu"), layers.Dense(2))
  expected = digest(network)
  assert expected == digest(network, resize="bicubic")
  again = flattener((2, 2, 1), layers.Dense(3, "relu"), layers.Dense(2))
  assert digest(again) != expected
  again.set_weights(network.get_weights())
  again.trainable = False
  assert digest(again) == expected
  saved = tmp_path / "network.keras"
  network.save(saved)
  assert digest(metrics.load_feature_model(saved)) == expected
  other = flattener((2, 2, 1), layers.Dense(3, "tanh"), layers.Dense(2))
  other.set_weights(network.get_weights())
  assert digest(other) != expected


def test_layers_without_weights_have_digests_of_their_settings():
  pools = [
    keras.Sequential([layers.Input((6, 6, 1)), layers.AveragePooling2D(size)])
    for size in (2, 3, 3)
  ]
  first, second, third = map(digest, pools)
  assert first != second == third
