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
"""The penalties against their equations, and states by hand."""

import numpy as np
import pytest
import tensorflow as tf

from tests import tiny
from tf_ganprune import losses, regularizers


def _rng(seed=0):
  return tf.random.Generator.from_seed(seed)


def _seen(score, real, fake, rng=None):
  return regularizers.Seen(
    score, real, fake, score(real), score(fake), rng or _rng()
  )


def _images(seed, n=4):
  return tf.constant(tiny.images(n, seed))


def test_r1_is_the_penalty_of_losses():
  critic, real = tiny.discriminator(), _images(0)
  seen = _seen(critic, real, _images(1))
  penalty = regularizers.R1(3.0).penalty(seen)
  assert float(penalty) == float(3.0 * losses.r1_penalty(critic, real))


def test_gradient_penalty_is_that_of_losses():
  critic, real, fake = tiny.discriminator(), _images(0), _images(1)
  penalty = regularizers.GradientPenalty(2.0).penalty(_seen(critic, real, fake))
  mix = _rng().uniform([4, 1, 1, 1])
  expected = 2.0 * losses.gradient_penalty(critic, real, fake, mix)
  assert float(penalty) == float(expected)


def test_gradient_penalties_of_a_pair_are_of_both_its_images():
  def score(pair):
    return tf.reduce_sum(3.0 * pair[0], [1, 2, 3]) + tf.reduce_sum(
      4.0 * pair[1], [1, 2, 3]
    )

  one = tf.zeros([2, 1, 1, 1])
  seen = _seen(score, [one, one], [one + 1.0, one])
  assert float(regularizers.R1(2.0).penalty(seen)) == pytest.approx(25.0)
  penalty = regularizers.GradientPenalty(1.0).penalty(seen)
  assert float(penalty) == pytest.approx((5.0 - 1.0) ** 2)


def test_lecam_pulls_scores_to_the_anchors_of_the_other_kind():
  lecam = regularizers.LeCam(weight=0.5, decay=0.75, warm_up=2)
  lecam.build()
  real, fake = tf.constant([[1.0], [3.0]]), tf.constant([[-1.0], [0.0]])
  seen = regularizers.Seen(None, None, None, real, fake, None)
  assert float(lecam.penalty(seen)) == 0.0
  lecam.observe(real, fake)
  assert float(lecam.penalty(seen)) == 0.0  # warms up
  assert (float(lecam.real_anchor), float(lecam.fake_anchor)) == (2.0, -0.5)
  lecam.observe(real + 4.0, fake - 4.0)
  assert (float(lecam.real_anchor), float(lecam.fake_anchor)) == (3.0, -1.5)
  expected = 0.5 * ((2.5**2 + 4.5**2) / 2 + (4.0**2 + 3.0**2) / 2)
  assert float(lecam.penalty(seen)) == pytest.approx(expected)


def test_lecam_has_no_anchors_before_the_first_scores():
  lecam = regularizers.LeCam(warm_up=0)
  lecam.build()
  scores = tf.ones([2, 1])
  seen = regularizers.Seen(None, None, None, scores, scores, None)
  assert float(lecam.penalty(seen)) == 0.0
  lecam.observe(scores, scores)
  assert float(lecam.penalty(seen)) == 0.0
  far = regularizers.Seen(None, None, None, 2.0 * scores, scores, None)
  assert float(lecam.penalty(far)) == pytest.approx(0.3)


@pytest.mark.parametrize("balanced", [True, False])
def test_consistency_is_the_distance_to_changed_images(balanced):
  critic, real, fake = tiny.discriminator(), _images(0), _images(1)
  regularizer = regularizers.Consistency(2.0, balanced, ["translation"])
  penalty = regularizer.penalty(_seen(critic, real, fake))
  rng, change = _rng(), regularizers.DiffAugment(["translation"])
  expected = 0.0
  for images in [real, fake] if balanced else [real]:
    difference = critic(images) - critic(change.augment(images, rng))
    expected += 2.0 * np.mean(np.square(difference))
  assert float(penalty) == pytest.approx(float(expected), rel=1e-5)


def test_consistency_of_a_score_that_shifts_do_not_change_is_0():
  def score(images):
    return tf.reduce_max(images, [1, 2, 3])

  images = np.zeros((2, 8, 8, 1), np.float32)
  images[:, 3, 4] = 1.0
  seen = _seen(score, tf.constant(images), tf.constant(images))
  assert float(regularizers.Consistency().penalty(seen)) == 0.0
