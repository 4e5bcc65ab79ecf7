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
"""Tests that clustered networks keep few values and their zeros."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.keras_compat import keras

_LATENTS = tf.random.stateless_normal([8, tiny.LATENT_DIM], [1, 2])


def pruned_generator(share=0.8):
  """Returns a generator with zeros, and a norm that changes something."""
  tgp.keras.utils.set_random_seed(3)
  generator = tiny.generator()
  rng = np.random.default_rng(3)
  for name in ("dense", "image"):
    kernel = generator.get_layer(name).kernel
    kernel.assign(kernel * (rng.uniform(size=kernel.shape) > share))
  norm = generator.get_layer("norm")
  norm.set_weights([x + rng.uniform(size=x.shape) for x in norm.get_weights()])
  return generator


def kernels(network):
  """Returns the kernels of the generator's layers, by their names."""
  return {x: network.get_layer(x).kernel.numpy() for x in ("dense", "image")}


@pytest.mark.parametrize("number_of_clusters", [3, 8])
def test_kernels_have_few_values_and_the_same_zeros(number_of_clusters):
  generator = pruned_generator()
  before = kernels(generator)
  clustered = tgp.cluster_weights(generator, number_of_clusters)
  after = kernels(tgp.strip_clustering(clustered))
  for name, kernel in after.items():
    np.testing.assert_array_equal(kernel == 0, before[name] == 0)
    assert 1 < len(np.unique(kernel)) <= number_of_clusters
    np.testing.assert_array_equal(
      generator.get_layer(name).kernel, before[name]
    )


def test_without_sparsity_zeros_go():
  clustered = tgp.cluster_weights(
    pruned_generator(), 4, preserve_sparsity=False
  )
  found = kernels(tgp.strip_clustering(clustered))
  for kernel in found.values():
    assert len(np.unique(kernel)) <= 4
  # A small kernel may have a cluster of nothing but zeros.
  assert np.all(max(found.values(), key=np.size))


def test_enough_clusters_change_nothing():
  generator = pruned_generator(share=0.9)
  clustered = tgp.cluster_weights(generator, 64)
  np.testing.assert_array_equal(clustered(_LATENTS), generator(_LATENTS))


def test_stripping_changes_no_output():
  generator = pruned_generator()
  clustered = tgp.cluster_weights(generator, 4)
  stripped = tgp.strip_clustering(clustered)
  np.testing.assert_array_equal(stripped(_LATENTS), clustered(_LATENTS))
  assert [x.name for x in stripped.layers[1:]] == [
    x.name for x in generator.layers
  ]
  assert stripped.count_params() == generator.count_params()


def test_a_forward_call_changes_nothing():
  clustered = tgp.cluster_weights(pruned_generator(), 4)
  before = clustered.get_weights()
  clustered(_LATENTS, training=False)
  tf.function(clustered)(_LATENTS)
  for ours, theirs in zip(clustered.get_weights(), before, strict=True):
    np.testing.assert_array_equal(ours, theirs)
  assert isinstance(
    clustered.get_layer("cluster_dense").layer.kernel, tf.Variable
  )


def test_norms_train_on():
  clustered = tgp.cluster_weights(pruned_generator(), 4)
  norm = clustered.get_layer("norm")
  before = norm.moving_mean.numpy()
  clustered(_LATENTS, training=True)
  assert not np.array_equal(norm.moving_mean, before)


@pytest.mark.parametrize("preserve_sparsity", [True, False])
def test_a_file_keeps_everything(preserve_sparsity, tmp_path):
  clustered = tgp.cluster_weights(pruned_generator(), 4, preserve_sparsity)
  path = tgp.save_model(clustered, tmp_path / "g.keras")
  loaded = tgp.load_model(path)
  np.testing.assert_array_equal(loaded(_LATENTS), clustered(_LATENTS))
  ours, theirs = (kernels(tgp.strip_clustering(x)) for x in (loaded, clustered))
  for name, kernel in ours.items():
    np.testing.assert_array_equal(kernel, theirs[name])
  assert len(loaded.trainable_variables) == len(clustered.trainable_variables)


def test_a_frozen_network_trains_again_and_a_frozen_layer_does_not():
  generator = pruned_generator()
  generator.get_layer("dense").trainable = False
  clustered = tgp.cluster_weights(generator, 4)
  names = {x.name.partition("/")[0] for x in clustered.trainable_variables}
  assert names == {"norm", "cluster_image"}
  generator.trainable = False
  clustered = tgp.cluster_weights(generator, 4)
  assert len(clustered.trainable_variables) == 7
  assert len(tgp.quantize_model(clustered).trainable_variables) == 7


def test_nested_and_shared_layers_are_clustered_once():
  shared = keras.layers.Dense(6, use_bias=False, name="shared")
  inner_input = keras.Input((6,))
  inner = keras.Model(inner_input, shared(inner_input), name="inner")
  x = keras.Input((6,))
  network = keras.Model(x, [inner(shared(x)), x + shared(x)])
  clustered = tgp.cluster_weights(network, 3)
  assert len(clustered.trainable_variables) == 2
  stripped = tgp.strip_clustering(clustered)
  (weight,) = stripped.trainable_variables
  assert len(np.unique(weight)) == 3 - 1  # there are no zeros in it
  for ours, theirs in zip(
    stripped(tf.ones([1, 6])), clustered(tf.ones([1, 6])), strict=True
  ):
    np.testing.assert_array_equal(ours, theirs)


def test_small_and_excluded_kernels_are_left_alone():
  clustered = tgp.cluster_weights(pruned_generator(), 30)
  assert {x.name for x in clustered.layers} >= {"cluster_dense", "image"}
  clustered = tgp.cluster_weights(pruned_generator(), 4, exclude=["dense"])
  assert {x.name for x in clustered.layers} >= {"dense", "cluster_image"}


