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

from benchmarks import contest
from examples import spread

_GOAL_RATIO, _GOAL = 16, 1.05


def summarize(found: dict) -> list[dict]:
  """Returns mean and spread of the runs that differ in nothing but the seed.

  Args:
    found: What `channel_curve.measure` returned, by `channel_curve.Run`.
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
      "frechet_distance": spread.of(
        [x["metrics"]["frechet_distance"] for x in results]
      ),
      "macs": statistics.fmean(x["macs"] for x in results),
      "params": statistics.fmean(x["params"] for x in results),
      "runs": results,
    }
    for run, results in groups.items()
  ]


def table(summary: list[dict]) -> str:
  """Returns the summary in Markdown."""
  lines = [
    "| times fewer MACs | | discriminator | teacher | MACs | weights"
    " | Fréchet distance | of dense | of dense with as many latents | goal"
    " | better than from scratch |",
    "|---" * 11 + "|",
  ]
  for row in sorted(summary, key=lambda row: row["ratio"]):
    distance = row["frechet_distance"]
    share = _share(row, "dense", summary)
    lines.append(
      f"| {row['ratio']:g} | {row['kind']} | {_setting(row, 'discriminator')}"
      f" | {_setting(row, 'teacher')}"
      f" | {row['macs']:,.0f} | {row['params']:,.0f} | {spread.text(distance)}"
      f" | {_cell(share)} | {_cell(_share(row, 'dense_latents', summary))}"
      f" | {_verdict(row, share)} | {_beats(row, summary)} |"
    )
  return "\n".join(lines)


def _share(row: dict, kind: str, summary: list[dict]) -> float | None:
  """Returns a row's distance, as a share of that of a dense GAN, if any."""
  (*_, base) = [
    None,
    *(other["frechet_distance"] for other in summary if other["kind"] == kind),
  ]
  return base and row["frechet_distance"]["mean"] / base["mean"]


def _cell(share: float | None) -> str:
  return "" if share is None else f"{share:.2f}"


def _setting(row: dict, name: str) -> str:
  return row[name] if row["kind"] == "slim" else ""


def _verdict(row: dict, share: float | None) -> str:
  is_asked = row["kind"] == "slim" and row["ratio"] == _GOAL_RATIO
  if share is None or not is_asked:
    return ""
  return f"{_GOAL}: {contest.verdict(share <= _GOAL)}"


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
