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
"""Tiny networks for the tests of the export."""

import functools

import numpy as np
import pytest

from tf_ganprune import export
from tf_ganprune.keras_compat import keras


def _generator(channels=8, seed=0):
  layers = keras.layers
  keras.utils.set_random_seed(seed)
  return keras.Sequential(
    [
      keras.Input((16,), name="latent"),
      layers.Dense(5 * 5 * channels, use_bias=False),
      layers.BatchNormalization(),
      layers.ReLU(),
      layers.Reshape((5, 5, channels)),
      layers.Conv2DTranspose(channels, 4, 2, "same", use_bias=False),
      layers.BatchNormalization(),
      layers.ReLU(),
      layers.Conv2DTranspose(1, 5, 2, "same", activation="tanh", name="image"),
    ],
    name="generator",
  )


def _sharpen(network, factor=3.0):
  """Makes the outputs of a random network as large as a trained one's."""
  for weight in network.trainable_weights:
    if weight.shape.rank > 1:
      weight.assign(weight * factor)
  return network


def _zero(network, share, block=1):
  """Sets that share of each kernel to zero, in blocks of rows."""
  for weight in network.trainable_weights:
    if weight.shape.rank < 2:
      continue
    value = weight.numpy()
    rows = block if weight.shape.rank == 2 else 1
    blocks = value.reshape(len(value) // rows, rows, -1)
    scores = np.abs(blocks).mean(axis=1, keepdims=True)
    cut = np.sort(scores, axis=None)[int(share * scores.size)]
    weight.assign((blocks * (scores >= cut)).reshape(value.shape))
  return network


@pytest.fixture
def generator():
  return _sharpen(_generator())


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
  """Gives the report on `generator` for a target; the file is not changed."""

  @functools.cache
  def get(target="cpu"):
    path = tmp_path_factory.mktemp("exported") / "g.tflite"
    return export.export_tflite(_sharpen(_generator()), path, target)

  return get


@pytest.fixture
def other_generator():
  return _sharpen(_generator(seed=1))


@pytest.fixture
def make_generator():
  return _generator


@pytest.fixture
def zero():
  return _zero


@pytest.fixture
def dense_network():
  """Two Dense layers, of which whole blocks can be stored."""
  keras.utils.set_random_seed(0)
  layers = keras.layers
  network = keras.Sequential(
    [
      keras.Input((64,)),
      layers.Dense(64, activation="relu"),
      layers.Dense(64, activation="tanh"),
    ]
  )
  return _sharpen(network)


@pytest.fixture
def conditional():
  """A generator of an image from a latent and a label."""
  keras.utils.set_random_seed(0)
  layers = keras.layers
  latent = keras.Input((6,), name="latent")
  label = keras.Input((1,), dtype="int32", name="a_label")
  embedded = layers.Flatten()(layers.Embedding(10, 6)(label))
  image = layers.Dense(12, activation="tanh")(latent + 10.0 * embedded)
  return keras.Model([latent, label], layers.Reshape((2, 2, 3))(image))
