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
"""Tests of the adversarial losses, against numbers worked out by hand."""

import math

import pytest
import tensorflow as tf

from tf_ganprune import losses

_REAL = tf.constant([[0.0], [2.0]])
_FAKE = tf.constant([[0.0], [-2.0]])
_LOG2 = math.log(2.0)
_SOFT2 = math.log1p(math.exp(-2.0))  # -log(sigmoid(2))


@pytest.mark.parametrize(
  ("name", "discriminator", "generator"),
  [
    ("minimax", _LOG2 + _SOFT2, -(_LOG2 + _SOFT2) / 2),
    ("non_saturating", _LOG2 + _SOFT2, (_LOG2 + 2.0 + _SOFT2) / 2),
    ("least_squares", 0.5 * (1.0 + 2.0), 0.5 * (1.0 + 9.0) / 2),
    ("hinge", 0.5 + 0.5, 1.0),
    ("wasserstein", -1.0 - 1.0, 1.0),
  ],
)
def test_values(name, discriminator, generator):
  loss = losses.get(name)
  assert float(loss.discriminator(_REAL, _FAKE)) == pytest.approx(discriminator)
  assert float(loss.generator(_FAKE)) == pytest.approx(generator)


@pytest.mark.parametrize("name", sorted(losses.LOSSES))
def test_every_loss_moves_logits_the_right_way(name):
  loss = losses.get(name)
  real, fake = tf.Variable([[0.3]]), tf.Variable([[0.2]])
  with tf.GradientTape(persistent=True) as tape:
    d_loss, g_loss = loss.discriminator(real, fake), loss.generator(fake)
  assert float(tape.gradient(d_loss, real)[0, 0]) < 0
  assert float(tape.gradient(d_loss, fake)[0, 0]) > 0
  assert float(tape.gradient(g_loss, fake)[0, 0]) < 0


def test_large_logits_stay_finite():
  large = tf.constant([[1e4], [-1e4]])
  for loss in losses.LOSSES.values():
    assert math.isfinite(float(loss.discriminator(large, large)))
    assert math.isfinite(float(loss.generator(large)))


def test_gradient_penalty_of_a_linear_critic():
  def critic(x):
    return 3.0 * x[:, 0, 0, 0] + 4.0 * x[:, 0, 1, 0]  # slope 5 everywhere

  images = tf.random.stateless_normal([6, 2, 2, 1], [0, 0])
  mix = tf.fill([6, 1, 1, 1], 0.25)
  penalty = losses.gradient_penalty(critic, images, -images, mix)
  assert float(penalty) == pytest.approx((5.0 - 1.0) ** 2, rel=1e-5)


def test_gradient_penalty_looks_between_fake_and_real():
  def critic(x):
    return x[:, 0] ** 2  # slope 2x

  penalty = losses.gradient_penalty(
    critic, tf.fill([4, 1], 3.0), tf.fill([4, 1], 1.0), tf.fill([4, 1], 0.5)
  )
  assert float(penalty) == pytest.approx((4.0 - 1.0) ** 2, rel=1e-5)


def test_gradient_penalty_is_finite_where_the_slope_is_zero():
  weight = tf.Variable(0.0)
  images = tf.ones([2, 1])
  with tf.GradientTape() as tape:
    penalty = losses.gradient_penalty(
      lambda x: weight * x[:, 0], images, images, tf.zeros([2, 1])
    )
  assert float(penalty) == pytest.approx(1.0, abs=1e-5)
  assert math.isfinite(float(tape.gradient(penalty, weight)))


def test_r1_penalty_of_a_linear_discriminator():
  def discriminator(x):
    return 3.0 * x[:, 0, 0, 0] + 4.0 * x[:, 0, 1, 0]

  images = tf.random.stateless_normal([6, 2, 2, 1], [0, 0])
  penalty = losses.r1_penalty(discriminator, images)
  assert float(penalty) == pytest.approx(0.5 * 25.0)


def test_takes_an_object():
  mine = losses.AdversarialLoss(lambda r, f: 0.0, lambda f: 0.0)
  assert losses.get(mine) is mine


@pytest.mark.parametrize("loss", ["hing", 3, None, lambda r, f: 0.0])
def test_refuses_what_is_no_loss(loss):
  with pytest.raises(ValueError, match="must be one of.*'hinge'"):
    losses.get(loss)
