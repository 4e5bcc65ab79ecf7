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
"""Checks that a network can be exported, and calls it by names at batch 1."""

import tensorflow as tf

from tf_ganprune import foreign, keras_compat, model_generators
from tf_ganprune.graphs import network_checks, signatures
from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import ensemble


def check(model, shapes: list[tuple] | None = None) -> None:
  """Raises unless a network can be exported: built, alone, of fixed shapes.

  Args:
    model: What the user passed as the network.
    shapes: The shapes of its inputs, where the user gives them.

  Raises:
    ValueError: If `model` is no model of this package's Keras, not built, a
      whole GAN or an ensemble, or if an input is not an array of numbers or
      has an unknown size beside the batch.
  """
  keras_compat.check_model(model, "model")
  if isinstance(model, keras.Sequential) and not model.built:
    raise ValueError(
      f"`model` {model.name!r} is a Sequential that is not built; begin it with"
      " `keras.Input(shape)`, or call it once."
    )
  held = model_generators.by_name(model)
  if held and not any(one is model for one in held.values()):
    name, network = next(iter(held.items()))
    such = f"gan.{name}" if hasattr(model, name) else repr(network.name)
    raise ValueError(
      f"`model` {model.name!r} is a {type(model).__name__}; pass one of its"
      f" networks, such as {such}."
    )
  for part in model._flatten_layers():
    if isinstance(part, ensemble.Ensemble):
      raise ValueError(
        f"`model` {model.name!r} has an Ensemble, {part.name!r}, whose members"
        " take turns within a batch, and a file makes one image at a time, so"
        " that it would use the first alone. Export each of its `generators`,"
        " and let the app take turns."
      )
  foreign.check(model, "model", ("ClusterWeights",))
  network_checks.check_network(model, "model")
  functional = signatures.as_functional(model)
  for name, tensor in zip(
    functional.input_names, functional.inputs, strict=True
  ):
    _check_input(name, tensor, shapes is not None)


def input_specs(model: keras.Model) -> dict[str, tf.TensorSpec]:
  """Returns the `tf.TensorSpec` of each input by its name, with batch 1.

  Args:
    model: A network that passed `check`, with inputs that Keras knows.
  """
  return {
    name: tf.TensorSpec([1, *tensor.shape[1:]], tensor.dtype, name=name)
    for name, tensor in zip(model.input_names, model.inputs, strict=True)
  }


def call(model: keras.Model, inputs: dict) -> dict[str, tf.Tensor]:
  """Runs a network for inference, with inputs and outputs by name.

  Args:
    model: A network that passed `check`, with inputs that Keras knows.
    inputs: One array or tensor for each of `input_specs`.

  Returns:
    The outputs, by the names that Keras gives them.
  """
  values = [inputs[name] for name in model.input_names]
  outputs = model(values[0] if len(values) == 1 else values, training=False)
  return dict(zip(model.output_names, tf.nest.flatten(outputs), strict=True))


def _check_input(name, tensor, is_sized: bool) -> None:
  if not isinstance(getattr(tensor, "type_spec", None), tf.TensorSpec) or not (
    tensor.dtype.is_floating or tensor.dtype.is_integer or tensor.dtype.is_bool
  ):
    raise ValueError(
      f"`model` has the input {name!r} of type {tensor.dtype.name}, and only"
      " dense arrays of numbers can be exported; convert it to numbers outside"
      " the network."
    )
  if not is_sized and None in tuple(tensor.shape[1:]):
    raise ValueError(
      f"`model` has the input {name!r} of shape {tuple(tensor.shape)}, and a"
      " file for phones needs every size but the batch's; pass the sizes it"
      f" will run at, {signatures.example_shape(tensor.shape)}."
    )


def sized(model, input_shape) -> list[tuple] | None:
  """Checks a network with `check`, and returns the shapes given for its inputs.

  Args:
    model: What the user passed as the network.
    input_shape: As in `signatures.fixed_shapes`.

  Returns:
    One shape for each input, without the batch; None if none is given.

  Raises:
    ValueError: As in `check` and `signatures.fixed_shapes`.
  """
  check(model, None if input_shape is None else [])
  return signatures.fixed_shapes(model, input_shape)
