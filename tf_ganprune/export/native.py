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
"""Calls the converter and LiteRT in the one process that is kept for them."""

import atexit
import contextlib
import os
import pathlib
import tempfile
from collections.abc import Iterable, Iterator

import numpy as np

from tf_ganprune.export import native_process, native_program, samples
from tf_ganprune.export.native_process import CrashError, FailedError

__all__ = [
  "CrashError",
  "FailedError",
  "call",
  "folder",
  "prepare",
  "read_outputs",
  "write_inputs",
]


def prepare() -> None:
  """Starts the import of the converter in the process, and does not wait."""
  with _process.lock:
    _process.prepare()


def call(name: str, **arguments: object) -> object:
  """Calls a function of `native_program` in the process; one call at a time.

  Args:
    name: The function's name.
    **arguments: Its arguments, which JSON can hold.

  Returns:
    The function's result.

  Raises:
    FailedError: If the function raised an error.
    CrashError: If the process ended, or said nothing for an hour. The next
      call begins a new one.
  """
  process = _process
  with process.lock:
    if name == "convert":
      process.prepare()
    try:
      return process.call(name, arguments)
    except native_process.NotBegunError:
      # The process ended, for whatever reason, before it had read the request.
      return process.call(name, arguments)


@contextlib.contextmanager
def folder() -> Iterator[pathlib.Path]:
  """Yields a temporary folder that is deleted however the caller ends."""
  with _process.lock:
    above = _process.started()
  with tempfile.TemporaryDirectory(
    dir=above, ignore_cleanup_errors=True
  ) as path:
    yield pathlib.Path(path)


def write_inputs(
  folder: str | os.PathLike, inputs: Iterable[samples.Sample]
) -> None:
  """Writes samples to the file that the functions of `native_program` read.

  Args:
    folder: A folder from `folder()`.
    inputs: Samples, each with one array for each input.
  """
  inputs = list(inputs)
  names = list(inputs[0]) if inputs else []
  stacked = {
    str(i): np.stack([sample[name] for sample in inputs])
    for i, name in enumerate(names)
  }
  path = pathlib.Path(folder, native_program.INPUTS)
  named = np.array(names, str)
  np.savez(path, names=named, count=len(inputs), **stacked)  # type: ignore[arg-type]  # none is `allow_pickle`


def read_outputs(
  folder: str | os.PathLike, names: list[str]
) -> dict[str, np.ndarray]:
  """Reads the outputs of all samples that `native_program.run` wrote, by name.

  Args:
    folder: A folder from `folder()`.
    names: The names of the outputs that `native_program.run` returned.
  """
  with np.load(pathlib.Path(folder, native_program.OUTPUTS)) as file:
    return {name: file[str(i)] for i, name in enumerate(names)}


def _after_fork() -> None:
  global _process  # noqa: PLW0603
  _process.forget()
  _process = native_process.Process()


_process = native_process.Process()
atexit.register(lambda: _process.end())
if hasattr(os, "register_at_fork"):
  os.register_at_fork(after_in_child=_after_fork)
