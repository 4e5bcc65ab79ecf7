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
"""The random changes of images in adaptive augmentation.

Karras et al. 2020, "Training Generative Adversarial Networks with Limited
Data", appendix B, with its standard deviations and ranges.
"""

import math

import tensorflow as tf

from tf_ganprune.regularizers import geometry

_SHIFT = 0.125
_SCALE = 0.2
_STRETCH = 0.2
_MOVE = 0.125
_BRIGHTNESS = 0.2
_CONTRAST = 0.5


class Draws:
  """Draws the numbers of random changes; neutral ones for skipped changes.

  Example:
    `Draws(n, rng, 0.5).blit()["mirror"]`
  """

  def __init__(self, n, rng: tf.random.Generator, probability: tf.Tensor):
    """Draws all numbers that any group needs.

    Args:
      n: The number of images.
      rng: The generator of the numbers.
      probability: The probability of each change, a scalar.
    """
    self._probability = probability
    self._chances = iter(tf.unstack(rng.uniform([n, 13]), axis=1))
    self._uniform = iter(tf.unstack(rng.uniform([n, 8]), axis=1))
    self._normal = iter(tf.unstack(rng.normal([n, 8]), axis=1))

  def _done(self, change, neutral, probability=None):
    p = self._probability if probability is None else probability
    return tf.where(next(self._chances) < p, change, neutral)

  def blit(self) -> dict[str, tf.Tensor]:
    """Returns numbers for mirroring, quarter turns and whole-pixel shifts."""
    mirror = tf.floor(2.0 * next(self._uniform))
    turns = tf.floor(4.0 * next(self._uniform))
    shifts = [_SHIFT * (2.0 * next(self._uniform) - 1.0) for _ in range(2)]
    chance = next(self._chances) < self._probability  # of both axes
    return {
      "mirror": self._done(mirror, 0.0),
      "turns": self._done(turns, 0.0),
      "shift_y": tf.where(chance, shifts[0], 0.0),
      "shift_x": tf.where(chance, shifts[1], 0.0),
    }

  def geometry(self) -> dict[str, tf.Tensor]:
    """Returns numbers for scaling, rotation, stretching and translation."""
    # There are two rotations, and this gives both together the probability p.
    turning = 1.0 - tf.sqrt(1.0 - self._probability)
    chance = next(self._chances) < self._probability  # of both axes
    moves = [_MOVE * next(self._normal) for _ in range(2)]
    return {
      "scale": self._done(tf.pow(2.0, _SCALE * next(self._normal)), 1.0),
      "angle": self._done(self._angle(), 0.0, turning),
      "stretch": self._done(tf.pow(2.0, _STRETCH * next(self._normal)), 1.0),
      "second_angle": self._done(self._angle(), 0.0, turning),
      "move_y": tf.where(chance, moves[0], 0.0),
      "move_x": tf.where(chance, moves[1], 0.0),
    }

  def color(self) -> dict[str, tf.Tensor]:
    """Returns numbers for brightness, contrast, inversion, hue, saturation."""
    return {
      "brightness": self._done(_BRIGHTNESS * next(self._normal), 0.0),
      "contrast": self._done(tf.pow(2.0, _CONTRAST * next(self._normal)), 1.0),
      "inversion": self._done(tf.floor(2.0 * next(self._uniform)), 0.0),
      "hue": self._done(self._angle(), 0.0),
      "saturation": self._done(tf.pow(2.0, next(self._normal)), 1.0),
    }

  def _angle(self) -> tf.Tensor:
    return math.pi * (2.0 * next(self._uniform) - 1.0)


def moved(images: tf.Tensor, drawn: dict[str, tf.Tensor]) -> tf.Tensor:
  """Applies blits and geometric changes to images, by sampling once.

  Args:
    images: `[n, height, width, channels]`.
    drawn: The numbers of `Draws.blit`, of `Draws.geometry`, or of both.

  Returns:
    Images of the same shape.
  """
  height, width = (tf.cast(tf.shape(images)[i], tf.float32) for i in (1, 2))
  inverses = []
  if "mirror" in drawn:
    inverses += _blits(drawn, height, width)
  if "scale" in drawn:
    inverses += _warps(drawn, height, width)
  return geometry.warped(images, geometry.product(*inverses))


def _blits(drawn, height, width) -> list[tf.Tensor]:
  mirror = 1.0 - 2.0 * drawn["mirror"]
  turns = tf.cast(drawn["turns"], tf.int32)
  # Exact, so that pixels are copied.
  cosine = tf.gather(tf.constant([1.0, 0.0, -1.0, 0.0]), turns)
  sine = tf.gather(tf.constant([0.0, 1.0, 0.0, -1.0]), turns)
  return [
    geometry.scaling(tf.ones_like(mirror), mirror),
    geometry.rotation(cosine, sine),
    geometry.translation(
      -tf.round(drawn["shift_y"] * height), -tf.round(drawn["shift_x"] * width)
    ),
  ]


def _warps(drawn, height, width) -> list[tf.Tensor]:
  scale, stretch = 1.0 / drawn["scale"], drawn["stretch"]
  first, second = drawn["angle"], drawn["second_angle"]
  return [
    geometry.scaling(scale, scale),
    geometry.rotation(tf.cos(first), tf.sin(first)),
    geometry.scaling(stretch, 1.0 / stretch),
    geometry.rotation(tf.cos(second), tf.sin(second)),
    geometry.translation(-drawn["move_y"] * height, -drawn["move_x"] * width),
  ]


def recolored(images: tf.Tensor, drawn: dict[str, tf.Tensor]) -> tf.Tensor:
  """Applies changes of colour to images; grey ones keep hue and saturation.

  Args:
    images: `[n, height, width, 1 or 3]` in [-1, 1].
    drawn: The numbers of `Draws.color`.

  Returns:
    Images of the same shape.
  """
  brightness, contrast, inversion, hue, saturation = (
    drawn[name][:, None, None, None]
    for name in ("brightness", "contrast", "inversion", "hue", "saturation")
  )
  images = (images + brightness) * contrast
  grey = tf.reduce_mean(images, axis=3, keepdims=True)
  images -= 2.0 * inversion * grey
  if images.shape[3] == 1:
    return images
  grey = tf.reduce_mean(images, axis=3, keepdims=True)
  return grey + saturation * (_turned(images, hue) - grey)


def _turned(images, angle) -> tf.Tensor:
  """Rotates the hues of colours, by Rodrigues' formula about the grey axis."""
  grey = tf.reduce_mean(images, axis=3, keepdims=True)
  red, green, blue = tf.unstack(images, axis=3)
  across = tf.stack([blue - green, red - blue, green - red], axis=3)
  return (
    grey
    + tf.cos(angle) * (images - grey)
    + tf.sin(angle) / math.sqrt(3.0) * across
  )
