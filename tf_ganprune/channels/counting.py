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
"""Counts the multiply-accumulates of layers whose rules do not give them."""

import contextlib
import dataclasses
import math

import tensorflow as tf

from tf_ganprune import keras_errors
from tf_ganprune.channels import operations
from tf_ganprune.channels.call import Call, Labelled, Product, Rule
from tf_ganprune.keras_compat import keras

# Modules whose layers have rules that say what they multiply.
_KNOWN = ("keras", "tf_keras", "tensorflow_model_optimization", "tf_ganprune")
# Operations whose result has the sides of a weight, in some order.
_SAME = """
  AddV2 Cast ExpandDims Identity Mul ReadVariableOp RealDiv Reshape Squeeze Sub
  Transpose
""".split()


def counted(rule: Rule, call: Call, node) -> Rule:
  """Returns a call's rule with its multiply-accumulates.

  Those of a layer that is not Keras's, or runs a user's function, are counted
  from the operations of its call.

  Args:
    rule: The call's rule.
    call: The call of a layer.
    node: Keras's node of the call, for the types of its tensors.
  """
  is_unknown = not rule.macs and (rule.is_whole or _is_own(call.layer))
  if not (is_unknown or _runs_own_code(call.layer)):
    return rule
  try:
    graph, outputs, batch = _graph(call, node)
    works = list(operations.works(graph, outputs))
  except Exception as error:  # A layer may raise anything.
    doubt = f"its call could not be traced: {keras_errors.short(error)}"
    return _noted(rule, call.layer, [doubt])
  sources = _variables(graph, rule)
  channels = _channels(rule, call.layer)
  found = [(x, _weight(x, sources)) for x in works if x.macs]
  macs = [
    *rule.macs,
    *(
      _part(x.macs / batch, channels if ref is None else rule.weights[ref].axes)
      for x, ref in found
      if ref is None or not rule.macs  # the rule counts what has its weights
    ),
  ]
  return _noted(
    dataclasses.replace(rule, macs=macs), call.layer, [x.doubt for x in works]
  )


def _is_own(layer) -> bool:
  """Returns whether a layer, or one that it wraps, is of a user's class."""
  inner = getattr(layer, "layer", None)
  if isinstance(inner, tf.Module) and _is_own(inner):
    return True
  return type(layer).__module__.partition(".")[0] not in _KNOWN


def _runs_own_code(layer) -> bool:
  """Returns whether a layer of Keras's calls a user's function."""
  if isinstance(layer, keras.layers.Lambda):
    return True
  function = getattr(layer, "activation", None)
  if function is None or isinstance(layer, keras.layers.RNN):
    return False
  named = function if hasattr(function, "__name__") else type(function)
  root = (named.__module__ or "").partition(".")[0]
  return root not in (*_KNOWN, "tensorflow")


def _channels(rule, layer) -> tuple:
  """Returns the channels with which products without a weight shrink.

  These are the output's channels if channels are not mixed, as in a blur or an
  activation; none if that is unknown.
  """
  if rule.is_whole or len(rule.outputs) != 1:
    return ()
  if rule.weights and _is_own(layer):
    return ()
  axes = [x for x in rule.outputs[0] if x is not None]
  return tuple(axes) if len(axes) == 1 else ()


def _noted(rule, layer, doubts) -> Rule:
  found = list(dict.fromkeys(x for x in doubts if x))
  if not found:
    return rule
  doubt = "; ".join(found)
  note = f"The multiply-accumulates of {layer.name!r} are not exact: {doubt}"
  return dataclasses.replace(rule, doubt=doubt, notes=[*rule.notes, note])


def _graph(call: Call, node):
  """Returns the graph of a call, its outputs, and the number of examples."""
  kept = [x._thread_local.__dict__.get("_eager_losses") for x in _all(call)]
  keras_tensors = tf.nest.flatten((node.call_args, node.call_kwargs))
  given = tf.nest.flatten((call.args, call.kwargs))
  try:
    # Functions that were traced for any batch would not tell their shapes.
    with _inlined():
      graph, outputs = _traced(call, given, keras_tensors)
  except Exception:  # Some need their control flow converted.
    graph, outputs = _traced(call, given, keras_tensors)
  for layer, losses in zip(_all(call), kept, strict=True):
    layer._thread_local._eager_losses = [] if losses is None else losses
  tensors = [x for x in tf.nest.flatten(outputs, True) if tf.is_tensor(x)]
  batches = {x.shape[0] for x in call.inputs if x.shape}
  batch = batches.pop() if len(batches) == 1 else None
  return graph, tensors, batch or 1


def _traced(call: Call, given, keras_tensors):
  graph = tf.__internal__.FuncGraph("multiply_accumulates")
  with graph.as_default():
    made = [_placeholder(*x) for x in zip(given, keras_tensors, strict=True)]
    args, kwargs = tf.nest.pack_sequence_as((call.args, call.kwargs), made)
    return graph, call.layer(*args, **kwargs)


@contextlib.contextmanager
def _inlined():
  """Traces `tf.function`s into the graph that calls them, while it lasts."""
  before = tf.config.functions_run_eagerly()
  tf.config.run_functions_eagerly(True)
  try:
    yield
  finally:
    tf.config.run_functions_eagerly(before)


def _all(call: Call) -> list:
  return list(call.layer._flatten_layers())


def _placeholder(given, keras_tensor):
  """Returns a placeholder for an input: one example if the batch is unknown."""
  if not isinstance(given, Labelled):
    return given
  shape = list(given.shape)
  if shape and shape[0] is None:
    shape[0] = 1
  return tf.compat.v1.placeholder(keras_tensor.dtype, shape)


def _variables(graph, rule) -> dict[int, object]:
  """Returns the `ref` of a rule's weight by the `id` of its captured handle."""
  refs = {id(ref.deref().handle): ref for ref in rule.weights}
  return {
    id(inner): refs[id(outer)]
    for outer, inner in graph.captures
    if id(outer) in refs
  }


def _part(macs: float, axes) -> Product:
  """Returns multiply-accumulates as a product that shrinks with some axes."""
  axes = tuple(x for x in axes if x is not None)
  if math.isnan(macs):
    return Product(macs, ())
  each = _exact(macs) / math.prod(map(len, axes)) if axes else macs
  return Product(_exact(each), axes)


def _weight(work, sources):
  """Returns the `ref` of the weight that an operation multiplies, or None."""
  found = (_source(operand, sources) for operand in work.operands)
  return next((ref for ref in found if ref is not None), None)


def _exact(number: float) -> float:
  return int(number) if number == int(number) else number


def _source(tensor, sources):
  """Returns the `ref` of the weight that a tensor is computed from, or None."""
  waiting, seen = [(tensor, tensor.shape.num_elements())], set()
  while waiting:
    one, size = waiting.pop()
    if id(one) in sources:
      ref = sources[id(one)]
      return ref if ref.deref().shape.num_elements() == size else None
    if id(one) not in seen and one.op.type in _SAME:
      seen.add(id(one))
      waiting += [(x, size) for x in one.op.inputs]
  return None
