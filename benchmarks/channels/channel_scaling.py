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
"""Measures how long channel pruning takes as generators grow.

  python -m benchmarks.channels.channel_scaling

prints a table for generators of 1 to 100 million parameters, each measured in a
process of its own, with the exponent that fits the seconds: 1 is linear.
"""

import dataclasses
import json

import numpy as np
from absl import app, flags

import tf_ganprune as tgp
from benchmarks import fresh_process, result_files, timing, verdicts
from benchmarks.pruning import scaling
from tf_ganprune import markdown_table

_SIZES = flags.DEFINE_list(
  "generators", ["1", "3", "10", "30", "100"], "Millions of parameters."
)
_ONLY = flags.DEFINE_float(
  "only_generator", None, "Only prints what one of so many millions takes."
)
_IMAGE_SHAPE = (64, 64, 3)
_LATENT_DIM = 128
_MACS = 0.25
_LINEAR = 1.15
_SEED = 0


def generator(width: int) -> tgp.keras.Model:
  """Returns a DCGAN generator."""
  tgp.keras.utils.set_random_seed(_SEED)
  return tgp.networks.dcgan_generator(_IMAGE_SHAPE, _LATENT_DIM, width)


def width_of(millions: float) -> int:
  """Returns the width of a generator of about so many million parameters."""
  widths = (2, 4, 8)
  counts = [generator(width).count_params() for width in widths]
  # Kernels grow with the width's square, what lies beside them with the width.
  square, linear, constant = np.polyfit(widths, counts, 2)
  roots = np.roots([square, linear, constant - 1e6 * millions])
  return max(1, round(float(max(roots.real))))


def measure(millions: float, rounds: int) -> dict:
  """Returns the seconds of `prune_channels` on one generator."""
  model = generator(width_of(millions))
  found = timing.run(
    {"prune": lambda: tgp.prune_channels(model, macs=_MACS)}, max_rounds=rounds
  )["prune"]
  return {"params": model.count_params(), **dataclasses.asdict(found)}


def exponent(results: list[dict]) -> float:
  """Returns the slope of seconds over parameters, both as logarithms."""
  return scaling.exponent(
    [result["params"] for result in results],
    [result["median"] for result in results],
  )


def goals(record: dict) -> dict[str, bool]:
  """Returns whether it grows about linearly."""
  return {f"exponent of {_LINEAR}": record["exponent"] <= _LINEAR}


def table(record: dict) -> str:
  """Returns a table, and the exponent below."""
  rows = [
    [
      result["params"] / 1e6,
      f"{result['median']:.2f} ± {result['half_width']:.2f}",
      result["median"] / (result["params"] / 1e6),
    ]
    for result in sorted(record["results"], key=lambda x: x["params"])
  ]
  header = ("million parameters", "seconds", "seconds a million")
  (is_met,) = goals(record).values()
  return (
    f"{markdown_table.text(header, rows)}\n\n"
    f"exponent {record['exponent']:.2f}, goal at most {_LINEAR}:"
    f" {verdicts.word(is_met)}"
  )


def main(argv):
  """Measures, prints and writes."""
  del argv
  if _ONLY.value:
    print(json.dumps(measure(_ONLY.value, timing.ROUNDS.value)))
    return
  file = result_files.opened(
    "channel_scaling",
    {
      "seed": _SEED,
      "image_shape": _IMAGE_SHAPE,
      "latent_dim": _LATENT_DIM,
      "macs": _MACS,
    },
  )
  results = [
    fresh_process.run(
      "benchmarks.channels.channel_scaling",
      f"--only_generator={size}",
      f"--max_rounds={timing.ROUNDS.value}",
    )
    for size in _SIZES.value
  ]
  record = file.add({"results": results}, rows=["params"])
  file.write(record | {"exponent": exponent(record["results"])})
  print(verdicts.text(file.machines(), table, goals))


if __name__ == "__main__":
  app.run(main)
