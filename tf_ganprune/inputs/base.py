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
"""What every object that draws the inputs of a generator has."""

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
  """Draws what a generator is given.

  Attributes:
    value_range: `(black, white)` of what the generator makes of it, or None
      where what bounds its outputs says so.

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
    """Takes the range.

    Args:
      value_range: Values of the outputs that mean black and white.

    Raises:
      ValueError: If it is no range.
    """
    checked = value_ranges.checked(value_range)
    self.value_range = checked and (checked.low, checked.high)

  @property
  @abc.abstractmethod
  def specs(self) -> array_types.Specs:
    """What is drawn: a `tf.TensorSpec`, or a list or dict, batch None."""

  @abc.abstractmethod
  def _draw(self, n, seed, rng, **given):
    """Returns what `draw` does, from a pair of seeds, or else from `rng`."""

  def draw(
    self,
    n: int | tf.Tensor,
    seed: Seed | None = None,
    rng: tf.random.Generator | None = None,
    **given: Any,
  ) -> array_types.Tensors:
    """Draws inputs.

    Args:
      n: How many; a tensor within a `tf.function`.
      seed: The same seed draws the same: a whole number, or a pair of them. If
        there is neither this nor `rng`, each call draws anew.
      rng: Draws in place of a seed, and goes on with each call.
      **given: What the user says of them, such as `labels`.

    Returns:
      Tensors as `specs` says, of batch `n`.

    Raises:
      ValueError: If an argument is none of that.
    """
    n = _checked_count(n)
    self._check_known(given)
    if seed is not None and rng is not None:
      raise ValueError(f"Pass `seed` or `rng`, not both; got {seed!r} as well.")
    if seed is not None:
      seed = _pair(seed)
    elif rng is None:
      rng = tf.random  # which draws anew, as a generator does
    elif not callable(getattr(rng, "normal", None)):
      raise ValueError(f"`rng` must be a tf.random.Generator; got {rng!r}.")
    return self._draw(n, seed, rng, **given)

  def _check_known(self, given) -> None:
    """Raises where something was said that is nothing of these inputs."""
    known = inspect.signature(self._draw).parameters
    takes_any = any(x.kind is x.VAR_KEYWORD for x in known.values())
    for name in given:
      if name not in known and not takes_any:
        raise ValueError(
          f"`{name}` is nothing that {type(self).__name__} draws; leave it out,"
          " or use inputs that have it, such as tgp.inputs.LabelledLatents."
        )

  def latents(self, drawn: array_types.Tensors) -> tf.Tensor | None:
    """Returns what of drawn inputs are latents, `[n, dim]`, None if nothing is.

    Args:
      drawn: What `draw` returned.
    """
    is_one = hasattr(drawn, "dtype") and len(drawn.shape) == 2
    is_latent = is_one and tf.as_dtype(drawn.dtype).is_floating
    return drawn if is_latent else None

  def with_latents(
    self, drawn: array_types.Tensors, latents: tf.Tensor
  ) -> array_types.Tensors:
    """Returns drawn inputs with other latents.

    Args:
      drawn: What `draw` returned.
      latents: As many, `[n, dim]`.
    """
    del drawn
    return latents

  def check(self, network: keras.Model) -> None:
    """Raises unless a network takes what is drawn.

    Args:
      network: A Keras model that is built.

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
        f" {text(wanted)}; pass inputs that it takes."
      )

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return {"value_range": self.value_range and list(self.value_range)}

  @classmethod
  def from_config(cls, config: dict) -> "Inputs":
    """Returns inputs like those that `get_config` was called on.

    Args:
      config: What it returned.
    """
    return cls(**config)

  def __repr__(self) -> str:
    pairs = (f"{name}={value!r}" for name, value in self.get_config().items())
    return f"{type(self).__name__}({', '.join(pairs)})"


def is_inputs(given: object) -> TypeGuard[Inputs]:
  """Whether an object draws, as those of `tgp.inputs` do."""
  return callable(getattr(given, "draw", None)) and hasattr(given, "specs")


def takes(network: keras.Model, source: Inputs) -> bool:
  """Whether a network takes what an object draws, as far as that is known.

  Args:
    network: A Keras model.
    source: As of `is_inputs`; one without `check` does not say.
  """
  try:
    check_takes(network, source)
  except ValueError:
    return False
  return True


def check_takes(network: keras.Model, source: Inputs) -> None:
  """Raises unless a network takes what an object draws.

  Args:
    network: A Keras model that is built.
    source: As of `is_inputs`; one without `check` does not say.

  Raises:
    ValueError: If it does not, or is not built.
  """
  if callable(check := getattr(source, "check", None)):
    check(network)


def latents_of(source: Inputs, drawn: array_types.Tensors) -> tf.Tensor | None:
  """Returns what of drawn inputs are latents, None if nobody says so.

  Args:
    source: What drew them, of this package or not.
    drawn: What its `draw` returned.
  """
  known = getattr(source, "latents", None)
  return known(drawn) if callable(known) else None


def text(specs) -> str:
  """Returns the shapes and types of tensors, in words."""
  if isinstance(specs, dict) and len(specs) > 1:
    return " and ".join(f"{k!r} {text(one)}" for k, one in specs.items())
  flat = tf.nest.flatten(specs)
  return " and ".join(f"{list(_sides(x))} {x.dtype.name}" for x in flat)


def pair_of(seed, rng):
  """Returns a pair of seeds.

  Args:
    seed: A pair of seeds, or None.
    rng: Draws a pair if there is none.
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
  """Returns two seeds, as TensorFlow's stateless functions take them."""
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
  # Keras adds an axis to what lacks the last one, where it knows the graph.
  if is_graph and shape.rank is not None and taken.shape.rank == shape.rank + 1:
    shape = [*shape, 1]
  alike = taken.dtype == drawn.dtype
  both_floats = taken.dtype.is_floating and drawn.dtype.is_floating
  casts = is_graph or both_floats
  return taken.shape.is_compatible_with(shape) and (alike or casts)
