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
"""A training loss that prepares channels for removal."""

import math
import numbers
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_ganprune import states
from tf_ganprune.channels import groups as groups_
from tf_ganprune.channels import trace as traces
from tf_ganprune.keras_compat import keras

_TINY = 1e-12  # the square root's slope is infinite at 0


def channel_penalty(
  model: keras.Model, kind: str = "group_lasso", weight: float = 1e-4
) -> Callable[[], tf.Tensor]:
  """Adds a loss to a network that drives whole channels towards zero.

  Keras's `model.losses` include it, so `tgp.GAN` trains with it. It belongs to
  this network object: a copy, a smaller network or a loaded file is without it.

  Args:
    model: A built functional or Sequential network.
    kind: `'group_lasso'`: the L2 norm of the kernels that produce each channel,
      Wen et al. 2016, "Learning Structured Sparsity in Deep Neural Networks",
      equation 1; `'l1_scales'`: |gamma| of normalizations, Liu et al. 2017,
      "Network Slimming", equation 1.
    weight: The factor of the loss, above 0.

  Returns:
    A function that computes the loss, a scalar.

  Raises:
    ValueError: If the kind is unknown, or there is nothing to penalize.

  Example:
    >>> tgp.channel_penalty(generator, "l1_scales", 1e-3)
  """
  if kind not in _KINDS:
    raise ValueError(
      f"`kind` {kind!r} is unknown; use one of {', '.join(_KINDS)}."
    )
  if not isinstance(weight, numbers.Real) or not 0 < weight < math.inf:
    raise ValueError(f"`weight` must be above 0; got {weight!r}.")
  with states.Kept(model):  # users' layers are run
    trace = traces.Trace(model)
  free = [g.units for g in groups_.of_trace(trace).removable]
  places = _places(trace, kind, np.concatenate([*free, np.zeros(0, int)]))
  if not places:
    raise ValueError(
      f"`kind={kind!r}` has no weights to penalize in network {model.name!r}:"
      " it has no removable channels with such weights. tgp.channel_groups"
      " lists its channels."
    )

  def penalty():
    return weight * _KINDS[kind](places, trace.num_units)

  model.add_loss(penalty)
  return penalty


def _places(trace, kind: str, free) -> list:
  """Returns the penalized weights, with the axis and units of their channels.

  The unit of a channel that cannot be removed is -1.
  """
  wanted = "scale" if kind == "l1_scales" else "kernel"
  places = []
  for _, variable, weight in trace.weights:
    for position in weight.produced() if weight.kind == wanted else ():
      units = trace.of(weight.axes[position])
      units = np.where(np.isin(units, free), units, -1)
      if (units >= 0).any():
        places.append((variable, position, units))
  return places


def _group_lasso(places, num_units: int) -> tf.Tensor:
  squares = tf.zeros([num_units])
  sizes = np.zeros(num_units)
  for variable, position, units in places:
    others = [i for i in range(variable.shape.rank) if i != position]
    rows = tf.reduce_sum(tf.square(tf.cast(variable, tf.float32)), others)
    # Negative segments are dropped.
    squares += tf.math.unsorted_segment_sum(rows, units, num_units)
    each = int(np.prod(variable.shape)) / variable.shape[position]
    np.add.at(sizes, units[units >= 0], each)
  present = sizes > 0
  norms = tf.sqrt(tf.boolean_mask(squares, present) + _TINY)
  return tf.reduce_sum(norms * np.sqrt(sizes[present]).astype(np.float32))


def _l1_scales(places, num_units: int) -> tf.Tensor:
  del num_units
  return tf.add_n(
    [
      tf.reduce_sum(
        tf.boolean_mask(
          tf.abs(tf.cast(variable, tf.float32)), units >= 0, axis=position
        )
      )
      for variable, position, units in places
    ]
  )


_KINDS = {"group_lasso": _group_lasso, "l1_scales": _l1_scales}
