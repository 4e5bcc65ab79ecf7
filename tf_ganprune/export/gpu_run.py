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
"""Runs files on LiteRT's GPU accelerator, on a real GPU or a software one."""

import dataclasses
import json
import pathlib
import re
import subprocess
import tempfile

import numpy as np

from tf_ganprune.export import adapters, gpu_program, native_process, samples

_SECONDS = 120
_FOUND = "Selected adapter: "


class NoGPUError(Exception):
  """There is no GPU to run a file on; the message lists the drivers tried."""


class RefusedError(Exception):
  """A GPU does not take a file, or fails at it; the message says why."""


@dataclasses.dataclass(frozen=True)
class Run:
  """The outputs and times of a file on a GPU.

  Example:
    >>> print(run(content, inputs).device)

  Attributes:
    outputs: The outputs for all samples, `[n, 1, ...]`, by their names.
    times: The times of inferences in milliseconds, reading their outputs
      included.
    device: The GPU that it ran on, as the driver names it.
  """

  outputs: dict[str, np.ndarray]
  times: list[float]
  device: str


def run(
  content: bytes,
  inputs: list[samples.Sample],
  runs: int = 0,
  warm_up: int = 0,
) -> Run:
  """Runs a file on the GPU, with float32 arithmetic.

  The machine's own GPU is tried first, then the software GPU that comes with
  Chromium. Every operator of the file must run there.

  Args:
    content: The file's content.
    inputs: Samples, each with one array for each input.
    runs: How many inferences to time.
    warm_up: How many inferences to run before those that are timed.

  Returns:
    The outputs for the samples, the times and the device.

  Raises:
    NoGPUError: If no GPU was found, or it took too long.
    RefusedError: If the GPU does not take the file.
  """
  tried = []
  for adapter in adapters.adapters():
    try:
      return _run_on(adapter, content, inputs, runs, warm_up)
    except NoGPUError as error:
      tried.append(str(error))
  raise NoGPUError("; ".join(tried))


def _run_on(adapter, content, inputs, runs, warm_up) -> Run:
  with (
    tempfile.TemporaryDirectory(prefix="tf_ganprune_") as path,
    adapters.environment(adapter) as variables,
  ):
    folder = pathlib.Path(path)
    _ask(folder, content, inputs, runs, warm_up)
    log = _start(adapter, folder, variables)
    result = json.loads((folder / gpu_program.RESULT).read_text())
    with np.load(folder / gpu_program.OUTPUTS) as file:
      names = enumerate(result["output_names"])
      outputs = {name: file[str(i)] for i, name in names}
  return Run(outputs, result["times"], _device(log, adapter))


def _ask(folder, content, inputs, runs, warm_up) -> None:
  names = list(inputs[0])
  (folder / gpu_program.FILE).write_bytes(content)
  stacked = {
    str(i): np.stack([sample[name] for sample in inputs])
    for i, name in enumerate(names)
  }
  path = folder / gpu_program.INPUTS
  np.savez(path, **stacked)  # type: ignore[arg-type]  # none is `allow_pickle`
  request = {"input_names": names, "runs": runs, "warm_up": warm_up}
  (folder / gpu_program.REQUEST).write_text(json.dumps(request))


def _start(adapter, folder, variables) -> str:
  """Runs the GPU program, and returns its log and the driver's as text."""
  command = [*native_process.command(gpu_program), str(folder)]
  try:
    process = subprocess.run(
      command,
      env=variables,
      capture_output=True,
      text=True,
      errors="replace",
      timeout=_SECONDS,
      check=False,
    )
  except subprocess.TimeoutExpired:
    raise NoGPUError(
      f"{adapter.name} drivers took more than {_SECONDS} s"
    ) from None
  log = process.stderr + process.stdout
  if process.returncode == 0 and "Validation error" not in log:
    return log
  refusal = _refusal(log)
  if not refusal and _FOUND not in log:
    raise NoGPUError(f"{adapter.name} drivers: {_reason(process)}")
  raise RefusedError(
    f"{refusal or _reason(process)} (on {_device(log, adapter)})"
  )


def _refusal(log) -> str:
  """Returns the delegate's reasons for refusing operators, in one line."""
  lines = log.splitlines()
  starts = [
    i for i, line in enumerate(lines) if "not supported by GPU delegate" in line
  ]
  if not starts:
    return ""
  reasons = []
  for line in lines[starts[0] + 1 :]:
    if not re.match(r"[A-Z0-9_]+: ", line):
      break
    reasons.append(line.strip().rstrip("."))
  return "; ".join(reasons) or "not supported by the GPU delegate"


def _reason(process) -> str:
  if "No adapters found" in process.stderr:
    return "no adapter found"
  errors = [
    line.strip()
    for line in process.stderr.splitlines()
    if re.match(r"\w*(Error|Exception)\b|└|.*Validation error", line)
  ]
  return (errors or [f"the program ended with {process.returncode}"])[-1][:300]


def _device(log, adapter) -> str:
  found = re.search(f"{_FOUND}(.*)", log)
  if not found:
    return f"a GPU found by {adapter.name} drivers"
  name, _, details = found[1].partition(", ")
  return f"{name} (software)" if "Software" in details else name
