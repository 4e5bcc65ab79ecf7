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
"""Chooses the inputs of a generator: the user's, the GAN's, or latents."""

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

_REMEDY = (
  "pass `inputs=`, a batch of its inputs, a function of (n, seed) that"
  " returns one, or an object of tgp.inputs, such as tgp.inputs.Examples(data)"
)

# The argument `inputs=` of functions.
Given: TypeAlias = (
  base.Inputs | array_types.Arrays | Callable[[int, int], array_types.Arrays]
)


def source(given: Given, network: keras.Model | None = None) -> base.Inputs:
  """Returns the object that draws inputs, for a user's argument `inputs=`.

  Args:
    given: An object of `tgp.inputs`, or a user's own with `draw` and `specs`;
      an array, or a list, tuple or dict of arrays, whose first rows are drawn
      whatever the seed; or a function of `(n, seed)` that returns them.
    network: A network that must take the inputs, if it is built; or None.

  Raises:
    ValueError: If `given` is of another type, or does not fit the network.
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
  """Returns the object that draws the inputs of a model's generator.

  It is the model's `inputs_of(name)` for the generator, or its `input_source`,
  if it has one; else latents of `latent_dim`, or of the model's `latent_dim`;
  else inputs by the generator's own input shapes, if they are latents, or
  latents and indices of rows, such as labels.

  Args:
    model: A GAN, or a network.
    latent_dim: The length of the latents, if the user passed it.
    network: The generator; by default the model's, by `model_generators.of`.
    who: The name of the caller, for the message.

  Raises:
    ValueError: If the generator takes other inputs, or none is found.
  """
  said = _of_model(model, network)
  if said is not None and latent_dim is None:
    return said
  network = (
    model_generators.find_generator(model) if network is None else network
  )
  dim = latent_dim or getattr(model, "latent_dim", None)
  if network is None and dim is not None:
    return latents.Latents(dim)
  if network is None:
    raise ValueError(
      f"{who} found no generator in a {type(model).__name__}; pass one of its"
      " networks."
    )
  found = _of_network(network, dim)
  if found is None:
    taken = "inputs that are unknown until it is built"
    if _is_known(network):
      taken = base.text(list(calling.named_specs(network).values()))
    more = "" if dim is None else f" of `latent_dim` {dim}"
    raise ValueError(
      f"{who} draws latents{more}, and the generator {network.name!r} takes"
      f" {taken}; {_REMEDY}."
    )
  return found


def _of_model(model, network) -> base.Inputs | None:
  """Returns the inputs that a model has for one of its networks, or None."""
  first = getattr(model, "input_source", None)
  if network is None or not callable(getattr(model, "inputs_of", None)):
    return first
  names = dict.fromkeys([getattr(model, "sampled", None), *model.exported])
  for name in filter(None, names):
    if network in (model.network(name), model.averaged(name)):
      return model.inputs_of(name)
  sources = [model.inputs_of(name) for name in model.exported]
  fitting = (x for x in sources if x is not None and base.takes(network, x))
  return next(fitting, first)


def by_input_name(
  network: keras.Model, drawn: array_types.Tensors
) -> dict[str, tf.Tensor]:
  """Returns drawn inputs by the names of a functional network's inputs.

  Args:
    network: A functional or Sequential network.
    drawn: The result of an object's `draw`.

  Returns:
    A tensor for each input, of its dtype and rank.
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
  """Returns a tensor of an input's dtype; adds a last axis, as Keras does."""
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
  # A column of indices is a label, whatever its dtype.
  widths = [
    _latent_dim(x) for x, few in zip(specs, found, strict=True) if not few
  ]
  if len(widths) > 1 or None in widths or dim not in (None, *widths):
    return None
  return _with_rows(network, widths, found, choices)


def _with_rows(network, widths, found, choices) -> base.Inputs:
  """Returns inputs of at most one tensor of latents, and others of indices."""
  if widths and len(found) == 2 and found[1] and not found[1].start:
    made = labelled_latents.LabelledLatents(widths[0], found[1].stop)
    if base.takes(network, made):
      return made
  return spec_inputs.SpecInputs.of(network, choices)


def _latent_dim(spec) -> int | None:
  is_latent = spec.shape.rank == 2 and spec.dtype.is_floating
  return spec.shape[-1] if is_latent else None
