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
"""Runs the converter and LiteRT, in a process of its own that may crash.

The program is started by its path, and imports nothing of this package, and
TensorFlow only once a network is to be converted. Requests are lines of JSON on
the standard input, and replies are written to the first standard output. On
Linux one process imports and waits, and a fork of it works: after a crash the
next fork begins with everything imported. When the standard input closes, as it
does however the caller ends, the waiting process ends the fork and deletes the
caller's temporary files.
"""

import ctypes
import gc
import json
import os
import pathlib
import select
import shutil
import signal
import sys
from collections.abc import Callable
from typing import Protocol

CONTENT = "model.tflite"
INPUTS = "inputs.npz"
OUTPUTS = "outputs.npz"

# A worker that ends with this wants TensorFlow to be imported before the fork.
_PREPARE = 64
_FORKS = sys.platform.startswith("linux")
_PR_SET_PDEATHSIG = 1


class _Tell(Protocol):
  """Tells the caller the next step, and the number of the sample for it."""

  def __call__(self, step: str, sample: int | None = None) -> None: ...


def main(argument: str) -> None:
  """Serves requests until the standard input closes.

  Args:
    argument: JSON with the folder of temporary files, and the caller's
      `sys.path`.
  """
  given = json.loads(argument)
  _find_modules_in(given["modules"])
  signal.signal(signal.SIGINT, signal.SIG_IGN)
  if _FORKS:  # a caller may ignore it, and programs that it starts inherit that
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
  replies = os.dup(1)
  # What others print must not come between the replies.
  os.dup2(2, 1)
  if not _FORKS:
    _serve(replies)
    return
  while status := _work(replies, given["folder"]):
    if os.waitstatus_to_exitcode(status) == _PREPARE:
      _import_converter()
    else:
      _reply(replies, ended=os.waitstatus_to_exitcode(status))


def _find_modules_in(path: list[str]) -> None:
  """Sets `sys.path` to the caller's, with the standard library first."""
  standard = os.path.dirname(os.__file__)
  own = [standard, os.path.join(standard, "lib-dynload")]
  sys.path[:] = own + [one for one in path if one not in own]


def _work(replies: int, folder: str) -> int:
  """Lets a fork serve requests, and returns its exit status: 0 at the end."""
  alive, end = os.pipe()
  worker = os.fork()
  if not worker:
    os.close(alive)
    # The one that forked has one thread, whose end is that of the process.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    try:
      _serve(replies)
    finally:
      os._exit(0)
  os.close(end)
  poll = select.poll()
  poll.register(alive, select.POLLHUP)
  poll.register(0, 0)  # the closing of it alone
  if any(number == 0 for number, _ in poll.poll()):
    os.kill(worker, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)
  os.close(alive)
  return os.waitpid(worker, 0)[1]


def _serve(replies: int) -> None:
  # A buffer would swallow requests that the next worker is to read.
  requests = open(0, "rb", buffering=0, closefd=False)
  for line in iter(requests.readline, b""):
    _answer(json.loads(line), replies)


def _answer(request: dict, replies: int) -> None:
  call, number = request.pop("call"), request.pop("number")
  if call == "prepare":
    if "tensorflow" not in sys.modules:
      os._exit(_PREPARE) if _FORKS else _import_converter()
    return

  def tell(step: str, sample: int | None = None) -> None:
    _reply(replies, number=number, step=step, sample=sample)

  _reply(replies, number=number, worker=os.getpid())
  try:
    result = _CALLS[call](tell, **request)
  except Exception as error:  # The converter raises bare Exceptions too.
    text = f"{error}".strip() or type(error).__name__
    _reply(replies, number=number, error=text)
  else:
    _reply(replies, number=number, result=result)


def _reply(replies: int, **values) -> None:
  line = json.dumps(values).encode() + b"\n"
  while line:
    line = line[os.write(replies, line) :]


def _import_converter() -> None:
  import tensorflow as tf  # noqa: PLC0415

  _ = tf.lite.TFLiteConverter
  # The converter collects garbage at every call.
  gc.collect()
  gc.freeze()


def convert(
  tell: _Tell,
  saved: str,
  folder: str,
  signature: str,
  weights: str,
  activations: str,
  interface: str,
  flag: bool,
  one_dense_scale: bool,
) -> None:
  """Converts a SavedModel to the content of a `.tflite` file.

  Args:
    tell: A function that is called with the name of the next step.
    saved: The SavedModel's folder.
    folder: The folder that the content is written into; it has the inputs to
      calibrate with if activations are int8.
    signature: The name of the function.
    weights: The type of the weights.
    activations: The type of the tensors between layers.
    interface: The type of inputs and outputs.
    flag: Whether zeros are stored sparsely.
    one_dense_scale: Whether an int8 kernel of a Dense layer has one scale.
  """
  import tensorflow as tf  # noqa: PLC0415

  tell("converting")
  converter = tf.lite.TFLiteConverter.from_saved_model(
    saved, signature_keys=[signature]
  )
  optimize = tf.lite.Optimize
  converter.optimizations = [optimize.EXPERIMENTAL_SPARSITY] if flag else []
  if weights != "float32":
    converter.optimizations.append(optimize.DEFAULT)
  if weights == "float16":
    converter.target_spec.supported_types = [tf.float16]
  if activations == "int8":
    # Without this list an operator that has no int8 kernel stays float32.
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.representative_dataset = lambda: _calibration(tell, folder)
    converter.inference_input_type = tf.as_dtype(interface)
    converter.inference_output_type = tf.as_dtype(interface)
  # The converter offers no other way.
  name = "_experimental_disable_per_channel_quantization_for_dense_layers"
  setattr(converter, name, one_dense_scale)
  pathlib.Path(folder, CONTENT).write_bytes(converter.convert())


