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
"""Tests of the pruning wrapper, with and without an owner."""

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot
from hypothesis import strategies as st
from tensorflow_model_optimization.python.core.sparsity.keras import (
  pruning_utils,
)

from tests import tiny
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, report
from tf_ganprune.sparsity.training import ownership
from tf_ganprune.sparsity.wrapping import wrapped_layers, wrapper

sparsity = tfmot.sparsity.keras
_NOW = sparsity.ConstantSparsity(0.5, 1, frequency=1)


def _fit(wrap):
  """Returns a classifier that was pruned under plain `fit`."""
  keras.utils.set_random_seed(0)
  model = wrap(
    tiny.classifier(), sparsity.PolynomialDecay(0.0, 0.75, 2, 8, frequency=2)
  )
  model.compile("adam", keras.losses.SparseCategoricalCrossentropy(True))
  x = np.random.default_rng(0).normal(size=(80, 6)).astype(np.float32)
  y = np.arange(80) % 3
  model.fit(
    x,
    y,
    batch_size=8,
    verbose=0,
    shuffle=False,
    callbacks=[sparsity.UpdatePruningStep()],
  )
  return model


@pytest.mark.slow
def test_classifier_under_plain_fit_is_pruned_as_by_tfmot():
  theirs = _fit(sparsity.prune_low_magnitude)
  ours = _fit(prune.prune_low_magnitude)
  assert report.sparsity_report(ours).overall == 0.75
  for a, b in zip(
    theirs.trainable_weights, ours.trainable_weights, strict=True
  ):
    np.testing.assert_array_equal(a, b)
  a, b = (
    [w for w in wrapped_layers.pruned_layers(model) if w.pruning_vars]
    for model in (theirs, ours)
  )
  for mine, other in zip(a, b, strict=True):
    np.testing.assert_array_equal(
      mine.pruning_vars[0][1], other.pruning_vars[0][1]
    )
    assert int(mine.pruning_step) == int(other.pruning_step) == 10


def _owned(**arguments):
  model = prune.prune_low_magnitude(tiny.classifier(), **arguments)
  return model, ownership.claim(model, owner=model)


def test_forward_of_an_owned_network_changes_nothing():
  model, layers = _owned(pruning_schedule=_NOW)
  before = [w.numpy() for w in model.weights]
  model(tf.ones([2, 6]), training=True)
  tf.function(model)(tf.ones([2, 6]), training=True)
  for weight, value in zip(model.weights, before, strict=True):
    np.testing.assert_array_equal(weight, value)
  assert [int(layer.pruning_step) for layer in layers] == [0, 0]


def test_forward_counts_again_when_the_owner_is_gone():
  class Owner:
    pass

  model = prune.prune_low_magnitude(tiny.classifier(), _NOW)
  owner = Owner()  # after what looks at the callers' variables and keeps them
  (layer, *_) = ownership.claim(model, owner)
  assert layer.owner() is owner
  del owner
  assert layer.owner() is None
  model(tf.ones([2, 6]), training=True)
  assert int(layer.pruning_step) == 1


def test_skipped_update_is_no_step():
  _, layers = _owned(pruning_schedule=_NOW)
  ownership.advance(layers, 0)
  assert int(layers[0].pruning_step) == 0
  assert tf.reduce_min(layers[0].pruning_vars[0][1]) == 1.0
  ownership.advance(layers, 1)
  assert int(layers[0].pruning_step) == 1
  assert tf.reduce_mean(layers[0].pruning_vars[0][1]) == 0.5


def test_pruned_weights_stay_zero_between_mask_updates():
  schedule = sparsity.ConstantSparsity(0.5, 1, frequency=100)
  _, (layer, *_) = _owned(pruning_schedule=schedule)
  ownership.advance([layer])
  weight, mask, _ = layer.pruning_vars[0]
  pruned = mask.numpy()
  weight.assign(tf.ones_like(weight))
  ownership.advance([layer])
  np.testing.assert_array_equal(weight, pruned)


@hypothesis.settings(max_examples=15, deadline=None)
@hypothesis.given(
  st.floats(0, 0.9),
  st.floats(0, 0.99),
  st.integers(0, 3),
  st.integers(1, 6),
  st.sampled_from([1, 2, 3]),
  st.sampled_from([0.0, 1.0]),
)
def test_schedule_is_obeyed_at_every_turn(
  initial, final, begin_step, length, frequency, spread
):
  schedule = sparsity.PolynomialDecay(
    initial, final, begin_step, begin_step + length, frequency=frequency
  )
  layer = wrapper.PruneLowMagnitude(keras.layers.Dense(7), schedule)
  layer.build((None, 9))
  weight, mask, _ = layer.pruning_vars[0]
  weight.assign(1.0 + spread * tf.random.normal(weight.shape))  # or all equal
  layer.claim(layer)
  expected = 0.0
  for step in range(1, begin_step + length + 3):
    ownership.advance([layer])
    due, value = schedule(tf.constant(step, tf.int64))
    expected = float(value) if due else expected
    assert abs((mask.numpy() == 0).sum() - expected * 63) <= 1
    assert (weight.numpy()[mask.numpy() == 0] == 0).all()


