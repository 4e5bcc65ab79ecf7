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
"""Tests that every kind of network is pruned, stripped, saved and counted."""

import copy

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tf_ganprune import saving
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import ownership, prune, registry, report, strip

layers = keras.layers
_SCHEDULE = tfmot.sparsity.keras.ConstantSparsity(0.5, 1, frequency=1)


@keras.utils.register_keras_serializable(package="tests")
class Block(layers.Layer):
  """Layers in a list, made when it is built; and a weight of its own."""

  def build(self, input_shape):
    self.convs = [layers.Conv2D(4, 3, padding="same") for _ in range(2)]
    self.scale = self.add_weight("scale", [4])
    super().build(input_shape)

  def call(self, x, training=None):
    for conv in self.convs:
      x = conv(x) * self.scale
    return x


@keras.utils.register_keras_serializable(package="tests")
class Subclassed(keras.Model):
  """Layers in attributes, a list, a dict, a nested model and a block."""

  def __init__(self, units=8):
    super().__init__(name="subclassed")
    self.units = units
    self.first = layers.Dense(units * 4)
    self.blocks = [layers.Dense(units * 4) for _ in range(2)]
    self.heads = {"shape": layers.Reshape((2, 2, units))}
    self.block = Block()
    self.tail = keras.Sequential([layers.Flatten(), layers.Dense(3)])

  def call(self, x, training=None):
    x = self.first(x)
    for block in self.blocks:
      x = tf.nn.relu(block(x))
    return self.tail(self.block(self.heads["shape"](x)))

  def get_config(self):
    return {"units": self.units}


@keras.utils.register_keras_serializable(package="tests")
class Offers(layers.Layer):
  def build(self, input_shape):
    self.matrix = self.add_weight("matrix", [input_shape[-1], 4])
    super().build(input_shape)

  def call(self, x):
    return x @ self.matrix

  def get_prunable_weights(self):
    return [self.matrix]


@keras.utils.register_keras_serializable(package="tests")
class Outer(keras.Model):
  def __init__(self):
    super().__init__(name="outer")
    self.inner = Subclassed()
    self.offers = Offers()

  def call(self, x):
    return self.offers(self.inner(x))

  def get_config(self):
    return {}


def _subclassed(make):
  network = make()
  network(tf.zeros([1, 8]))
  return network


def _functional(*parts, shape=(8,)):
  x = inputs = keras.Input(shape)
  for part in parts:
    x = part(x)
  return keras.Model(inputs, x)


def _attention():
  x = keras.Input((4, 8))
  y = layers.MultiHeadAttention(2, 4, name="mha")(x, x)
  z = layers.MultiHeadAttention(2, 4, name="two")(y, value=x)
  return keras.Model(x, z)


def _recurrent():
  return _functional(
    layers.Embedding(16, 6, mask_zero=True),
    layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
    layers.GRU(4),
    layers.Dense(2),
    shape=(5,),
  )


def _with_state():
  x = keras.Input((5, 3))
  state = layers.Dense(4)(layers.GlobalAveragePooling1D()(x))
  return keras.Model(x, layers.GRU(4)(x, initial_state=state))


def _raw_ops():
  x = keras.Input((8,))
  y = tf.reshape(layers.Dense(16)(x), [-1, 4, 4, 1])
  y = tf.nn.relu(y)[:, :2] * 2.0 + tf.reduce_mean(y, axis=1, keepdims=True)
  return keras.Model(x, layers.Conv2D(2, 2)(y))


def _shared():
  x = keras.Input((8,))
  shared = layers.Dense(8)
  return keras.Model(x, shared(shared(x)))


def _images(*parts):
  return _functional(*parts, layers.Flatten(), layers.Dense(2), shape=(8, 8, 2))


