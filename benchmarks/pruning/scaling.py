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
"""Measures how time and memory grow with the size of a network.

  python -m benchmarks.pruning.scaling

prints tables for networks of 1 to 200 million weights, each measured in a
process of its own, with the exponent that fits each column: 1 is linear.
"""

import json

import numpy as np
import tensorflow as tf
from absl import app, flags

import tf_ganprune as tgp
from benchmarks import fresh_process, memory, result_files, timing, verdicts
from tf_ganprune import markdown_table
from tf_ganprune.sparsity.schedules import schedule_checks
from tf_ganprune.sparsity.training import ownership

_SIZES = flags.DEFINE_list(
  "sizes", ["1", "4", "16", "64", "200"], "Millions of weights."
)
_ONLY = flags.DEFINE_float(
  "only", None, "Only prints what a network of so many millions takes."
)
_LAYERS = 4
_FREQUENCY = 100
_LINEAR = 1.15
_SEED = 0
_STEPS = ("wrap", "step", "step with update", "report", "strip")


def network(millions: float) -> tgp.keras.Model:
  """Returns a functional network of square Dense layers."""
  width = max(8, round((millions * 1e6 / _LAYERS) ** 0.5))
  tgp.keras.utils.set_random_seed(_SEED)
  x = inputs = tgp.keras.Input((width,))
  for _ in range(_LAYERS):
    x = tgp.keras.layers.Dense(width, use_bias=False)(x)
  return tgp.keras.Model(inputs, x)


class _Owner:
  """Stands for who trains the network."""


def measure(millions: float) -> dict:
  """Returns seconds, and the peak memory above the network's own."""
  _seconds(network(0.0))  # imports and starts what any network needs
  model = network(millions)
  size = sum(weight.shape.num_elements() for weight in model.weights)
  found = {"weights": size, "seconds": {}}

  def all_of_it():
    found["seconds"] = _seconds(model)

  peak = memory.peak_bytes(all_of_it)
  found["memory"] = peak / (4 * size)
  return found


def _seconds(model) -> dict[str, float]:
  results, seconds = {}, {}

  def take(name, function):
    def call():
      results[name] = function()

    seconds[name] = timing.timed(call)

  schedule = schedule_checks.ConstantSparsity(
    0.8, begin_step=0, frequency=_FREQUENCY
  )
  take("wrap", lambda: tgp.prune_low_magnitude(model, schedule))
  pruned, owner = results["wrap"], _Owner()
  layers = ownership.claim(pruned, owner)
  advance = tf.function(lambda: ownership.advance(layers))
  advance()  # traces
  seconds["step"] = _median(advance, layers, before=1)
  seconds["step with update"] = _median(advance, layers, before=_FREQUENCY - 1)
  take("report", lambda: tgp.sparsity_report(pruned))
  take("strip", lambda: tgp.strip_pruning(pruned))
  return {name: seconds[name] for name in _STEPS}


def _median(advance, layers, before: int) -> float:
  """Returns the median seconds of the step after step `before`."""
  seconds = []
  for _ in range(3):
    for layer in layers:
      layer.pruning_step.assign(before)
    seconds.append(timing.timed(advance))
  return float(np.median(seconds))


def exponent(sizes: list[int], values: list[float]) -> float:
  """Returns the slope of the values over the sizes, both as logarithms."""
  # Half a millisecond is what a call costs for nothing.
  logs = np.log(np.maximum(values, 5e-4))
  return float(np.polyfit(np.log(sizes), logs, 1)[0])


def exponents(results: list[dict]) -> dict[str, float]:
  """Returns the exponent of each column."""
  sizes = [result["weights"] for result in results]
  found = {
    name: exponent(sizes, [result["seconds"][name] for result in results])
    for name in _STEPS
  }
  memory = [result["memory"] * result["weights"] for result in results]
  return found | {"memory": exponent(sizes, memory)}


def goals(record: dict) -> dict[str, bool]:
  """Returns by column whether it grows about linearly."""
  return {name: x <= _LINEAR for name, x in record["exponents"].items()}


def table(record: dict) -> str:
  """Returns a table of seconds, and below of seconds for a million weights."""
  fitted, met = record["exponents"], goals(record)
  header = ["million weights", *_STEPS, "peak memory, networks"]
  rows, each = [], []
  for result in sorted(record["results"], key=lambda x: x["weights"]):
    millions = result["weights"] / 1e6
    seconds = [result["seconds"][name] for name in _STEPS]
    rows.append([millions, *seconds, result["memory"]])
    each.append([millions, *(x / millions for x in seconds)])
  rows.append(["exponent", *fitted.values()])
  rows.append([f"goal: {_LINEAR}", *map(verdicts.word, met.values())])
  return (
    "Seconds\n\n"
    + markdown_table.text(header, rows)
    + "\n\nSeconds for a million weights\n\n"
    + markdown_table.text(header[:-1], each)
  )


def main(argv):
  """Measures, prints and writes."""
  del argv
  if _ONLY.value:
    print(json.dumps(measure(_ONLY.value)))
    return
  file = result_files.opened("scaling", {"seed": _SEED})
  results = [
    fresh_process.run("benchmarks.pruning.scaling", f"--only={size}")
    for size in _SIZES.value
  ]
  record = file.add({"results": results}, rows=["weights"])
  file.write(record | {"exponents": exponents(record["results"])})
  print(verdicts.text(file.machines(), table, goals))


if __name__ == "__main__":
  app.run(main)
