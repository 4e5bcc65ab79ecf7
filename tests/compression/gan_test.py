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
"""Tests that compressed generators stay so while a GAN trains them."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tests.compression import clustering_test
from tf_ganprune.keras_compat import keras

_STAGES = {
  "clustered": lambda g: tgp.cluster_weights(g, 4),
  "quantized": tgp.quantize_model,
  "both": lambda g: tgp.quantize_model(tgp.cluster_weights(g, 4)),
}
_ADAM = keras.optimizers.Adam


def _trained(generator, **kwargs):
  keras.utils.set_random_seed(0)
  gan = tgp.GAN(
    tiny.discriminator(), generator, tiny.LATENT_DIM, ema_decay=0.9, **kwargs
  )
  gan.compile(_ADAM(1e-2), _ADAM(1e-2), loss="hinge")
  gan.fit(tiny.images(), batch_size=8, epochs=2, verbose=0)
  return gan


def _plain(network):
  return clustering_test.kernels(tgp.compression.strip_weights(network))


@pytest.mark.slow
@pytest.mark.parametrize("stage", _STAGES)
def test_zeros_and_values_are_kept_in_training(stage, tmp_path):
  generator = clustering_test.pruned_generator()
  zeros = {x: k == 0 for x, k in clustering_test.kernels(generator).items()}
  compressed = _STAGES[stage](generator)
  before = _plain(compressed)
  gan = _trained(compressed)
  for network in (gan.generator, gan.ema_generator):
    for name, kernel in _plain(network).items():
      assert np.all(kernel[zeros[name]] == 0)
      assert not np.array_equal(kernel, before[name])
      if stage == "clustered":
        assert len(np.unique(kernel)) <= 4
      for unit in kernel.T if name == "dense" else [kernel]:
        assert stage == "quantized" or len(np.unique(unit)) <= 4
    np.testing.assert_allclose(
      tgp.compression.strip_weights(network)(tf.ones([2, tiny.LATENT_DIM])),
      network(tf.ones([2, tiny.LATENT_DIM])),
      atol=1e-6,
    )
  loaded = tgp.load_model(tgp.save_model(gan, tmp_path / "gan.keras"))
  np.testing.assert_array_equal(
    loaded.generate(4, seed=0), gan.generate(4, seed=0)
  )
  loaded.fit(tiny.images(), batch_size=8, verbose=0)
  for name, kernel in _plain(loaded.generator).items():
    assert np.all(kernel[zeros[name]] == 0)


@pytest.mark.slow
def test_values_move_and_weights_change_theirs():
  clustered = tgp.cluster_weights(clustering_test.pruned_generator(0.5), 4)
  layer = clustered.get_layer("cluster_dense")
  centroids = layer.weights[0].numpy()
  places = np.unique(layer.kernels()["kernel"], return_inverse=True)[1]
  weights = layer.layer.kernel.numpy()
  _trained(clustered)
  moved = layer.layer.kernel.numpy() != weights
  np.testing.assert_array_equal(moved, weights != 0)
  assert np.all(layer.weights[0].numpy() != centroids)
  after = np.unique(layer.kernels()["kernel"], return_inverse=True)[1]
  assert not np.array_equal(places, after)


def test_under_xla():
  with tf.device("/CPU:0"):
    clustered = tgp.cluster_weights(clustering_test.pruned_generator(), 4)
    eager = clustered(tf.ones([2, tiny.LATENT_DIM]))
    compiled = tf.function(clustered, jit_compile=True)
    np.testing.assert_allclose(
      compiled(tf.ones([2, tiny.LATENT_DIM])), eager, atol=1e-6
    )


def test_half_precision_computes_with_the_same_values():
  policy = keras.mixed_precision.Policy("mixed_float16")
  x = keras.Input((4,))
  dense = keras.layers.Dense(20, name="dense", dtype=policy)
  network = keras.Model(x, dense(x))
  clustered = tgp.cluster_weights(network, 4)
  values = tgp.strip_clustering(clustered).get_layer("dense").kernel
  assert values.dtype == tf.float32
  output = clustered(np.eye(4, dtype=np.float32))
  assert output.dtype == tf.float16
  np.testing.assert_array_equal(output, tf.cast(values, tf.float16))
