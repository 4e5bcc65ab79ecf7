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
"""Compares networks, such as dense and pruned, in a table and an HTML page."""

from tf_ganprune import deprecated
from tf_ganprune.metrics.scores import Score
from tf_ganprune.pictures import image_grid, write_png
from tf_ganprune.report.charts import (
  paired_bars,
  sensitivity_chart,
  sparsity_chart,
  training_curves,
)
from tf_ganprune.report.comparison import (
  Comparison,
  FileResult,
  NetworkResult,
)
from tf_ganprune.report.measuring import sensitivity
from tf_ganprune.report.page import write_report
from tf_ganprune.report.rows import make_rows
from tf_ganprune.report.sections import PictureRows, Pictures, Sounds, Texts
from tf_ganprune.report.sensitivity_table import (
  LayerDistance,
  SensitivityTable,
)
from tf_ganprune.report.side_by_side import comparison_grid
from tf_ganprune.report.summary import summarize
from tf_ganprune.report.text_table import format_table

_RENAMED = {"Contestant": "NetworkResult"}


def __getattr__(name: str) -> object:
  """Returns a class by its old name, with a deprecation warning."""
  if name not in _RENAMED:
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
  deprecated.warn(f"tgp.report.{name}", f"tgp.report.{_RENAMED[name]}")
  return globals()[_RENAMED[name]]


__all__ = [
  "Comparison",
  "NetworkResult",
  "FileResult",
  "LayerDistance",
  "PictureRows",
  "Pictures",
  "Score",
  "SensitivityTable",
  "Sounds",
  "Texts",
  "comparison_grid",
  "format_table",
  "image_grid",
  "make_rows",
  "sensitivity",
  "sensitivity_chart",
  "paired_bars",
  "sparsity_chart",
  "summarize",
  "training_curves",
  "write_png",
  "write_report",
]
