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
"""Inputs and outputs of networks, subclassed ones too."""

import contextlib
import itertools

import tensorflow as tf

from tf_ganprune import arguments, keras_errors
from tf_ganprune.keras_compat import keras


def is_graph(model) -> bool:
  """Returns whether a model is functional or Sequential, a graph of layers."""
  return isinstance(model, keras.Sequential) or model._is_graph_network


def input_specs(model):
  """Returns the specs of a built model's input, with an unknown batch size.

  Args:
    model: A Keras model.

  Returns:
    A `tf.TensorSpec`, or a list or dict of them, as its `call` takes them.

  Raises:
    ValueError: If the model was neither built nor called, or its `call` takes
      more than one argument.
  """
  args, kwargs = call_specs(model)
  if len(args) == 1 and not kwargs:
    return args[0]
  names = ", ".join([*_argument_names(model)[: len(args)], *kwargs])
  raise ValueError(
    f"The `call` of {model.name!r} takes several arguments, ({names}), but it"
    " must take one here: a tensor, or a list or dict of them. Wrap it by"
    " tgp.keras.Model(inputs, network(*inputs)) with keras.Input tensors."
  )


def call_specs(model) -> tuple[list, dict]:
  """Returns the specs of all tensors in a built model's first call.

  Args:
    model: A Keras model.

  Returns:
    A list of positional and a dict of named arguments of its `call`; each is a
    `tf.TensorSpec` with an unknown batch size, or a list or dict of them.

  Raises:
    ValueError: If the model was neither built nor called.
  """
  if is_graph(model) and model.inputs:
    specs = [tf.TensorSpec(x.shape, x.dtype, x.name) for x in model.inputs]
    return [specs[0] if len(specs) == 1 else specs], {}
  if (saved := model.save_spec()) is not None:
    args, kwargs = saved
    # Keras has None for arguments that are no tensors.
    args = list(itertools.takewhile(_is_of_tensors, args))
    kwargs = {x: spec for x, spec in kwargs.items() if _is_of_tensors(spec)}
    names = _argument_names(model)
    named = [_named(*pair) for pair in zip(names, args, strict=False)]
    return named, {name: _named(name, kwargs[name]) for name in kwargs}
  if (shape := getattr(model, "_build_input_shape", None)) is not None:
    return [_from_shapes(shape, model.variable_dtype)], {}
  raise ValueError(
    f"Network {model.name!r} is not built, so its layers may have no weights"
    " yet; call it once on a batch of its inputs, or call `build(input_shape)`."
  )


def spread(model, given) -> tuple[list, dict]:
  """Returns positional and named arguments to call a model with a batch.

  Args:
    model: A Keras model.
    given: A batch of its inputs; if its `call` takes several tensors, a list or
      dict of them.

  Returns:
    A list of positional and a dict of named arguments.
  """
  try:
    args, kwargs = call_specs(model)
  except ValueError:  # not built, so its arguments are unknown
    return [given], {}
  names = [*_argument_names(model)[: len(args)], *kwargs]
  if len(names) < 2 or not isinstance(given, list | tuple | dict):
    return [given], {}
  if isinstance(given, dict):
    return [], given
  return [], dict(zip(names, given, strict=True))


def _is_of_tensors(specs) -> bool:
  return None not in tf.nest.flatten(specs)


def _argument_names(model) -> list[str]:
  """Returns the names of the positional arguments of a model's `call`."""
  spec = model._call_spec.full_argspec
  names = [name for name in spec.args if name != "self"]
  return names + [f"{spec.varargs or 'inputs'}_{i}" for i in range(99)]


def _named(name: str, specs):
  """Returns specs with their argument's name where they have none."""
  if isinstance(specs, dict):
    return {key: _named(f"{name}_{key}", one) for key, one in specs.items()}
  if isinstance(specs, list | tuple):
    pairs = [_named(f"{name}_{i}", one) for i, one in enumerate(specs)]
    return tf.nest.pack_sequence_as(specs, tf.nest.flatten(pairs))
  if not isinstance(specs, tf.TensorSpec) or specs.name:
    return specs
  return tf.TensorSpec(specs.shape, specs.dtype, name)


def _from_shapes(shape, dtype):
  """Returns specs for the shapes that were passed to `build`."""
  if isinstance(shape, dict):
    return {name: _from_shapes(of_one, dtype) for name, of_one in shape.items()}
  if isinstance(shape, list):
    return [_from_shapes(of_one, dtype) for of_one in shape]
  return tf.TensorSpec(shape, dtype)


def serialize(specs):
  """Returns specs, as of `input_specs`, as JSON values."""
  if isinstance(specs, dict):
    return {"named": {name: serialize(one) for name, one in specs.items()}}
  if isinstance(specs, list | tuple):
    return [serialize(one) for one in specs]
  return {"shape": list(specs.shape), "type": specs.dtype.name}


def deserialize(content):
  """Returns specs from the JSON values that `serialize` made."""
  if isinstance(content, list):
    return [deserialize(one) for one in content]
  if "named" in content:
    named = content["named"]
    return {name: deserialize(one) for name, one in named.items()}
  return tf.TensorSpec(content["shape"], content["type"])


def symbolic_inputs(specs):
  """Returns a `keras.Input` for each spec, in the same structure.

  Args:
    specs: A nested structure of `tf.TensorSpec`s, as of `input_specs`.
  """
  return tf.nest.map_structure(
    lambda spec: keras.Input(spec.shape[1:], dtype=spec.dtype, name=spec.name),
    specs,
  )


