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
"""The base class of objects that draw the inputs of a generator."""

import abc
import inspect
from collections.abc import Sequence
from typing import Any, TypeAlias, TypeGuard

import tensorflow as tf

from tf_ganprune import arguments, array_types
from tf_ganprune import value_range as value_ranges
from tf_ganprune.graphs import calling, signatures
from tf_ganprune.keras_compat import keras

_SEEDS = range(-(2**31), 2**31)

# A whole number, or a pair of them.
Seed: TypeAlias = int | Sequence[int] | tf.Tensor


class Inputs(abc.ABC):
  """The base class of objects that draw the inputs of a generator.

  To add a kind of inputs, derive a class from this one, and implement `specs`
  and `_draw`.

  Attributes:
    value_range: The values `(black, white)` of the generator's images; None if
      they follow from its outputs.

  Example:
    >>> class Uniform(tgp.inputs.Inputs):
    ...   @property
    ...   def specs(self):
    ...     return tf.TensorSpec([None, 8], tf.float32)
    ...
    ...   def _draw(self, n, seed, rng):
    ...     if rng is not None:
    ...       return rng.uniform([n, 8])
    ...     return tf.random.stateless_uniform([n, 8], seed)
  """

  def __init__(self, value_range: tuple[float, float] | None = None):
    """Sets the range of the generator's images.

    Args:
      value_range: The values `(black, white)` of the generator's images.

    Raises:
      ValueError: If `value_range` is not two rising, finite numbers.
    """
    checked = value_ranges.checked(value_range)
    self.value_range = checked and (checked.low, checked.high)

  @property
  @abc.abstractmethod
  def specs(self) -> array_types.Specs:
    """The specs of drawn inputs, batch None: a spec, or a list or dict."""

  @abc.abstractmethod
  def _draw(self, n, seed, rng, **given):
    """Returns drawn inputs, by a pair of seeds, or by `rng` without seeds."""

  def draw(
    self,
    n: int | tf.Tensor,
    seed: Seed | None = None,
    rng: tf.random.Generator | None = None,
    **given: Any,
  ) -> array_types.Tensors:
    """Draws a batch of inputs.

    Args:
      n: The number of inputs; a tensor within a `tf.function`.
      seed: A whole number, or a pair of them; the same seed draws the same
        inputs. Without `seed` and `rng`, each call draws others.
      rng: A random generator in place of a seed; its state changes with each
        call.
      **given: Values of some of the inputs, such as `labels`.

    Returns:
      Tensors that fit `specs`, of batch `n`.

    Raises:
      ValueError: If an argument has a wrong type or value.
    """
    n = _checked_count(n)
    self._check_known(given)
    if seed is not None and rng is not None:
      raise ValueError(
        f"Pass either `seed` or `rng`, not both; got the seed {seed!r} and an"
        " `rng`."
      )
    if seed is not None:
      seed = _pair(seed)
    elif rng is None:
      rng = tf.random  # which draws anew, as a generator does
    elif not callable(getattr(rng, "normal", None)):
      raise ValueError(f"`rng` must be a tf.random.Generator; got {rng!r}.")
    return self._draw(n, seed, rng, **given)

  def _check_known(self, given) -> None:
    """Raises if a value is given of inputs that this class does not draw."""
    known = inspect.signature(self._draw).parameters
    takes_any = any(x.kind is x.VAR_KEYWORD for x in known.values())
    for name in given:
      if name not in known and not takes_any:
        raise ValueError(
          f"{type(self).__name__} draws no `{name}`; leave it out, or use"
          " inputs that have it, such as tgp.inputs.LabelledLatents."
        )

  def latents(self, drawn: array_types.Tensors) -> tf.Tensor | None:
    """Returns the latents among drawn inputs, `[n, dim]`, None without any.

    Args:
      drawn: The result of `draw`.
    """
    is_one = hasattr(drawn, "dtype") and len(drawn.shape) == 2
    is_latent = is_one and tf.as_dtype(drawn.dtype).is_floating
    return drawn if is_latent else None

  def with_latents(
    self, drawn: array_types.Tensors, latents: tf.Tensor
  ) -> array_types.Tensors:
    """Returns drawn inputs with their latents replaced.

    Args:
      drawn: The result of `draw`, with latents.
      latents: The new latents, `[n, dim]`.
    """
    del drawn
    return latents

  def check(self, network: keras.Model) -> None:
    """Raises unless a network takes these inputs.

    Args:
      network: A built Keras model.

    Raises:
      ValueError: If it does not, or is not built.
    """
    wanted = calling.named_specs(network)
    drawn = self.specs
    flat = tf.nest.flatten(drawn)
    if isinstance(drawn, dict) and set(drawn) == set(wanted):
      flat = [drawn[name] for name in wanted]
    elif isinstance(drawn, dict) and len(wanted) > 1:
      flat = []
    is_graph = signatures.is_graph(network)
    fits = len(flat) == len(wanted) and all(
      _fits(one, other, is_graph)
      for one, other in zip(flat, wanted.values(), strict=True)
    )
    if not fits:
      raise ValueError(
        f"{type(self).__name__} draws {text(drawn)}, and {network.name!r} takes"
        f" {text(wanted)}; pass `inputs` that it takes."
      )

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return {"value_range": self.value_range and list(self.value_range)}

  @classmethod
  def from_config(cls, config: dict) -> "Inputs":
    """Returns an object from its config.

    Args:
      config: The result of `get_config`.
    """
    return cls(**config)

  def __repr__(self) -> str:
    pairs = (f"{name}={value!r}" for name, value in self.get_config().items())
    return f"{type(self).__name__}({', '.join(pairs)})"


