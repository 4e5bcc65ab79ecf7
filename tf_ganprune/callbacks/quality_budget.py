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

import numpy as np

from tf_ganprune import arguments, metrics, model_generators
from tf_ganprune import value_range as value_ranges


class DistanceMeter:
  """Measures the Fréchet distance between a GAN's images and real ones.

  Example:
    `distance, problem = DistanceMeter(evaluator, 1000, seed=0).measure(gan)`
  """

  def __init__(
    self,
    evaluator: metrics.Evaluator,
    num_images: int,
    seed: int,
    value_range: tuple[float, float] | None = None,
  ):
    """Sets the evaluator and the number of images.

    Args:
      evaluator: The evaluator that measures images.
      num_images: The number of images of a measurement.
      seed: The seed of the generator's inputs.
      value_range: The values that mean black and white; None to find them.

    Raises:
      ValueError: If an argument has a wrong type or value.
    """
    _check_evaluator(evaluator)
    arguments.whole("num_images", num_images, 4)
    arguments.whole("seed", seed, 0)
    self._evaluator = evaluator
    self._num_images, self._seed = num_images, seed
    # The range found at first stays, so that distances can be compared.
    self._meant = value_ranges.checked(value_range)

  def measure(self, gan) -> tuple[float, str]:
    """Returns the distance, and a clause on another problem, '' without one.

    Args:
      gan: A model with `generate(n, seed=...)`.
    """
    images = np.asarray(gan.generate(self._num_images, seed=self._seed))
    if not np.isfinite(images).all():
      return float("nan"), "images that are not finite"
    said = self._meant or value_ranges.of_input_source(gan)
    network = model_generators.find_generator(gan)
    self._meant = value_ranges.of_network(network, images, said)
    results = self._evaluator.evaluate(self._meant.to_standard(images))
    collapse = self._evaluator.collapse(results, self._num_images)
    distance = _distance(results)
    if not math.isfinite(distance):
      return distance, f"a `frechet_distance` of {distance}"
    return distance, collapse or ""


def limit(
  distance: float,
  problem: str,
  max_increase: float,
  max_distance: float | None,
) -> float:
  """Returns the highest distance to accept.

  Args:
    distance: The distance of the network before it is pruned.
    problem: A clause on another problem of that network, '' without one.
    max_increase: The highest increase, as a share of `distance`.
    max_distance: The highest distance, in place of `max_increase`.

  Raises:
    ValueError: If that network is not good enough itself.
  """
  if problem:
    raise ValueError(
      "The network is not good enough before it is pruned:"
      f" {problem.rstrip('.')}. Train it first."
    )
  if max_distance is None:
    return (1 + max_increase) * distance
  if distance > max_distance:
    raise ValueError(
      f"`max_distance` {max_distance:g} is below the network's distance before"
      f" pruning, {distance:.4g}; raise `max_distance`, or train the network"
      " first."
    )
  return max_distance


def _distance(results) -> float:
  if "frechet_distance" not in results:
    raise ValueError(
      "`evaluator` must return a 'frechet_distance', which AdaptivePruning"
      f" needs; it returned {', '.join(map(repr, results)) or 'nothing'}."
    )
  return float(results["frechet_distance"])


def _check_evaluator(evaluator) -> None:
  for method in ("evaluate", "collapse"):
    if not callable(getattr(evaluator, method, None)):
      raise ValueError(
        f"`evaluator` must have `{method}`, as"
        " tgp.metrics.Evaluator(feature_model, real_images) has; got"
        f" {evaluator!r}."
      )
