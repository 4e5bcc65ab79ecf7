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
"""The table of operators that GPU delegates take, with a check for each.

It was read from LiteRT's own sources:
`ml_drift_delegate/tflite/model_builder.cc` in google-ai-edge/LiteRT (which
operators have a parser, and what each checks) and
`tensorflow/lite/tools/versioning/gpu_compatibility.cc` in tensorflow (shapes
and types); both as of LiteRT 2.3. Rows with `wrong` come from runs on a
software adapter, where the delegate said that it takes the operator.

`lowering` replaces most of the operators that fail a check before the table is
used; those that are left become findings.
"""

from collections.abc import Callable

import numpy as np

from tf_ganprune.export import graph

_Check = Callable[[graph.Operator], str | None]
_LEAST_AXES, _MOST_AXES = 3, 4
_FIELDS = 4  # channels that a GPU keeps together


def _anything(operator) -> None:
  del operator


def _axes(most: int = _MOST_AXES, least: int = 1) -> _Check:
  def check(operator):
    axes = len(operator.inputs[0].shape)
    if least <= axes <= most:
      return None
    return f"on {axes} axes, and {least} to {most} are taken"

  return check


def _first_two(operator) -> str | None:
  first, second = operator.inputs[:2]
  if first is second:
    return "on one tensor twice, which the delegate does not take"
  return None


def _gather(operator) -> str | None:
  values, indices = operator.inputs
  if len(indices.shape) != 1:
    return (
      f"with indices of {len(indices.shape)} axes, and those of one are taken"
    )
  whole = values.dtype == "int32" and values.value is None
  if whole or indices.dtype != "int32":
    return f"of {values.dtype} by {indices.dtype}, not of floats by int32"
  return None


def _matmul(operator) -> str | None:
  if operator.inputs[0].value is not None:
    return "with a constant on the left, and only one on the right is taken"
  return _first_two(operator)


def _leaky_relu(operator) -> str | None:
  if not 0 <= operator.options.alpha <= 1:
    return "with a slope outside of 0 to 1, which is silently computed wrongly"
  return None


def _select(operator) -> str | None:
  condition, *sides = operator.inputs
  shape = operator.outputs[0].shape
  if condition.value is not None:
    return "by a constant condition"
  if any(x.shape != shape and max(x.shape, default=1) > 1 for x in sides):
    return "of tensors that are neither numbers nor of the output's shape"
  return None


def _floats(operator) -> str | None:
  dtype = operator.outputs[0].dtype
  if dtype not in ("float16", "float32"):
    return f"of {dtype}, and floats are taken"
  return None


def _pow(operator) -> str | None:
  return _first_two(operator) or _floats(operator)


def _pad(operator) -> str | None:
  return _axes(_MOST_AXES, _LEAST_AXES)(operator) or _floats(operator)


def _one_hot(operator) -> str | None:
  indices, (output,) = operator.inputs[0], operator.outputs
  if indices.dtype != "int32" or output.dtype != "float32":
    return f"of {indices.dtype} to {output.dtype}, not of int32 to float32"
  last = len(indices.shape)
  if operator.options.axis not in (-1, last):
    return "along an axis that is not the last"
  if any(n != 1 for n in indices.shape[:-1]):
    return "of anything but a vector, which is silently computed wrongly"
  return None


def _arg_max(operator) -> str | None:
  if operator.outputs[0].dtype != "int32":
    return f"with indices of {operator.outputs[0].dtype}, not of int32"
  return None


def _cumsum(operator) -> str | None:
  if (problem := _floats(operator)) is not None:
    return problem
  if operator.options.exclusive or operator.options.reverse:
    return "backward or exclusive, which is computed wrongly"
  axis = operator.inputs[1].value
  if axis is None or axis.min() < 0:
    return "along an axis that is not a constant from 0 on"
  return None


def _strided_slice(operator) -> str | None:
  options = operator.options
  if options.shrinkAxisMask:
    return "that removes an axis (shrink_axis_mask), as x[..., 0] does"
  if options.newAxisMask or options.ellipsisMask:
    return "with new axes or an ellipsis"
  steps = operator.inputs[3].value
  if steps is None or steps.min() < 0:
    return "backward, or with steps that are no constants"
  return None


def _mirror_pad(operator) -> str | None:
  if operator.options.mode != 0:
    return "with mode 'symmetric', and 'reflect' is taken"
  return _pad(operator)


def _padv2(operator) -> str | None:
  value = operator.inputs[2].value
  if value is None or np.any(value):
    return "with another number than 0, which becomes 0 before a convolution"
  return _pad(operator)


def _add_n(operator) -> str | None:
  if len(operator.inputs) > 2:
    return f"of {len(operator.inputs)} tensors, and 2 are taken"
  return _floats(operator)


def _prelu(operator) -> str | None:
  channels, slope = operator.inputs[0].shape[-1], operator.inputs[1]
  if slope.shape[-1] != channels:
    return f"with one slope for all {channels} channels"
  return None


def _softmax(operator) -> str | None:
  beta = operator.options.beta
  return None if beta == 1 else f"with beta {beta:g}, and 1 is taken"


def _split(operator) -> str | None:
  if any(x.shape[-1] % _FIELDS for x in operator.outputs):
    return f"into channels not a multiple of {_FIELDS}, computed wrongly"
  return None


