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
"""The table of export targets, with the needs and the gains of each."""

import dataclasses

from tf_ganprune.export import (
  finding,
  graph_rewrite,
  lowering,
  number_formats,
  rewrites,
)
from tf_ganprune.export.rewrites import rewrite_rule
from tf_ganprune.export.rules import (
  dense_blocks,
  file_limits,
  flag,
  gpu_operators,
  int8_loading,
  slow,
  sparse_clusters,
  wrong_on_gpu,
)

_FLAG_FLOAT32 = number_formats.Setting(number_formats.FLOAT32, flag=True)
_PLAIN_FLOAT32 = number_formats.Setting(number_formats.FLOAT32)
_FLAG_FLOAT16 = number_formats.Setting(number_formats.FLOAT16, flag=True)
_PLAIN_FLOAT16 = number_formats.Setting(number_formats.FLOAT16)
_FLAG_DYNAMIC = number_formats.Setting(number_formats.DYNAMIC, flag=True)
_PLAIN_DYNAMIC = number_formats.Setting(number_formats.DYNAMIC)
_FLAG_INT8 = number_formats.Setting(number_formats.INT8, flag=True)
_PLAIN_INT8 = number_formats.Setting(number_formats.INT8)
_PLAIN_INTEGERS = number_formats.Setting(number_formats.INTEGERS)


@dataclasses.dataclass(frozen=True)
class Target:
  """The settings, rules and replacements with which one target exports.

  `check_target`, `export_tflite` and the table in the guide to exports are made
  from it.

  Example:
    >>> Target("float32", (Setting(FLOAT32),), "exact numbers")

  Attributes:
    summary: One line for users.
    settings: Ways to convert, the preferred one first: the types of numbers,
      their tolerances, and whether the sparsity flag is on.
    gains: The advantage of the target, for the table.
    needs: The requirements on a network, for the table.
    unless: Functions that return a reason against a setting for a network, in
      which case the setting is not tried.
    limits: The limits on operators and tensors.
    rules: Functions that find operators which delegates run wrongly or slowly,
      in a file that was converted without the flag.
    rewrites: Replacements of layers, made in this order in a copy of the
      network before it is converted.
    lowerings: Replacements of operators in the converted file by others that
      compute the same.
    graph_rewrites: Changes of the network's graph, made in this order before
      it is converted.
    smallest: Whether all settings are tried and the smallest file that is
      right is taken, rather than the first that is right.
    accelerator: The processor that the file is for, `'cpu'`, `'gpu'` or
      `'npu'`.
    accelerator_numbers: The tolerances on that processor; None if the file is
      not compared there.
    batch: How many samples an inference takes. A file whose batch varies runs
      1.8 times slower on CPUs and is refused by GPUs.
  """

  summary: str
  settings: tuple[number_formats.Setting, ...]
  gains: str
  needs: str = ""
  unless: tuple[flag.Rule, ...] = ()
  limits: file_limits.Limits = file_limits.Limits()
  rules: tuple[finding.Rule, ...] = ()
  rewrites: tuple[rewrite_rule.Rewrite, ...] = ()
  lowerings: tuple[lowering.Lowering, ...] = ()
  graph_rewrites: tuple[graph_rewrite.GraphRewrite, ...] = ()
  smallest: bool = False
  accelerator: str = "cpu"
  accelerator_numbers: number_formats.Numbers | None = None
  batch: int = 1


