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
"""Measures how the images of a generator suffer when one layer is pruned."""

import fnmatch
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
import tensorflow as tf
from absl import logging

from tf_ganprune import arguments, array_types
from tf_ganprune.gan import averaging
from tf_ganprune.inputs import choosing
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import score_choice
from tf_ganprune.report import measured_outputs, sensitivity_table
from tf_ganprune.sparsity import importance as importances
from tf_ganprune.sparsity import prune
from tf_ganprune.sparsity.masks import patterns as masks
from tf_ganprune.sparsity.schedules import schedule_checks
from tf_ganprune.sparsity.wrapping import scoring, wrapped_layers, wrapper


class Evaluates(Protocol):
  """An object that scores images, such as a `tgp.metrics.Evaluator`."""

  def evaluate(self, images: array_types.Array, /) -> Mapping[str, float]:
    """Returns scores by name, `'frechet_distance'` among them."""


def sensitivity(
  gan_or_generator: keras.Model,
  evaluator: Evaluates,
  sparsities: Sequence[float] = (0.5, 0.7, 0.8, 0.9, 0.95),
  layers: Sequence[str] | None = None,
  importance: str | importances.Importance = "magnitude",
  num_images: int = 1000,
  seed: int = 0,
  inputs: choosing.Given | None = None,
  prune_depthwise: bool = False,
  value_range: tuple[float, float] | None = None,
  score: str | None = None,
) -> sensitivity_table.SensitivityTable:
  """Measures the Fréchet distance of images with one layer pruned at a time.

  Each layer of a copy is pruned alone, at once and without training, to each of
  the sparsities, and the copy's images are evaluated. Li et al. 2017, "Pruning
  Filters for Efficient ConvNets", section 3.2, and Han et al. 2015, figure 6,
  do so for the accuracy of classifiers.

  It takes one evaluation for each layer and sparsity. A discriminator cannot be
  measured like this, since it makes no images: its pruning shows only in what
  the generator learns from it. One that classifies can, by a
  `tgp.metrics.ClassifierEvaluator`.

  If the generator takes labels, and the evaluator has those of real images, it
  is given the labels that images are drawn with, so that scores of classes can
  be measured (`score="label_accuracy"`).

  Args:
    gan_or_generator: A GAN, whose averaged generator is measured if it has
      one, else its generator; or a generator. It is not changed.
    evaluator: A `tgp.metrics.Evaluator`, or an object whose `evaluate(images)`
      returns a dict with the score; if it has `labels` that are not None, it is
      called with `labels=` where there are some. With `inputs`, as a
      `tgp.metrics.ClassifierEvaluator` has them, the GAN's first exported
      network is measured on these.
    sparsities: The shares of a layer's weights to set to 0, in (0, 1).
    layers: Patterns of layer names or paths, such as `'conv_*'` and
      `'block/*'`, of the layers to measure; by default all that
      `prune_low_magnitude` would wrap, frozen ones included.
    importance: The importance by which weights are pruned, as for
      `prune_low_magnitude`, but one that needs no gradients.
    num_images: How many images an evaluation takes, at best as many as there
      are real ones.
    seed: The seed of the images' latents, as for `GAN.generate`.
    inputs: The inputs of the generator: an object of `tgp.inputs`, from which
      `num_images` are drawn; an array, or a list or dict of arrays, `[n, ...]`
      each, all of which are used; or a function of `(n, seed)`. By default the
      GAN's inputs, or random ones of the generator's input shape; they must be
      given if the generator takes images, for example.
    prune_depthwise: Whether depthwise kernels are measured, too.
    value_range: The generator's values that mean black and white; by default
      they follow from its last activation, such as (0, 1) for a sigmoid.
    score: The name of the score to measure; by default that of the evaluator's
      attribute `score`, or else the Fréchet distance.

  Returns:
    The table of distances, for `print`, `chart` and
    `tgp.allocation.Sensitivity`.

  Raises:
    ValueError: If no layer can be pruned, the network does not make images, or
      an argument is not as described.

  Example:
    >>> table = tgp.sensitivity(gan, evaluator, sparsities=(0.5, 0.8, 0.95))
    >>> print(table)
    >>> table.chart("sensitivity.svg")
  """
  sparsities = _checked_sparsities(sparsities)
  rule = _checked_importance(importance)
  _check_evaluator(evaluator)
  score = score_choice.of(evaluator, score)
  network, batches, judge = measured_outputs.prepared(
    gan_or_generator, evaluator, inputs, num_images, seed, value_range
  )
  copy = averaging.copy_of(network, "sensitivity")
  copy.trainable = True  # an average is frozen
  wrappers = _wrapped(copy, rule, prune_depthwise)
  chosen = _chosen(wrappers, layers)

  def measure() -> float:
    made = measured_outputs.of(copy, batches)
    if not np.isfinite(made).all():
      return float("nan")
    return score_choice.value(judge(made), score, "tgp.sensitivity")

  dense = measure()
  if not np.isfinite(dense):
    raise ValueError(
      f"The outputs of {network.name!r} have a {score_choice.title(score)} of"
      f" {dense} before anything is pruned; train the network first."
    )
  rows = [
    sensitivity_table.LayerDistance(path, _size(one), sparsity, distance)
    for path, one in chosen.items()
    for sparsity, distance in _measured(path, one, sparsities, measure)
  ]
  return sensitivity_table.SensitivityTable(dense, tuple(rows), score)


