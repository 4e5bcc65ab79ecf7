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
"""Draws the charts of a report as SVG elements or PNG files."""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from tf_ganprune.report import optional_imports, palette
from tf_ganprune.sparsity import report

# They say once more what the colours say.
_STYLES = ("-", "--", "-.", ":")

_WIDTH = 5.2  # Inches: a phone shows it at about its own size.


def _colour(network: int | None) -> str:
  return palette.GREY if network is None else palette.colour(network)


def _new_axes(height: float):
  figure = optional_imports.need("matplotlib.figure").Figure(
    (_WIDTH, height), layout="constrained"
  )
  axes = figure.add_subplot()
  axes.spines[["top", "right"]].set_visible(False)
  axes.set_axisbelow(True)
  return figure, axes


def _to_svg(figure, description: str) -> str:
  """Renders a figure as one <svg> element, with its text as text."""
  matplotlib = optional_imports.need("matplotlib")
  buffer = io.StringIO()
  settings = {"svg.fonttype": "none", "svg.hashsalt": description}
  with matplotlib.rc_context(settings):
    figure.savefig(buffer, format="svg")
  # The XML heading and its links are not allowed inside of a page.
  svg = buffer.getvalue()
  svg = svg[svg.index("<svg") :]
  svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
  return svg.replace("<svg ", f'<svg role="img" aria-label="{description}" ', 1)


def _to_png(figure) -> bytes:
  buffer = io.BytesIO()
  figure.savefig(buffer, format="png", dpi=160)
  return buffer.getvalue()


def _check_columns(name: str, columns: Mapping[str, Sequence[float]]) -> None:
  lengths = {key: len(values) for key, values in columns.items()}
  if "step" not in columns or len(set(lengths.values())) != 1:
    raise ValueError(
      f"The history {name!r} must have a column 'step', and columns of one"
      f" length; got the lengths {lengths}."
    )


def _curve_chart(
  curves: Mapping[str, Mapping[str, Sequence[float]]],
  colours: Mapping[str, str],
  key: str,
  title: str,
) -> str:
  figure, axes = _new_axes(3.0)
  for i, (name, columns) in enumerate(curves.items()):
    if key in columns:
      axes.plot(
        columns["step"],
        columns[key],
        color=colours[name],
        linestyle=_STYLES[i % len(_STYLES)],
        marker="o" if len(columns["step"]) == 1 else None,
        linewidth=1.5,
        label=_plain(name),
      )
  axes.set_title(_plain(title), loc="left", fontsize=11)
  axes.set_xlabel("step")
  axes.set_ylabel(_plain(key))
  axes.grid(color=palette.GRID, linewidth=0.6)
  axes.legend(frameon=False, fontsize=9)
  return _to_svg(figure, re.sub(r"\W+", " ", title))


def _plain(text: str) -> str:
  """Escapes $ and a leading _, which matplotlib would interpret."""
  return ("\u200b" + text if text.startswith("_") else text).replace("$", r"\$")


def training_curves(
  curves: Mapping[str, Mapping[str, Sequence[float]]],
  networks: Mapping[str, int | None] | None = None,
  titles: Mapping[str, str] | None = None,
) -> dict[str, str]:
  """Draws the losses over the steps, one chart for each kind of loss.

  Args:
    curves: The columns of each phase or network by its name: "step", and those
      to draw, such as "cycle_loss", all of one length.
    networks: For each name the place of its network in `sparsity_chart`, which
      gives it the same colour, or None for grey; by default each name has its
      own colour.
    titles: The titles of the charts by the columns' names; by default the
      names.

  Returns:
    An <svg> element for each column, by its name.

  Raises:
    ValueError: If a column is missing or of another length.
    ImportError: If matplotlib is not installed.
  """
  for name, columns in curves.items():
    _check_columns(name, columns)
  if networks is None:
    networks = {name: i for i, name in enumerate(curves)}
  colours = {name: _colour(networks[name]) for name in curves}
  keys = dict.fromkeys(key for columns in curves.values() for key in columns)
  keys.pop("step", None)
  titles = titles or {}
  return {
    key: _curve_chart(curves, colours, key, titles.get(key, key))
    for key in keys
  }


def paired_bars(
  title: str,
  values: Mapping[str, Sequence[float]],
  labels: Sequence[str],
  x_label: str,
  y_label: str,
  networks: Mapping[str, int] | None = None,
) -> str:
  """Draws the values of each network as bars beside each other.

  Args:
    title: The title of the chart.
    values: The values of each network, by its name.
    labels: The label of each value, below its bars.
    x_label: The title of the horizontal axis.
    y_label: The title of the vertical axis, with the unit.
    networks: The place of each network in `sparsity_chart`, which gives it the
      same colour; by default its place in `values`.

  Returns:
    An <svg> element.

  Raises:
    ValueError: If a network does not have one value for each label.
    ImportError: If matplotlib is not installed.
  """
  networks = networks or {name: i for i, name in enumerate(values)}
  figure, axes = _new_axes(3.2)
  width = 0.8 / len(values)
  for i, (name, bars) in enumerate(values.items()):
    if len(bars) != len(labels):
      raise ValueError(
        f"`values` of {name!r} must be one for each of the {len(labels)}"
        f" labels; got {len(bars)}."
      )
    left = (i - (len(values) - 1) / 2) * width
    places = [place + left for place in range(len(bars))]
    colour = _colour(networks[name])
    axes.bar(places, bars, 0.9 * width, color=colour, label=_plain(name))
  figure.suptitle(_plain(title), x=0.01, ha="left", fontsize=11)
  axes.set_xticks(range(len(labels)), [_plain(x) for x in labels], fontsize=8)
  axes.set_xlabel(_plain(x_label))
  axes.set_ylabel(_plain(y_label))
  axes.grid(axis="y", color=palette.GRID, linewidth=0.6)
  # Above the bars, where it hides none of them.
  axes.legend(
    frameon=False, fontsize=9, loc="lower left", ncols=3, bbox_to_anchor=(0, 1)
  )
  return _to_svg(figure, re.sub(r"\W+", " ", title))