# Full int8 and dynamic int8 go without the flag: with it LiteRT refuses to
# load most networks, and it runs some wrongly. 'cpu-small' may try.
EXPORT_TARGETS = {
  "cpu": Target(
    "float32",
    (_FLAG_FLOAT32, _PLAIN_FLOAT32),
    gains="Exact numbers; 80 % zeros make the file 4 times smaller.",
    unless=(flag.zeros_for_the_flag, flag.fast_blocks),
    rewrites=(rewrites.PHASES_IN_FLOAT,),
  ),
  "cpu-fp16": Target(
    "float16 weights, float32 inside",
    (_FLAG_FLOAT16, _PLAIN_FLOAT16),
    gains="Half the bytes; 6 times fewer at 80 % zeros.",
    unless=(flag.zeros_for_the_flag,),
    rewrites=(rewrites.PHASES_IN_FLOAT,),
  ),
  "cpu-dynamic": Target(
    "int8 weights, float32 between layers",
    (_PLAIN_DYNAMIC,),
    gains="A quarter of the bytes, without calibration.",
    rewrites=(rewrites.PHASES,),
  ),
  "cpu-int8": Target(
    "int8 inside, float32 in and out",
    (_PLAIN_INT8,),
    gains="A quarter of the bytes, and several times faster than float32.",
    rules=(
      int8_loading.scales_too_far_apart,
      slow.integers_on_separable,
      slow.left_in_float,
    ),
    rewrites=(
      rewrites.PHASES,
      rewrites.TWO_RELUS,
      *rewrites.NORMS_IN_INTEGERS,
    ),
    graph_rewrites=(graph_rewrite.codes_of_a_table,),
  ),
  "cpu-small": Target(
    "the smallest file that is right",
    (
      _PLAIN_FLOAT32,
      _FLAG_FLOAT32,
      _PLAIN_FLOAT16,
      _FLAG_FLOAT16,
      _PLAIN_DYNAMIC,
      _FLAG_DYNAMIC,
      _PLAIN_INT8,
      _FLAG_INT8,
    ),
    gains="The fewest bytes: 16 % of those of float32 at 80 % zeros.",
    unless=(flag.zeros_for_the_flag,),
    graph_rewrites=(graph_rewrite.codes_of_a_table,),
    smallest=True,
  ),
  "cpu-block": Target(
    "float32, Dense layers with 1x4 blocks of zeros",
    (_FLAG_FLOAT32,),
    gains="Dense layers in half the time at 80 % zeros.",
    needs=(
      "Dense layers with at least 70 % zeros in 1x4 blocks (block_size=(4, 1)),"
      " and inputs that are a multiple of 4"
    ),
    rules=(dense_blocks.dense_layers,),
    rewrites=(rewrites.PHASES_IN_FLOAT,),
  ),
  "arm-sparse": Target(
    "float32, 1x1 convolutions that XNNPACK runs sparsely on ARM",
    (_FLAG_FLOAT32,),
    gains="2.0 to 3.4 times faster at 70 to 90 % zeros, on ARM only.",
    needs=(
      "a stem (3x3, strides of 2, 3 channels, explicit padding), then 1x1 and"
      " depthwise convolutions up to depth-to-space or a mean; more than two"
      " thirds of the 1x1 weights zero: `tgp.networks.sparse_generator`, pruned"
      " with `tgp.PruneForLatencyOnXNNPack`"
    ),
    rules=(sparse_clusters.structure, sparse_clusters.zeros),
    rewrites=(rewrites.EXPLICIT_STEM,),
  ),
  "gpu": Target(
    "float32, every operator on the GPU delegate",
    (_PLAIN_FLOAT32,),
    gains="The GPU runs all of it; fewer channels pay, zeros do not.",
    needs="operators that the GPU delegate has and computes rightly",
    limits=file_limits.Limits(
      max_rank=4,
      versions={"DENSIFY": 0, "TRANSPOSE_CONV": 3},
    ),
    rules=(
      wrong_on_gpu.transposed_convolutions,
      wrong_on_gpu.grouped_convolutions,
      gpu_operators.operators,
      gpu_operators.types,
      gpu_operators.inexact,
      gpu_operators.inputs,
      gpu_operators.outputs,
    ),
    accelerator="gpu",
    accelerator_numbers=number_formats.GPU,
    rewrites=(
      rewrites.VALID_TRANSPOSED,
      rewrites.SEPARATE_RELU,
      rewrites.TWO_RELUS,
      *rewrites.NORMS,
    ),
    lowerings=lowering.FOR_GPUS,
    graph_rewrites=(graph_rewrite.scaled_squares,),
  ),
  "npu": Target(
    "int8 inside, int8 in and out",
    (_PLAIN_INTEGERS,),
    gains="What NPUs take: no floating point number, a quarter of the bytes.",
    needs="an int8 kernel for every operator",
    limits=file_limits.Limits(max_rank=4, integers_only=True),
    rules=(int8_loading.scales_too_far_apart,),
    accelerator="npu",
    rewrites=(rewrites.TWO_RELUS, *rewrites.NORMS_IN_INTEGERS),
    graph_rewrites=(graph_rewrite.codes_of_a_table,),
  ),
}


def get(target: str) -> Target:
  """Returns the export target of a name.

  Args:
    target: A name from `EXPORT_TARGETS`.

  Raises:
    ValueError: If there is no target of that name.
  """
  if isinstance(target, str) and target in EXPORT_TARGETS:
    return EXPORT_TARGETS[target]
  known = "; ".join(f"{k!r} ({v.summary})" for k, v in EXPORT_TARGETS.items())
  raise ValueError(
    f"`target` {target!r} is not known; the targets are {known}."
  )
