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
"""Times the inference of a `.tflite` file in LiteRT, on this machine."""

import dataclasses
import os
import pathlib
import time

import numpy as np
import tensorflow as tf
from ai_edge_litert import interpreter as litert

from tf_ganprune import arguments, inputs
from tf_ganprune.export import gpu_run, runtime

_WARM_UP_RUNS = 5


@dataclasses.dataclass(frozen=True)
class Benchmark:
  """The time of one inference, in milliseconds.

  Example:
    >>> print(tgp.benchmark_tflite("generator.tflite").median_ms)

  Attributes:
    median_ms: The median, in milliseconds.
    p95_ms: The 95th percentile, in milliseconds.
    num_threads: How many threads were used.
    runs: How many inferences were timed.
    device: The name of the device that ran it, `'CPU'` or the GPU's.
  """

  median_ms: float
  p95_ms: float
  num_threads: int
  runs: int
  device: str = "CPU"


def benchmark_tflite(
  path: str | os.PathLike,
  num_threads: int = 1,
  runs: int = 50,
  accelerator: str = "cpu",
) -> Benchmark:
  """Times the inference of a `.tflite` file, after five runs to warm up.

  Only the inference is timed, with random inputs: N(0, 1) for floats, 0 or 1
  for integers. Other programs that run at the same time show in the 95th
  percentile first. A GPU is timed in a process of its own, with float32
  arithmetic, until the outputs are back in memory. Without a GPU, Chromium's
  software GPU is used, whose time says nothing about a real one; the result's
  `device` names it.

  Args:
    path: The path of the file.
    num_threads: How many threads LiteRT may use on the CPU, at least 1.
    runs: How many inferences to time, at least 1.
    accelerator: `'cpu'` or `'gpu'`.

  Returns:
    Median and 95th percentile of the times, in milliseconds.

  Raises:
    ValueError: If the file is missing or LiteRT cannot run it there, a number
      is not a whole number above 0, or there is no GPU.
  """
  arguments.whole("num_threads", num_threads, 1)
  arguments.whole("runs", runs, 1)
  if accelerator not in _TIMERS:
    raise ValueError(
      f"`accelerator` must be one of {sorted(_TIMERS)}; got {accelerator!r}."
    )
  content = _read(path)
  try:
    # A file that would end this process ends the one that tries it.
    sample = _draw(runtime.input_details(content))
    runtime.attempt(content, sample, num_threads)
    interpreter = _load(content, num_threads)
    times, device = _TIMERS[accelerator](content, interpreter, runs)
  except (
    RuntimeError,
    ValueError,
    gpu_run.RefusedError,
    runtime.NotRunError,
  ) as error:
    raise ValueError(
      f"`path` {str(path)!r} is not a file that LiteRT can run ({error});"
      " export it anew with export_tflite."
    ) from error
  except gpu_run.NoGPUError as error:
    raise ValueError(
      f"`accelerator` 'gpu': there is none to run on ({error}); use 'cpu', or"
      " install Debian's package chromium, which brings a software GPU."
    ) from error
  return Benchmark(
    median_ms=float(np.median(times)),
    p95_ms=float(np.percentile(times, 95)),
    num_threads=num_threads,
    runs=runs,
    device=device,
  )


def _load(content, num_threads) -> litert.Interpreter:
  interpreter = litert.Interpreter(
    model_content=content, num_threads=num_threads
  )
  interpreter.allocate_tensors()
  return interpreter


def _time_on_cpu(content, interpreter, runs) -> tuple[list[float], str]:
  del content
  details = _input_details(interpreter)
  for name, value in _draw(details).items():
    interpreter.set_tensor(details[name]["index"], value)
  for _ in range(_WARM_UP_RUNS):
    interpreter.invoke()
  return [_time(interpreter) for _ in range(runs)], "CPU"


def _time_on_gpu(content, interpreter, runs) -> tuple[list[float], str]:
  sample = _draw(_input_details(interpreter))
  ran = gpu_run.run(content, [sample], runs, _WARM_UP_RUNS)
  return ran.times, ran.device


_TIMERS = {"cpu": _time_on_cpu, "gpu": _time_on_gpu}


def _read(path) -> bytes:
  try:
    return pathlib.Path(path).read_bytes()
  except (OSError, TypeError) as error:
    raise ValueError(
      f"`path` {str(path)!r} cannot be read"
      f" ({getattr(error, 'strerror', error)}); pass a .tflite file."
    ) from error


def _input_details(interpreter) -> dict[str, dict]:
  if interpreter.get_signature_list():
    return interpreter.get_signature_runner().get_input_details()
  return {entry["name"]: entry for entry in interpreter.get_input_details()}


def _draw(details) -> dict[str, np.ndarray]:
  specs = {
    name: tf.TensorSpec(entry["shape"], tf.as_dtype(entry["dtype"]))
    for name, entry in details.items()
  }
  return inputs.draw_specs(specs, 1)


def _time(interpreter) -> float:
  begin = time.perf_counter()
  interpreter.invoke()
  return (time.perf_counter() - begin) * 1e3
