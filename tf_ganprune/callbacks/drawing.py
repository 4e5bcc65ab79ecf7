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
"""Generates images of a model while it trains, for callbacks."""

import inspect
from typing import Any

import numpy as np
import tensorflow as tf

from tf_ganprune import arguments, bounds, inputs, model_generators, states
from tf_ganprune import value_range as value_ranges
from tf_ganprune.gan import PrunedGAN, given_inputs
from tf_ganprune.graphs import calling, signatures
from tf_ganprune.keras_compat import keras

_BATCH = 256


class Drawing:
  """Generates images of a model in training, from the same inputs each time.

  It calls `model.generate(n, seed=...)` if the model has this method and no
  generator or inputs are passed, else it calls the generator.

  Example:
    >>> drawing = Drawing(generator=gan.g, latent_dim=64)
    >>> drawing.begin("GANMonitor", gan)
    >>> images = drawing(16, seed=0)
  """

  def __init__(
    self, generator=None, latent_dim=None, inputs=None, value_range=None
  ):
    """Sets the user's arguments; `begin` sets the model.

    Args:
      generator: A Keras model; None for the model's own generator.
      latent_dim: The length of its latents; None for the model's `latent_dim`,
        or that of the generator's input.
      inputs: The generator's inputs, as in `inputs.source`; None for those that
        `inputs.of` finds.
      value_range: The values of its images that mean black and white.

    Raises:
      ValueError: If an argument has a wrong type or value.
    """
    if generator is not None and not isinstance(generator, keras.Model):
      raise ValueError(
        f"`generator` must be a Keras model or None; got {generator!r}."
      )
    if latent_dim is not None:
      arguments.whole("latent_dim", latent_dim, 1)
    value_ranges.checked(value_range)
    self._said = generator, latent_dim, inputs
    self._value_range = value_range
    self._model = None

  def ensure_begun(self, who: str, model: keras.Model) -> None:
    """Calls `begin` unless it was called: hand-written loops may forget it.

    Args:
      who: As in `begin`.
      model: As in `begin`.
    """
    if self._model is not model:
      self.begin(who, model)

  def begin(self, who: str, model: keras.Model) -> None:
    """Finds the generator and its inputs, and tries them.

    Args:
      who: The callback's name, for the message.
      model: The model in training.

    Raises:
      ValueError: If there is no generator, its inputs are unknown, or its
        outputs are not images.
    """
    self._find(who, model)
    self._model = model

  def _find(self, who: str, model: keras.Model) -> None:
    generator, latent_dim, given = self._said
    self._draw = None
    self._meant = value_ranges.of_input_source(model)
    says_how = any(x is not None for x in self._said)
    self._source: Any = None
    if not says_how and _generates(model):
      if isinstance(model, PrunedGAN):
        self._source = given_inputs.source_of(model)
      self._draw = model.generate
      self._network: Any = model_generators.find_generator(model)
      return
    self._network = generator or _own_generator(who, model)
    if given is None:
      self._source = inputs.of(model, latent_dim, self._network, who)
    else:
      self._source, self._meant = inputs.source(given), None
    said = getattr(self._source, "value_range", None)
    self._meant = value_ranges.checked(said) or self._meant
    self._try(who)

  def _try(self, who: str) -> None:
    """Generates two images, so that errors come before the training."""
    try:
      images = self._made(self._source.draw(2, seed=0))
    except (ValueError, TypeError, tf.errors.InvalidArgumentError) as error:
      reason = " ".join(str(error).split())[:200]
      raise ValueError(
        f"{who} cannot generate images with {self._network.name!r} ({reason});"
        " pass `inputs=`, a batch of its inputs or a function of (n, seed) that"
        " returns one."
      ) from error
    if images.ndim != 4 or not len(images):
      raise ValueError(
        f"{who} needs images, [n, height, width, channels], but"
        f" {self._network.name!r} returns the shape {list(images.shape)}; pass"
        " another network as `generator=`."
      )

  def __call__(self, n: int, seed: int) -> np.ndarray:
    """Returns images in [-1, 1], fewer than `n` if there are fewer inputs.

    Args:
      n: The number of images.
      seed: The seed of the generator's inputs.

    Returns:
      `[n, height, width, channels]`.
    """
    if self._draw is None:
      images = self._made(self._source.draw(n, seed=seed))
    else:
      images = _checked(self._draw(n, seed=seed))
    return self._standard(images)

  def labels(self, n: int, seed: int) -> np.ndarray | None:
    """Returns the labels that images are drawn with, `[n]`; None without any.

    Args:
      n: As of a call.
      seed: As of a call.
    """
    if self._source is None:
      return None
    found = inputs.labels_of(self._source, self._source.draw(n, seed=seed))
    return None if found is None else np.asarray(found)

  def by_class(self, n: int, seed: int) -> tuple[np.ndarray, int | None]:
    """Returns images for a grid that has a row for each class.

    Args:
      n: The largest number of images.
      seed: The seed of the generator's inputs.

    Returns:
      Images in [-1, 1], row by row, and the number of columns, whose images are
      of one latent each. Without labels, or with fewer than two images for each
      class, they are those of a call, and the number is None.
    """
    source = self._source
    has_classes = isinstance(source, inputs.LabelledLatents)
    columns = n // source.num_classes if has_classes else 0
    if columns < 2:
      return self(n, seed), None
    drawn = source.draw_rows(columns, seed)
    return self._standard(self._made(drawn)), columns

  def _standard(self, images: np.ndarray) -> np.ndarray:
    said = self._value_range or self._meant
    meant = value_ranges.of_network(self._network, images, said)
    return meant.to_standard(images)

  def channels(self) -> int | None:
    """Returns the number of channels of the images, None if unknown."""
    if self._draw is None:
      return self._made(self._source.draw(1, seed=0)).shape[-1]
    try:
      return signatures.shapes(self._network)[1][-1]
    except (AttributeError, ValueError):
      return None  # a `generate` of the user's own

  def _made(self, given) -> np.ndarray:
    count = len(tf.nest.flatten(given)[0])
    parts = [
      tf.nest.map_structure(lambda x, i=i: x[i : i + _BATCH], given)
      for i in range(0, count, _BATCH)
    ]
    with states.Kept(self._network):
      made = [
        bounds.image_of(calling.called(self._network, part)) for part in parts
      ]
    return np.concatenate([np.asarray(x) for x in made])


def _checked(images) -> np.ndarray:
  """Returns the result of a model's `generate`; raises unless it is images."""
  images = None if isinstance(images, dict) else np.asarray(images)
  if images is None or images.ndim != 4:
    what = "a dict" if images is None else f"{list(images.shape)}"
    raise ValueError(
      "`generate(n, seed=...)` of the model must return images, [n, height,"
      f" width, channels]; got {what}. Pass `generator=` and `inputs=` to use a"
      " network instead."
    )
  return images


def _generates(model) -> bool:
  """Returns whether a model has a method that takes `generate(n, seed=...)`."""
  method = getattr(model, "generate", None)
  if not callable(method):
    return False
  try:
    inspect.signature(method).bind(1, seed=0)
  except (TypeError, ValueError):
    return False
  return True


def _own_generator(who: str, model) -> keras.Model:
  network = model_generators.find_generator(model)
  if network is None or network is model:
    raise ValueError(
      f"{who} needs images, but {type(model).__name__} has no method"
      " `generate(n, seed=...)` and no network named generator; pass"
      " `generator=`, and `inputs=` if that takes more than latents."
    )
  return network
