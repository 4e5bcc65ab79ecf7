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
"""Which inputs a network is given: what the user passes, or what a GAN says."""

from collections.abc import Callable
from typing import TypeAlias

import tensorflow as tf

from tf_ganprune import array_types, model_generators
from tf_ganprune.graphs import calling, signatures
from tf_ganprune.inputs import (
  base,
  drawn_by_function,
  first_rows,
  labelled_latents,
  latents,
  look_ups,
  spec_inputs,
)
from tf_ganprune.keras_compat import keras

_WAY_OUT = (
  "pass `inputs=`, a batch of what it takes, a function of (n, seed) that"
  " returns one, or an object of tgp.inputs, such as tgp.inputs.Examples(data)"
)

# What a user may pass as `inputs=`.
Given: TypeAlias = (
  base.Inputs | array_types.Arrays | Callable[[int, int], array_types.Arrays]
)


def source(given: Given, network: keras.Model | None = None) -> base.Inputs:
  """Returns an object that draws, for what a user passes as `inputs=`.

  Args:
    given: An object of `tgp.inputs`, or of one's own with `draw` and `specs`;
      an array, or a list, tuple or dict of arrays, whose first rows are drawn
      whatever the seed; or a function of `(n, seed)` that returns them.
    network: If it is given, and built, what is drawn must fit it.

  Raises:
    ValueError: If it is none of that, or does not fit.
  """
  made: base.Inputs
  if base.is_inputs(given):
    made = given
  elif callable(given):
    return drawn_by_function.DrawnByFunction(given)
  else:
    made = first_rows.Rows(given)
  if network is not None and _is_known(network):
    base.check_takes(network, made)
  return made


def of(
  model: keras.Model,
  latent_dim: int | None = None,
  network: keras.Model | None = None,
  who: str = "tf_ganprune",
) -> base.Inputs:
  """Returns the inputs that a model's generator is given.

  They are what the model's `inputs_of` says of the generator, or its
  `input_source`, if it has one; else latents of `latent_dim`, or of the model's
  own; else what the generator takes says it, if that is latents, or latents and
  numbers of rows that are looked up.

  Args:
    model: A GAN, or a network.
    latent_dim: Length of the latents, if the user says so.
    network: The generator; by default the model's, by `model_generators.of`.
    who: Draws, for the message.

  Raises:
    ValueError: If the generator takes anything else, or is not known.
  """
  said = _said_by(model, network)
  if said is not None and latent_dim is None:
    return said
  network = model_generators.of(model) if network is None else network
  dim = latent_dim or getattr(model, "latent_dim", None)
  if network is None and dim is not None:
    return latents.Latents(dim)
  if network is None:
    raise ValueError(
      f"{who} finds no generator in a {type(model).__name__}; pass one of its"
      " networks."
    )
  found = _of_network(network, dim)
  if found is None:
    taken = "inputs that are not known yet"
    if _is_known(network):
      taken = base.text(list(calling.named_specs(network).values()))
    more = "" if dim is None else f" of `latent_dim` {dim}"
    raise ValueError(
      f"{who} draws latents{more}, and the generator {network.name!r} takes"
      f" {taken}; {_WAY_OUT}."
    )
  return found


def _said_by(model, network) -> base.Inputs | None:
  """Returns what a model says that one of its networks is given."""
  first = getattr(model, "input_source", None)
  if network is None or not callable(getattr(model, "inputs_of", None)):
    return first
  for name in model.exported:
    if network in (model.network(name), model.averaged(name)):
      return model.inputs_of(name)
  sources = [model.inputs_of(name) for name in model.exported]
  fitting = (x for x in sources if x is not None and base.takes(network, x))
  return next(fitting, first)


def by_input_name(
  network: keras.Model, drawn: array_types.Tensors
) -> dict[str, tf.Tensor]:
  """Returns drawn inputs as a graph network takes them, by its inputs' names.

  Args:
    network: A network whose inputs Keras knows.
    drawn: What `draw` returned.
  """
  flat = tf.nest.flatten(drawn)
  if isinstance(drawn, dict) and len(drawn) > 1:
    flat = [drawn[name] for name in calling.named_specs(network)]
  return {
    name: _conformed(x, tensor)
    for name, x, tensor in zip(
      network.input_names, flat, network.inputs, strict=True
    )
  }


def _conformed(drawn, tensor):
  """Adds the last axis of labels `[n, 1]`, as Keras does."""
  if tensor.shape.rank == drawn.shape.rank + 1:
    drawn = drawn[..., tf.newaxis]
  return tf.cast(drawn, tensor.dtype)


def _is_known(network) -> bool:
  try:
    signatures.call_specs(network)
  except ValueError:
    return False
  return True


def _of_network(network, dim: int | None) -> base.Inputs | None:
  if not _is_known(network):  # takes what it is given
    return None if dim is None else latents.Latents(dim)
  specs = list(calling.named_specs(network).values())
  if len(specs) == 1 and (width := _latent_dim(specs[0])) is not None:
    return latents.Latents(width) if dim in (None, width) else None
  functional = signatures.as_functional(network)
  choices = look_ups.rows(functional)
  found = [choices.get(name) for name in functional.input_names]
  # A column of numbers that are looked up is a label, whatever type it has.
  widths = [
    _latent_dim(x) for x, few in zip(specs, found, strict=True) if not few
  ]
  if len(widths) > 1 or None in widths or dim not in (None, *widths):
    return None
  return _with_rows(network, widths, found, choices)


def _with_rows(network, widths, found, choices) -> base.Inputs:
  """Returns inputs of latents, at most, and of rows that are looked up."""
  if widths and len(found) == 2 and found[1] and not found[1].start:
    made = labelled_latents.LabelledLatents(widths[0], found[1].stop)
    if base.takes(network, made):
      return made
  return spec_inputs.SpecInputs.of(network, choices)


def _latent_dim(spec) -> int | None:
  is_latent = spec.shape.rank == 2 and spec.dtype.is_floating
  return spec.shape[-1] if is_latent else None
