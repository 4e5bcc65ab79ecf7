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
"""Tests of weights of the dense network that are loaded after wrapping."""

import numpy as np
import pytest
import tensorflow as tf
from tensorflow_model_optimization.sparsity import keras as sparsity

import tf_ganprune as tgp
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.wrapping import wrapped_layers

L = keras.layers
_IMAGES = np.random.default_rng(0).normal(size=(2, 6, 6, 2)).astype("float32")


def _layers():
  return [
    L.Conv2D(3, 3, name="convolution"),
    L.BatchNormalization(name="norm"),
    L.Flatten(),
    L.Dense(2, name="logits"),
  ]


def _sequential():
  return keras.Sequential([keras.Input((6, 6, 2)), *_layers()])


def _functional():
  inputs = x = keras.Input((6, 6, 2))
  for layer in _layers():
    x = layer(x)
  return keras.Model(inputs, x)


def _nested():
  inputs = keras.Input((6, 6, 2))
  body = keras.Sequential([keras.Input((6, 6, 2)), *_layers()[:3]], "body")
  return keras.Model(inputs, L.Dense(2, name="logits")(body(inputs)))


class _Subclassed(keras.Model):
  def __init__(self):
    super().__init__()
    self.body = _layers()

  def call(self, inputs):
    for layer in self.body:
      inputs = layer(inputs)
    return inputs


def _subclassed():
  network = _Subclassed()
  network(_IMAGES)
  return network


_KINDS = [_sequential, _functional, _nested, _subclassed]


def _dense(kind):
  network = kind()
  rng = np.random.default_rng(1)
  for weight in network.weights:
    weight.assign(rng.uniform(0.1, 1.0, weight.shape))
  return network


def _pruned(kind):
  return tgp.prune_low_magnitude(kind(), sparsity.ConstantSparsity(0.5, 2))


def _masks(network):
  layers = wrapped_layers.pruned_layers(network)
  return [mask for layer in layers for _, mask, _ in layer.pruning_vars]


_WAYS = {
  "a.weights.h5": lambda network, path: network.load_weights(path),
  "a.h5": lambda network, path: network.load_weights(path),
  "by_name.h5": lambda network, path: network.load_weights(path, by_name=True),
  "skipping.h5": lambda network, path: network.load_weights(
    path, skip_mismatch=True, by_name=True
  ),
  "checkpoint": lambda network, path: network.load_weights(path),
  "restored": lambda network, path: tf.train.Checkpoint(network).read(path),
}


@pytest.mark.parametrize("way", _WAYS)
@pytest.mark.parametrize("kind", _KINDS)
def test_they_go_where_they_belong(kind, way, tmp_path):
  dense, pruned = _dense(kind), _pruned(kind)
  path = str(tmp_path / way)
  dense.save_weights(path)
  _WAYS[way](pruned, path)
  np.testing.assert_allclose(pruned(_IMAGES), dense(_IMAGES), rtol=1e-6)


@pytest.mark.parametrize("way", [x for x in _WAYS if x != "restored"])
@pytest.mark.parametrize("kind", _KINDS)
def test_what_masks_prune_is_zero_after_it(kind, way, tmp_path):
  dense, pruned = _dense(kind), _pruned(kind)
  for mask in _masks(pruned):
    mask.assign(np.arange(mask.shape.num_elements()).reshape(mask.shape) % 2)
  path = str(tmp_path / way)
  dense.save_weights(path)
  _WAYS[way](pruned, path)
  wrappers = wrapped_layers.pruned_layers(pruned)
  kernels = [x for one in wrappers for x, _, _ in one.pruning_vars]
  assert {float(np.mean(x.numpy() == 0)) for x in kernels} == {0.5}


@pytest.mark.parametrize("way", _WAYS)
@pytest.mark.parametrize("kind", _KINDS)
def test_files_of_pruned_networks_load_as_before(kind, way, tmp_path):
  saved, pruned = _pruned(kind), _pruned(kind)
  rng = np.random.default_rng(2)
  for weight in saved.weights:
    weight.assign(rng.integers(0, 9, weight.shape))
  path = str(tmp_path / way)
  saved.save_weights(path)
  _WAYS[way](pruned, path)
  for ours, theirs in zip(pruned.weights, saved.weights, strict=True):
    np.testing.assert_array_equal(ours, theirs)


def test_another_architecture_is_refused_as_in_keras(tmp_path):
  dense = keras.Sequential([keras.Input((6, 6, 2)), L.Conv2D(9, 3)])
  dense.save_weights(tmp_path / "a.h5")
  with pytest.raises(ValueError, match="3 layers, .* 1 "):
    _pruned(_sequential).load_weights(tmp_path / "a.h5")
  with pytest.raises(OSError, match="missing.h5"):
    _pruned(_sequential).load_weights(tmp_path / "missing.h5")


