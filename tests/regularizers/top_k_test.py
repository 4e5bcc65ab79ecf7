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
"""Which of the generator's images count, and how much."""

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune import losses, regularizers


@pytest.mark.parametrize(
  ("step", "k"),
  [(0, 16), (4, 16), (5, 8), (9, 8), (10, 4), (15, 4), (500, 4)],
)
def test_k_falls_to_its_least(step, k):
  top_k = regularizers.TopK(gamma=0.5, nu=0.25, frequency=5)
  assert int(top_k.count(16, step)) == k
  assert int(top_k.count(1, step)) == 1


def test_k_is_never_0():
  assert int(regularizers.TopK(0.0, 0.0, 1).count(8, 1)) == 1


@pytest.mark.parametrize("name", losses.LOSSES)
@pytest.mark.parametrize("compiled", [False, True])
def test_gradients_are_those_of_the_mean_over_the_best(name, compiled):
  loss = losses.get(name).generator
  top_k = regularizers.TopK(gamma=0.5, nu=0.5, frequency=1)
  scores = tf.constant([[0.5], [-1.0], [2.0], [-1.0], [0.0], [-3.0]])

  @tf.function(jit_compile=compiled)
  def gradients(step):
    with tf.GradientTape() as tape:
      tape.watch(scores)
      selected = top_k.select(scores, step)
      value = loss(selected)
    return selected, tape.gradient(value, scores)

  selected, found = gradients(tf.constant(1))
  np.testing.assert_array_equal(selected, scores)
  best = [0, 2, 4]
  with tf.GradientTape() as tape:
    tape.watch(scores)
    value = loss(tf.gather(scores, best))
  expected = tf.convert_to_tensor(tape.gradient(value, scores))
  np.testing.assert_allclose(found, expected, atol=1e-6)


def test_exactly_k_count_where_scores_are_equal():
  top_k = regularizers.TopK(gamma=0.5, nu=0.5, frequency=1)
  scores = tf.zeros([4, 1])
  with tf.GradientTape() as tape:
    tape.watch(scores)
    total = tf.reduce_sum(top_k.select(scores, 1))
  assert sorted(tape.gradient(total, scores)[:, 0]) == [0.0, 0.0, 2.0, 2.0]


def test_an_image_of_many_patches_counts_as_one():
  top_k = regularizers.TopK(gamma=0.5, nu=0.5, frequency=1)
  # The first image has the best patch, the second the better mean.
  scores = tf.reshape(tf.constant([9.0, -9.0, 1.0, 1.0]), [2, 2, 1, 1])
  scores = tf.cast(scores, tf.float16)
  with tf.GradientTape() as tape:
    tape.watch(scores)
    mean = tf.reduce_mean(top_k.select(scores, 1))
  gradient = tape.gradient(mean, scores)
  assert gradient.dtype == tf.float16
  np.testing.assert_allclose(gradient[:, :, 0, 0], [[0, 0], [0.5, 0.5]])
