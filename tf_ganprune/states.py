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
"""Restores the variables that running a network changes."""

import functools
import inspect
import weakref
from collections.abc import Iterable

import tensorflow as tf

from tf_ganprune.graphs import signatures
from tf_ganprune.keras_compat import keras

_READS = ("ReadVariableOp", "ResourceGather", "VarIsInitializedOp")
# Whose layers hold no variables but those that Keras finds in them.
_KNOWN = ("keras", "tf_keras", "tensorflow", "tf_ganprune")


class Kept:
  """A context manager that restores all variables of networks, to the bit.

  A forward pass may write to variables, in inference too: batch statistics of a
  layer that is called with `training=True`, states of a recurrent layer, a
  counter or a spectral norm in a user's layer. Variables that Keras does not
  track, such as those that a Lambda captures, are found by tracing.

  It can be entered many times, also within a `tf.function` of one replica. In a
  strategy's step with several replicas it does nothing.

  Example:
    >>> with Kept(generator):
    ...   images = generator(latents, training=False)
  """

  def __init__(self, *networks: keras.layers.Layer, without: Iterable = ()):
    """Finds the variables.

    Args:
      *networks: Built models or layers.
      without: Variables that may change.
    """
    left_out = {id(x) for one in without for x in _handles(one)}
    with tf.init_scope():
      found = {
        id(handle): handle
        for network in networks
        for handle in handles_of(network)
        if id(handle) not in left_out
      }
    self._handles = list(found.values())
    self._values: list[tuple] = []

  def __enter__(self) -> "Kept":
    # A value shares its variable's memory until the variable is written to.
    handles = self._handles if _is_alone() else []
    self._values.append(([(x, value_of(x)) for x in handles], _num_nodes()))
    return self

  def __exit__(self, *_) -> None:
    values, nodes = self._values.pop()
    for handle, value in values:
      if _may_be_written(handle, nodes):
        tf.raw_ops.AssignVariableOp(resource=handle, value=value)


def _is_alone() -> bool:
  strategy = tf.distribute.get_strategy()
  return tf.executing_eagerly() or strategy.num_replicas_in_sync == 1


def _num_nodes() -> int:
  """Returns the number of operations in the graph that is being traced."""
  if tf.executing_eagerly():
    return 0
  return len(tf.compat.v1.get_default_graph().get_operations())


def _may_be_written(handle, nodes: int) -> bool:
  """Returns whether operations added to a graph since may write a variable.

  Args:
    handle: The variable's handle.
    nodes: The number of operations that the graph had before.
  """
  if tf.executing_eagerly():
    return True
  graph = tf.compat.v1.get_default_graph()
  inner = graph.capture(handle)
  return any(
    inner is x
    for operation in graph.get_operations()[nodes:]
    if operation.type not in _READS
    for x in operation.inputs
  )


def handles_of(network: keras.layers.Layer) -> list[tf.Tensor]:
  """Returns the handles of all variables that a forward pass may change.

  Args:
    network: A built model or layer.
  """
  variables = [*network.variables, *_of_generators(network)]
  handles = [handle for one in variables for handle in _handles(one)]
  layers = network._flatten_layers()
  if isinstance(network, keras.Model) and any(map(_may_hide, layers)):
    handles += _captured(network)
  found = {id(x): x for x in handles if is_variable(x)}
  return [x for x in found.values() if _is_initialized(x)]


def is_variable(handle) -> bool:
  """Returns whether a tensor is the handle of a variable, not of a table."""
  data = getattr(handle, "_handle_data", None)
  return handle.dtype == tf.resource and bool(data and data.shape_and_type)


def value_of(handle: tf.Tensor) -> tf.Tensor:
  """Returns the value of the variable of a handle."""
  dtype = tf.as_dtype(handle._handle_data.shape_and_type[0].dtype)
  return tf.raw_ops.ReadVariableOp(resource=handle, dtype=dtype)


def _handles(variable) -> list[tf.Tensor]:
  """Returns the handle of a variable, or the handles of its replicas."""
  replicas = getattr(variable, "values", None)
  if isinstance(replicas, tuple | list):
    return [one.handle for one in replicas]
  return [variable.handle] if hasattr(variable, "handle") else []


def _is_initialized(handle) -> bool:
  return bool(tf.raw_ops.VarIsInitializedOp(resource=handle))


def _of_generators(network) -> list[tf.Variable]:
  """Returns the states of the random generators of Keras's layers."""
  found = []
  for layer in network._flatten_layers():
    random = getattr(layer, "_random_generator", None)
    generator = getattr(random, "_generator", None)
    if isinstance(generator, tf.random.Generator):
      found.append(generator.state)
  return found


def _may_hide(layer) -> bool:
  """Returns whether a layer may use variables that Keras does not track."""
  if not _is_known(type(layer)) or getattr(layer, "stateful", False):
    return True
  return any(map(_is_foreign_function, vars(layer).values()))


def _is_foreign_function(x) -> bool:
  """Returns whether a value is a user's function or callable object."""
  if isinstance(x, functools.partial):
    return _is_foreign_function(x.func)
  if inspect.ismethod(x):
    return not _is_known(type(x.__self__))
  if inspect.isfunction(x):
    return not _is_known(x)
  is_plain = isinstance(x, type | weakref.ref) or not callable(x)
  return not is_plain and not _is_known(type(x))


def _is_known(thing) -> bool:
  root = (thing.__module__ or "").partition(".")[0]
  return root in (*_KNOWN, "builtins")


def _captured(network) -> list[tf.Tensor]:
  """Returns the tensors that the graph of a network captures."""
  try:
    args, kwargs = signatures.call_specs(network)
    run = tf.function(lambda *a, **k: network(*a, training=False, **k))
    return list(run.get_concrete_function(*args, **kwargs).captured_inputs)
  except Exception:  # Running the network will raise the error again.
    return []
