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
"""The range of a network's images, and maps of images to [-1, 1].

All code that measures, shows or compares images takes them in [-1, 1]. This
module finds out which of a network's values mean black and white, and maps them
there.
"""

import dataclasses
import math
import typing
import warnings

import numpy as np

from tf_ganprune import array_types, bounds, model_generators
from tf_ganprune.keras_compat import keras

_KNOWN = ((-1.0, 1.0), (0.0, 1.0), (0.0, 255.0), (-0.5, 0.5), (-127.5, 127.5))
_SLACK = 1e-3
# Outputs without bounds overshoot the images that the network was trained on.
_OVERSHOOT = 0.25
_LEAST_OF_BYTES = 16.0


@dataclasses.dataclass(frozen=True)
class ValueRange:
  """The values of images that mean black and white.

  Example:
    >>> images = of_network(generator).to_standard(generator(latents))

  Attributes:
    low: The value of black.
    high: The value of white.
  """

  low: float
  high: float

  def to_standard(self, images, clip: bool = True) -> np.ndarray:
    """Returns images mapped from this range to [-1, 1], float32.

    Args:
      images: Images of any shape and dtype, from `low` (black) to `high`
        (white).
      clip: Whether values outside of the range are clipped.
    """
    images = np.asarray(images).astype(np.float32)
    if (self.low, self.high) != STANDARD:
      middle, half = (self.low + self.high) / 2, (self.high - self.low) / 2
      images = (images - np.float32(middle)) / np.float32(half)
    return np.clip(images, -1.0, 1.0) if clip else images


STANDARD = (-1.0, 1.0)


@typing.overload
def checked(value_range: None) -> None: ...


@typing.overload
def checked(value_range: "tuple[float, float] | ValueRange") -> ValueRange: ...


def checked(value_range):
  """Returns a user's argument `value_range` as a `ValueRange`, or None.

  Args:
    value_range: `(low, high)`, a `ValueRange`, or None.

  Raises:
    ValueError: If it is anything else.
  """
  if value_range is None or isinstance(value_range, ValueRange):
    return value_range
  try:
    low, high = map(float, value_range)
  except (TypeError, ValueError):
    low = high = math.nan
  if not (math.isfinite(low) and math.isfinite(high) and low < high):
    raise ValueError(
      "`value_range` must be (black, white), the lower of two numbers first,"
      f" such as (0, 1); got {value_range!r}."
    )
  return ValueRange(low, high)


def of_network(
  network: keras.Model | None, images=None, value_range=None
) -> ValueRange:
  """Returns the values of a network's images that mean black and white.

  They follow from the bounds of its outputs, such as those of a tanh or sigmoid
  at its end, if these are a common range of images: [-1, 1], [0, 1], [0, 255],
  [-0.5, 0.5] or [-127.5, 127.5]. Else they are the common range in which its
  images lie, with a warning if that is not [-1, 1].

  Args:
    network: A built generator, or None if it is unknown.
    images: Some of its images, for a network whose outputs have no bounds.
    value_range: The user's `(black, white)`, which is returned if given.

  Raises:
    ValueError: If `value_range` is not two rising, finite numbers.
  """
  if (said := checked(value_range)) is not None:
    return said
  if (found := by_bounds(network)) is not None:
    return found
  if images is None:
    return ValueRange(*STANDARD)
  return _measured(network, np.asarray(images), _bounds(network)[0])


def by_bounds(network: keras.Model | None) -> ValueRange | None:
  """Returns the common range of images that a network's outputs cannot leave.

  Args:
    network: A built network, or None if it is unknown.

  Returns:
    As in `of_network`; None if the outputs have no bounds, or others.
  """
  least, most = _bounds(network)
  for low, high in _KNOWN:
    slack = _SLACK * (high - low)
    if abs(least - low) <= slack and abs(most - high) <= slack:
      return ValueRange(low, high)
  return None


def _bounds(network) -> tuple[float, float]:
  return (-math.inf, math.inf) if network is None else bounds.bounds(network)


def generator_of(model: keras.Model) -> keras.Model | None:
  """Returns a model's generator, or None; see `model_generators.of`.

  Args:
    model: A GAN, or a network.
  """
  return model_generators.find_generator(model)


def of_input_source(model) -> ValueRange | None:
  """Returns the `value_range` of the inputs of a GAN's generator, or None.

  Args:
    model: A GAN with `sampled` or an `input_source`, or any other model.
  """
  if name := getattr(model, "sampled", None):
    source = model.inputs_of(name)
  else:
    source = getattr(model, "input_source", None)
  return checked(getattr(source, "value_range", None))


def standard_images(
  model: keras.Model,
  images: array_types.Array,
  value_range: tuple[float, float] | None = None,
) -> np.ndarray:
  """Maps a generator's images to [-1, 1], as metrics and pictures take them.

  Args:
    model: The GAN or generator that made the images.
    images: Images of any shape and dtype.
    value_range: The values that mean black and white; by default they follow
      from the generator's outputs, such as (0, 1) if it ends in a sigmoid.

  Returns:
    Images of the same shape, float32; values outside of the range are clipped.

  Raises:
    ValueError: If `value_range` is not two rising, finite numbers.

  Example:
    >>> images = tgp.standard_images(gan, gan.generate(1000))
    >>> evaluator.evaluate(images)
  """
  images = np.asarray(images)
  said = checked(value_range) or of_input_source(model)
  meant = of_network(generator_of(model), images, said)
  return meant.to_standard(images)


def _measured(network, images: np.ndarray, least: float) -> ValueRange:
  """Returns the range in which images lie, with a warning if it is a guess."""
  is_bytes = images.dtype == np.uint8
  found = (0.0, 255.0) if is_bytes else _guess(images, least)
  if found == STANDARD and _is_bright(images):
    name = "a network" if network is None else repr(network.name)
    warnings.warn(
      f"The outputs of {name} have no bounds, and its images no values below 0;"
      " their range is taken to be [-1, 1]. Pass `value_range=(0, 1)` if 0 is"
      " black, else `value_range=(-1, 1)`.",
      stacklevel=3,
    )
  if found != STANDARD and not is_bytes:
    name = "a network" if network is None else repr(network.name)
    warnings.warn(
      f"The outputs of {name} have no bounds; their range is taken to be"
      f" [{found[0]:g}, {found[1]:g}], by its images, and mapped to [-1, 1]."
      " Pass `value_range=(black, white)` to set it.",
      stacklevel=3,
    )
  return ValueRange(*found)


def _is_bright(images: np.ndarray) -> bool:
  """Returns whether images have no values below 0, so that black may be 0."""
  finite = images[np.isfinite(images)]
  return bool(finite.size) and 0 <= finite.min() < finite.max()


def _guess(images: np.ndarray, least: float) -> tuple[float, float]:
  finite = images[np.isfinite(images)].astype(np.float32)
  if not finite.size:
    return STANDARD
  low, high = np.percentile(finite, (1, 99))
  if high >= _LEAST_OF_BYTES and low >= -_LEAST_OF_BYTES:
    return 0.0, 255.0
  is_high = least >= 0 or (low >= -_OVERSHOOT / 2 and high >= 0.5)
  if is_high and high <= 1 + _OVERSHOOT:
    return 0.0, 1.0
  return STANDARD