def test_threshold_is_the_lowest_weight_kept():
  _, (layer, *_) = _owned(pruning_schedule=_NOW)
  ownership.advance([layer])
  weight, _, threshold = layer.pruning_vars[0]
  magnitudes = np.abs(weight.numpy())
  assert threshold.numpy() == magnitudes[magnitudes > 0].min()


@pytest.mark.parametrize("block_size", [(1, 4), (4, 4), (2, 1)])
def test_blocks(block_size):
  _, (layer, *_) = _owned(pruning_schedule=_NOW, block_size=block_size)
  ownership.advance([layer])
  mask = layer.pruning_vars[0][1].numpy()
  rows, columns = block_size
  for i in range(0, mask.shape[0], rows):
    for j in range(0, mask.shape[1], columns):
      block = mask[i : i + rows, j : j + columns]
      assert block.min() == block.max()
  assert 0 < mask.mean() < 1


@pytest.mark.parametrize("begin_step", [0, 3])
def test_m_by_n_is_chosen_once_when_the_schedule_begins(begin_step):
  schedule = sparsity.ConstantSparsity(0.5, begin_step)
  _, (layer, *_) = _owned(pruning_schedule=schedule, sparsity_m_by_n=(2, 4))
  weight, mask, _ = layer.pruning_vars[0]
  for step in range(1, 6):
    ownership.advance([layer])
    begun = step >= max(1, begin_step)
    assert pruning_utils.is_pruned_m_by_n(weight) == begun
  chosen = mask.numpy()
  weight.assign(tf.random.normal(weight.shape))
  ownership.advance([layer])
  np.testing.assert_array_equal(mask, chosen)


def test_m_by_n_names_a_layer_it_does_not_fit():
  x = keras.Input((8, 4))
  model = keras.Model(x, keras.layers.Conv1D(4, 3, name="line")(x))
  with pytest.raises(ValueError, match="'line' has rank 3"):
    prune.prune_low_magnitude(model, sparsity_m_by_n=(2, 4))


def test_saves_and_loads(tmp_path):
  @keras.utils.register_keras_serializable(package="test")
  class Twice(sparsity.ConstantSparsity):
    pass

  model, layers = _owned(
    pruning_schedule=Twice(0.5, 1, frequency=1), sparsity_m_by_n=(2, 4)
  )
  ownership.advance(layers)
  model.save(tmp_path / "m.keras")
  loaded = keras.models.load_model(tmp_path / "m.keras")
  for a, b in zip(model.weights, loaded.weights, strict=True):
    np.testing.assert_array_equal(a, b)
  layer = wrapped_layers.pruned_layers(loaded)[0]
  assert type(layer) is wrapper.PruneLowMagnitude
  assert layer.sparsity_m_by_n == (2, 4)
  assert int(layer.pruning_step) == 1
  assert type(layer.pruning_schedule) is Twice


def test_adopts_tfmot_wrapper_in_place():
  model = sparsity.prune_low_magnitude(tiny.classifier(), _NOW)
  before = wrapped_layers.pruned_layers(model)
  layers = ownership.claim(model, owner=model)
  assert [id(a) for a in before] == [id(b) for b in layers]
  assert all(type(w) is wrapper.PruneLowMagnitude for w in layers)


def test_refuses_to_adopt_a_class_derived_from_tfmot():
  class Own(wrapper.TFMOTWrapper):
    pass

  model = keras.Sequential([keras.Input((4,)), Own(keras.layers.Dense(2))])
  with pytest.raises(ValueError, match=r"'own_dense\w*' .*Own"):
    ownership.claim(model, owner=model)


class _Own(sparsity.PruningSchedule):
  """Knows scalars only."""

  def __call__(self, step):
    return tf.cond(step > 1, lambda: True, lambda: False), 0.5

  def get_config(self):
    return {}


@pytest.mark.slow
@pytest.mark.parametrize(
  ("first", "second", "are_due"),
  [
    (sparsity.ConstantSparsity(0.5, 2), None, [True, False]),
    (
      sparsity.ConstantSparsity(0.5, 9),
      sparsity.ConstantSparsity(0.5, 1),
      [False, True],
    ),
    (_Own(), None, [True, False]),
  ],
)
def test_layers_turn_at_their_own_steps(first, second, are_due):
  _, layers = _owned(pruning_schedule=first)
  pruned = [layer for layer in layers if layer.pruning_vars]
  pruned[0].pruning_step.assign(1)
  if second is not None:
    pruned[1].pruning_schedule = second
  tf.function(lambda: ownership.advance(pruned))()
  zeros = [(layer.pruning_vars[0][1].numpy() == 0).any() for layer in pruned]
  assert zeros == are_due


def test_a_pattern_that_is_chosen_once_holds_no_other_layer_up():
  _, layers = _owned(pruning_schedule=_NOW)
  pruned = [layer for layer in layers if layer.pruning_vars]
  pruned[0].sparsity_m_by_n = (2, 4)
  for layer in pruned:
    layer.pruning_step.assign(4)
  ownership.advance(pruned)
  zeros = [(layer.pruning_vars[0][1].numpy() == 0).any() for layer in pruned]
  assert zeros == [False, True]
