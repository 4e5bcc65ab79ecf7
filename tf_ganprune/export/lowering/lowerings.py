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
"""The table of lowerings for GPU delegates, one for each kind of operator."""

from tf_ganprune.export.lowering import (
  arithmetic,
  editor,
  grouped_convolution,
  indexing,
  padding,
  powers,
  scalars,
)

_LONGER = "the same along the axes that are longer than 1"
_REDUCTIONS = ("MEAN", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "SUM")
_COPY = "the same with a copy of the input that they took twice"
_TWICE = (
  "BATCH_MATMUL",
  "DIV",
  "EQUAL",
  "FLOOR_DIV",
  "FLOOR_MOD",
  "GREATER",
  "GREATER_EQUAL",
  "LESS",
  "LESS_EQUAL",
  "MAXIMUM",
  "MINIMUM",
  "NOT_EQUAL",
  "SQUARED_DIFFERENCE",
  "SUB",
)

FOR_GPUS = tuple(
  editor.Lowering(*row)
  for row in (
    ("ADD_N", arithmetic.add_n, "sums of two"),
    ("ARG_MAX", arithmetic.arg_max, "ARG_MAX with int32 indices"),
    ("ARG_MIN", arithmetic.arg_min, "ARG_MAX of negated numbers"),
    ("BROADCAST_TO", padding.broadcast_to, "TILE"),
    (
      "CONV_2D",
      grouped_convolution.grouped,
      "the same in groups of more channels",
    ),
    ("CUMSUM", arithmetic.cumsum, "CUMSUM forward, and REVERSE_V2 or SUB"),
    ("GATHER", indexing.gather, "GATHER with one axis of indices"),
    ("L2_NORMALIZATION", arithmetic.l2_normalization, "sums of squares"),
    ("LEAKY_RELU", arithmetic.leaky_relu, "two RELUs"),
    ("LOG_SOFTMAX", arithmetic.log_softmax, "EXP, SUM and LOG"),
    ("MIRROR_PAD", padding.mirror_pad, "GATHER of rows"),
    ("ONE_HOT", indexing.one_hot, "comparisons with the classes"),
    ("PACK", scalars.pack, "CONCATENATION"),
    ("PAD", padding.pad, "CONCATENATION with zeros"),
    ("PADV2", padding.padv2, "CONCATENATION with constants"),
    ("POW", powers.power, "products, EXP or powers of sizes"),
    ("PRELU", arithmetic.prelu, "relu(x) - slope * relu(-x)"),
    ("RELU_0_TO_1", arithmetic.relu_0_to_1, "RELU and MINIMUM"),
    ("SELECT", arithmetic.select, "the same of tensors of one shape"),
    ("SELECT_V2", arithmetic.select, "the same of tensors of one shape"),
    ("SPLIT", indexing.split, "slices"),
    ("SPLIT_V", indexing.split_v, "slices"),
    ("STRIDED_SLICE", indexing.strided_slice, "slices that keep all axes"),
    *((name, arithmetic.reduction, _LONGER) for name in _REDUCTIONS),
    *((name, arithmetic.same_input_twice, _COPY) for name in _TWICE),
  )
)