_NETWORKS = {  # how many kernels are pruned in each
  "subclassed": (lambda: _subclassed(Subclassed), 6),
  "nested subclasses": (lambda: _subclassed(Outer), 7),
  "subclass in a graph": (
    lambda: _functional(layers.Dense(8), Subclassed(), layers.Dense(2)),
    8,
  ),
  "custom layers": (
    lambda: _functional(layers.Reshape((2, 2, 2)), Block(), Offers()),
    3,
  ),
  "nested graphs": (
    lambda: _functional(_functional(_functional(layers.Dense(8))), Offers()),
    2,
  ),
  "shared": (_shared, 1),
  "group norm": (
    lambda: _images(layers.Conv2D(4, 3), layers.GroupNormalization(2)),
    2,
  ),
  "spectral norm": (
    lambda: _images(
      layers.SpectralNormalization(layers.Conv2D(4, 3)), layers.ReLU()
    ),
    2,
  ),
  "prelu": (lambda: _images(layers.Conv2D(2, 3), layers.PReLU()), 2),
  "resized": (
    lambda: _images(layers.Rescaling(2.0), layers.Resizing(4, 4)),
    1,
  ),
  "time distributed": (
    lambda: _functional(
      layers.Reshape((2, 4)), layers.TimeDistributed(layers.Dense(4))
    ),
    1,
  ),
  "attention": (_attention, 8),
  "recurrent": (_recurrent, 8),
  "initial state": (_with_state, 3),
  "raw ops": (_raw_ops, 2),
  "transposed": (
    lambda: _functional(
      layers.Reshape((4, 2)), layers.Conv1DTranspose(4, 3), layers.Flatten()
    ),
    1,
  ),
}


@pytest.fixture(params=_NETWORKS, name="case")
def _case(request):
  keras.utils.set_random_seed(0)
  make, kernels = _NETWORKS[request.param]
  return make(), kernels


def _inputs(network):
  shape = (3, *np.shape(network.inputs[0])[1:]) if network.inputs else (3, 8)
  uniform = np.random.default_rng(0).uniform(0, 16, shape).astype("f")
  return np.floor(uniform) if shape == (3, 5) else uniform / 16


def _kernels(network):
  wrappers = ownership.pruned_layers(network)
  return [entry for one in wrappers for entry in one.pruning_vars]


def _half(size):
  return max(1, round(size / 2))


@pytest.mark.filterwarnings("ignore:Left as they are")
def test_pruned_stripped_and_saved(case, tmp_path):
  network, num_kernels = case
  x = _inputs(network)
  dense = network(x, training=False)
  dense_rows = [row.name for row in report.sparsity_report(network).layers]
  pruned = prune.prune_low_magnitude(network, _SCHEDULE)
  np.testing.assert_allclose(pruned(x, training=False), dense, atol=1e-6)
  assert [r.name for r in report.sparsity_report(pruned).layers] == dense_rows
  assert len(_kernels(pruned)) == num_kernels

  owned = ownership.claim(pruned, owner=pruned)
  tf.function(lambda: ownership.advance(owned))()
  for weight, mask, _ in _kernels(pruned):
    assert np.count_nonzero(weight) == np.sum(mask) == _half(mask.numpy().size)
  assert {int(one.pruning_step) for one in owned} == {1}
  pruned(x, training=True)
  assert {int(one.pruning_step) for one in owned} == {1}
  assert len(ownership.by_path(pruned)) == len(owned)

  stripped = strip.strip_pruning(pruned)
  assert not ownership.pruned_layers(stripped)
  assert len(_kernels(pruned)) == num_kernels
  expected = pruned(x, training=False)
  np.testing.assert_allclose(stripped(x, training=False), expected, atol=1e-6)
  assert report.sparsity_report(stripped) == report.sparsity_report(pruned)
  assert [w.ref() for w in stripped.trainable_weights] == [
    w.ref() for w in network.trainable_weights
  ]

  saving.save_model(pruned, tmp_path / "pruned.keras")
  loaded = saving.load_model(tmp_path / "pruned.keras")
  np.testing.assert_allclose(loaded(x, training=False), expected, atol=1e-6)
  assert len(_kernels(loaded)) == num_kernels
  for ours, theirs in zip(_kernels(loaded), _kernels(pruned), strict=True):
    np.testing.assert_array_equal(ours[1], theirs[1])
  assert {int(o.pruning_step) for o in ownership.pruned_layers(loaded)} == {1}
  saving.save_model(stripped, tmp_path / "stripped.keras")
  plain = saving.load_model(tmp_path / "stripped.keras")
  np.testing.assert_allclose(plain(x, training=False), expected, atol=1e-6)


def test_checkpoint_of_a_subclass_has_its_masks(tmp_path):
  networks = []
  for _ in range(2):
    networks.append(_subclassed(Subclassed))
    with pytest.warns(UserWarning, match=r"block.*has no get_prunable_weights"):
      prune.prune_low_magnitude(networks[-1], _SCHEDULE)
  ownership.advance(ownership.claim(networks[0], networks[0]))
  path = tf.train.Checkpoint(networks[0]).save(tmp_path / "checkpoint")
  tf.train.Checkpoint(networks[1]).restore(path).assert_consumed()
  for ours, theirs in zip(*map(_kernels, networks), strict=True):
    np.testing.assert_array_equal(ours[1], theirs[1])


