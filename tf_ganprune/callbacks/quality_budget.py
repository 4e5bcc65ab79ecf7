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
"""How good the images of a GAN are, and how good they must be."""

import math

import numpy as np

from tf_ganprune import arguments, metrics, model_generators
from tf_ganprune import value_range as value_ranges


class Gauge:
  """Measures the Fréchet distance of a GAN's images.

  Example:
    `distance, problem = Gauge(evaluator, 1000, seed=0).measure(gan)`
  """

  def __init__(
    self,
    evaluator: metrics.Evaluator,
    num_images: int,
    seed: int,
    value_range: tuple[float, float] | None = None,
  ):
    """Takes what it measures with.

    Args:
      evaluator: Measures images.
      num_images: How many images a measurement takes.
      seed: Of their latents.
      value_range: Values that mean black and white, if the user says so.

    Raises:
      ValueError: If an argument will not do.
    """
    _check_evaluator(evaluator)
    arguments.whole("num_images", num_images, 4)
    arguments.whole("seed", seed, 0)
    self._evaluator = evaluator
    self._num_images, self._seed = num_images, seed
    # What is found at first stays, so that distances can be compared.
    self._meant = value_ranges.checked(value_range)

  def measure(self, gan) -> tuple[float, str]:
    """Returns the distance, and what is wrong apart from it, if anything.

    Args:
      gan: With `generate`.
    """
    images = np.asarray(gan.generate(self._num_images, seed=self._seed))
    if not np.isfinite(images).all():
      return float("nan"), "images that are not finite"
    said = self._meant or value_ranges.said_by(gan)
    network = model_generators.of(gan)
    self._meant = value_ranges.of_network(network, images, said)
    results = self._evaluator.evaluate(self._meant.to_standard(images))
    collapse = self._evaluator.collapse(results, self._num_images)
    distance = _distance(results)
    if not math.isfinite(distance):
      return distance, "a Fréchet distance that is not finite"
    return distance, collapse or ""


def limit(
  distance: float,
  problem: str,
  max_increase: float,
  max_distance: float | None,
) -> float:
  """Returns the highest distance that is good enough.

  Args:
    distance: Of the network before anything is pruned.
    problem: What is wrong with it.
    max_increase: By which share a distance may be above that.
    max_distance: The highest distance, in place of `max_increase`.

  Raises:
    ValueError: If that network is not good enough itself.
  """
  if problem:
    raise ValueError(
      f"There is nothing to keep to: {problem.rstrip('.')}, before anything"
      " was pruned. Train the network first."
    )
  if max_distance is None:
    return (1 + max_increase) * distance
  if distance > max_distance:
    raise ValueError(
      f"`max_distance` {max_distance:g} is below the network's own"
      f" distance, {distance:.4g}, before anything is pruned; raise it, or"
      " train the network first."
    )
  return max_distance


def _distance(results) -> float:
  if "frechet_distance" not in results:
    raise ValueError(
      "`evaluator` found no 'frechet_distance', which AdaptivePruning keeps to,"
      f" but {', '.join(map(repr, results)) or 'nothing'}."
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
