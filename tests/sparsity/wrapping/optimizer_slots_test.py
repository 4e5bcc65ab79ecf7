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
"""Tests of finding what optimizers remember of a weight."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.sparsity.wrapping import optimizer_slots

keras = tgp.keras
_optimizers = keras.optimizers


def _found(optimizer, shape=(3, 4)):
  weights = [tf.Variable(tf.ones(shape)), tf.Variable(tf.ones(shape))]
  pairs = [(tf.ones(shape), weight) for weight in weights]
  optimizer.apply_gradients(pairs)
  return optimizer_slots.slots_of([optimizer], weights[1])


@pytest.mark.parametrize(
  ("optimizer", "names"),
  [
    (_optimizers.SGD(), ["m"]),
    (_optimizers.SGD(momentum=0.5), ["m"]),
    (_optimizers.Adam(), ["m", "v"]),
    (_optimizers.Adam(amsgrad=True), ["m", "v", "vhat"]),
    (_optimizers.AdamW(), ["m", "v"]),
    (_optimizers.Nadam(), ["m", "v"]),
    (_optimizers.Lion(), ["m"]),
    (
      _optimizers.RMSprop(momentum=0.5, centered=True),
      ["velocity", "m", "avg"],
    ),
  ],
)
def test_finds_each_slot_of_the_weight(optimizer, names):
  found = _found(optimizer)
  assert len(found) == len(names)
  assert all(start == 0 for _, start in found)
  slots = [slot for slot, _ in found]
  assert len({id(slot) for slot in slots}) == len(slots)
  all_of_two = [x for x in optimizer.variables if x.shape == (3, 4)]
  assert len(all_of_two) == 2 * len(slots)
  # The second weight's, not the first one's.
  assert all(any(slot is x for x in all_of_two) for slot in slots)
  first = [x for x in all_of_two if not any(slot is x for slot in slots)]
  assert len(first) == len(slots)


def test_knows_what_accumulators_begin_with():
  ((slot, start),) = _found(_optimizers.Adagrad(initial_accumulator_value=0.25))
  assert start == 0.25
  np.testing.assert_allclose(slot, 1.25)
  starts = [x for _, x in _found(_optimizers.Ftrl(initial_accumulator_value=2))]
  assert sorted(starts) == [0.0, 2]


def test_what_belongs_to_rows_is_left():
  optimizer = _optimizers.Adafactor()
  ((slot, _),) = _found(optimizer, shape=(200, 200))
  assert slot is optimizer._v[1]


def test_looks_into_an_optimizer_that_scales_a_loss():
  optimizer = keras.mixed_precision.LossScaleOptimizer(_optimizers.Adam())
  weight = tf.Variable(tf.ones([2]))
  optimizer.build([weight])
  assert len(optimizer_slots.slots_of([optimizer], weight)) == 2


def test_takes_those_that_hold_the_weight():
  weight, other = tf.Variable(tf.ones([2])), tf.Variable(tf.ones([2]))
  optimizers = [_optimizers.Adam(), _optimizers.SGD(momentum=0.5)]
  optimizers[0].build([weight, other])
  optimizers[1].build([other])
  assert len(optimizer_slots.slots_of(optimizers, weight)) == 2
  assert len(optimizer_slots.slots_of(optimizers, other)) == 3
  assert not optimizer_slots.slots_of(None, weight)
  optimizers[0] = _optimizers.legacy.Adam()
  assert len(optimizer_slots.slots_of(optimizers, other)) == 1
  for none in (optimizers[1:], []):
    with pytest.raises(ValueError, match="'Variable:0'.*tgp.Pruner"):
      optimizer_slots.slots_of(none, weight)
