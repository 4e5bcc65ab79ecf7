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
"""What a layer's call costs, where its rule does not say."""

import contextlib
import dataclasses
import math

import tensorflow as tf

from tf_ganprune import keras_errors
from tf_ganprune.channels import operations
from tf_ganprune.channels.call import Call, Labelled, Product, Rule

# Modules whose layers have rules that say what they multiply.
_KNOWN = ("keras", "tf_keras", "tensorflow_model_optimization", "tf_ganprune")
# Operations whose result has the sides of a weight, in some order.
_SAME = """
  AddV2 Cast ExpandDims Identity Mul ReadVariableOp RealDiv Reshape Squeeze Sub
  Transpose
""".split()


def counted(rule: Rule, call: Call, node) -> Rule:
  """Returns a rule that says what the call multiplies.

  Args:
    rule: Of the call.
    call: Of a layer.
    node: Keras's, for the types of its tensors.
  """
  if rule.macs or not (rule.is_whole or _is_own(call.layer)):
    return rule
  try:
    graph, outputs, batch = _graph(call, node)
    works = list(operations.works(graph, outputs))
  except Exception as error:  # A layer may raise anything.
    doubt = f"its call could not be traced: {keras_errors.short(error)}"
    return _noted(rule, call.layer, [doubt])
  sources = _variables(graph, rule)
  macs = [_part(x, batch, sources, rule) for x in works if x.macs]
  return _noted(
    dataclasses.replace(rule, macs=macs), call.layer, [x.doubt for x in works]
  )


def _is_own(layer) -> bool:
  """Whether a layer, or what it wraps, is somebody's own."""
  inner = getattr(layer, "layer", None)
  if isinstance(inner, tf.Module) and _is_own(inner):
    return True
  return type(layer).__module__.partition(".")[0] not in _KNOWN


def _noted(rule, layer, doubts) -> Rule:
  found = list(dict.fromkeys(x for x in doubts if x))
  if not found:
    return rule
  doubt = "; ".join(found)
  note = f"The multiply-accumulates of {layer.name!r} are not exact: {doubt}"
  return dataclasses.replace(rule, doubt=doubt, notes=[*rule.notes, note])


def _graph(call: Call, node):
  """Returns the graph of a call, its outputs, and for how many examples."""
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
  """Lets functions run within the graph that calls them."""
  before = tf.config.functions_run_eagerly()
  tf.config.run_functions_eagerly(True)
  try:
    yield
  finally:
    tf.config.run_functions_eagerly(before)


def _all(call: Call) -> list:
  return list(call.layer._flatten_layers())


def _placeholder(given, keras_tensor):
  """Returns one example, or all of a batch that is counted."""
  if not isinstance(given, Labelled):
    return given
  shape = list(given.shape)
  if shape and shape[0] is None:
    shape[0] = 1
  return tf.compat.v1.placeholder(keras_tensor.dtype, shape)


def _variables(graph, rule) -> dict[int, object]:
  """Returns the `ref` of a rule's weight by the `id` of its handle within."""
  refs = {id(ref.deref().handle): ref for ref in rule.weights}
  return {
    id(inner): refs[id(outer)]
    for outer, inner in graph.captures
    if id(outer) in refs
  }


def _part(work, batch: int, sources, rule) -> Product:
  """Returns a product that shrinks with a weight, or else stays as it is."""
  macs = work.macs / batch
  if math.isnan(macs):
    return Product(macs, ())
  macs = _exact(macs)
  for operand in work.operands:
    ref = _source(operand, sources)
    if ref is not None:
      axes = [x for x in rule.weights[ref].axes if x is not None]
      each = macs / math.prod(map(len, axes))
      return Product(_exact(each), tuple(axes))
  return Product(macs, ())


def _exact(number: float) -> float:
  return int(number) if number == int(number) else number


def _source(tensor, sources):
  """Returns the weight that a tensor has the numbers of, or None."""
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
