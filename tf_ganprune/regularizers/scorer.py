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
"""Scores images in one update, with a discriminator's regularizers."""

from collections.abc import Callable, Sequence
from typing import Protocol

import tensorflow as tf

from tf_ganprune.regularizers import base


class Regularizers(Protocol):
  """The parts of a `tgp.regularizers.Combined` that an update calls."""

  asked: set[str]

  def augment(
    self, images: base.Images, rng: tf.random.Generator
  ) -> base.Images:
    """Augments images; see `Regularizer.augment`."""

  def select(self, scores: tf.Tensor, step: tf.Tensor | int) -> tf.Tensor:
    """Selects images by their scores; see `Regularizer.select`."""

  def penalty(self, seen: base.Seen) -> tf.Tensor | float:
    """Returns the sum of penalties; see `Regularizer.penalty`."""

  def observe(self, real_scores: tf.Tensor, fake_scores: tf.Tensor) -> None:
    """Changes the variables; see `Regularizer.observe`."""

  def overriding(self, method: str) -> Sequence[base.Regularizer]:
    """Returns the regularizers that override a method."""


class Scorer:
  """Scores images with regularizers, and keeps them for the penalties.

  Losses score images with this object alone, so that a loss which a subclass
  overrides is regularized as well.

  Example:
    `scorer = combined.scorer(discriminator, rng, d_optimizer.iterations)`
  """

  def __init__(
    self,
    combined: Regularizers,
    score: Callable[[base.Images], tf.Tensor],
    rng: tf.random.Generator,
    step: tf.Tensor | int,
    of_generator: bool = False,
  ):
    """Creates the scorer of one update; see `Combined.scorer`."""
    self._combined = combined
    self._score = score
    self._rng = rng
    self._step = step
    self._of_generator = of_generator
    self._scored = []

  def __call__(self, images: base.Images) -> tf.Tensor:
    """Returns the scores of images, after augmentation.

    Args:
      images: `[n, height, width, channels]`, or a nest of such tensors.

    Returns:
      Scores, `[n, ...]`; in an update of the generator, those of images that
      are not selected have no gradients.
    """
    self._combined.asked.add("select" if self._of_generator else "augment")
    scores = self._seen(images)[1]
    if self._of_generator:
      return self._combined.select(scores, self._step)
    return scores

  @property
  def function(self) -> Callable[[base.Images], tf.Tensor]:
    """The function from images to scores, without the regularizers."""
    return self._score

  def plain(self, images: base.Images) -> tf.Tensor:
    """Returns the scores of images as they are, without any regularizer.

    Args:
      images: As of a call.
    """
    return self._score(images)

  def penalty(self, real: base.Images, fake: base.Images) -> tf.Tensor | float:
    """Returns the penalties to add to the discriminator's loss, in its tape.

    Images that the loss has not scored are scored now.

    Args:
      real: Real images, the tensor that was passed to the loss.
      fake: Generated images, the tensor that was passed to the loss.
    """
    self._combined.asked.add("penalty")
    if not self._combined.overriding("penalty"):
      return 0.0
    (real, real_scores), (fake, fake_scores) = self._both(real, fake)
    seen = base.Seen(
      score=self._full_score,
      real=real,
      fake=fake,
      real_scores=real_scores,
      fake_scores=fake_scores,
      rng=self._rng,
      step=self._step,
    )
    return self._combined.penalty(seen)

  def observe(self, real: base.Images, fake: base.Images) -> None:
    """Changes the regularizers' variables, after the discriminator's update.

    Args:
      real: Real images, the tensor that was passed to the loss.
      fake: Generated images, the tensor that was passed to the loss.
    """
    self._combined.asked.add("observe")
    if self._combined.overriding("observe"):
      self._combined.observe(*(x[1] for x in self._both(real, fake)))

  def check(self, loss: str) -> None:
    """Raises if a loss did not use this scorer, and so was not regularized.

    Args:
      loss: The name of the loss's method, for the message.

    Raises:
      ValueError: If it did not, and a regularizer augments images or selects
        scores.
    """
    methods = ("augment", "select") if self._of_generator else ("augment",)
    lost = [x for method in methods for x in self._combined.overriding(method)]
    if lost and not self._scored:
      names = ", ".join(type(one).__name__ for one in lost)
      raise ValueError(
        f"`{loss}` calls the discriminator itself, so {names} would be left"
        " out: score images with `self.score(images)`."
      )

  def _seen(self, images) -> tuple[base.Images, tf.Tensor]:
    """Augments and scores images, and returns both."""
    seen = tf.nest.map_structure(base.full, images)
    seen = self._combined.augment(seen, self._rng)
    scores = self._full_score(seen)
    self._scored.append((images, seen, scores))
    return seen, scores

  def _full_score(self, images) -> tf.Tensor:
    return base.full(self._score(images))

  def _both(self, *both) -> list[tuple[base.Images, tf.Tensor]]:
    return [self._found(images) or self._seen(images) for images in both]

  def _found(self, images):
    wanted = [id(x) for x in tf.nest.flatten(images)]
    for known, seen, scores in reversed(self._scored):
      if [id(x) for x in tf.nest.flatten(known)] == wanted:
        return seen, scores
    return None
