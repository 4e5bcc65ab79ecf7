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
"""What a network takes and gives, subclassed networks too."""

import itertools

import tensorflow as tf

from tf_ganprune.keras_compat import keras


def is_graph(model) -> bool:
  """Whether Keras knows how a model's layers are connected."""
  return isinstance(model, keras.Sequential) or model._is_graph_network


def input_specs(model):
  """Returns what a built model takes, with an unknown batch.

  Args:
    model: A Keras model.

  Returns:
    A `tf.TensorSpec`, or a list or dict of them, as its `call` takes them.

  Raises:
    ValueError: If it was neither built nor called, or its `call` takes more
      than one argument.
  """
  args, kwargs = call_specs(model)
  if len(args) == 1 and not kwargs:
    return args[0]
  names = ", ".join([*_argument_names(model)[: len(args)], *kwargs])
  raise ValueError(
    f"The `call` of {model.name!r} takes several arguments, ({names}), and here"
    " a network must take one: a tensor, or a list or dict of them. Give it one"
    " with tgp.keras.Model(inputs, network(*inputs)) on keras.Input tensors."
  )


def call_specs(model) -> tuple[list, dict]:
  """Returns all tensors that a built model is called with, batch unknown.

  Args:
    model: A Keras model.

  Returns:
    Positional and named arguments of its `call`, as it was called first; each
    is a `tf.TensorSpec`, or a list or dict of them.

  Raises:
    ValueError: If it was neither built nor called.
  """
  if is_graph(model) and model.inputs:
    specs = [tf.TensorSpec(x.shape, x.dtype, x.name) for x in model.inputs]
    return [specs[0] if len(specs) == 1 else specs], {}
  if (saved := model.save_spec()) is not None:
    args, kwargs = saved
    # Keras has None for what is no tensor.
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


def _is_of_tensors(specs) -> bool:
  return None not in tf.nest.flatten(specs)


def _argument_names(model) -> list[str]:
  """Returns the names of what a model's `call` takes by place."""
  spec = model._call_spec.full_argspec
  names = [name for name in spec.args if name != "self"]
  return names + [f"{spec.varargs or 'inputs'}_{i}" for i in range(99)]


def _named(name: str, specs):
  """Gives tensors without names that of their argument."""
  if isinstance(specs, dict):
    return {key: _named(f"{name}_{key}", one) for key, one in specs.items()}
  if isinstance(specs, list | tuple):
    pairs = [_named(f"{name}_{i}", one) for i, one in enumerate(specs)]
    return tf.nest.pack_sequence_as(specs, tf.nest.flatten(pairs))
  if not isinstance(specs, tf.TensorSpec) or specs.name:
    return specs
  return tf.TensorSpec(specs.shape, specs.dtype, name)


def _from_shapes(shape, dtype):
  """Returns specs for what was passed to `build`."""
  if isinstance(shape, dict):
    return {name: _from_shapes(of_one, dtype) for name, of_one in shape.items()}
  if isinstance(shape, list):
    return [_from_shapes(of_one, dtype) for of_one in shape]
  return tf.TensorSpec(shape, dtype)


def serialize(specs):
  """Returns JSON for what `input_specs` returned."""
  if isinstance(specs, dict):
    return {"named": {name: serialize(one) for name, one in specs.items()}}
  if isinstance(specs, list | tuple):
    return [serialize(one) for one in specs]
  return {"shape": list(specs.shape), "type": specs.dtype.name}


def deserialize(content):
  """Returns what `serialize` was given."""
  if isinstance(content, list):
    return [deserialize(one) for one in content]
  if "named" in content:
    named = content["named"]
    return {name: deserialize(one) for name, one in named.items()}
  return tf.TensorSpec(content["shape"], content["type"])


def symbolic_inputs(specs):
  """Returns a `keras.Input` for each spec, in the same structure.

  Args:
    specs: What `input_specs` returned.
  """
  return tf.nest.map_structure(
    lambda spec: keras.Input(spec.shape[1:], dtype=spec.dtype, name=spec.name),
    specs,
  )


def as_functional(model) -> keras.Model:
  """Returns a model whose inputs and outputs Keras knows, on the same weights.

  Args:
    model: A built model, subclassed or not.

  Raises:
    ValueError: If its `call` needs more than the tensors it was called with.
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
      f"Network {model.name!r} cannot be called with the tensors that it was"
      f" called with first, ({names}): {_short(error)}. What else its `call`"
      " needs must have a default, or go into its constructor."
    ) from error


def _short(error) -> str:
  return str(error).strip().splitlines()[-1].strip().rstrip(".")[:200]


def shapes(model) -> tuple:
  """Returns the shapes of a model's input and output, as Keras's attributes.

  Args:
    model: A built model.
  """
  functional = as_functional(model)
  return functional.input_shape, functional.output_shape