def _wrong(what: str) -> _Check:
  return lambda operator: what


def _constant(index: int, what: str) -> _Check:
  def check(operator):
    if operator.inputs[index].value is None:
      return f"with {what} that are no constants"
    return None

  return check


# The check of each operator, which returns what is wrong with it or None.
# Operators that are not in the table are not taken at all.
TABLE: dict[str, _Check] = {
  "ABS": _anything,
  "ADD": _anything,
  "ADD_N": _add_n,
  "ARG_MAX": _arg_max,
  "ATAN2": _first_two,
  "AVERAGE_POOL_2D": _anything,
  "BATCH_MATMUL": _matmul,
  "BITCAST": _anything,
  "BITWISE_XOR": _first_two,
  "CAST": _anything,
  "CEIL": _anything,
  "CONCATENATION": _anything,
  "CONV_2D": _anything,
  "COS": _anything,
  "CUMSUM": _cumsum,
  "DEPTHWISE_CONV_2D": _anything,
  "DEPTH_TO_SPACE": _anything,
  # Weights of float16 files alone; a sparse kernel has another rule.
  "DEQUANTIZE": _anything,
  "DENSIFY": _anything,
  "DIV": _first_two,
  "DYNAMIC_UPDATE_SLICE": _anything,
  "ELU": _anything,
  "EMBEDDING_LOOKUP": _anything,
  "EQUAL": _first_two,
  "EXP": _anything,
  "FLOOR": _anything,
  "FLOOR_DIV": _first_two,
  "FLOOR_MOD": _first_two,
  "FULLY_CONNECTED": _anything,
  "GATHER": _gather,
  "GELU": _anything,
  "GREATER": _first_two,
  "GREATER_EQUAL": _first_two,
  "HARD_SWISH": _anything,
  "LEAKY_RELU": _leaky_relu,
  "LESS": _first_two,
  "LESS_EQUAL": _first_two,
  "LOG": _anything,
  "LOGICAL_AND": _first_two,
  "LOGICAL_NOT": _anything,
  "LOGICAL_OR": _first_two,
  "LOGISTIC": _anything,
  "MAXIMUM": _first_two,
  "MAX_POOL_2D": _anything,
  "MEAN": _constant(1, "axes"),
  "MINIMUM": _first_two,
  "MIRROR_PAD": _mirror_pad,
  "MUL": _anything,
  "NEG": _anything,
  "NOT_EQUAL": _first_two,
  "ONE_HOT": _one_hot,
  "PACK": _anything,
  "PAD": _pad,
  "PADV2": _padv2,
  "POW": _pow,
  "PRELU": _prelu,
  "REDUCE_ALL": _constant(1, "axes"),
  "REDUCE_ANY": _constant(1, "axes"),
  "REDUCE_MAX": _constant(1, "axes"),
  "REDUCE_MIN": _constant(1, "axes"),
  "REDUCE_PROD": _constant(1, "axes"),
  "RELU": _anything,
  "RELU6": _anything,
  # Taken by 2.1.3 and 2.3, refused by those between.
  "RELU_0_TO_1": _wrong("which some versions of the delegate do not take"),
  "RELU_N1_TO_1": _anything,
  "RESHAPE": _anything,
  "RESIZE_BILINEAR": _anything,
  "RESIZE_NEAREST_NEIGHBOR": _anything,
  "REVERSE_V2": _anything,
  "RIGHT_SHIFT": _anything,
  "ROUND": _anything,
  "RSQRT": _anything,
  "SELECT": _select,
  "SELECT_V2": _select,
  "SIGN": _anything,
  "SIN": _anything,
  "SLICE": _anything,
  "SOFTMAX": _softmax,
  "SPACE_TO_DEPTH": _anything,
  "SPLIT": _split,
  "SPLIT_V": _wrong("whose parts are silently computed wrongly"),
  "SQRT": _anything,
  "SQUARE": _anything,
  "SQUARED_DIFFERENCE": _first_two,
  "STRIDED_SLICE": _strided_slice,
  "SUB": _first_two,
  "SUM": _constant(1, "axes"),
  "TANH": _anything,
  "TILE": _anything,
  "TOPK_V2": _constant(1, "k"),
  "TRANSPOSE": _constant(1, "axes"),
  "TRANSPOSE_CONV": _anything,
  "UNPACK": _anything,
}

# Remedies, where there is a better one than another layer.
REMEDIES = {
  "ADD_N": "Add two at a time.",
  "ARG_MAX": "Pass output_type=tf.int32 to tf.argmax.",
  "ARG_MIN": "Pass output_type=tf.int32 to tf.argmin.",
  "BATCH_TO_SPACE_ND": "Use dilated convolutions or tf.nn.depth_to_space.",
  "BATCH_MATMUL": "Exchange both matrices, transposed.",
  "GATHER": "Flatten the indices before, and reshape the result.",
  "GATHER_ND": "Use tf.gather with a vector of indices along one axis.",
  "ONE_HOT": (
    "Compare with the classes:"
    " tf.nn.relu(1 - tf.abs(x[..., None] - classes)), in float32."
  ),
  "SPACE_TO_BATCH_ND": "Use dilated convolutions or tf.nn.space_to_depth.",
  "STRIDED_SLICE": "Slice with x[..., :1] and constants, and reshape.",
}
