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
"""Times mask updates of one kernel: TF-MOT's and ours.

  python -m benchmarks.pruning.mask_update

prints a table with the goals, and writes it as JSON.
"""

import json

import numpy as np
import tensorflow as tf
from absl import app, flags
from tensorflow_model_optimization.python.core.sparsity.keras import (
  pruning_impl,
)

from benchmarks import fresh_process, memory, result_files, timing, verdicts
from tf_ganprune import markdown_table
from tf_ganprune.sparsity.masks import patterns

_SIZE = flags.DEFINE_integer("size", 4096, "Rows and columns.", 8)
_MEMORY_OF = flags.DEFINE_string(
  "memory_of", None, "Only prints the peak memory of this `pattern/contestant`."
)
_PATTERNS = flags.DEFINE_multi_string(
  "pattern", None, "Only this one; may be repeated."
)
_SPARSITY = 0.8
_SEED = 0
# The least times that ours is faster, and the most kernels of memory.
_GOALS = {
  "unstructured": 50,
  "unstructured, all equal": 50,
  "unstructured, 80 % zeros": 50,
  "unstructured, XLA": 10,
  "block 1x4": 5,
  "block 4x4": 5,
  "2:4": 5,
}
_MEMORY_GOAL = 3.0


def kernel(pattern: str, size: int) -> tf.Tensor:
  """Returns the weights whose mask is asked for."""
  weights = tf.random.stateless_normal([size, size], [_SEED, 1])
  if pattern.endswith("all equal"):
    return tf.ones_like(weights)
  if pattern.endswith("zeros"):
    # Of which the mask to come needs some, as where pruned weights stay zero.
    return tf.where(tf.abs(weights) < 1.29, 0.0, weights)
  return weights


def contestants(pattern: str, weights: tf.Tensor) -> dict:
  """Returns by name what computes a mask and a threshold from weights."""
  is_xla = pattern.endswith("XLA")

  def compiled(function):
    graph = tf.function(function, jit_compile=is_xla, autograph=False)
    return lambda: timing.wait(graph(weights))

  block = {"block 1x4": (1, 4), "block 4x4": (4, 4)}.get(pattern, (1, 1))
  m_by_n = (2, 4) if pattern == "2:4" else None
  found = {
    "TF-MOT": compiled(_tfmot(block, m_by_n)),
    "ours": compiled(_ours(block, m_by_n)),
  }
  if pattern == "unstructured":
    found["numpy.partition"] = lambda: _partition(weights.numpy())
  return found


def _tfmot(block, m_by_n):
  return pruning_impl.Pruning(
    lambda: tf.constant(1),
    [],
    lambda _: (True, _SPARSITY),
    block,
    "AVG",
    m_by_n,
  )._maybe_update_block_mask


def _ours(block, m_by_n):
  if m_by_n:
    return lambda weights: patterns.m_by_n(tf.abs(weights), *m_by_n)
  if block == (1, 1):
    return lambda weights: patterns.unstructured(tf.abs(weights), _SPARSITY)
  return lambda weights: patterns.block(tf.abs(weights), _SPARSITY, block)


def _partition(weights: np.ndarray) -> np.ndarray:
  """As a yardstick: ties at the threshold are not told apart."""
  scores = np.abs(weights)
  place = round(scores.size * _SPARSITY)
  lowest = np.partition(scores, place, axis=None)[place]
  return (scores >= lowest).astype(np.float32)


def peak_memory(pattern: str, name: str, size: int) -> float:
  """Returns the peak memory of an update in kernels, in this process."""
  weights = kernel(pattern, size)
  # Traces, compiles and starts threads, which is no part of an update.
  update = contestants(pattern, weights)[name]
  update()
  return memory.peak_bytes(update) / (4 * size * size)


def measure(pattern: str, size: int, rounds: int) -> dict:
  """Returns seconds and peak memory of each contestant."""
  updates = contestants(pattern, kernel(pattern, size))
  timings = timing.run(updates, max_rounds=rounds)
  return {
    name: {
      "seconds": x.median,
      "half_width": x.half_width,
      "fastest": x.fastest,
      "rounds": x.rounds,
      "memory": fresh_process.run(
        "benchmarks.pruning.mask_update",
        f"--memory_of={pattern}/{name}",
        f"--size={size}",
      )["memory"],
    }
    for name, x in timings.items()
  }


def goals(record: dict) -> dict[str, bool]:
  """Returns by pattern whether its goals of time and memory are met."""
  found = {}
  for pattern, of_pattern in record["results"].items():
    ours, theirs = of_pattern["ours"], of_pattern["TF-MOT"]
    ratio = theirs["seconds"] / ours["seconds"]
    found[pattern] = ratio >= _GOALS[pattern]
    found[f"{pattern}, memory"] = ours["memory"] <= _MEMORY_GOAL
  return found


def rows(record: dict) -> list[list]:
  """Returns the table's rows."""
  found, met, results = [], goals(record), record["results"]
  for pattern, of_pattern in results.items():
    ours, goal = of_pattern["ours"], _GOALS[pattern]
    for name, numbers in of_pattern.items():
      ratio = numbers["seconds"] / ours["seconds"]
      found.append(
        [
          pattern,
          name,
          _milliseconds(numbers),
          f"{ratio:.1f}" if name != "ours" else "",
          f"{goal}: {verdicts.word(met[pattern])}" if name == "TF-MOT" else "",
          numbers["memory"],
          f"{_MEMORY_GOAL:g}: {verdicts.word(met[f'{pattern}, memory'])}"
          if name == "ours"
          else "",
        ]
      )
  return found


def _milliseconds(numbers: dict) -> str:
  seconds, half_width = numbers["seconds"], numbers["half_width"]
  return f"{1e3 * seconds:,.1f} ± {1e3 * half_width:.1f}"


_HEADER = (
  "pattern",
  "contestant",
  "ms",
  "times ours",
  "goal",
  "peak memory, kernels",
  "goal",
)


def table(record: dict) -> str:
  """Returns what a machine's record has, in Markdown."""
  return markdown_table.text(_HEADER, rows(record))


def main(argv):
  """Measures, prints and writes."""
  del argv
  size = _SIZE.value
  if _MEMORY_OF.value:
    pattern, name = _MEMORY_OF.value.rsplit("/", 1)
    print(json.dumps({"memory": peak_memory(pattern, name, size)}))
    return
  chosen = _PATTERNS.value or _GOALS
  file = result_files.opened(
    "mask_update",
    {
      "size": size,
      "sparsity": _SPARSITY,
      "seed": _SEED,
      "goals": _GOALS | {"memory": _MEMORY_GOAL},
    },
  )
  file.add(
    {"results": {x: measure(x, size, timing.ROUNDS.value) for x in chosen}}
  )
  print(verdicts.text(file.machines(), table, goals))


if __name__ == "__main__":
  app.run(main)