def is_inputs(given: object) -> TypeGuard[Inputs]:
  """Returns whether an object draws inputs: it has `draw` and `specs`."""
  return callable(getattr(given, "draw", None)) and hasattr(given, "specs")


def takes(network: keras.Model, source: Inputs) -> bool:
  """Returns whether a network takes drawn inputs, as far as that is known.

  Args:
    network: A Keras model.
    source: The inputs, as in `is_inputs`; without a method `check` the result
      is True.
  """
  try:
    check_takes(network, source)
  except ValueError:
    return False
  return True


def check_takes(network: keras.Model, source: Inputs) -> None:
  """Raises unless a network takes drawn inputs, as far as that is known.

  Args:
    network: A built Keras model.
    source: The inputs, as in `is_inputs`; without a method `check` nothing is
      raised.

  Raises:
    ValueError: If it does not, or is not built.
  """
  if callable(check := getattr(source, "check", None)):
    check(network)


def latents_of(source: Inputs, drawn: array_types.Tensors) -> tf.Tensor | None:
  """Returns the latents among drawn inputs, None if there are none, or unknown.

  Args:
    source: The object that drew them, of this package or not.
    drawn: The result of its `draw`.
  """
  known = getattr(source, "latents", None)
  return known(drawn) if callable(known) else None


def labels_of(source: Inputs, drawn: array_types.Tensors) -> tf.Tensor | None:
  """Returns the labels among drawn inputs, None if there are none, or unknown.

  Args:
    source: The object that drew them, of this package or not.
    drawn: The result of its `draw`.
  """
  known = getattr(source, "labels", None)
  return known(drawn) if callable(known) else None


def text(specs) -> str:
  """Returns the shapes and dtypes of tensors as text."""
  if isinstance(specs, dict) and len(specs) > 1:
    return " and ".join(f"{k!r} {text(one)}" for k, one in specs.items())
  flat = tf.nest.flatten(specs)
  return " and ".join(f"{list(_sides(x))} {x.dtype.name}" for x in flat)


def pair_of(seed, rng):
  """Returns a pair of seeds, drawn if none is given.

  Args:
    seed: A pair of seeds, or None.
    rng: The random generator that draws a pair for None.
  """
  return (
    seed
    if seed is not None
    else rng.uniform([2], maxval=2**31 - 1, dtype=tf.int32)
  )


def _sides(spec):
  return "?" if spec.shape.rank is None else spec.shape


def _checked_count(n):
  return n if tf.is_tensor(n) else arguments.whole("n", n, 1)


def _pair(seed):
  """Returns a seed as a pair, as TensorFlow's stateless functions take it."""
  if tf.is_tensor(seed):
    return seed if seed.shape.rank else [seed, 0]
  pair = list(seed) if isinstance(seed, list | tuple) else [seed, 0]
  if len(pair) != 2 or not all(map(_is_seed, pair)):
    raise ValueError(
      "`seed` must be a whole number of 32 bits, or a pair of them; got"
      f" {seed!r}."
    )
  return pair


def _is_seed(value) -> bool:
  is_seed = arguments.is_whole(value) and value in _SEEDS
  return tf.is_tensor(value) or is_seed


def _fits(drawn, taken, is_graph: bool) -> bool:
  shape = drawn.shape
  # A functional network adds a last axis to tensors that lack it.
  if is_graph and shape.rank is not None and taken.shape.rank == shape.rank + 1:
    shape = [*shape, 1]
  alike = taken.dtype == drawn.dtype
  both_floats = taken.dtype.is_floating and drawn.dtype.is_floating
  casts = is_graph or both_floats
  return taken.shape.is_compatible_with(shape) and (alike or casts)
