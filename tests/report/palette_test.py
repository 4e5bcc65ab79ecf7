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
"""Tests of the colours of all charts."""

import itertools
import re

import pytest

from tests import build_files
from tf_ganprune.report import palette

# From linear light to what cones for long, middle and short waves take in, and
# back; Viénot, Brettel and Mollon 1999 for those that lack one of the first
# two.
_TO_CONES = (
  (17.8824, 43.5161, 4.11935),
  (3.45565, 27.1554, 3.86714),
  (0.0299566, 0.184309, 1.46709),
)
_SEEN = {
  "protan": ((0.0, 2.02344, -2.52581), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
  "deutan": ((1.0, 0.0, 0.0), (0.494207, 0.0, 1.24827), (0.0, 0.0, 1.0)),
}


def _times(matrix, vector) -> list[float]:
  return [sum(x * y for x, y in zip(r, vector, strict=True)) for r in matrix]


def _cones(colour: str, eye: str) -> list[float]:
  shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
  return _times(_SEEN[eye], _times(_TO_CONES, [x**2.2 for x in shares]))


def _difference(one: str, other: str, eye: str) -> float:
  """Returns how many times more one colour excites some kind of cones."""
  pairs = zip(_cones(one, eye), _cones(other, eye), strict=True)
  return max(max(x, y) / min(x, y) for x, y in pairs)


@pytest.mark.parametrize("eye", list(_SEEN))
def test_colours_differ_for_the_colour_blind(eye):
  for one, other in itertools.combinations(palette.COLOURS, 2):
    assert _difference(one, other, eye) > 1.4, (one, other)


def test_those_of_matplotlib_do_not():
  assert _difference("#1f77b4", "#9467bd", "protan") < 1.2
  assert _difference("#e377c2", "#17becf", "deutan") < 1.2


def test_after_the_last_colour_comes_the_first():
  count = len(palette.COLOURS)
  assert palette.colour(count) == palette.colour(0) != palette.colour(1)


def test_charts_have_no_other_palette():
  for path in (build_files.ROOT / "tf_ganprune").rglob("*.py"):
    if path.name != "palette.py":
      text = path.read_text(encoding="utf-8")
      assert len(re.findall(r"['\"]#[0-9a-fA-F]{6}['\"]", text)) < 2, path