def test_layers_that_were_wrapped_one_by_one_are_stripped():
  class Net(keras.Model):
    def __init__(self):
      super().__init__()
      wrap = prune.prune_low_magnitude
      self.first = wrap(layers.Dense(4), _SCHEDULE)
      self.rest = {"a": wrap([layers.Dense(4), layers.ReLU()], _SCHEDULE)}
      self.net = wrap(keras.Sequential([layers.Dense(2)]), _SCHEDULE)

    def call(self, x):
      x = self.first(x)
      for layer in self.rest["a"]:
        x = layer(x)
      return self.net(x)

  network = Net()
  x = np.ones((2, 8), "f")
  network(x)
  ownership.advance(ownership.claim(network, network))
  stripped = strip.strip_pruning(network)
  assert not ownership.pruned_layers(stripped)
  assert len(ownership.pruned_layers(network)) == 3
  np.testing.assert_allclose(stripped(x), network(x))
  assert len(stripped.weights) == 6
  assert report.sparsity_report(stripped).overall == 0.5


def test_depthwise_kernels_on_request():
  def make():
    return _images(
      layers.DepthwiseConv2D(3, name="depth"), layers.SeparableConv2D(2, 3)
    )

  with pytest.warns(UserWarning, match=r"depth .*prune_depthwise=True"):
    assert len(_kernels(prune.prune_low_magnitude(make(), _SCHEDULE))) == 2
  pruned = prune.prune_low_magnitude(make(), _SCHEDULE, prune_depthwise=True)
  names = [weight.name.rpartition("/")[2] for weight, _, _ in _kernels(pruned)]
  assert names[:2] == ["depthwise_kernel:0", "depthwise_kernel:0"]
  assert names[2:] == ["pointwise_kernel:0", "kernel:0"]
  ownership.advance(ownership.claim(pruned, pruned))
  assert report.sparsity_report(pruned).overall == 0.5


def test_frozen_layers_are_left_alone_and_named():
  network = _functional(layers.Dense(8, name="frozen"), layers.Dense(4))
  network.layers[1].trainable = False
  with pytest.warns(UserWarning, match=r"frozen \(frozen\)"):
    pruned = prune.prune_low_magnitude(network, _SCHEDULE)
  assert len(_kernels(pruned)) == 1
  network.trainable = False
  with pytest.raises(ValueError, match="unfreeze them first"):
    prune.prune_low_magnitude(network, _SCHEDULE)


def test_frozen_layer_is_paused_and_goes_on():
  pruned = prune.prune_low_magnitude(
    _functional(layers.Dense(8), layers.Dense(4)), _SCHEDULE
  )
  owned = ownership.claim(pruned, pruned)
  owned[0].trainable = False
  before = owned[0].layer.kernel.numpy()
  ownership.advance(owned)
  assert [int(one.pruning_step) for one in owned] == [0, 1]
  np.testing.assert_array_equal(owned[0].layer.kernel, before)
  owned[0].trainable = True
  ownership.advance(owned)
  assert [int(one.pruning_step) for one in owned] == [1, 2]
  assert report.sparsity_report(pruned).overall == 0.5


def test_the_stored_weight_under_spectral_normalization_stays_zero():
  conv = layers.Conv2D(4, 3)
  network = _images(layers.SpectralNormalization(conv))
  pruned = prune.prune_low_magnitude(network, _SCHEDULE)
  ownership.advance(ownership.claim(pruned, pruned))
  before = conv.kernel.numpy()
  pruned(np.ones((2, 8, 8, 2), "f"), training=True)
  assert not np.array_equal(conv.kernel, before)
  assert np.mean(conv.kernel.numpy() == 0) == 0.5


def test_policy_is_asked_of_every_layer_of_a_subclass():
  class Small(tfmot.sparsity.keras.PruningPolicy):
    def allow_pruning(self, layer):
      return getattr(layer, "units", 0) == 3

    def ensure_model_supports_pruning(self, model):
      pass

  pruned = prune.prune_low_magnitude(
    _subclassed(Subclassed), _SCHEDULE, pruning_policy=Small()
  )
  assert [one.layer.units for one in ownership.pruned_layers(pruned)] == [3]


