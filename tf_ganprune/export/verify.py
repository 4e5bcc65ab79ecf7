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

from tf_ganprune import states
from tf_ganprune.export import number_formats, runtime, samples, signature
from tf_ganprune.keras_compat import keras


class WrongFileError(Exception):
  """A file differs from its network in Keras; the message tells how."""


class NotLoadedError(WrongFileError):
  """A file does not load; the message says why."""


@dataclasses.dataclass(frozen=True)
class Reference:
  """Samples, and the outputs of a Keras network for them.

  Example:
    >>> reference = refer(generator, samples.draw(generator, 8))

  Attributes:
    inputs: Samples, each with one array for each input.
    outputs: Keras's outputs for all samples, `[len(inputs), 1, ...]`, by their
      names.
  """

  inputs: list[samples.Sample]
  outputs: dict[str, np.ndarray]


def refer(model: keras.Model, inputs: list[samples.Sample]) -> Reference:
  """Runs a Keras network on samples, one at a time as its file will.

  Args:
    model: A network that passed `signature.check`.
    inputs: Samples, each with one array for each input.

  Returns:
    The samples with Keras's outputs.

  Raises:
    ValueError: If the network gives NaN or infinity in Keras already.
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
  """Returns a Keras network's outputs for samples, as `Reference.outputs`.

  Each sample starts from the variables as they are before, and the variables
  are restored in the end.

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
  content: bytes, reference: Reference, numbers: number_formats.Numbers
) -> float:
  """Runs a file on the samples of a reference and checks its outputs.

  Args:
    content: The file's content.
    reference: Samples, and Keras's outputs for them.
    numbers: The number format, which has the bounds.

  Returns:
    The largest absolute difference of all outputs.

  Raises:
    NotLoadedError: If the file does not load.
    WrongFileError: If it does not run, or its outputs have other names or
      shapes, NaN, or differences above the bounds.
  """
  try:
    ran = runtime.run(content, reference.inputs)
  except runtime.NotRunError as error:
    is_loaded = not isinstance(error, runtime.NotLoadedError)
    kind = WrongFileError if is_loaded else NotLoadedError
    raise kind(str(error)) from error
  _check_names("inputs", ran.input_details, reference.inputs[0])
  _check_names("outputs", ran.output_details, reference.outputs)
  _check_inputs(ran.input_details, reference.inputs[0], numbers)
  return compare_outputs(ran.outputs, reference, numbers)


def compare_outputs(
  found: dict[str, np.ndarray],
  reference: Reference,
  numbers: number_formats.Numbers,
) -> float:
  """Compares the outputs of a file with Keras's.

  Args:
    found: The file's outputs for the samples, `[n, 1, ...]`, by their names.
    reference: Samples, and Keras's outputs for them.
    numbers: The number format, which has the bounds.

  Returns:
    The largest absolute difference of all outputs.

  Raises:
    WrongFileError: As in `compare`.
  """
  _check_names("outputs", found, reference.outputs)
  return max(
    _largest_difference(name, found[name], expected, numbers)
    for name, expected in reference.outputs.items()
  )


def _check_names(what, found, expected) -> None:
  if set(found) != set(expected):
    raise WrongFileError(
      f"has the {what} {sorted(found)}, and the network's are"
      f" {sorted(expected)}"
    )


def _check_inputs(details, sample, numbers) -> None:
  """Raises unless the shapes and types of a file's inputs are the samples'.

  LiteRT's signature runner resizes inputs that differ; apps do not.
  """
  for name, array in sample.items():
    shape = tuple(details[name]["shape_signature"])
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
  most, mean = _allowed(expected, numbers)
  if found.dtype == np.uint8:
    # A number near the middle between two bytes may become either.
    most, mean = most + 1.0, mean + 0.5
  if error.max() > most or error.mean() > mean:
    raise WrongFileError(
      f"differs from Keras in output {name!r} by up to {error.max():.2g} and by"
      f" {error.mean():.2g} on average ({most:.2g} and {mean:.2g} allowed)"
    )
  return float(error.max())


def _allowed(expected, numbers) -> tuple[float, float]:
  """Returns the largest and the mean absolute difference that are allowed."""
  size = np.abs(expected).max()
  # An output that is always the same has no spread to compare with.
  half = np.ptp(expected) / 2 or size
  spread = np.abs(expected - expected.mean()).mean() or size
  rounding = numbers.rounding * size
  return (
    numbers.max_error * half + rounding,
    numbers.mean_error * spread + numbers.step * half + rounding,
  )
