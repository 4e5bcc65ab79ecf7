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
"""Importances: scores of units of channels; the lowest are removed first.

An importance maps a `View` to scores, float64 `[units]`, of which those of one
group are compared. A new one is a function that is registered here.
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_ganprune import registries
from tf_ganprune.channels import view as views

ChannelImportance = Callable[[views.View], np.ndarray]
IMPORTANCES = registries.FunctionRegistry(
  "`importance` must be one of {names}, or a function of a `View`"
)
_PROJECTIONS = 4


@IMPORTANCES.register("l1")
def l1(view: views.View) -> np.ndarray:
  """Scores channels by the sum of |w| of the kernels that produce them.

  Li et al. 2017, "Pruning Filters for Efficient ConvNets", section 3.1.
  """
  return view.sum(lambda rows: np.abs(rows).sum(1))


@IMPORTANCES.register("l2")
def l2(view: views.View) -> np.ndarray:
  """Scores channels by the L2 norm of the kernels that produce them.

  He et al. 2018, "Soft Filter Pruning", equation 2 with p = 2.
  """
  return np.sqrt(view.sum(lambda rows: np.square(rows).sum(1)))


@IMPORTANCES.register("group_l2")
def group_l2(view: views.View) -> np.ndarray:
  """Scores channels by the L2 norm of all kernels and scales they touch.

  These are the kernels that produce or take a channel, and the scales of its
  normalizations.

  Fang et al. 2023, "DepGraph: Towards Any Structural Pruning", equation 4.
  """
  return np.sqrt(
    view.sum(
      lambda rows: np.square(rows).sum(1),
      kinds=("kernel", "scale"),
      sides=("output", "input"),
    )
  )


@IMPORTANCES.register("bn_scale")
def bn_scale(view: views.View) -> np.ndarray:
  """Scores channels by the sum of |gamma| of their normalizations.

  Liu et al. 2017, "Learning Efficient Convolutional Networks through Network
  Slimming", section 3.

  Raises:
    ValueError: If a channel of a group has no normalization with a scale.
  """
  has_one = view.sum(lambda rows: np.ones(len(rows)), kinds=("scale",))
  for group in view.groups:
    if not has_one[group.units].all():
      raise ValueError(
        "`importance='bn_scale'` needs a normalization with a scale behind each"
        f" layer; there is none behind {group}. Put the layers into `exclude`,"
        " or use another importance."
      )
  return view.sum(lambda rows: np.abs(rows).sum(1), kinds=("scale",))


@IMPORTANCES.register("fpgm")
def fpgm(view: views.View) -> np.ndarray:
  """Scores filters by the sum of their distances to the others of a group.

  He et al. 2019, "Filter Pruning via Geometric Median", equation 6.
  """
  scores = np.zeros(view.trace.num_units)
  for group in view.groups:
    features = [
      _features(variable.numpy(), position, units, group.units)
      for variable, position, units in view.rows()
      if np.isin(group.units[0], units)
    ]
    scores[group.units] = _distances(np.concatenate(features, 1))
  return scores


def _features(value, position, units, chosen) -> np.ndarray:
  """Returns a row of weights for each of the chosen units."""
  rows = views.as_rows(value, position)
  indices = np.flatnonzero(np.isin(units, chosen))
  order = indices[np.argsort(units[indices], kind="stable")]
  features = rows[order].reshape(len(chosen), -1)
  sorted_features = np.empty_like(features)
  sorted_features[np.argsort(chosen)] = features
  return sorted_features


def _distances(features: np.ndarray) -> np.ndarray:
  features = features.astype(np.float64)
  squares = np.square(features).sum(1)
  products = features @ features.T
  squared = squares[:, None] + squares[None] - 2 * products
  return np.sqrt(np.maximum(squared, 0)).sum(1)


class Taylor:
  """Scores channels by the squared first-order change of a loss without them.

  Molchanov et al. 2019, "Importance Estimation for Neural Network Pruning",
  equation 8. By default the losses are random projections of the outputs, for
  which the score on average is the squared change of the outputs.

  Example:
    >>> tgp.prune_channels(generator, macs=0.5, importance=Taylor(), data=z)
  """

  def __init__(self, loss: Callable[[tf.Tensor], tf.Tensor] | None = None):
    """Sets the loss.

    Args:
      loss: A function from the network's outputs to a scalar; by default random
        projections of the outputs.
    """
    self._loss = loss

  def __call__(self, view: views.View) -> np.ndarray:
    """Returns the scores, float64 `[units]`, on the view's `data`."""
    losses = [self._loss]
    if self._loss is None:
      losses = [_projection(view.rng) for _ in range(_PROJECTIONS)]
    scores = np.zeros(view.trace.num_units)
    for loss in losses:
      for gradients in view.gradients(loss):
        scores += np.square(_change(view, gradients))
    return scores


IMPORTANCES.register("taylor")(Taylor())


def _change(view, gradients) -> np.ndarray:
  """Returns the sum of weight times gradient for each unit, `[units]`."""
  return view.sum(
    lambda rows: rows.sum(1),
    lambda variable: variable.numpy() * gradients[variable.ref()],
    kinds=("kernel", "bias"),
  )


def _projection(rng):
  def project(outputs):
    return tf.add_n(
      [
        tf.reduce_sum(tf.cast(x, tf.float32) * rng.standard_normal(x.shape))
        for x in tf.nest.flatten(outputs)
      ]
    )

  return project


@IMPORTANCES.register("activation")
def activation(view: views.View) -> np.ndarray:
  """Scores channels by the mean |x| of the inputs of kernels, on `data`.

  Molchanov et al. 2017, "Pruning Convolutional Neural Networks for Resource
  Efficient Inference", section 2.2, compares it with other criteria.

  Raises:
    ValueError: If a group's channels exist only inside a layer, as attention's
      heads do.
  """
  means = view.activations()
  for group in view.groups:
    if np.isnan(means[group.units]).all():
      raise ValueError(
        "`importance='activation'` cannot see the activations inside the layers"
        f" of {group}. Put them into `exclude`, or use another importance."
      )
  return means


@IMPORTANCES.register("random")
def random(view: views.View) -> np.ndarray:
  """Scores channels at random: the control for all other importances."""
  return view.rng.random(view.trace.num_units)
