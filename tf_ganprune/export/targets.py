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
"""The table of export targets: what each needs, and what it gains."""

import dataclasses

from tf_ganprune.export import finding, lowering, rewrites, settings
from tf_ganprune.export.rewrites import seam
from tf_ganprune.export.rules import (
  blocks,
  bounds,
  clusters,
  flag,
  gpu,
  gpu_operators,
  scales,
  slow,
)

_FLAG_FLOAT32 = settings.Setting(settings.FLOAT32, flag=True)
_PLAIN_FLOAT32 = settings.Setting(settings.FLOAT32)
_FLAG_FLOAT16 = settings.Setting(settings.FLOAT16, flag=True)
_PLAIN_FLOAT16 = settings.Setting(settings.FLOAT16)
_FLAG_DYNAMIC = settings.Setting(settings.DYNAMIC, flag=True)
_PLAIN_DYNAMIC = settings.Setting(settings.DYNAMIC)
_FLAG_INT8 = settings.Setting(settings.INT8, flag=True)
_PLAIN_INT8 = settings.Setting(settings.INT8)
_PLAIN_INTEGERS = settings.Setting(settings.INTEGERS)


@dataclasses.dataclass(frozen=True)
class Target:
  """What a network is converted to for one kind of device.

  `check_target`, `export_tflite` and the table in the README read it.

  Example:
    >>> Target("float32", (Setting(FLOAT32),), "exact numbers")

  Attributes:
    summary: One line for users.
    settings: Ways to convert, the preferred one first: the types of numbers,
      their tolerances, and whether the sparsity flag is on.
    gains: What is won and by what, for the README.
    needs: What a network must be like, for the README.
    unless: What may speak against a setting for a given network, before it is
      tried. Another setting is tried then.
    limits: What operators and tensors may be.
    rules: What delegates are known to do wrong or slowly, found in what was
      converted without the flag.
    rewrites: What is put right on a copy of the network before it is converted,
      in this order.
    lowerings: Which operators of the converted file are replaced by others that
      compute the same.
    scales_squares: Whether what is squared is divided before, so that its sums
      stay below what float16 holds.
    smallest: Whether all settings are tried and the smallest file that is
      right is taken, rather than the first that is right.
    accelerator: What the file is for: `'cpu'`, `'gpu'` or `'npu'`.
    accelerator_numbers: The tolerance there, None if it is not run there.
    batch: How many samples an inference takes. A batch that varies runs 1.8
      times slower on CPUs and is refused by GPUs.
  """

  summary: str
  settings: tuple[settings.Setting, ...]
  gains: str
  needs: str = ""
  unless: tuple[flag.Rule, ...] = ()
  limits: bounds.Limits = bounds.Limits()
  rules: tuple[finding.Rule, ...] = ()
  rewrites: tuple[seam.Rewrite, ...] = ()
  lowerings: tuple[lowering.Lowering, ...] = ()
  scales_squares: bool = False
  smallest: bool = False
  accelerator: str = "cpu"
  # mypy takes `settings` for the field of that name.
  accelerator_numbers: settings.Numbers | None = None  # type: ignore[name-defined]
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
      scales.too_far_apart,
      slow.integers_on_separable,
      slow.left_in_float,
    ),
    rewrites=(
      rewrites.PHASES,
      rewrites.TWO_RELUS,
      *rewrites.NORMS_IN_INTEGERS,
    ),
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
    rules=(blocks.dense_layers,),
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
    rules=(clusters.structure, clusters.zeros),
    rewrites=(rewrites.EXPLICIT_STEM,),
  ),
  "gpu": Target(
    "float32, every operator on the GPU delegate",
    (_PLAIN_FLOAT32,),
    gains="The GPU runs all of it; fewer channels pay, zeros do not.",
    needs="operators that the GPU delegate has and computes rightly",
    limits=bounds.Limits(
      max_rank=4,
      versions={"DENSIFY": 0, "TRANSPOSE_CONV": 3},
    ),
    rules=(
      gpu.transposed_convolutions,
      gpu.grouped_convolutions,
      gpu_operators.operators,
      gpu_operators.types,
      gpu_operators.inexact,
      gpu_operators.inputs,
      gpu_operators.outputs,
    ),
    accelerator="gpu",
    accelerator_numbers=settings.GPU,
    rewrites=(
      rewrites.VALID_TRANSPOSED,
      rewrites.SEPARATE_RELU,
      rewrites.TWO_RELUS,
      *rewrites.NORMS,
    ),
    lowerings=lowering.FOR_GPUS,
    scales_squares=True,
  ),
  "npu": Target(
    "int8 inside, int8 in and out",
    (_PLAIN_INTEGERS,),
    gains="What NPUs take: no floating point number, a quarter of the bytes.",
    needs="an int8 kernel for every operator",
    limits=bounds.Limits(max_rank=4, integers_only=True),
    rules=(scales.too_far_apart,),
    accelerator="npu",
    rewrites=(rewrites.TWO_RELUS, *rewrites.NORMS_IN_INTEGERS),
  ),
}


def get(target: str) -> Target:
  """Returns the target of that name.

  Args:
    target: A name from `EXPORT_TARGETS`.

  Raises:
    ValueError: If there is none.
  """
  if isinstance(target, str) and target in EXPORT_TARGETS:
    return EXPORT_TARGETS[target]
  known = "; ".join(f"{k!r} ({v.summary})" for k, v in EXPORT_TARGETS.items())
  raise ValueError(
    f"`target` {target!r} is not known; the targets are {known}."
  )
