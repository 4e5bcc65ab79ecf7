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
"""Time and bytes of a network's file, as budgets of `tgp.prune_channels`."""

import pathlib
import statistics
import tempfile
from collections.abc import Callable

from tf_ganprune.channels import budget
from tf_ganprune.export import benchmark, tflite
from tf_ganprune.keras_compat import keras

_ROUNDS = 5
_RUNS = 20


def latency(whole: keras.Model) -> Callable[[keras.Model], float]:
  """Returns a function that times a network in LiteRT, relative to another.

  The files of the two networks are timed in turn, so that other load on the
  machine slows both.

  Args:
    whole: The network to compare with.

  Returns:
    A function that takes a network and returns its time as a fraction of that
    of `whole`, with the target `'cpu'`.
  """
  folder = _folder()
  reference = _export(whole, folder, "whole")

  def fraction(model):
    path = _export(model, folder, "small")
    return statistics.median(
      _milliseconds(path) / _milliseconds(reference) for _ in range(_ROUNDS)
    )

  return fraction


def num_bytes(whole: keras.Model) -> Callable[[keras.Model], float]:
  """Returns a function that sizes a network's file, relative to another.

  Args:
    whole: The network to compare with.

  Returns:
    A function that takes a network and returns the bytes of its float32 file
    as a fraction of those of `whole`.
  """
  folder = _folder()
  reference = _export(whole, folder, "whole").stat().st_size
  return lambda model: (
    _export(model, folder, "small").stat().st_size / reference
  )


def _folder() -> tempfile.TemporaryDirectory:
  return tempfile.TemporaryDirectory(prefix="tf_ganprune_")


def _export(model, folder, name: str) -> pathlib.Path:
  path = pathlib.Path(folder.name) / f"{name}.tflite"
  return tflite.export_tflite(model, path, "cpu").path


def _milliseconds(path) -> float:
  return benchmark.benchmark_tflite(path, runs=_RUNS).median_ms


budget.MEASURES.update(latency=latency, num_bytes=num_bytes)
