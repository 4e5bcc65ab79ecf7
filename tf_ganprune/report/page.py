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
"""Writes a comparison as one HTML page that needs no other file."""

import base64
import os
import pathlib

import numpy as np

from tf_ganprune import files, pictures
from tf_ganprune.report import changes, charts, optional_imports, rows, summary
from tf_ganprune.report import comparison as comparison_lib

_TEMPLATE = "report.html"


def _address(
  content: bytes | np.ndarray | None, kind: str = "image/png"
) -> str | None:
  """Returns a picture or sound as a `data:` address, which holds its bytes."""
  if content is None:
    return None
  if isinstance(content, np.ndarray):
    content = pictures.encode_png(content)
  return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _curves(comparison: comparison_lib.Comparison) -> dict[str, str]:
  """Draws the training curves; phases that all share are drawn once."""
  contestants = comparison.contestants
  networks: dict[str, int | None] = {}
  curves: dict[str, dict] = {}
  for i, contestant in enumerate(contestants):
    for phase, columns in contestant.history.items():
      name = f"{contestant.name}: {phase}"
      columns = {key: list(values) for key, values in columns.items()}
      curves[name], networks[name] = columns, i
  for phase in contestants[0].history if len(contestants) > 1 else ():
    names = [f"{contestant.name}: {phase}" for contestant in contestants]
    columns = curves[names[0]]
    if all(curves.get(name) == columns for name in names):
      for name in names:
        del curves[name]
      shared = f"all: {phase}"
      curves, networks[shared] = {shared: columns, **curves}, None
  return charts.training_curves(curves, networks, comparison.curve_titles)


def _by_section(table: list[rows.Row]) -> dict[str, list[rows.Row]]:
  sections = {}
  for row in table:
    sections.setdefault(row.section, []).append(row)
  return sections


def _sparsity(comparison: comparison_lib.Comparison) -> str | None:
  networks = {c.name: c.sparsity for c in comparison.contestants if c.sparsity}
  return charts.sparsity_chart(networks) if networks else None


def render(comparison: comparison_lib.Comparison) -> str:
  """Renders the page of a comparison as text; `write_report` writes it.

  Args:
    comparison: The comparison to show.

  Raises:
    ValueError: If a history, a sparsity, a section or an explanation cannot be
      drawn.
    ImportError: If jinja2 or matplotlib is not installed.
  """
  jinja2 = optional_imports.need("jinja2")
  environment = jinja2.Environment(
    loader=jinja2.PackageLoader("tf_ganprune.report"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
  )
  environment.filters["address"] = _address
  table = rows.make_rows(comparison)
  return environment.get_template(_TEMPLATE).render(
    comparison=comparison,
    summary=summary.summarize(comparison),
    sections=_by_section(table),
    samples=_address(comparison.samples_png),
    shown=[(section, section.drawn()) for section in comparison.sections],
    has_best=any(cell.best for row in table for cell in row.cells),
    curves=_curves(comparison),
    sparsity=_sparsity(comparison),
    changes=changes.drawn(comparison),
  )


def write_report(
  path: str | os.PathLike, comparison: comparison_lib.Comparison
) -> pathlib.Path:
  """Writes the page of a comparison to an HTML file.

  Pictures, charts and styles are inside of it, so that it can be mailed or put
  into an archive. The file appears whole or not at all.

  Args:
    path: The path of the HTML file; missing folders are made.
    comparison: The comparison to show; the first contestant is the base.

  Returns:
    The path of the file.

  Raises:
    ValueError: If a history, a sparsity, a section or an explanation cannot be
      drawn, or the folder cannot be written to.
    OSError: If writing fails all the same, for example on a full disk.
    ImportError: If jinja2 or matplotlib is not installed.
  """
  content = render(comparison).encode("utf-8")
  files.make_directory(pathlib.Path(path).parent)
  return files.write(path, content)
