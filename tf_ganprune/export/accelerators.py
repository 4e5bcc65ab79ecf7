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
"""Runs a file on its target's accelerator, and counts the operators there."""

import dataclasses

from tf_ganprune.export import delegates, gpu_run, runtime, targets, verify


@dataclasses.dataclass(frozen=True)
class Ran:
  """The result of running a file on its target's accelerator.

  Example:
    >>> Ran(0.0, None, "Not run on a GPU.")

  Attributes:
    max_abs_error: The largest absolute difference from Keras on that
      accelerator; 0 if the file was not run there.
    delegated: The share of operators that the delegate runs, from 0 to 1; None
      if it could not be counted.
    note: A sentence about the run, for the report of an export.
  """

  max_abs_error: float
  delegated: float | None
  note: str


def run(
  content: bytes, target: str, plan: targets.Target, reference: verify.Reference
) -> Ran:
  """Runs a file, which is right on CPUs, on its target's accelerator.

  Args:
    content: The file's content.
    target: The target's name.
    plan: The target.
    reference: Inputs, and Keras's outputs for them.

  Raises:
    ValueError: If the file gives wrong outputs there, or does not run.
  """
  if plan.accelerator == "cpu":
    return _on_cpu(content)
  if plan.accelerator == "gpu":
    return _on_gpu(content, target, plan, reference)
  return Ran(
    0.0,
    None,
    "Not run on an NPU: LiteRT has none here. On the CPU the file is right, and"
    " every tensor between its operators is an integer.",
  )


def _on_cpu(content) -> Ran:
  try:
    taken = delegates.xnnpack(content)
  except runtime.NotRunError as error:
    # The file is right: it was run before.
    note = f"The share that XNNPACK runs is not known: the file {error}."
    return Ran(0.0, None, note)
  return Ran(0.0, taken.share, f"XNNPACK runs {taken}.")


def _on_gpu(content, target, plan, reference) -> Ran:
  numbers = plan.accelerator_numbers
  try:
    ran = gpu_run.run(content, reference.inputs)
    error = verify.compare_outputs(ran.outputs, reference, numbers)
  except gpu_run.NoGPUError as missing:
    return Ran(
      0.0,
      None,
      f"Not run on a GPU ({missing}); Debian's package chromium has a software"
      " one that LiteRT can use.",
    )
  except gpu_run.RefusedError as refused:
    raise ValueError(
      f"No right file for target {target!r}, so none was written: the GPU"
      f" delegate does not run all of it: {refused}. Use target 'cpu', or other"
      " layers in place of those named."
    ) from refused
  except verify.WrongFileError as wrong:
    raise ValueError(
      f"No right file for target {target!r}, so none was written: on the GPU"
      f" ({ran.device}) it {wrong}. Use target"
      " 'cpu', and report the layer that is computed wrongly."
    ) from wrong
  return Ran(
    error,
    1.0,
    f"All operators ran on the GPU accelerator ({ran.device}) in float32, up to"
    f" {error:.1e} from Keras.",
  )
