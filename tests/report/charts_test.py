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
"""Tests that the charts hold their names, lines and bars."""

import importlib.util
import pathlib
import sys
import xml.etree.ElementTree as etree

import pytest

from tf_ganprune import report
from tf_ganprune.report import charts

_CURVES = {
  "dense": {"step": [1, 2, 3], "d_loss": [1.0, 0.9, 0.8], "g_loss": [1, 2, 3]},
  "pruned": {"step": [4, 5, 6], "d_loss": [0.8, 0.9, 0.8]},
}


def _texts(svg):
  return [
    "".join(element.itertext()).strip()
    for element in etree.fromstring(svg).iter()
    if element.tag.endswith("}text")
  ]


def test_curves_are_labelled():
  found = report.training_curves(_CURVES)
  assert list(found) == ["d_loss", "g_loss"]
  texts = _texts(found["d_loss"])
  for text in ("d_loss", "step", "dense", "pruned"):
    assert text in texts
  assert "pruned" not in _texts(found["g_loss"])


def test_titles_and_losses_of_any_name():
  curves = {"dense": {"step": [1, 2], "cycle_loss": [1.0, float("nan")]}}
  found = report.training_curves(curves, titles={"cycle_loss": "There & back"})
  assert list(found) == ["cycle_loss"]
  assert {"There & back", "cycle_loss"} <= set(_texts(found["cycle_loss"]))


def test_networks_decide_the_colours():
  chart = report.training_curves(_CURVES, {"dense": None, "pruned": 0})[
    "d_loss"
  ]
  assert "#666666" in chart and "#0072b2" in chart
  assert "#d55e00" not in chart


@pytest.mark.parametrize(
  "columns", [{"d_loss": [1.0]}, {"step": [1, 2], "d_loss": [1.0]}]
)
def test_columns_must_fit(columns):
  with pytest.raises(ValueError, match="history 'x' must have a column 'step'"):
    report.training_curves({"x": columns})


def test_layers_are_named_with_their_zeros():
  networks = {
    "dense": [("a_1", 0.0, 1000, ""), ("$b$", 0.0, 20, "")],
    "pruned": [("a_1", 0.8, 1000, ""), ("_c", 0.25, 4, "not pruned")],
  }
  texts = _texts(report.sparsity_chart(networks))
  for text in ("a_1", "$b$", "80% of 1,000", "25% of 4, not pruned"):
    assert text in texts
  assert any("_c" in text for text in texts)
  assert "zeros (% of the layer's weights)" in texts
  assert {"dense", "pruned"} <= set(texts)


def test_bars_are_as_long_as_their_share():
  figure, axes = charts._new_axes(2.0)
  layers = [("a", 0.25, 10, ""), ("b", 1.0, 10, "")]
  charts._draw_bars(axes, ["a", "b"], layers, 0.8, 0, 1, "pruned")
  assert [bar.get_width() for bar in axes.patches] == [25.0, 100.0]
  centres = [bar.get_y() + bar.get_height() / 2 for bar in axes.patches]
  assert centres == pytest.approx([0, 1])


def test_many_layers_make_a_taller_chart():
  def height(count):
    layers = [(f"layer_{i}", 0.5, 10, "") for i in range(count)]
    svg = report.sparsity_chart({"pruned": layers})
    return float(etree.fromstring(svg).get("viewBox").split()[3])

  assert height(40) > 5 * height(4)


def test_nothing_to_draw():
  with pytest.raises(ValueError, match="`networks`"):
    report.sparsity_chart({"pruned": []})
  assert report.training_curves({}) == {}


def test_the_extras_are_imported_only_at_use(monkeypatch):
  for module in list(sys.modules):
    if module.partition(".")[0] in ("matplotlib", "jinja2"):
      monkeypatch.setitem(sys.modules, module, None)
  monkeypatch.setitem(sys.modules, "matplotlib", None)
  monkeypatch.setitem(sys.modules, "jinja2", None)
  paths = sorted(pathlib.Path(charts.__file__).parent.glob("*.py"))
  assert len(paths) > 8
  for path in paths:
    spec = importlib.util.spec_from_file_location("fresh", path)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


def test_the_state_of_pyplot_is_not_touched(monkeypatch):
  monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
  assert report.sparsity_chart({"x": [("a", 0.5, 1, "")]})


def test_bars_of_several_networks():
  svg = report.paired_bars(
    "Images & classes",
    {"dense": [1.0, 2.0], "slim_$a$": [0.5, 0.0]},
    ["zero", "_one"],
    "class",
    "images (%)",
    {"dense": 0, "slim_$a$": 2},
  )
  texts = _texts(svg)
  for text in ("Images & classes", "dense", "slim_$a$", "zero", "class"):
    assert text in texts
  assert "#0072b2" in svg and "#009e73" in svg and "#d55e00" not in svg


def test_bars_must_be_as_many_as_labels():
  with pytest.raises(ValueError, match="of 'a' must be one for each of the 2"):
    report.paired_bars("t", {"a": [1.0]}, ["x", "y"], "", "")
