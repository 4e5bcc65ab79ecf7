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
"""Charts of a sweep: what each strategy costs, and which are on the front."""

import dataclasses
import os
import pathlib
from collections.abc import Callable

from tf_ganprune.experiments import (
  strategies,
  sweep_summary,
)
from tf_ganprune.report import palette


@dataclasses.dataclass(frozen=True)
class Chart:
  """One chart: the score against what the networks take.

  Attributes:
    file: Its name.
    label: Of the axis.
    cost: What a row is drawn at; lower is better.

  Example:
    `Chart("macs.png", "multiplications", lambda means: means["macs"])`
  """

  file: str
  label: str
  cost: Callable[[dict], float]


CHARTS = (
  Chart("zeros.png", "weights left (%)", lambda x: 100 * (1 - x["zeros"])),
  Chart("bytes.png", "file, gzipped (kB)", lambda x: x["gzip_bytes"] / 1000),
  Chart(
    "macs.png",
    "multiplications with weights left (thousands)",
    lambda x: x["macs"] / 1000,
  ),
)
_MARKERS = "osD^v<>PX"


def draw(
  rows: list[sweep_summary.Row],
  folder: str | os.PathLike,
  title: str = "Fréchet distance",
) -> list:
  """Writes the charts, and returns their paths.

  Args:
    rows: Of `sweep_summary.summarize`.
    folder: Where they go.
    title: Of the score.
  """
  paths = [pathlib.Path(folder) / chart.file for chart in CHARTS]
  for chart, path in zip(CHARTS, paths, strict=True):
    figure = _figure(chart, [x for x in rows if x.means], title)
    figure.savefig(path, dpi=150)
  return paths


def _figure(chart: Chart, rows, title):
  from matplotlib import figure  # noqa: PLC0415

  drawn = figure.Figure((9, 5.4), layout="constrained")
  axes = drawn.add_subplot()
  for i, name in enumerate(dict.fromkeys(x.strategy for x in rows)):
    _curve(axes, chart, name, i, [x for x in rows if x.strategy == name])
  _front(axes, chart, rows)
  axes.set(xscale="log", yscale="log", xlabel=chart.label)
  axes.set_ylabel(f"{title}, mean and deviation over seeds")
  for axis in (axes.xaxis, axes.yaxis):
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter("{x:g}")
  axes.tick_params(which="minor", labelsize=7)
  axes.spines[["top", "right"]].set_visible(False)
  axes.grid(color=palette.GRID, linewidth=0.6)
  drawn.legend(loc="outside right upper", frameon=False, fontsize=8)
  return drawn


def _curve(axes, chart, name, number, rows) -> None:
  rows = sorted(rows, key=lambda x: chart.cost(x.means))
  is_plain = name in (strategies.BASE, strategies.CONTROL)
  axes.errorbar(
    [chart.cost(x.means) for x in rows],
    [x.distance for x in rows],
    [x.spread or 0.0 for x in rows],
    color=palette.GREY if is_plain else palette.colour(number),
    linestyle="--" if name == strategies.CONTROL else "-",
    marker="*" if is_plain else _marker(number),
    linewidth=1.2,
    markersize=5,
    capsize=2,
    elinewidth=0.7,
    label=name,
  )


def _marker(number: int) -> str:
  """Returns another one each time that the colours begin anew."""
  return _MARKERS[number // len(palette.COLOURS) % len(_MARKERS)]


def _front(axes, chart, rows) -> None:
  """Marks what nothing is both smaller and better than."""
  points = [(chart.cost(x.means), x.distance) for x in rows]
  front = sweep_summary.pareto(points)
  axes.plot(
    *zip(*front, strict=True),
    color="black",
    linestyle=":",
    marker="o",
    markersize=11,
    markerfacecolor="none",
    linewidth=1.5,
    label="Pareto front",
  )