def _calibration(tell, folder):
  for i, sample in enumerate(_samples(folder)):
    tell("calibrating", i)
    yield sample
  tell("quantizing")


def run(tell: _Tell, folder: str) -> dict:
  """Runs a file on samples; int8 inputs and outputs are converted to floats.

  Args:
    tell: A function that is called with the name of the next step.
    folder: The folder with the content and the inputs; the outputs are written
      into it.

  Returns:
    A dict: shapes and types of `inputs` and `outputs`, and the `names` of the
    outputs, which are None if the file was not run, since its inputs have other
    names than the samples'.
  """
  import numpy as np  # noqa: PLC0415

  interpreter = _load(tell, folder)
  runner = interpreter.get_signature_runner()
  details = runner.get_input_details(), runner.get_output_details()
  described = {
    "inputs": _described(details[0]),
    "outputs": _described(details[1]),
    "names": None,
  }
  names, samples = None, _samples(folder)
  for i, sample in enumerate(samples):
    if set(sample) != set(details[0]):
      return described
    tell("running", i)
    # The state of one sample must not reach the next one.
    interpreter.reset_all_variables()
    gave = runner(**{x: _quantize(y, details[0][x]) for x, y in sample.items()})
    if names is None:
      names, outputs = list(gave), {name: [] for name in gave}
    for name, array in gave.items():
      outputs[name].append(_dequantize(array, details[1][name]))
  if names is not None:
    stacked = {str(i): np.stack(outputs[x]) for i, x in enumerate(names)}
    np.savez(pathlib.Path(folder, OUTPUTS), **stacked)  # type: ignore[arg-type]  # none is `allow_pickle`
  return described | {"names": names}


def attempt(tell: _Tell, folder: str, threads: int) -> None:
  """Runs a file once, whether it has a signature or not.

  Args:
    tell: A function that is called with the name of the next step.
    folder: The folder with the content, and one sample of inputs.
    threads: How many threads LiteRT may use.
  """
  interpreter = _load(tell, folder, threads)
  details = _input_details(interpreter)
  for name, value in next(_samples(folder)).items():
    interpreter.set_tensor(details[name]["index"], value)
  tell("running")
  interpreter.invoke()


def describe(tell: _Tell, folder: str) -> dict:
  """Returns shape and type of each input of a file, by its name."""
  return _described(_input_details(_load(tell, folder)))


def operators(tell: _Tell, folder: str) -> list[dict]:
  """Returns the operators of a file that was loaded with XNNPACK.

  Args:
    tell: A function that is called with the name of the next step.
    folder: The folder with the content.
  """
  interpreter = _load(tell, folder)
  return [
    {
      "index": node["index"],
      "op_name": node["op_name"],
      "inputs": [int(x) for x in node["inputs"]],
      "outputs": [int(x) for x in node["outputs"]],
    }
    for node in interpreter._get_ops_details()
  ]


_CALLS: dict[str, Callable[..., object]] = {
  "attempt": attempt,
  "convert": convert,
  "describe": describe,
  "operators": operators,
  "run": run,
}


def _load(tell, folder, threads=1):
  from ai_edge_litert import interpreter as litert  # noqa: PLC0415

  tell("loading")
  interpreter = litert.Interpreter(
    model_path=str(pathlib.Path(folder, CONTENT)), num_threads=threads
  )
  interpreter.allocate_tensors()
  return interpreter


def _input_details(interpreter) -> dict:
  if interpreter.get_signature_list():
    return interpreter.get_signature_runner().get_input_details()
  return {entry["name"]: entry for entry in interpreter.get_input_details()}


def _described(details) -> dict:
  import numpy as np  # noqa: PLC0415

  return {
    name: {
      "shape": entry["shape"].tolist(),
      "shape_signature": entry["shape_signature"].tolist(),
      "dtype": np.dtype(entry["dtype"]).name,
    }
    for name, entry in details.items()
  }


def _samples(folder):
  """Yields samples, one array for each input, from arrays `[n, 1, ...]`."""
  import numpy as np  # noqa: PLC0415

  with np.load(pathlib.Path(folder, INPUTS)) as file:
    names = file["names"].tolist()
    arrays = {name: file[str(i)] for i, name in enumerate(names)}
    count = int(file["count"])
  for i in range(count):
    yield {name: array[i] for name, array in arrays.items()}


def _quantize(array, details):
  import numpy as np  # noqa: PLC0415

  scale, zero = details["quantization"]
  if not scale or array.dtype.kind != "f" or details["dtype"] is not np.int8:
    return array
  return np.clip(np.round(array / scale) + zero, -128, 127).astype(np.int8)


def _dequantize(array, details):
  import numpy as np  # noqa: PLC0415

  scale, zero = details["quantization"]
  if not scale or array.dtype != np.int8:
    return array
  return ((array.astype(np.float32) - zero) * scale).astype(np.float32)


if __name__ == "__main__":
  main(*sys.argv[1:])