def _checked_sparsities(sparsities) -> list[float]:
  is_list = isinstance(sparsities, Sequence) and not isinstance(sparsities, str)
  if not is_list or not len(sparsities):
    raise ValueError(
      "`sparsities` must be a list of shares between 0 and 1, such as (0.5,"
      f" 0.9); got {sparsities!r}."
    )
  for share in sparsities:
    if arguments.real("sparsities", share, 0, 1) in (0.0, 1.0):
      raise ValueError(
        f"`sparsities` must be above 0 and below 1; got {share!r}."
      )
  return sorted({float(share) for share in sparsities})


def _checked_importance(importance) -> importances.Importance:
  rule = importances.get(importance)
  if rule.needs_gradients:
    free = [
      name
      for name, x in importances.IMPORTANCES.items()
      if not x.needs_gradients
    ]
    raise ValueError(
      f"`importance={rule.kind or rule!r}` needs gradients, and `sensitivity`"
      f" does not train; use one of {sorted(free)}."
    )
  return rule


def _check_evaluator(evaluator) -> None:
  is_network = isinstance(evaluator, keras.Model)  # has another `evaluate`
  if is_network or not callable(getattr(evaluator, "evaluate", None)):
    raise ValueError(
      "`evaluator` must have `evaluate(images)`, as"
      " tgp.metrics.Evaluator(feature_model, real_images) has; got"
      f" {evaluator!r}."
    )


def _wrapped(copy, rule, prune_depthwise) -> dict[str, wrapper.TFMOTWrapper]:
  """Returns the wrappers of the layers that would be pruned, by path."""
  pruned = prune.prune_low_magnitude(
    copy,
    schedule_checks.ConstantSparsity(0.5, 0),
    importance=rule,
    prune_depthwise=prune_depthwise,
  )
  return wrapped_layers.by_path(pruned)


def _chosen(wrappers: dict, layers) -> dict:
  """Returns the wrappers of the layers that patterns match, or all."""
  if layers is None:
    return wrappers
  patterns = [layers] if isinstance(layers, str) else layers
  is_list = isinstance(patterns, Collection) and len(patterns)
  if not is_list or not all(isinstance(x, str) for x in patterns):
    raise ValueError(
      "`layers` must be a list of patterns of layer names, or None for all;"
      f" got {layers!r}."
    )
  names = {p: [one.layer.name, *_paths(p)] for p, one in wrappers.items()}
  chosen = {}
  for pattern in patterns:
    matched = [
      path
      for path in wrappers
      if any(fnmatch.fnmatchcase(name, pattern) for name in names[path])
    ]
    if not matched:
      raise ValueError(
        f"`layers`: {pattern!r} matches no layer that can be pruned; use names"
        f" of {', '.join(wrappers)}."
      )
    chosen |= {path: wrappers[path] for path in matched}
  return {path: one for path, one in wrappers.items() if path in chosen}


def _paths(path: str) -> list[str]:
  """Returns a layer's path, and the paths of the networks around it."""
  parts = path.split("/")
  return ["/".join(parts[: i + 1]) for i in range(len(parts))]


def _size(layer) -> int:
  return sum(entry.weight.shape.num_elements() for entry in layer.entries())


def _measured(path, layer, sparsities, measure) -> Iterator[tuple]:
  """Yields each sparsity of a layer and the distance; restores the weights."""
  entries = layer.entries()
  before = [entry.weight.numpy() for entry in entries]
  scores = [
    scoring.scores(layer.importance.at(entry.place), entry) for entry in entries
  ]
  for sparsity in sparsities:
    for entry, value, score in zip(entries, before, scores, strict=True):
      mask = masks.unstructured(score, tf.constant(sparsity, tf.float64))[0]
      entry.weight.assign(value * tf.cast(mask, value.dtype))
    distance = measure()
    logging.info("%s at %g: %.4g", path, sparsity, distance)
    yield sparsity, distance
  for entry, value in zip(entries, before, strict=True):
    entry.weight.assign(value)
