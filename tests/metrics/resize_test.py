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
"""Resizing against clean-fid's, on photographs."""

import numpy as np
import PIL.Image
import pytest
import skimage.data
import tensorflow as tf
from sklearn import datasets

from tf_ganprune import metrics
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import feature_model

PHOTOGRAPHS = {
  "astronaut": skimage.data.astronaut,
  "cat": skimage.data.chelsea,
  "china": lambda: datasets.load_sample_image("china.jpg"),
  "flower": lambda: datasets.load_sample_image("flower.jpg"),
}


def clean_fid(image, height, width):
  """What `cleanfid.resize.make_resizer("PIL", False, "bicubic", ...)` does.

  The package itself needs PyTorch.
  """
  channels = [
    PIL.Image.fromarray(image[..., i].astype(np.float32)).resize(
      (width, height), PIL.Image.Resampling.BICUBIC
    )
    for i in range(3)
  ]
  return np.stack(channels, axis=2).clip(0, 255)


@pytest.mark.parametrize("name", PHOTOGRAPHS)
@pytest.mark.parametrize("height, width", [(299, 299), (64, 48), (700, 650)])
def test_bicubic_is_that_of_clean_fid(name, height, width):
  image = PHOTOGRAPHS[name]()
  expected = clean_fid(image, height, width) / 127.5 - 1
  given = tf.constant(image[None] / 127.5 - 1, tf.float32)
  found = feature_model.adapt_images(given, (height, width, 3), "bicubic")
  assert found.shape == (1, height, width, 3)
  np.testing.assert_allclose(found[0], expected, rtol=0, atol=1e-3)
  # The default is another method, and would be told apart.
  other = feature_model.adapt_images(given, (height, width, 3))
  assert np.abs(other[0] - expected).max() > 0.05


def test_edges_do_not_overshoot():
  steps = tf.constant(np.tile([[-1.0, 1.0]], (4, 4))[None, :, :, None])
  images = feature_model.adapt_images(steps, (16, 16, 1), "bicubic")
  assert -1.0 <= images.numpy().min() and images.numpy().max() <= 1.0
  assert images.numpy().max() == 1.0


def test_a_feature_model_resizes_as_it_is_told():
  image = skimage.data.astronaut()
  pixels = keras.Sequential([keras.Input((20, 30, 3)), keras.layers.Flatten()])
  model = metrics.FeatureModel(pixels, resize="bicubic")
  assert model.resize == "bicubic"
  images = (image[None] / 127.5 - 1).astype(np.float32)
  expected = clean_fid(image, 20, 30) / 127.5 - 1
  features, _ = model.compute(images)
  np.testing.assert_allclose(features[0], expected.ravel(), atol=1e-3)
  with pytest.raises(ValueError, match="'bilinear' or 'bicubic'; got 'area'"):
    metrics.FeatureModel(pixels, resize="area")
