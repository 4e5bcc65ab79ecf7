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
"""Runs a file in LiteRT and compares it with the Keras network."""

import dataclasses

import numpy as np
from ai_edge_litert import interpreter as litert

from tf_ganprune import states
from tf_ganprune.export import samples, settings, signature
from tf_ganprune.keras_compat import keras


class WrongFileError(Exception):
  """A file does not do what the network does; the message says in what."""


@dataclasses.dataclass(frozen=True)
class Reference:
  """What a network computes.

  Example:
    >>> reference = refer(generator, samples.draw(specs, 8))

  Attributes:
    inputs: Samples, each with one array for each input.
    outputs: What Keras makes of all samples, `[len(inputs), 1, ...]`, by the
      outputs' names.
  """

  inputs: list[samples.Sample]
  outputs: dict[str, np.ndarray]


def refer(model: keras.Model, inputs: list[samples.Sample]) -> Reference:
  """Runs the Keras network, one sample at a time as the file will.

  Args:
    model: A network that passed `signature.check`.
    inputs: Samples, each with one array for each input.

  Returns:
    Inputs and outputs.

  Raises:
    ValueError: If the network itself gives NaN or infinity.
  """
  outputs = stacked(model, inputs)
  for name, values in outputs.items():
    if not np.all(np.isfinite(values)):
      raise ValueError(
        f"`model` {model.name!r} gives NaN or infinity in its output {name!r}"
        " already in Keras; check its weights and the range of its inputs."
      )
  return Reference(inputs, outputs)


def stacked(
  model: keras.Model, inputs: list[samples.Sample]
) -> dict[str, np.ndarray]:
  """Returns what Keras makes of samples, as `Reference.outputs`.

  Each is computed with the variables as they are before, and so they stay.

  Args:
    model: A network that passed `signature.check`.
    inputs: Samples, each with one array for each input.
  """
  keeping = states.Kept(model)
  runs = []
  for sample in inputs:
    with keeping:
      made = signature.call(model, sample)
    runs.append({name: value.numpy() for name, value in made.items()})
  return {name: np.stack([one[name] for one in runs]) for name in runs[0]}


def compare(
  content: bytes, reference: Reference, numbers: settings.Numbers
) -> float:
  """Runs a file on the samples of a reference and checks its outputs.

  Args:
    content: The file's content.
    reference: What Keras computed.
    numbers: The number format, which has the bounds.

  Returns:
    The largest absolute difference of all outputs.

  Raises:
    WrongFileError: If the file does not load or run, or its outputs have other
      names or shapes, NaN, or differences above the bounds.
  """
  interpreter = load(content)
  runner = interpreter.get_signature_runner()
  inputs, outputs = runner.get_input_details(), runner.get_output_details()
  _check_names("inputs", inputs, reference.inputs[0])
  _check_names("outputs", outputs, reference.outputs)
  _check_inputs(inputs, reference.inputs[0], numbers)
  return compare_outputs(run(interpreter, reference.inputs), reference, numbers)


def compare_outputs(
  found: dict[str, np.ndarray], reference: Reference, numbers: settings.Numbers
) -> float:
  """Checks the outputs of a file.

  Args:
    found: What it gave for the inputs of the reference, `[n, 1, ...]`.
    reference: What Keras computed.
    numbers: The number format, which has the bounds.

  Returns:
    The largest absolute difference of all outputs.

  Raises:
    WrongFileError: As `compare`.
  """
  _check_names("outputs", found, reference.outputs)
  return max(
    _largest_difference(name, found[name], expected, numbers)
    for name, expected in reference.outputs.items()
  )


def load(content: bytes) -> litert.Interpreter:
  """Loads a file in LiteRT, on one thread.

  Args:
    content: The file's content.

  Raises:
    WrongFileError: If it does not load.
  """
  try:
    interpreter = litert.Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    interpreter.get_signature_runner()
  except (RuntimeError, ValueError) as error:
    raise WrongFileError(
      f"does not load in LiteRT ({_short(error)})"
    ) from error
  return interpreter


def run(
  interpreter: litert.Interpreter, inputs: list[samples.Sample]
) -> dict[str, np.ndarray]:
  """Runs a file, with floating point numbers even if it takes integers.

  Args:
    interpreter: What `load` gave.
    inputs: Samples, each with one array for each input.

  Returns:
    The outputs of all samples, `[n, 1, ...]`, by name.

  Raises:
    WrongFileError: If it does not run.
  """
  runner = interpreter.get_signature_runner()
  details = runner.get_input_details(), runner.get_output_details()
  runs = []
  for sample in inputs:
    given = {
      name: _quantize(array, details[0][name]) for name, array in sample.items()
    }
    # What a recurrent layer left behind would change the next sample.
    interpreter.reset_all_variables()
    try:
      gave = runner(**given)
    except (RuntimeError, ValueError) as error:
      raise WrongFileError(
        f"does not run in LiteRT ({_short(error)})"
      ) from error
    runs.append(
      {name: _dequantize(y, details[1][name]) for name, y in gave.items()}
    )
  return {name: np.stack([one[name] for one in runs]) for name in runs[0]}


def _quantize(array, details) -> np.ndarray:
  scale, zero = details["quantization"]
  if not scale or array.dtype.kind != "f" or details["dtype"] is not np.int8:
    return array
  return np.clip(np.round(array / scale) + zero, -128, 127).astype(np.int8)


def _dequantize(array, details) -> np.ndarray:
  scale, zero = details["quantization"]
  if not scale or array.dtype != np.int8:
    return array
  return ((array.astype(np.float32) - zero) * scale).astype(np.float32)


def _check_names(what, found, expected) -> None:
  if set(found) != set(expected):
    raise WrongFileError(
      f"has the {what} {sorted(found)}, and the network's are"
      f" {sorted(expected)}"
    )


def _check_inputs(details, sample, numbers) -> None:
  """The runner resizes inputs without a word; phones do not."""
  for name, array in sample.items():
    shape = tuple(details[name]["shape_signature"].tolist())
    dtype = np.dtype(details[name]["dtype"])
    wanted = array.dtype
    if wanted.kind == "f":
      wanted = np.dtype(numbers.interface.as_numpy_dtype)
    if (shape, dtype) != (array.shape, wanted):
      raise WrongFileError(
        f"takes the shape {shape} of {dtype} in input {name!r}, and"
        f" {array.shape} of {wanted} is wanted"
      )


def _largest_difference(name, found, expected, numbers) -> float:
  if found.shape != expected.shape:
    raise WrongFileError(
      f"gives the shape {found.shape[1:]} in output {name!r}, and the network"
      f" {expected.shape[1:]}"
    )
  if not np.all(np.isfinite(found)):
    raise WrongFileError(f"gives NaN or infinity in output {name!r}")
  expected = expected.astype(np.float64)
  error = np.abs(found.astype(np.float64) - expected)
  scale = max(1.0, np.abs(expected).max())
  spread = np.abs(expected - expected.mean()).mean()
  most = numbers.max_error * scale
  mean = numbers.mean_error * spread + numbers.step * scale
  if error.max() > most or error.mean() > mean:
    raise WrongFileError(
      f"differs from Keras in output {name!r} by up to {error.max():.2g} and by"
      f" {error.mean():.2g} on average ({most:.2g} and {mean:.2g} allowed)"
    )
  return float(error.max())


def _short(error) -> str:
  lines = str(error).strip().splitlines()
  return lines[0][:160].rstrip(".") if lines else type(error).__name__
