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
"""Checks and serializes pruning schedules."""

import warnings

import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tf_ganprune.keras_compat import keras

ConstantSparsity = tfmot.sparsity.keras.ConstantSparsity
PolynomialDecay = tfmot.sparsity.keras.PolynomialDecay


def validate(schedule) -> None:
  """Raises or warns if a schedule would not prune as its numbers say.

  Args:
    schedule: The value passed as `pruning_schedule`.

  Raises:
    ValueError: If it is not a schedule, never prunes, or ends when it begins.
  """
  is_class = isinstance(schedule, type)
  if is_class or not (callable(schedule) and hasattr(schedule, "get_config")):
    raise ValueError(
      "`pruning_schedule` must be a PruningSchedule, such as"
      f" ConstantSparsity(0.8, begin_step=0); got {schedule!r}."
    )
  if isinstance(schedule, PolynomialDecay):
    _validate_decay(schedule)
  if isinstance(schedule, ConstantSparsity | PolynomialDecay):
    _validate_turns(schedule)


def _validate_turns(schedule) -> None:
  # The first update is step 1.
  first = schedule.begin_step or schedule.frequency
  if 0 <= schedule.end_step < first:
    raise ValueError(
      f"{type(schedule).__name__} never prunes: its first mask update would be"
      f" at step {first}, after `end_step` ({schedule.end_step}). Lower"
      f" `frequency` ({schedule.frequency})."
    )


def is_elementwise(schedule) -> bool:
  """Returns whether a schedule can be called with a vector of steps.

  Args:
    schedule: A pruning schedule. A user's own can if its attribute
      `is_elementwise` is true.
  """
  is_tfmots = type(schedule) in (ConstantSparsity, PolynomialDecay)
  return is_tfmots or getattr(schedule, "is_elementwise", False)


def serialize(schedule) -> dict:
  """Returns a schedule's config in TF-MOT's form, with its registered name."""
  config = schedule.get_config()
  if set(config) == {"class_name", "config"}:
    config = config["config"]
  name = keras.utils.get_registered_name(type(schedule))
  return {"class_name": name, "config": config}


def deserialize(config: dict):
  """Returns a schedule from the dict that `serialize` made.

  Args:
    config: A dict of `class_name` and `config`.

  Raises:
    ValueError: If it is of a user's class that is not registered.
  """
  name = config["class_name"]
  known = {c.__name__: c for c in (ConstantSparsity, PolynomialDecay)}
  schedule_class = known.get(name) or keras.utils.get_registered_object(name)
  if schedule_class is None:
    raise ValueError(
      f"No class is registered for the pruning schedule {name!r}. Decorate its"
      " class with `keras.utils.register_keras_serializable()`, and import it"
      " before loading."
    )
  return schedule_class(**config["config"])


def _validate_decay(schedule) -> None:
  steps = schedule.end_step - schedule.begin_step
  if steps == 0:
    raise ValueError(
      "PolynomialDecay must end after it begins; `begin_step` and `end_step`"
      f" are both {schedule.end_step}. Use ConstantSparsity to prune at once."
    )
  if steps >= schedule.frequency and steps % schedule.frequency:
    last = schedule.end_step - steps % schedule.frequency
    reached = float(schedule(tf.constant(last, tf.int64))[1])
    warnings.warn(
      f"PolynomialDecay prunes for the last time at step {last}, and so ends at"
      f" a sparsity of {reached:.4f}, not {schedule.final_sparsity}: its"
      f" {steps} steps are not a multiple of `frequency`"
      f" ({schedule.frequency}).",
      stacklevel=6,
    )