def test_nobody_counts_is_said_not_ignored():
  network = _subclassed(Subclassed)
  with pytest.warns(UserWarning, match="Left as they are"):
    prune.prune_low_magnitude(network, _SCHEDULE)
  assert "No update was counted yet" in str(report.sparsity_report(network))
  network(np.ones((1, 8), "f"), training=False)
  with pytest.raises(ValueError, match="nobody counts its updates"):
    network(np.ones((1, 8), "f"), training=True)


def test_refuses_subclasses_that_are_not_built_or_pruned_already():
  with pytest.raises(ValueError, match="call it once on a batch"):
    prune.prune_low_magnitude(Subclassed(), _SCHEDULE)
  network = _subclassed(OnlyOffers)
  prune.prune_low_magnitude(network, _SCHEDULE)
  with pytest.raises(ValueError, match="wrapped for pruning already"):
    prune.prune_low_magnitude(network, _SCHEDULE)


class OnlyOffers(keras.Model):
  def __init__(self):
    super().__init__()
    self.offers = Offers()

  def call(self, x):
    return self.offers(x)


def test_paths_of_blocks_of_one_class_differ():
  network = keras.Sequential(
    [Block(name="block"), Block(name="other")], name="two"
  )
  network.build((None, 4, 4, 4))
  paths = [leaf.path for leaf in registry.leaves(network)]
  assert len(paths) == len(set(paths)) == 7


def test_positional_arguments_reach_the_layer_without_an_owner():
  class Sum(Offers):
    def call(self, x, other=None):
      return x @ self.matrix + (0.0 if other is None else other)

  layer = Sum()
  wrapped = prune.prune_low_magnitude(layer, _SCHEDULE)
  x, other = tf.ones([2, 3]), tf.ones([2, 4])
  np.testing.assert_allclose(wrapped(x, other), layer(x, other))


def test_a_copied_layer_is_pruned_itself():
  layer = layers.Dense(4)
  network = _functional(layer)
  report.sparsity_report(network)
  twin = copy.deepcopy(layer)
  pruned = prune.prune_low_magnitude(_functional(twin), _SCHEDULE)
  assert _kernels(pruned)[0][0] is twin.kernel


def test_one_frozen_layer_of_a_composite_is_left_alone():
  block = Block()
  network = _functional(layers.Reshape((2, 2, 2)), block)
  pruned = prune.prune_low_magnitude(network, _SCHEDULE)
  block.convs[0].trainable = False
  before = block.convs[0].kernel.numpy()
  ownership.advance(ownership.claim(pruned, pruned))
  np.testing.assert_array_equal(block.convs[0].kernel, before)
  assert np.mean(block.convs[1].kernel.numpy() == 0) == 0.5


def test_a_pruned_weight_that_overflowed_is_zero():
  once = tfmot.sparsity.keras.ConstantSparsity(0.5, 1, frequency=100)
  pruned = prune.prune_low_magnitude(_functional(layers.Dense(4)), once)
  owned = ownership.claim(pruned, pruned)
  ownership.advance(owned)
  (weight, mask, _), *_ = owned[0].pruning_vars
  assert np.mean(mask) == 0.5
  weight.assign(tf.where(mask > 0, weight, np.inf))
  ownership.advance(owned)
  assert np.isfinite(weight.numpy()).all()


def test_a_pruned_subclass_in_a_model_needs_who_counts():
  network = _subclassed(OnlyOffers)
  prune.prune_low_magnitude(network, _SCHEDULE)
  x = keras.Input((8,))
  outer = keras.Model(x, network(x))
  outer.compile("sgd", "mse")
  with pytest.raises(ValueError, match="nobody counts its updates"):
    outer.fit(np.ones((4, 8), "f"), np.ones((4, 4), "f"), verbose=0)


def test_a_subclass_is_saved_as_a_saved_model(tmp_path):
  network = _subclassed(OnlyOffers)
  prune.prune_low_magnitude(network, _SCHEDULE)
  ownership.claim(network, network)
  network.save(tmp_path / "saved", save_format="tf")
  x = tf.ones([1, 8])
  loaded = tf.saved_model.load(str(tmp_path / "saved"))
  np.testing.assert_allclose(loaded(x), network(x))


@pytest.mark.filterwarnings("ignore:Left as they are")
def test_a_part_that_was_pruned_by_itself_is_not_saved_without_masks(tmp_path):
  network = _subclassed(Outer)
  prune.prune_low_magnitude(network.inner, _SCHEDULE)
  with pytest.raises(ValueError, match="without the masks of 'subclassed'"):
    saving.save_model(network, tmp_path / "network.keras")
  assert not list(tmp_path.iterdir())