class _Composite(keras.layers.Layer):
  def build(self, input_shape):
    self.inner = keras.layers.Dense(3)
    self.inner.build(input_shape)

  def call(self, x):
    return self.inner(x)


def _composite():
  x = keras.Input((4,))
  y = _Composite(name="composite")(x)
  return keras.Model(x, keras.layers.Dense(8, name="last")(y))


def test_layers_made_of_layers_are_refused_or_excluded():
  with pytest.raises(ValueError, match=r"'composite' \(_Composite\).*exclude="):
    tgp.cluster_weights(_composite(), 4)
  clustered = tgp.cluster_weights(_composite(), 4, exclude=["composite"])
  assert clustered.get_layer("cluster_last")


def test_bad_arguments_are_refused():
  generator = pruned_generator()
  with pytest.raises(ValueError, match="at least 3; got 2"):
    tgp.cluster_weights(generator, 2)
  with pytest.raises(ValueError, match="`preserve_sparsity` .*True or"):
    tgp.cluster_weights(generator, 8, preserve_sparsity="no")
  with pytest.raises(ValueError, match="at least 2; got 4.5"):
    tgp.cluster_weights(generator, 4.5, preserve_sparsity=False)
  with pytest.raises(ValueError, match="`exclude` has 'dens'.*dense"):
    tgp.cluster_weights(generator, exclude=["dens"])
  with pytest.raises(ValueError, match="'generator' .*nothing"):
    tgp.cluster_weights(generator, 4, exclude=["dense", "image"])
  with pytest.raises(ValueError, match="strip_pruning"):
    tgp.cluster_weights(tgp.prune_low_magnitude(generator))
  for wrap in (tgp.cluster_weights, tgp.quantize_model):
    with pytest.raises(ValueError, match="'dense.*' is in a .*Weights already"):
      tgp.cluster_weights(wrap(generator))


def test_wrappers_of_tfmot_are_refused_in_a_gan():
  network = tfmot.clustering.keras.cluster_weights(
    tiny.generator(), 4, preserve_sparsity=True
  )
  with pytest.raises(ValueError, match="'cluster_dense' of `generator` is TF-"):
    tgp.GAN(tiny.discriminator(), network, tiny.LATENT_DIM)


@pytest.mark.parametrize("compress", [tgp.cluster_weights, tgp.quantize_model])
def test_weights_that_are_not_finite_are_refused(compress):
  generator = pruned_generator()
  kernel = generator.get_layer("dense").kernel
  kernel.assign(np.where(np.arange(kernel.shape[1]) == 1, np.nan, kernel))
  with pytest.raises(ValueError, match="'dense.*'.*NaN"):
    compress(generator)


@pytest.mark.parametrize(
  "strip", [tgp.strip_clustering, tgp.strip_quantization]
)
def test_networks_with_pruning_wrappers_are_not_stripped(strip):
  pruned = tgp.prune_low_magnitude(tiny.generator())
  with pytest.raises(ValueError, match="'prune_low_.*tgp.strip_pruning"):
    strip(pruned)


def test_clusters_of_a_quantized_network_are_not_stripped():
  quantized = tgp.quantize_model(tgp.cluster_weights(pruned_generator()))
  with pytest.raises(ValueError, match="'generator'.*tgp.strip_quantization"):
    tgp.strip_clustering(quantized)


def _narrower(network):
  return tgp.prune_channels(network, macs=0.5)


@pytest.mark.parametrize(
  "compress, remedy",
  [
    (tgp.cluster_weights, "tgp.strip_clustering"),
    (tgp.quantize_model, "tgp.strip_quantization"),
  ],
)
def test_channels_of_compressed_networks_stay(compress, remedy):
  generator = tiny.generator()
  compressed = compress(generator)
  for make in (_narrower, lambda x: tgp.prune_channels(x, params=0.5)):
    with pytest.raises(ValueError, match=f"Layer .* Call {remedy} first"):
      make(compressed)
  macs = tgp.profile(generator).macs
  assert tgp.profile(compressed).macs == macs > 0


@pytest.mark.parametrize("preserve_sparsity", [True, False])
@pytest.mark.parametrize("share", [0.8, 0.9])
def test_a_pruned_kernel_has_as_many_values_as_asked(share, preserve_sparsity):
  layer = keras.layers.Dense(64)
  network = keras.Sequential([keras.Input((64,)), layer])
  kernel = np.random.default_rng(0).standard_normal((64, 64))
  kernel[np.abs(kernel) < np.quantile(np.abs(kernel), share)] = 0.0
  bias = np.linspace(-1.0, 1.0, 64)
  layer.set_weights([kernel, bias])
  clustered = tgp.cluster_weights(network, 16, preserve_sparsity)
  found = tgp.strip_clustering(clustered).layers[-1]
  assert len(np.unique(found.kernel)) == 16
  if preserve_sparsity:
    np.testing.assert_array_equal(found.kernel.numpy() == 0, kernel == 0)
  np.testing.assert_array_equal(found.bias, np.float32(bias))


def test_an_embedding_has_as_many_values_as_asked():
  network = keras.Sequential(
    [keras.Input((3,)), keras.layers.Embedding(64, 16, name="table")]
  )
  table = network.get_layer("table").embeddings
  values = table.numpy()
  values[np.abs(values) < np.quantile(np.abs(values), 0.8)] = 0.0
  table.assign(values)
  clustered = tgp.cluster_weights(network, 16)
  found = tgp.strip_clustering(clustered).get_layer("table").embeddings
  assert len(np.unique(found)) == 16
