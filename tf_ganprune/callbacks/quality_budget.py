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
"""The quality of a GAN's images, and the lowest quality to accept."""

import math
from typing import Any

import numpy as np

from tf_ganprune import arguments, inputs, metrics, model_generators
from tf_ganprune import value_range as value_ranges
from tf_ganprune.gan import given_inputs
from tf_ganprune.metrics import labelled, score_choice


class DistanceMeter:
  """Measures a score of a GAN's images, by default their Fréchet distance.

  An evaluator with `inputs`, such as `tgp.metrics.ClassifierEvaluator`, scores
  what the first exported network makes of these in place of images.

  Example:
    `distance, problem = DistanceMeter(evaluator, 1000, seed=0).measure(gan)`

  Attributes:
    score: The name of the score.
  """

  def __init__(
    self,
    evaluator: metrics.Evaluator | metrics.ClassifierEvaluator,
    num_images: int,
    seed: int,
    value_range: tuple[float, float] | None = None,
    score: str | None = None,
  ):
    """Sets the evaluator and the number of images.

    Args:
      evaluator: The evaluator that measures images, or a classifier.
      num_images: The number of images of a measurement.
      seed: The seed of the generator's inputs.
      value_range: The values that mean black and white; None to find them.
      score: The name of the score; None for the evaluator's own `score`, or the
        Fréchet distance.

    Raises:
      ValueError: If an argument has a wrong type or value.
    """
    _check_evaluator(evaluator)
    arguments.whole("num_images", num_images, 4)
    arguments.whole("seed", seed, 0)
    self._evaluator: Any = evaluator  # what it measures follows from `inputs`
    self.score = score_choice.of(evaluator, score)
    self._num_images, self._seed = num_images, seed
    # The range found at first stays, so that distances can be compared.
    self._meant = value_ranges.checked(value_range)

  @property
  def needs_images(self) -> bool:
    """Whether images are measured, which a generator has to draw."""
    return getattr(self._evaluator, "inputs", None) is None

  def measure(self, gan) -> tuple[float, str]:
    """Returns the score, and a clause on another problem, '' without one.

    Args:
      gan: A model with `generate(n, seed=...)`.
    """
    if not self.needs_images:
      network = gan.averaged(gan.exported[0])
      results = self._evaluator.evaluate_network(network)
      return self._checked(results), ""
    images = np.asarray(gan.generate(self._num_images, seed=self._seed))
    if not np.isfinite(images).all():
      return float("nan"), "images that are not finite"
    said = self._meant or value_ranges.of_input_source(gan)
    network = model_generators.find_generator(gan)
    self._meant = value_ranges.of_network(network, images, said)
    results = labelled.evaluate(
      self._evaluator, self._meant.to_standard(images), self._labels(gan)
    )
    collapse = self._evaluator.collapse(results, self._num_images)
    distance = self._checked(results)
    if not math.isfinite(distance):
      return distance, f"a `{self.score}` of {distance}"
    return distance, collapse or ""

  def _labels(self, gan) -> np.ndarray | None:
    """Returns the labels that a GAN's images are drawn with, or None."""
    source = given_inputs.source_of(gan)
    return inputs.labels_of(source, source.draw(self._num_images, self._seed))

  def _checked(self, results) -> float:
    return score_choice.value(results, self.score, "AdaptivePruning")


def limit(
  distance: float,
  problem: str,
  max_increase: float,
  max_distance: float | None,
  score: str = score_choice.DISTANCE,
) -> float:
  """Returns the worst distance to accept: the highest, if lower is better.

  Args:
    distance: The distance, or another score, of the network before it is
      pruned.
    problem: A clause on another problem of that network, '' without one.
    max_increase: The highest increase, as a share of `distance`.
    max_distance: The worst distance, in place of `max_increase`.
    score: The name of the score.

  Raises:
    ValueError: If that network is not good enough itself.
  """
  if problem:
    raise ValueError(
      "The network is not good enough before it is pruned:"
      f" {problem.rstrip('.')}. Train it first."
    )
  if max_distance is None:
    return (1 + score_choice.sign(score) * max_increase) * distance
  if score_choice.is_worse(score, distance, max_distance):
    raise ValueError(
      f"`max_distance` {max_distance:g} is below the network's distance before"
      f" pruning, {distance:.4g}; raise `max_distance`, or train the network"
      " first."
    )
  return max_distance


def _check_evaluator(evaluator) -> None:
  has_inputs = getattr(evaluator, "inputs", None) is not None
  needed = ["evaluate_network"] if has_inputs else ["evaluate", "collapse"]
  for method in needed:
    if not callable(getattr(evaluator, method, None)):
      raise ValueError(
        f"`evaluator` must have `{method}`, as"
        " tgp.metrics.Evaluator(feature_model, real_images) has; got"
        f" {evaluator!r}."
      )
