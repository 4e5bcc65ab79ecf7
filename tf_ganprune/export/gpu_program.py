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
"""Runs a `.tflite` file on LiteRT's GPU accelerator, in a process of its own.

A driver that crashes or hangs ends this process alone. The program is started
by its path, and imports neither this package nor TensorFlow.
"""

import json
import pathlib
import sys
import time

import numpy as np

FILE = "model.tflite"
REQUEST = "request.json"
INPUTS = "inputs.npz"
RESULT = "result.json"
OUTPUTS = "outputs.npz"


def main(folder: str) -> None:
  """Runs a file on all inputs, and times it with the last of them.

  Args:
    folder: The folder with the file, the inputs as arrays `[n, ...]` by number,
      and the request: the names of the inputs, and how many runs to warm up
      and to time. The outputs and the times in milliseconds are written into
      it.
  """
  path = pathlib.Path(folder)
  request = json.loads((path / REQUEST).read_text())
  with np.load(path / INPUTS) as file:
    inputs = {
      name: file[str(i)] for i, name in enumerate(request["input_names"])
    }
  runner = _Runner(str(path / FILE))
  count = len(next(iter(inputs.values()), ()))
  outputs = [
    runner({name: array[i] for name, array in inputs.items()})
    for i in range(count)
  ]
  for _ in range(request["warm_up"]):
    runner.infer()
  times = [_milliseconds(runner.infer) for _ in range(request["runs"])]
  names = list(outputs[0])
  stacked = {
    str(i): np.stack([one[name] for one in outputs])
    for i, name in enumerate(names)
  }
  np.savez(path / OUTPUTS, **stacked)  # type: ignore[arg-type]  # none is `allow_pickle`
  result = {"output_names": names, "times": times}
  (path / RESULT).write_text(json.dumps(result))


class _Runner:
  """Runs a file on the GPU, which must take every operator."""

  def __init__(self, path):
    from ai_edge_litert import compiled_model as litert  # noqa: PLC0415

    options = litert.Options(
      hardware_accelerators=litert.HardwareAccelerator.GPU,
      gpu_options=litert.GpuOptions(enforce_f32=True),
    )
    self._model = litert.CompiledModel.from_file(path, options=options)
    if not self._model.is_fully_accelerated():
      raise RuntimeError("Some ops are not accelerated.")
    ((self._key, names),) = self._model.get_signature_list().items()
    self._inputs = {
      name: self._model.create_input_buffer_by_name(self._key, name)
      for name in names["inputs"]
    }
    self._outputs = {
      name: self._model.create_output_buffer_by_name(self._key, name)
      for name in names["outputs"]
    }
    self._details = self._model.get_output_tensor_details(self._key)

  def __call__(self, inputs) -> dict[str, np.ndarray]:
    for name, array in inputs.items():
      self._inputs[name].write(np.ascontiguousarray(array))
    return self.infer()

  def infer(self) -> dict[str, np.ndarray]:
    """Runs the file on the inputs given last, and returns its outputs."""
    self._model.run_by_name(self._key, self._inputs, self._outputs)
    return {name: self._read(name) for name in self._outputs}

  def _read(self, name) -> np.ndarray:
    shape = tuple(map(int, self._details[name]["shape"]))
    dtype = np.dtype(self._details[name]["dtype"])
    size = int(np.prod(shape))
    return self._outputs[name].read(size, dtype.type).reshape(shape)


def _milliseconds(run) -> float:
  begin = time.perf_counter()
  run()
  return (time.perf_counter() - begin) * 1e3


if __name__ == "__main__":
  main(*sys.argv[1:])
