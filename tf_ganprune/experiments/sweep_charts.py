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
"""Draws the charts of a sweep: the score of strategies over their cost."""

import collections
import dataclasses
import os
import pathlib
from collections.abc import Callable, Sequence

from tf_ganprune.experiments import (
  strategies,
  sweep_summary,
)
from tf_ganprune.report import palette


@dataclasses.dataclass(frozen=True)
class Chart:
  """One chart of the score over a cost of the networks.

  Attributes:
    file: The name of the chart's file.
    label: The title of the horizontal axis.
    cost: A function of a row's `means` that returns its cost; lower is better.

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
_PLAIN = {
  strategies.BASE: palette.BLACK,
  strategies.CONTROL: palette.GREY,
}
_MOST = 5  # curves with a colour beside those
_TF_MOT = "magnitude"
_GAP = 0.05  # between two names at the right, of the height


def draw(
  rows: list[sweep_summary.Row],
  folder: str | os.PathLike,
  title: str = "Fréchet distance",
) -> list:
  """Writes the charts, and returns their paths.

  Args:
    rows: The rows that `sweep_summary.summarize` returned.
    folder: The folder of the charts.
    title: The title of the score.
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
  axes.set(xscale="log", yscale="log", xlabel=chart.label)
  axes.set_ylabel(f"{title}, mean and deviation over seeds")
  front = sweep_summary.pareto(rows, chart.cost)
  colours = _colours(rows, chart.cost)
  names = dict.fromkeys(x.strategy for x in rows)
  for name in sorted(names, key=lambda x: x in colours):
    one = [x for x in rows if x.strategy == name]
    _curve(
      axes, chart, one, colours.get(name, palette.LIGHT_GREY), name in colours
    )
  _circle(axes, chart, front)
  _name_ends(axes, chart, rows, colours)
  _set_axes(axes)
  axes.set_title("Circles: nothing is both smaller and better", loc="left")
  return drawn


def _colours(rows, cost) -> dict[str, str]:
  """Returns the colours of at most seven strategies, by their names.

  These are the dense GAN, the control, the strategies on the front, TF-MOT's
  magnitude, and those that would be on the front without these.

  Args:
    rows: Rows of runs that have ended.
    cost: A function of a row's `means` that returns its cost.
  """
  left = [x for x in rows if x.strategy not in _PLAIN]
  best: dict[str, None] = {}
  while left:
    front = sweep_summary.pareto(left, cost)
    counts = collections.Counter(x.strategy for x in front)
    best |= dict.fromkeys(name for name, _ in counts.most_common())
    if any(x.strategy == _TF_MOT for x in rows):
      best[_TF_MOT] = None
    left = [x for x in left if x.strategy not in best]
  return _PLAIN | dict(zip([*best][:_MOST], palette.COLOURS, strict=False))


def _curve(axes, chart, rows, colour, is_named) -> None:
  rows = sorted(rows, key=lambda x: chart.cost(x.means))
  axes.errorbar(
    [chart.cost(x.means) for x in rows],
    [x.distance for x in rows],
    [x.spread or 0.0 for x in rows] if is_named else None,
    color=colour,
    linestyle="--" if colour == palette.GREY else "-",
    marker="o",
    linewidth=1.6 if is_named else 0.8,
    markersize=5 if is_named else 2.5,
    capsize=2,
    elinewidth=0.7,
  )


def _circle(axes, chart, front) -> None:
  axes.plot(
    [chart.cost(x.means) for x in front],
    [x.distance for x in front],
    color=palette.BLACK,
    linestyle="none",
    marker="o",
    markersize=11,
    markerfacecolor="none",
  )


def _name_ends(axes, chart, rows, colours) -> None:
  """Writes names at the right, each with a line from its curve's last point."""
  axes.autoscale_view()
  ends = {}
  for name in colours:
    if found := [x for x in rows if x.strategy == name]:
      last = max(found, key=lambda x: chart.cost(x.means))
      point = chart.cost(last.means), last.distance
      to_axes = axes.transData + axes.transAxes.inverted()
      ends[name] = point, float(to_axes.transform(point)[1])
  heights = apart([height for _, height in ends.values()], _GAP)
  for (name, (point, _)), height in zip(ends.items(), heights, strict=True):
    axes.annotate(
      name,
      point,
      (1.03, height),
      textcoords="axes fraction",
      color=colours[name],
      va="center",
      arrowprops={"arrowstyle": "-", "color": colours[name], "linewidth": 0.5},
      annotation_clip=False,
    )


def apart(heights: Sequence[float], gap: float) -> list[float]:
  """Moves heights up until they are at least a gap apart, in the same order.

  Args:
    heights: The heights that texts should have.
    gap: The least difference of two heights.
  """
  order = sorted(range(len(heights)), key=heights.__getitem__)
  found, lowest = list(heights), float("-inf")
  for place in order:
    lowest = found[place] = max(heights[place], lowest + gap)
  return found


def _set_axes(axes) -> None:
  from matplotlib import ticker  # noqa: PLC0415

  for axis in (axes.xaxis, axes.yaxis):
    axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 3, 5)))
    axis.set_minor_locator(ticker.NullLocator())
    axis.set_major_formatter("{x:g}")
  axes.spines[["top", "right"]].set_visible(False)
  axes.grid(color=palette.GRID, linewidth=0.6)