def as_functional(model) -> keras.Model:
  """Returns a functional model that calls a model, on the same weights.

  Args:
    model: A built model, subclassed or not; a functional one is returned as it
      is.

  Raises:
    ValueError: If its `call` has other required arguments than tensors.
  """
  if is_graph(model) and model.inputs:
    return model
  args, kwargs = symbolic_inputs(call_specs(model))
  inputs = args[0]
  if len(args) > 1 or kwargs:
    inputs = tf.nest.flatten((args, kwargs))
  return keras.Model(inputs, _called(model, args, kwargs), name=model.name)


def _called(model, args, kwargs):
  try:
    return model(*args, **kwargs)
  except TypeError as error:
    names = ", ".join([*_argument_names(model)[: len(args)], *kwargs])
    raise ValueError(
      f"Network {model.name!r} cannot be called with the tensors of its first"
      f" call, ({names}), alone: {_short(error)}. Give the other arguments of"
      " its `call` defaults, or move them to its constructor."
    ) from error


def _short(error) -> str:
  return str(error).strip().splitlines()[-1].strip().rstrip(".")[:200]


def shapes(model) -> tuple:
  """Returns a model's `input_shape` and `output_shape`, for any kind of model.

  Args:
    model: A built model, subclassed or not.
  """
  functional = as_functional(model)
  return functional.input_shape, functional.output_shape


def fixed_shapes(model, input_shape) -> list[tuple] | None:
  """Returns the shapes of a network's inputs at the sizes that a user passed.

  Args:
    model: A built model.
    input_shape: The user's argument: sizes without the batch, such as
      `(64, 64, 3)`; for several inputs a list of them, or a dict by the inputs'
      names; or None.

  Returns:
    A shape for each input, batch included; None if `input_shape` is None.

  Raises:
    ValueError: If sizes are not whole numbers above 0, or contradict the
      network's own.
  """
  if input_shape is None:
    return None
  functional = as_functional(model)
  names = functional.input_names
  return [
    _fixed(functional, name, tensor, sizes)
    for name, tensor, sizes in zip(
      names, functional.inputs, _for_each(names, input_shape), strict=True
    )
  ]


def _for_each(names, input_shape) -> list:
  """Returns the sizes of each input, in the network's order."""
  if isinstance(input_shape, dict):
    if set(input_shape) == set(names):
      return [input_shape[name] for name in names]
  elif len(names) == 1:
    inner = tuple(input_shape) if _is_list(input_shape) else (input_shape,)
    is_nested = len(inner) == 1 and _is_list(inner[0])
    return list(inner) if is_nested else [input_shape]
  elif _is_list(input_shape) and len(input_shape) == len(names):
    return list(input_shape)
  raise ValueError(
    f"`input_shape` needs sizes for each of the inputs {names}, as a list or as"
    f" a dict by name; got {input_shape!r}."
  )


def _is_list(x) -> bool:
  return isinstance(x, list | tuple | tf.TensorShape)


def _fixed(model, name, tensor, sizes) -> tuple:
  known = tuple(tensor.shape[1:])
  fits = _is_list(sizes) and all(map(_is_size, sizes))
  if not fits or not tensor.shape[1:].is_compatible_with(tuple(sizes)):
    raise ValueError(
      f"`input_shape` {sizes!r} does not fit the input {name!r} of"
      f" {model.name!r}: pass whole numbers above 0 that fit {known}, without"
      " the batch."
    )
  return (tensor.shape[0], *map(int, sizes))


def _is_size(x) -> bool:
  return arguments.is_whole(x) and x > 0


def example_shape(shape) -> str:
  """Returns an example of the argument `input_shape`, for messages.

  Args:
    shape: The shape of an input with unknown sides, batch included.

  Returns:
    Text such as 'input_shape=(height, width, 3)'.
  """
  names = {1: ["length"], 2: ["height", "width"]}
  unknown = sum(side is None for side in shape[1:])
  given = iter(names.get(unknown, [f"size_{i}" for i in range(unknown)]))
  sides = [next(given) if n is None else str(n) for n in shape[1:]]
  return f"input_shape=({', '.join(sides)}{',' * (len(sides) == 1)})"


def with_shapes(model, shapes: list[tuple] | None) -> keras.Model:
  """Returns a network of fixed sizes that calls a model, on the same weights.

  Args:
    model: A built model.
    shapes: The result of `fixed_shapes`; for None the model itself is returned.

  Raises:
    ValueError: If the network does not run at these sizes.
  """
  if shapes is None:
    return model
  functional = as_functional(model)
  given = [
    keras.Input(shape[1:], shape[0], dtype=x.dtype, name=name)
    for shape, x, name in zip(
      shapes, functional.inputs, functional.input_names, strict=True
    )
  ]
  packed = tf.nest.pack_sequence_as(functional._nested_inputs, given)
  with running(model, shapes):
    outputs = functional(packed)
  return keras.Model(packed, outputs, name=model.name)


@contextlib.contextmanager
def running(model, shapes):
  """Turns errors within a `with` block into one about the user's sizes.

  Args:
    model: The network that is called in the block.
    shapes: The result of `fixed_shapes`; for None errors stay as they are.

  Raises:
    ValueError: In place of an error of Keras's or TensorFlow's.
  """
  try:
    yield
  except (TypeError, ValueError, tf.errors.OpError) as error:
    if shapes is None:
      raise
    sizes = ", ".join(str(tuple(shape[1:])) for shape in shapes)
    raise ValueError(
      f"Network {model.name!r} does not run at `input_shape` {sizes}:"
      f" {keras_errors.short(error)}. Give sizes that it takes; a U-Net needs"
      " multiples of its strides, and a Flatten or Reshape the sizes that it"
      " was built for."
    ) from error
