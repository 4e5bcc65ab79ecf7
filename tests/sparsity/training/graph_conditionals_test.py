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
"""Tests of branches that stay one operation of a graph."""

import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.sparsity.training import graph_conditionals

_LOWERED = "_lower_using_switch_merge"


def _counting():
  """Returns a counter, and a graph that counts if it is time."""
  counter = tf.Variable(0)

  @tf.function
  def count(is_time):
    graph_conditionals.run(is_time, lambda: counter.assign_add(1))

  return counter, count


def _branches(graph) -> list:
  """Returns for each branch of a graph if it becomes a part of it."""
  found = [op for op in graph.get_operations() if op.type.endswith("If")]
  return [op.get_attr(_LOWERED) for op in found]


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_it_is_called_if_it_is_time(run_eagerly):
  counter, count = _counting()
  tf.config.run_functions_eagerly(run_eagerly)
  try:
    for is_time in (False, True, False, True, True):
      count(tf.constant(is_time))
  finally:
    tf.config.run_functions_eagerly(False)
  assert int(counter) == 3


@pytest.mark.parametrize("gpus", [[], ["one"]])
def test_a_branch_stays_one_operation_where_one_device_does_it(
  gpus, monkeypatch
):
  monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind: gpus)
  _, count = _counting()
  spec = tf.TensorSpec([], tf.bool)
  assert _branches(count.get_concrete_function(spec).graph) == [bool(gpus)]


@pytest.mark.slow
@pytest.mark.parametrize("regularization", [None, "l2"])
def test_a_train_step_has_no_other_branches(regularization):
  pruned = tgp.prune_low_magnitude(
    tiny.generator(),
    tgp.CosineDecay(0.0, 0.5, 2, 8, frequency=2),
    regularization=regularization,
  )
  gan = tgp.GAN(tiny.discriminator(), pruned, tiny.LATENT_DIM)
  gan.compile("adam", "adam")
  step = tf.function(gan.train_step).get_concrete_function(
    tf.TensorSpec([4, *gan.discriminator.input_shape[1:]])
  )
  branches = _branches(step.graph)
  assert branches and not any(branches)
