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
"""Mask updates of single kernels: whether one is due, and the new mask."""

import json

import tensorflow as tf

from tf_ganprune.sparsity.masks import patterns
from tf_ganprune.sparsity.schedules import schedule_checks
from tf_ganprune.sparsity.training import rewiring
from tf_ganprune.sparsity.wrapping import scoring


def check_begun(layer) -> None:
  """Raises if a layer with a dynamic schedule has no first mask.

  Args:
    layer: A pruning wrapper whose weights were updated.

  Raises:
    ValueError: If it was frozen when the first masks were drawn.
  """
  if layer.is_dynamic() and not layer.has_begun:
    raise ValueError(
      f"Layer {layer.layer.name!r} was frozen when the first masks were drawn,"
      " so it has none. Unfreeze it before `fit`, or before tgp.Pruner is made."
    )


def schedule_key(layer) -> str:
  """Returns a key, equal for layers that `is_due` can take in one call.

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
  """Returns whether a mask update of a layer is due after an optimizer update.

  Args:
    layer: A pruning wrapper.
    step: The number of the update, a scalar; or a vector of the steps of
      several layers with the same `schedule_key`.

  Returns:
    A boolean of the shape of `step`.
  """
  if not layer.sparsity_m_by_n:
    return layer.pruning_schedule(step)[0]
  # TF-MOT chooses an m by n pattern once, at the first step.
  begin_step = getattr(layer.pruning_schedule, "begin_step", 0)
  return tf.equal(step, max(1, begin_step))


def update(layer, entry: scoring.Entry) -> None:
  """Updates the mask of a kernel whose allocation is not joint.

  Args:
    layer: The kernel's pruning wrapper.
    entry: The kernel.
  """
  if layer.is_dynamic():
    rewiring.turn(layer.pruning_schedule, entry)
    return
  new = new_mask(layer, entry, layer.pruning_schedule(entry.step)[1])
  scoring.assign(layer.importance.at(entry.place), entry, *new)


def new_mask(layer, entry: scoring.Entry, sparsity) -> tuple:
  """Returns the mask of a kernel at a sparsity, and the lowest score kept.

  Args:
    layer: The kernel's pruning wrapper.
    entry: The kernel.
    sparsity: The share of zeros, a scalar.

  Returns:
    The mask, of the kernel's shape, and the lowest score that is kept, a
    scalar. Nothing is assigned.
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
