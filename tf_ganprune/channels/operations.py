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
"""Counts the multiply-accumulates of the operations in a graph."""

import dataclasses
import math
from collections.abc import Iterator

import tensorflow as tf

from tf_ganprune.channels import loops

_CALLS = ("PartitionedCall", "StatefulPartitionedCall")
_BRANCHES = ("If", "StatelessIf", "Case", "StatelessCase")
_LOOPS = ("While", "StatelessWhile")
# Operations that may multiply an unknown number of times.
_OPAQUE = (
  "PyFunc",
  "PyFuncStateless",
  "EagerPyFunc",
  "SparseTensorDenseMatMul",
  "XlaCallModule",
  "CudnnRNNV3",
)


@dataclasses.dataclass(frozen=True)
class Work:
  """The multiply-accumulates of one operation.

  Attributes:
    macs: Their number; `nan` if a side of a tensor is unknown.
    operands: The tensors that are multiplied, to find weights among them.
    doubt: The reason why `macs` may be wrong, a clause; empty if it is exact.
  """

  macs: float
  operands: tuple[tf.Tensor, ...] = ()
  doubt: str = ""


def works(graph: tf.Graph, outputs) -> Iterator[Work]:
  """Yields the multiply-accumulates of the operations that a graph runs.

  Args:
    graph: The graph of a function.
    outputs: The function's outputs. Operations that they depend on are counted,
      and those without outputs, which have side effects.
  """
  for operation in _needed(graph, outputs):
    if operation.type in _OPAQUE:
      yield Work(0, doubt=f"it runs {operation.type}, which cannot be counted")
    elif operation.type in _CALLS:
      yield from _called(graph, operation)
    elif operation.type in _BRANCHES:
      yield _branches(graph, operation)
    elif operation.type in _LOOPS:
      yield from _loop(graph, operation)
    elif operation.type in _COUNTS:
      macs = _COUNTS[operation.type](operation)
      yield Work(macs, tuple(operation.inputs))


def _needed(graph, outputs) -> list[tf.Operation]:
  """Returns the operations that outputs or effects depend on."""
  effects = [x for x in graph.get_operations() if not x.outputs]
  return _before([x.op for x in outputs] + effects)


def _before(waiting) -> list[tf.Operation]:
  """Returns operations and all that they depend on."""
  found: dict[int, tf.Operation] = {}
  while waiting:
    operation = waiting.pop()
    if id(operation) not in found:
      found[id(operation)] = operation
      waiting += [x.op for x in operation.inputs] + operation.control_inputs
  return list(found.values())


def _body(graph, name: str):
  """Returns the traced graph of a function that a graph calls.

  It is looked up in the graph, and in the graphs around it.
  """
  while graph is not None:
    function = graph._get_function(name)
    if function is not None:
      return function.graph
    graph = getattr(graph, "outer_graph", None)
  raise ValueError(f"the function {name!r} cannot be looked into")


def _called(graph, operation) -> Iterator[Work]:
  """Yields the work of a called function, with its arguments as operands."""
  body = _body(graph, operation.get_attr("f").name)
  given = {id(a): b for a, b in zip(body.inputs, operation.inputs, strict=True)}
  for work in works(body, body.outputs):
    operands = tuple(given.get(id(x), x) for x in work.operands)
    yield dataclasses.replace(work, operands=operands)


def _branches(graph, operation) -> Work:
  """Returns the work of the largest branch, an upper bound."""
  if operation.type.endswith("Case"):
    functions = operation.get_attr("branches")
  else:
    functions = [operation.get_attr(f"{x}_branch") for x in ("then", "else")]
  bodies = [_body(graph, x.name) for x in functions]
  branches = [list(works(x, x.outputs)) for x in bodies]
  totals = [sum(work.macs for work in branch) for branch in branches]
  most = math.nan if any(map(math.isnan, totals)) else max(totals)
  doubts = [work.doubt for branch in branches for work in branch if work.doubt]
  return Work(most, doubt="".join(doubts[:1]))


def _loop(graph, operation) -> Iterator[Work]:
  """Yields the work of all iterations of a loop."""
  body = _body(graph, operation.get_attr("body").name)
  inside = list(works(body, body.outputs))
  condition = _body(graph, operation.get_attr("cond").name)
  rounds = loops.rounds(graph, operation, condition, body)
  for work in inside:
    if rounds is None:
      doubt = "the number of rounds of its loop is unknown; one is counted"
      yield Work(work.macs, doubt=work.doubt or doubt)
    else:
      yield Work(work.macs * rounds, doubt=work.doubt)


def _size(shape) -> float:
  shape = tf.TensorShape(shape)
  return math.prod(shape) if shape.is_fully_defined() else math.nan


def _convolution(operation) -> float:
  """Counts a convolution: a whole kernel for each place of the output."""
  kernel = operation.inputs[1].shape
  return _each(_size(operation.outputs[0].shape), kernel, 1)


def _transposed(operation) -> float:
  """Counts a transposed convolution: a kernel for each place of the input."""
  return _each(_size(operation.inputs[2].shape), operation.inputs[1].shape, 1)


def _depthwise(operation) -> float:
  return _each(_size(operation.outputs[0].shape), operation.inputs[1].shape, 2)


def _depthwise_transposed(operation) -> float:
  return _each(_size(operation.inputs[2].shape), operation.inputs[1].shape, 2)


def _of_kernel(operation) -> float:
  return _each(_size(operation.inputs[2].shape), operation.outputs[0].shape, 1)


def _each(numbers: float, kernel, sides: int) -> float:
  """Returns `numbers` times the kernel's size without its last sides."""
  return math.nan if kernel.rank is None else numbers * _size(kernel[:-sides])


def _product(operation) -> float:
  """Counts a matrix product: a sum over the shared side for each output."""
  has_adjoint = operation.type.startswith("BatchMatMul")
  name = "adj_x" if has_adjoint else "transpose_a"
  given = operation.inputs[0].shape
  if given.rank is None:
    return math.nan
  shared = given[-2 if operation.get_attr(name) else -1]
  size = _size(operation.outputs[0].shape)
  return math.nan if shared is None else size * shared


def _einsum(operation) -> float:
  """Counts an einsum: a sum over the missing letters for each output."""
  given, wanted = operation.get_attr("equation").decode().split("->")
  if len(operation.inputs) < 2:
    return 0
  sides: dict = {}
  for term, tensor in zip(given.split(","), operation.inputs, strict=True):
    if tensor.shape.rank is None:
      return math.nan
    before, _, after = term.replace(" ", "").partition("...")
    shape = list(tensor.shape)
    sides |= dict(zip(before, shape, strict=False))
    if after:
      sides |= dict(zip(after, shape[-len(after) :], strict=True))
  summed = [n for letter, n in sides.items() if letter not in wanted]
  size = _size(operation.outputs[0].shape)
  return math.nan if None in summed else size * math.prod(summed)


_COUNTS = {
  "Conv": _convolution,
  "Conv2D": _convolution,
  "Conv3D": _convolution,
  "Conv2DBackpropFilter": _of_kernel,
  "Conv3DBackpropFilterV2": _of_kernel,
  "Conv2DBackpropInput": _transposed,
  "Conv3DBackpropInputV2": _transposed,
  "DepthwiseConv2dNative": _depthwise,
  "DepthwiseConv2dNativeBackpropInput": _depthwise_transposed,
  "MatMul": _product,
  "SparseMatMul": _product,
  "BatchMatMul": _product,
  "BatchMatMulV2": _product,
  "BatchMatMulV3": _product,
  "Einsum": _einsum,
}
