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
"""When the mask of a kernel changes, and to what."""

import json

import tensorflow as tf

from tf_ganprune.sparsity.masks import patterns
from tf_ganprune.sparsity.schedules import schedule_checks
from tf_ganprune.sparsity.training import rewiring
from tf_ganprune.sparsity.wrapping import scoring


def check_begun(layer) -> None:
  """Raises if the masks are missing that are drawn before training.

  Args:
    layer: A pruning wrapper whose weights were updated.

  Raises:
    ValueError: With its name.
  """
  if layer.is_dynamic() and not layer.has_begun:
    raise ValueError(
      f"Layer {layer.layer.name!r} was frozen when its masks were to be drawn."
      " Unfreeze it before `fit`, or before tgp.Pruner is made."
    )


def turns_as(layer) -> str:
  """Returns what layers have in common that may be asked together, by `is_due`.

  Args:
    layer: A pruning wrapper.
  """
  schedule = layer.pruning_schedule
  if not schedule_checks.is_elementwise(schedule):
    return str(id(layer))
  pattern = {"sparsity_m_by_n": layer.sparsity_m_by_n}
  return json.dumps(
    schedule_checks.serialize(schedule) | pattern, sort_keys=True
  )


def is_due(layer, step) -> tf.Tensor:
  """Returns whether masks of a layer change after an update.

  Args:
    layer: A pruning wrapper.
    step: The number of the update, a scalar; of several layers that turn alike,
      a vector, and so is what is returned.
  """
  if not layer.sparsity_m_by_n:
    return layer.pruning_schedule(step)[0]
  # TF-MOT chooses an m by n pattern once, at the first step.
  begin_step = getattr(layer.pruning_schedule, "begin_step", 0)
  return tf.equal(step, max(1, begin_step))


def update(layer, entry: scoring.Entry) -> None:
  """Updates the mask of a kernel that shares nothing with others.

  Args:
    layer: The pruning wrapper that it is of.
    entry: The kernel.
  """
  if layer.is_dynamic():
    rewiring.turn(layer.pruning_schedule, entry)
    return
  new = new_mask(layer, entry, layer.pruning_schedule(entry.step)[1])
  scoring.assign(layer.importance.at(entry.place), entry, *new)


def new_mask(layer, entry: scoring.Entry, sparsity) -> tuple:
  """Returns the mask that a kernel would have now, and the lowest score kept.

  Args:
    layer: The pruning wrapper that it is of.
    entry: The kernel.
    sparsity: Its share of zeros.
  """
  scores = scoring.scores(layer.importance.at(entry.place), entry)
  if layer.sparsity_m_by_n:
    mask = patterns.m_by_n(scores, *layer.sparsity_m_by_n)
    return mask, tf.reduce_min(tf.where(mask > 0, scores, scores.dtype.max))
  if tuple(layer.block_size) == (1, 1):
    return patterns.unstructured(scores, sparsity)
  return patterns.block(
    scores, sparsity, tuple(layer.block_size), layer.block_pooling_type
  )
