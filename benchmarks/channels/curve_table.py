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
"""What the runs of the channel curve come to: means, spreads, and a table."""

import dataclasses
import statistics

from benchmarks import verdicts
from tf_ganprune import markdown_table
from tf_ganprune.experiments import (
  spread,
)

_GOAL_RATIO, _GOAL = 16, 1.05


def summarize(found: dict) -> list[dict]:
  """Returns mean and spread of the runs that differ in nothing but the seed.

  Args:
    found: What `curve.measure` returned, by `curve_plan.Run`.
  """
  groups = {}
  for run, result in found.items():
    groups.setdefault(dataclasses.replace(run, seed=0), []).append(result)
  return [
    {
      "kind": run.kind,
      "ratio": run.ratio,
      "discriminator": run.discriminator,
      "teacher": run.teacher,
      "frechet_distance": spread.over_seeds(
        [x["metrics"]["frechet_distance"] for x in results]
      ),
      "macs": statistics.fmean(x["macs"] for x in results),
      "params": statistics.fmean(x["params"] for x in results),
      "runs": results,
    }
    for run, results in groups.items()
  ]


_HEADER = (
  "times fewer MACs",
  "",
  "discriminator",
  "teacher",
  "MACs",
  "weights",
  "Fréchet distance",
  "of dense",
  "of dense with as many latents",
  "goal",
  "better than from scratch",
)
_BASES = {"dense": "of dense", "dense_latents": "with as many latents"}


def table(summary: list[dict]) -> str:
  """Returns the summary in Markdown."""
  rows = sorted(summary, key=lambda row: row["ratio"])
  return markdown_table.text(_HEADER, [_line(row, summary) for row in rows])


def _line(row: dict, summary: list[dict]) -> list[str]:
  return [
    f"{row['ratio']:g}",
    row["kind"],
    _setting(row, "discriminator"),
    _setting(row, "teacher"),
    f"{row['macs']:,.0f}",
    f"{row['params']:,.0f}",
    spread.text(row["frechet_distance"]),
    *(_cell(_share(row, kind, summary)) for kind in _BASES),
    _verdict(row, summary),
    _beats(row, summary),
  ]


def goals(summary: list[dict]) -> dict[str, bool]:
  """Returns whether slim networks are about as good as dense ones, by name."""
  return {
    f"{row['kind']}, {row['ratio']:g} times, {row['discriminator']}"
    f" discriminator, {row['teacher']} teacher, {name}": is_met
    for row in summary
    for name, is_met in _met(row, summary).items()
  }


def _met(row: dict, summary: list[dict]) -> dict[str, bool]:
  """Returns for each dense network that a row is compared with, if so."""
  if row["kind"] != "slim" or row["ratio"] != _GOAL_RATIO:
    return {}
  shares = {x: _share(row, kind, summary) for kind, x in _BASES.items()}
  return {name: x <= _GOAL for name, x in shares.items() if x}


def _share(row: dict, kind: str, summary: list[dict]) -> float | None:
  """Returns a row's distance, as a share of that of a dense GAN, if any."""
  bases = (x["frechet_distance"] for x in summary if x["kind"] == kind)
  base = next(bases, None)
  return base and row["frechet_distance"]["mean"] / base["mean"]


def _cell(share: float | None) -> str:
  return "" if share is None else f"{share:.2f}"


def _setting(row: dict, name: str) -> str:
  return row[name] if row["kind"] == "slim" else ""


def _verdict(row: dict, summary: list[dict]) -> str:
  words = {x: verdicts.word(met) for x, met in _met(row, summary).items()}
  said = [f"{_GOAL}: {words.pop('of dense')}"] if "of dense" in words else []
  return ", ".join([*said, *(f"{x}: {word}" for x, word in words.items())])


def _beats(row: dict, summary: list[dict]) -> str:
  """Says whether a slim network is better than the seeds' spread explains."""
  others = [
    other["frechet_distance"]
    for other in summary
    if other["kind"] == "scratch" and other["ratio"] == row["ratio"]
  ]
  if row["kind"] != "slim" or not others:
    return ""
  own, scratch = row["frechet_distance"], others[0]
  if own["stdev"] is None or scratch["stdev"] is None:
    return "one seed"
  margin = max(own["stdev"], scratch["stdev"])
  return "yes" if scratch["mean"] - own["mean"] > margin else "no"