def test_a_model_around_it_says_what_to_do(tmp_path):
  body, other = _sequential(), _pruned(_sequential)
  inputs = keras.Input((6, 6, 2))
  keras.Sequential([inputs, body]).save_weights(tmp_path / "a.weights.h5")
  around = keras.Sequential([inputs, other])
  with pytest.raises(ValueError, match=r"'convolution' is pruned.*tgp\.load"):
    around.load_weights(tmp_path / "a.weights.h5")
  tgp.load_weights(around, tmp_path / "a.weights.h5")
  np.testing.assert_array_equal(around(_IMAGES), body(_IMAGES))


@pytest.mark.parametrize("kind", _KINDS)
def test_a_stripped_network_loads_as_any(kind, tmp_path):
  dense = _dense(kind)
  stripped = tgp.strip_pruning(_pruned(kind))
  dense.save_weights(tmp_path / "a.weights.h5")
  stripped.load_weights(tmp_path / "a.weights.h5")
  np.testing.assert_allclose(stripped(_IMAGES), dense(_IMAGES), rtol=1e-6)


@pytest.mark.parametrize("kind", _KINDS)
def test_set_weights_takes_those_of_either_network(kind):
  dense, pruned = _dense(kind), _pruned(kind)
  masks = _masks(pruned)
  masks[0].assign(np.zeros(masks[0].shape))
  pruned.set_weights(dense.get_weights())
  kernel, _, _ = wrapped_layers.pruned_layers(pruned)[0].pruning_vars[0]
  assert not np.any(kernel.numpy())
  masks[0].assign(np.ones(masks[0].shape))
  pruned.set_weights(dense.get_weights())
  np.testing.assert_allclose(pruned(_IMAGES), dense(_IMAGES), rtol=1e-6)
  own = pruned.get_weights()
  pruned.set_weights([np.zeros_like(x) for x in own])
  pruned.set_weights(own)
  for ours, theirs in zip(pruned.get_weights(), own, strict=True):
    np.testing.assert_array_equal(ours, theirs)
  with pytest.raises(
    ValueError, match=rf"\b{len(own) - 1}, .*\b{len(own)} weights"
  ):
    pruned.set_weights(own[:-1])


class _Foreign(keras.Model):
  """A GAN of somebody's own."""

  def __init__(self, d, g):
    super().__init__()
    self.d, self.g = d, g

  def call(self, inputs):
    return self.d(self.g(inputs))


def _generator():
  return keras.Sequential(
    [keras.Input((6, 6, 2)), L.Conv2D(2, 3, padding="same")]
  )


def _foreign(wrap):
  gan = _Foreign(wrap(_functional()), wrap(_generator()))
  gan(_IMAGES)
  return gan


def _gan(wrap):
  latents = keras.Input((4,))
  images = L.Reshape((6, 6, 2))(L.Dense(72, activation="tanh")(latents))
  discriminator = keras.Sequential([*_functional().layers[:-1], L.Dense(1)])
  return tgp.GAN(
    wrap(discriminator), wrap(keras.Model(latents, images)), 4, ema_decay=0.9
  )


@pytest.mark.parametrize("way", ["a.weights.h5", "a.keras", "checkpoint"])
@pytest.mark.parametrize("make", [_foreign, _gan])
def test_a_dense_gan_into_a_pruned_one(make, way, tmp_path):
  def wrap(network):
    return tgp.prune_low_magnitude(network, sparsity.ConstantSparsity(0.5, 2))

  dense, pruned = make(lambda network: network), make(wrap)
  path = str(tmp_path / way)
  if way != "a.keras":
    dense.save_weights(path)
  elif make is _gan:
    tgp.save_model(dense, path)
  else:
    return  # it has no `get_config`
  tgp.load_weights(pruned, path)
  given = np.ones((2, 4), "float32") if make is _gan else _IMAGES
  np.testing.assert_array_equal(pruned(given), dense(given))


def test_what_does_not_fit_leaves_everything_as_it_was(tmp_path):
  layers = [keras.Input((4,)), L.Dense(8), L.Dense(2)]
  pruned = tgp.prune_low_magnitude(keras.Sequential(layers))
  weight, mask, _ = wrapped_layers.pruned_layers(pruned)[0].pruning_vars[0]
  mask.assign(tf.zeros_like(mask))
  weight.assign(tf.zeros_like(weight))
  before = pruned.get_weights()
  keras.Sequential([keras.Input((4,)), L.Dense(8), L.Dense(3)]).save_weights(
    tmp_path / "a.weights.h5"
  )
  with pytest.raises(ValueError, match=r"\(8, 2\).*\(8, 3\)"):
    pruned.load_weights(tmp_path / "a.weights.h5")
  for ours, theirs in zip(pruned.get_weights(), before, strict=True):
    np.testing.assert_array_equal(ours, theirs)


def test_weights_set_often_leave_no_trace_in_the_network():
  dense, pruned = _dense(_functional), _pruned(_functional)
  pruned.set_weights(dense.get_weights())
  nodes = [len(layer._inbound_nodes) for layer in pruned.layers]
  for _ in range(3):
    pruned.set_weights(dense.get_weights())
  assert [len(layer._inbound_nodes) for layer in pruned.layers] == nodes
