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
"""Runs files in LiteRT, in a process of its own since LiteRT may crash."""

import contextlib
import dataclasses
import os
import pathlib
from collections.abc import Iterator

import numpy as np

from tf_ganprune.export import native, native_program, samples


class NotRunError(Exception):
  """A file does not load or run; the message says why."""


class NotLoadedError(NotRunError):
  """A file does not load; the message says why."""


@dataclasses.dataclass(frozen=True)
class Run:
  """The interface of a file, and its outputs for samples.

  Example:
    >>> (images,) = run(content, inputs).outputs.values()

  Attributes:
    input_details: For each input `shape`, `shape_signature` and `dtype`.
    output_details: The same for each output.
    outputs: The outputs for all samples, `[n, 1, ...]`, by their names; empty
      if the file's inputs have other names than the samples'.
  """

  input_details: dict[str, dict]
  output_details: dict[str, dict]
  outputs: dict[str, np.ndarray]


def run(content: bytes, inputs: list[samples.Sample]) -> Run:
  """Runs a file on samples; int8 inputs and outputs are converted to floats.

  The file's variables are reset before each sample.

  Args:
    content: The file's content.
    inputs: Samples, each with one array for each input.

  Raises:
    NotRunError: If the file does not load or run.
  """
  with _written(content, inputs) as folder:
    described = _call("run", folder)
    names = described["names"]
    outputs = {} if names is None else native.read_outputs(folder, names)
  return Run(described["inputs"], described["outputs"], outputs)


def input_details(content: bytes) -> dict[str, dict]:
  """Returns `shape`, `shape_signature` and `dtype` of each input of a file.

  Args:
    content: The file's content.

  Raises:
    NotRunError: If the file does not load.
  """
  with _written(content) as folder:
    return _call("describe", folder)


def attempt(content: bytes, sample: samples.Sample, num_threads: int) -> None:
  """Runs a file once in another process, to see that it does not crash.

  Args:
    content: The file's content.
    sample: One array for each input, by its name.
    num_threads: How many threads LiteRT may use.

  Raises:
    NotRunError: If the file does not load or run.
  """
  with _written(content, [sample]) as folder:
    _call("attempt", folder, threads=num_threads)


def operators(content: bytes) -> list[dict]:
  """Returns the operators of a file that was loaded with XNNPACK.

  Args:
    content: The file's content.

  Returns:
    A dict for each operator: its `index`, its `op_name`, and the numbers of the
    tensors that are its `inputs` and `outputs`. Delegates are listed as well as
    the operators that they replace.

  Raises:
    NotRunError: If the file does not load.
  """
  with _written(content) as folder:
    return _call("operators", folder)


@contextlib.contextmanager
def _written(content, inputs=()) -> Iterator[pathlib.Path]:
  try:
    with native.folder() as folder:
      (folder / native_program.CONTENT).write_bytes(content)
      native.write_inputs(folder, inputs)
      yield folder
  except native.CrashError as error:
    kind = NotLoadedError if error.step == "loading" else NotRunError
    raise kind(f"ends LiteRT ({error})") from error


def _call(name, folder, **arguments):
  try:
    return native.call(name, folder=os.fspath(folder), **arguments)
  except native.FailedError as error:
    said = _short(str(error))
    if error.step == "running":
      raise NotRunError(f"does not run in LiteRT ({said})") from error
    raise NotLoadedError(f"does not load in LiteRT ({said})") from error


def _short(text: str) -> str:
  return text.splitlines()[0][:160].rstrip(".")