def sparsity_chart(
  networks: Mapping[str, Sequence[report.LayerSparsity]],
) -> str:
  """Draws the share of zeros of each layer as horizontal bars.

  Args:
    networks: The layers of each network by its name, as `tgp.sparsity_report`
      gives them; layers of one name are drawn together.

  Returns:
    An <svg> element.

  Raises:
    ValueError: If there are no layers, or a sparsity is outside [0, 1].
    ImportError: If matplotlib is not installed.
  """
  rows = [(layer, net) for net, layers in networks.items() for layer in layers]
  for (name, sparsity, *_), _ in rows:
    if not 0.0 <= sparsity <= 1.0:
      raise ValueError(
        f"The sparsity of the layer {name!r} must be between 0 and 1; got"
        f" {sparsity}."
      )
  names = list(dict.fromkeys(layer[0] for layer, _ in rows))
  if not names:
    raise ValueError("`networks` has no layers to draw.")
  bar = 0.8 / len(networks)
  figure, axes = _new_axes(
    1.1 + 0.34 * len(names) * max(1, 0.7 * len(networks))
  )
  for i, (network, layers) in enumerate(networks.items()):
    _draw_bars(axes, names, layers, bar, i, len(networks), network)
  _finish_bars(axes, names, len(networks))
  return _to_svg(figure, "Zeros of each layer")


def _draw_bars(axes, names, layers, bar, i, count, network) -> None:
  offset = (i - (count - 1) / 2) * bar
  places = [names.index(layer[0]) + offset for layer in layers]
  shares = [100 * layer[1] for layer in layers]
  axes.barh(places, shares, bar * 0.9, color=_colour(i), label=_plain(network))
  for place, (_, sparsity, size, *note) in zip(places, layers, strict=True):
    remark = f", {note[0]}" if note and note[0] else ""
    text = _plain(f"{sparsity:.0%} of {size:,}{remark}")
    inside = sparsity > 0.55
    axes.text(
      100 * sparsity + (-1 if inside else 1),
      place,
      text,
      ha="right" if inside else "left",
      va="center",
      fontsize=7.5,
      color="white" if inside else "#333333",
    )


def _finish_bars(axes, names, count) -> None:
  axes.set_yticks(
    range(len(names)), [_plain(name) for name in names], fontsize=8
  )
  axes.set_ylim(len(names) - 0.4, -0.6)
  axes.set_xlim(0, 100)
  axes.set_xlabel("zeros (% of the layer's weights)")
  axes.grid(axis="x", color=palette.GRID, linewidth=0.6)
  if count > 1:
    axes.legend(
      frameon=False,
      fontsize=9,
      loc="lower left",
      bbox_to_anchor=(0, 1),
      ncols=3,
    )


class LayerDistance(Protocol):
  """One measurement of a `tgp.report.SensitivityTable`."""

  @property
  def layer(self) -> str:
    """The layer's name."""

  @property
  def sparsity(self) -> float:
    """The share of the layer's weights that was set to 0."""

  @property
  def distance(self) -> float:
    """The Fréchet distance of the images with these zeros."""


class Distances(Protocol):
  """The parts of a `tgp.report.SensitivityTable` that are drawn."""

  @property
  def dense(self) -> float:
    """The Fréchet distance of the network as it is."""

  @property
  def title(self) -> str:
    """What that is: 'Fréchet distance', or the title of another score."""

  @property
  def rows(self) -> Sequence[LayerDistance]:
    """The measurements, layer by layer."""


def sensitivity_chart(table: Distances, kind: str = "svg") -> str | bytes:
  """Draws the Fréchet distance over the sparsity of one layer at a time.

  Args:
    table: The table that `tgp.sensitivity` returned.
    kind: `'svg'` or `'png'`.

  Returns:
    An <svg> element, or the bytes of a PNG.

  Raises:
    ValueError: If there are no rows.
    ImportError: If matplotlib is not installed.
  """
  curves = {}
  for row in table.rows:
    points = curves.setdefault(row.layer, [(0.0, table.dense)])
    points.append((100 * row.sparsity, row.distance))
  if not curves:
    raise ValueError("`table` has no rows to draw.")
  figure, axes = _new_axes(3.2 + 0.1 * len(curves))
  for i, (layer, points) in enumerate(curves.items()):
    axes.plot(
      *zip(*points, strict=True),
      color=_colour(i),
      linestyle=_STYLES[i // len(palette.COLOURS) % len(_STYLES)],
      marker="o",
      markersize=3,
      linewidth=1.5,
      label=_plain(layer),
    )
  _finish_sensitivity(axes, table)
  if kind == "png":
    return _to_png(figure)
  return _to_svg(figure, f"{table.title} with one layer pruned")


def _finish_sensitivity(axes, table) -> None:
  axes.axhline(
    table.dense, color=palette.GREY, linewidth=0.8, label="nothing pruned"
  )
  if max(row.distance for row in table.rows) > 10 * table.dense > 0:
    # The curve of one bad layer would flatten the others.
    axes.set_yscale("log", subs=[2, 5])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("{x:g}")
  axes.set_xlabel("zeros (% of the layer's weights)")
  axes.set_ylabel(table.title)
  axes.grid(color=palette.GRID, linewidth=0.6)
  axes.figure.legend(
    frameon=False, fontsize=8, loc="outside upper left", ncols=2
  )
