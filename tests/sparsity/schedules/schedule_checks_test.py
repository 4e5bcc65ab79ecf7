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
"""Tests of the checks on schedules."""

import warnings

import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.schedules import adaptive, decays, schedule_checks

sparsity = tfmot.sparsity.keras


def test_refuses_a_number():
  with pytest.raises(ValueError, match="PruningSchedule.*got 0.8"):
    schedule_checks.validate(0.8)


def test_refuses_a_decay_without_steps():
  schedule = schedule_checks.PolynomialDecay(0.0, 0.8, 100, 100)
  with pytest.raises(ValueError, match="both 100"):
    schedule_checks.validate(schedule)


@pytest.mark.parametrize(
  "schedule",
  [
    schedule_checks.ConstantSparsity(0.5, 0, end_step=50),
    schedule_checks.PolynomialDecay(0.0, 0.8, 0, 50),
  ],
)
def test_refuses_what_never_prunes(schedule):
  with pytest.raises(ValueError, match="step 100.*`frequency`"):
    schedule_checks.validate(schedule)


def test_warns_of_a_decay_that_stops_short():
  schedule = schedule_checks.PolynomialDecay(0.0, 0.8, 0, 250, frequency=100)
  with pytest.warns(UserWarning, match="at step 200.*0.7936, not 0.8"):
    schedule_checks.validate(schedule)


def test_accepts_what_reaches_its_end():
  with warnings.catch_warnings():
    warnings.simplefilter("error")
    schedule_checks.validate(schedule_checks.PolynomialDecay(0.0, 0.8, 0, 200))
    schedule_checks.validate(schedule_checks.ConstantSparsity(0.5, 0))


@keras.utils.register_keras_serializable(package="test")
class Halves(sparsity.PruningSchedule):
  """Follows Keras' way of writing a config, not TF-MOT's."""

  def __init__(self, frequency):
    self.frequency = frequency

  def __call__(self, step):
    return step % self.frequency == 0, 0.5

  def get_config(self):
    return {"frequency": self.frequency}


@pytest.mark.parametrize(
  "schedule",
  [
    Halves(7),
    schedule_checks.ConstantSparsity(0.5, 3),
    schedule_checks.PolynomialDecay(0.1, 0.8, 0, 200),
  ],
)
def test_serializes(schedule):
  config = schedule_checks.serialize(schedule)
  loaded = schedule_checks.deserialize(config)
  assert type(loaded) is type(schedule)
  assert schedule_checks.serialize(loaded) == config


def test_names_a_schedule_that_is_not_registered():
  with pytest.raises(ValueError, match="pruning schedule 'Mine'"):
    schedule_checks.deserialize({"class_name": "Mine", "config": {}})


@pytest.mark.parametrize(
  "schedule",
  [
    schedule_checks.ConstantSparsity(0.5, 3, frequency=4),
    schedule_checks.ConstantSparsity(0.5, 2, end_step=9, frequency=3),
    schedule_checks.PolynomialDecay(0.1, 0.8, 2, 10, frequency=2),
    decays.CosineDecay(0.0, 0.5, 2, 9, frequency=3),
    decays.ExponentialDecay(0.0, 0.5, 2, 9, frequency=3),
  ],
)
def test_several_steps_are_answered_as_each(schedule):
  assert schedule_checks.is_elementwise(schedule)
  steps = tf.range(15, dtype=tf.int64)
  found = schedule(steps)[0].numpy().tolist()
  assert found == [bool(schedule(step)[0]) for step in steps]
  assert any(found) and not all(found)


@pytest.mark.parametrize(
  "schedule",
  [Halves(7), decays.OneShot(0.5, 3), adaptive.AdaptiveSparsity()],
)
def test_others_are_asked_one_by_one(schedule):
  assert not schedule_checks.is_elementwise(schedule)
