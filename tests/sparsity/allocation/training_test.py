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
"""Tests of allocations in training, and by groups of layers."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tests.sparsity import kinds
from tf_ganprune.sparsity import ownership

keras = tgp.keras
layers = keras.layers
sparsity = tfmot.sparsity.keras
_NOW = sparsity.ConstantSparsity(0.5, 1, frequency=1)
_GROWING = sparsity.PolynomialDecay(0.2, 0.8, 2, 6, frequency=2)
_JOINT = sorted(set(tgp.allocation.ALLOCATIONS) - {"uniform"})


def _masks(network):
  return [
    mask.numpy()
    for layer in ownership.pruned_layers(network)
    for _, mask, _ in layer.pruning_vars
  ]


def _zeros(network):
  return sum(int((mask == 0).sum()) for mask in _masks(network))


def _check(network, schedule, step):
  """Asserts that the network as a whole is as sparse as it must be."""
  expected, size = 0.0, sum(mask.size for mask in _masks(network))
  for turn in range(1, step + 1):
    due, value = schedule(tf.constant(turn, tf.int64))
    expected = float(value) if due else expected
  assert abs(_zeros(network) - expected * size) <= 1
  for layer in ownership.pruned_layers(network):
    assert int(layer.pruning_step) == step
    for weight, mask, _ in layer.pruning_vars:
      weight, mask = weight.numpy(), mask.numpy()
      assert (weight[mask == 0] == 0).all()
      assert mask.any()


class _Watch(keras.callbacks.Callback):
  def __init__(self, critic_steps):
    super().__init__()
    self.steps, self._critic_steps = 0, critic_steps

  def on_train_batch_end(self, batch, logs=None):
    self.steps += 1
    _check(self.model.generator, _GROWING, self.steps)
    critic = self.steps * self._critic_steps
    _check(self.model.discriminator, _GROWING, critic)


@pytest.mark.parametrize(
  ("allocation", "importance"),
  [
    ("erk", "magnitude"),
    ("global", "magnitude"),
    ("lamp", "taylor"),
    ("global", "movement"),
  ],
)
def test_invariants_hold_after_every_step(allocation, importance):
  networks = [
    tgp.prune_low_magnitude(
      make(), _GROWING, importance=importance, allocation=allocation
    )
    for make in (tiny.discriminator, tiny.generator)
  ]
  model = tgp.GAN(*networks, 4, discriminator_steps=2, ema_decay=0.9)
  adam = keras.optimizers.AdamW
  model.compile(adam(0.01), adam(0.01), run_eagerly=True)
  watched = _Watch(2)
  model.fit(tiny.images(28), batch_size=4, verbose=0, callbacks=[watched])
  assert watched.steps == 7
  shares = [mask.mean() for mask in _masks(model.generator)]
  assert np.ptp(shares) > 0.01
  assert abs(tgp.sparsity_report(model.ema_generator).overall - 0.8) < 0.01


def _two_layers():
  network = keras.Sequential(
    [
      keras.Input((2,)),
      layers.Dense(3, use_bias=False, name="first"),
      layers.Dense(1, use_bias=False, name="last"),
    ]
  )
  first = np.array([[1.0, -9.0, 2.0], [8.0, 3.0, -4.0]])
  network.set_weights([first, np.array([[0.5], [5.0], [0.1]])])
  return network


def test_one_threshold_by_hand():
  schedule = sparsity.ConstantSparsity(5 / 9, 1, frequency=1)
  pruned = tgp.prune_low_magnitude(_two_layers(), schedule, allocation="global")
  tgp.Pruner(pruned).advance()
  first, last = (x.numpy() for x in pruned.trainable_weights)
  np.testing.assert_array_equal(first, [[0.0, -9.0, 0.0], [8.0, 0.0, -4.0]])
  np.testing.assert_array_equal(last, [[0.0], [5.0], [0.0]])


def test_scores_with_a_sign_have_one_threshold():
  pruned = tgp.prune_low_magnitude(
    _two_layers(), _NOW, importance="movement", allocation="global"
  )
  pruner = tgp.Pruner(pruned)
  # Scores are -1, 9, -2, -8, -3, 4, and 1, 10, 0.2: the four highest stay.
  gradients = [tf.ones([2, 3]), -2.0 * tf.ones([3, 1])]
  weights = pruned.trainable_variables
  pruner.gather(zip(gradients, weights, strict=True))
  pruner.advance()
  first, last = _masks(pruned)
  np.testing.assert_array_equal(first, [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
  np.testing.assert_array_equal(last, [[1.0], [1.0], [0.0]])


@pytest.mark.parametrize("allocation", _JOINT)
def test_xla_agrees_with_eager(allocation):
  found = []
  for run in (lambda f: f, tf.function(jit_compile=True)):
    keras.utils.set_random_seed(0)
    pruned = tgp.prune_low_magnitude(
      tiny.generator(), _GROWING, allocation=allocation
    )
    advance = run(tgp.Pruner(pruned).advance)
    for step in range(1, 5):
      advance()
      _check(pruned, _GROWING, step)
    found.append(_masks(pruned))
  for eager, compiled in zip(*found, strict=True):
    np.testing.assert_array_equal(eager, compiled)


def test_networks_do_not_share_with_each_other():
  networks = [
    tgp.prune_low_magnitude(_two_layers(), _NOW, allocation="global")
    for _ in range(2)
  ]
  for weight in networks[1].trainable_variables:
    weight.assign(weight / 100)
  tgp.Pruner(*networks).advance()
  for one, other in zip(*map(_masks, networks), strict=True):
    np.testing.assert_array_equal(one, other)


def test_a_subclassed_network_shares_too():
  network = kinds.subclassed(kinds.OnlyOffers)
  tgp.prune_low_magnitude(network, kinds.SCHEDULE, allocation="erk")
  tgp.Pruner(network).advance()
  assert _zeros(network) == 16


@pytest.mark.filterwarnings("ignore:Left as they are")
@pytest.mark.parametrize(
  "kind", ["attention", "recurrent", "subclass in a graph", "spectral norm"]
)
def test_any_network_gathers_and_shares(kind, tmp_path):
  make, num_kernels = kinds.NETWORKS[kind]
  pruned = tgp.prune_low_magnitude(
    make(), kinds.SCHEDULE, importance="taylor", allocation="lamp"
  )
  pruner = tgp.Pruner(pruned)
  pruner.gather([(tf.ones_like(x), x) for x in pruned.trainable_variables])
  pruner.advance()
  assert len(_masks(pruned)) == num_kernels
  _check(pruned, kinds.SCHEDULE, 1)
  tgp.save_model(pruned, tmp_path / "pruned.keras")
  loaded = tgp.load_model(tmp_path / "pruned.keras")
  for ours, theirs in zip(loaded.weights, pruned.weights, strict=True):
    np.testing.assert_array_equal(ours, theirs)


def test_frozen_layers_do_not_take_part():
  pruned = tgp.prune_low_magnitude(_two_layers(), _NOW, allocation="global")
  pruned.layers[0].trainable = False
  tgp.Pruner(pruned).advance()
  first, last = _masks(pruned)
  assert first.all() and last.sum() == 2  # half of 3


def test_the_callback_shares_over_a_network():
  class Model(keras.Model):
    def __init__(self):
      super().__init__()
      self.inner = tgp.prune_low_magnitude(
        _two_layers(), _NOW, allocation="global"
      )

    def train_step(self, data):
      weights = self.inner.trainable_variables
      zeros = [tf.zeros_like(weight) for weight in weights]
      self.optimizer.apply_gradients(zip(zeros, weights, strict=True))
      return {}

  model = Model()
  model.compile("sgd", run_eagerly=True)
  model.fit(
    tf.data.Dataset.range(2).batch(1),
    verbose=0,
    callbacks=[tgp.UpdatePruningStep()],
  )
  first, last = _masks(model.inner)
  assert (first.sum(), last.sum()) == (3, 1)


@pytest.mark.parametrize("allocation", _JOINT)
def test_keras_file_goes_on_alike(allocation, tmp_path):
  pruned = tgp.prune_low_magnitude(
    tiny.generator(), _GROWING, allocation=allocation
  )
  pruner = tgp.Pruner(pruned)
  for _ in range(2):
    pruner.advance()
  tgp.save_model(pruned, tmp_path / "network.keras")
  loaded = tgp.load_model(tmp_path / "network.keras")
  again = tgp.Pruner(loaded)
  for _ in range(3):
    pruner.advance()
    again.advance()
  for ours, theirs in zip(loaded.weights, pruned.weights, strict=True):
    np.testing.assert_array_equal(ours, theirs)
  _check(loaded, _GROWING, 5)


def test_patterns_give_schedules_of_their_own():
  later = sparsity.ConstantSparsity(0.75, 2, frequency=1)
  network = keras.Sequential(
    [keras.Input((4,))]
    + [layers.Dense(4, use_bias=False, name=f"a_{i}") for i in range(2)]
    + [layers.Dense(4, use_bias=False, name=name) for name in ("b", "c", "d")]
  )
  pruned = tgp.prune_low_magnitude(
    network,
    _NOW,
    allocation={
      "a_*": {"pruning_schedule": later, "allocation": "global"},
      "b": None,
      "c": {"importance": "random", "sparsity_m_by_n": (1, 4)},
    },
  )
  names = [layer.layer.name for layer in ownership.pruned_layers(pruned)]
  assert names == ["a_0", "a_1", "c", "d"]
  pruner = tgp.Pruner(pruned)
  pruner.advance()
  assert [x.mean() for x in _masks(pruned)] == [1.0, 1.0, 0.75, 0.5]
  pruner.advance()
  masks = _masks(pruned)
  assert masks[0].sum() + masks[1].sum() == 8
  assert [x.mean() for x in masks[2:]] == [0.75, 0.5]


def test_patterns_match_paths_and_the_first_one_counts():
  inner = keras.Sequential([keras.Input((4,)), layers.Dense(4)], name="block")
  x = keras.Input((4,))
  network = keras.Model(x, layers.Dense(4, name="end")(inner(x)))
  pruned = tgp.prune_low_magnitude(
    network, allocation={"block/*": _NOW, "*": None}
  )
  (layer,) = ownership.pruned_layers(pruned)
  assert layer.layer is inner.layers[0]
  assert layer.pruning_schedule is _NOW


def test_a_pattern_matches_what_is_in_a_layer():
  network = kinds.functional(layers.Reshape((2, 2, 2)), kinds.Block())
  block = network.layers[-1].name
  pruned = tgp.prune_low_magnitude(network, allocation={block: _NOW})
  (layer,) = ownership.pruned_layers(pruned)
  assert layer.pruning_schedule is _NOW and len(layer.pruning_vars) == 2


def test_patterns_of_a_list_of_layers():
  wrapped = tgp.prune_low_magnitude(
    [layers.Dense(2, name="one"), layers.Dense(2, name="two")],
    allocation={"two": None},
  )
  kinds_ = [hasattr(layer, "pruning_schedule") for layer in wrapped]
  assert kinds_ == [True, False]


@pytest.mark.parametrize(
  ("arguments", "message"),
  [
    ({"allocation": "best"}, "`allocation` must be one of.*got 'best'"),
    ({"allocation": {"conv_*": _NOW}}, "'conv_\\*' matches no layer.*dense"),
    ({"allocation": {"*": _NOW, "dense": _NOW}}, "'dense' matches no layer"),
    ({"allocation": {"norm": None}}, "'norm' matches no layer"),
    ({"allocation": {"*": {"sparsity": 1}}}, r"'\*'.*\['sparsity'\]"),
    ({"allocation": {"*": 0.5}}, "`pruning_schedule` must be.*0.5"),
    ({"allocation": {"*": None}}, "cannot be pruned"),
    (
      {"allocation": "global", "sparsity_m_by_n": (2, 4)},
      "'global'.*does not go with `block_size` or `sparsity_m_by_n`",
    ),
    (
      {"allocation": "erk", "block_size": (1, 4)},
      "'erk'.*does not go with `block_size`",
    ),
    (
      {"allocation": "lamp", "importance": "movement"},
      "'lamp'.*`importance='movement'` have a sign",
    ),
  ],
)
def test_refuses(arguments, message):
  with pytest.raises(ValueError, match=message):
    tgp.prune_low_magnitude(tiny.generator(), **arguments)


def test_a_pattern_for_kernels_that_are_not_pruned_is_not_ignored():
  network = kinds.images(layers.DepthwiseConv2D(3, name="depth"))
  with pytest.raises(ValueError, match="'depth' matches no layer"):
    tgp.prune_low_magnitude(network, allocation={"depth": _NOW})
  pruned = tgp.prune_low_magnitude(
    network,
    allocation={
      "depth": {"prune_depthwise": True, "pruning_schedule": _NOW},
      "*": None,
    },
  )
  (layer,) = ownership.pruned_layers(pruned)
  assert layer.layer.name == "depth"


def test_parts_of_a_layer_go_by_one_pattern():
  network = kinds.functional(layers.Reshape((2, 2, 2)), kinds.Block())
  names = sorted({leaf.name for leaf in network.layers[-1].convs})
  with pytest.raises(ValueError, match="parts of layer.*block.*different"):
    tgp.prune_low_magnitude(network, allocation={names[0]: _NOW})


def test_forward_calls_that_count_are_refused():
  pruned = tgp.prune_low_magnitude(_two_layers(), _NOW, allocation="lamp")
  with pytest.raises(ValueError, match="'first'.*nobody counts its updates"):
    pruned(tf.ones([1, 2]), training=True)
