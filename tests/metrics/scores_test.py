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
"""Tests what is said of scores: directions, units, the best value."""

import math

import pytest

from tf_ganprune.metrics import scores

_NAN = math.nan


@pytest.mark.parametrize(
  ("better", "values", "best"),
  [
    ("lower", [2.0, 1.0, 3.0], [False, True, False]),
    ("higher", [2.0, 1.0, 3.0], [False, False, True]),
    ("", [2.0, 1.0], [False, False]),
    ("lower", [None, _NAN, 5.0, 4.0], [False, False, False, True]),
    ("higher", [_NAN, 5.0], [False, False]),  # nothing to be better than
    ("lower", [1.0, 1.0], [False, False]),
    ("lower", [1.0, 2.0, 1.0], [True, False, True]),
    ("lower", [math.inf, 2.0], [False, True]),
    ("lower", [], []),
  ],
)
def test_best(better, values, best):
  assert scores.Score("x", better=better).best(values) == best


def test_text():
  assert scores.Score("x", unit="dB").text(24.12345) == "24.12 dB"
  assert scores.Score("x").text(0.5) == "0.5"
  assert scores.Score("x", unit="dB").text(_NAN) == "NaN"
  assert scores.Score("x", share=True).text(0.99605) == "99.61 %"
  assert scores.shown([], ["label_accuracy"])[-1].text(0.5) == "50 %"


def test_names_stand_for_titles():
  assert scores.Score("mel").title == "mel"
  assert scores.Score("mel", better="lower").hint == "lower is better"
  assert scores.Score("mel").hint == ""


@pytest.mark.parametrize(
  ("arguments", "reason"),
  [
    ({"name": ""}, "`name`"),
    ({"name": "x", "better": "up"}, "`better` of 'x' must be .* got 'up'"),
  ],
)
def test_refused(arguments, reason):
  with pytest.raises(ValueError, match=reason):
    scores.Score(**arguments)


def _names(declared, given):
  return [score.name for score in scores.shown(declared, given)]


def test_what_is_shown():
  psnr, mel = scores.Score("psnr"), scores.Score("mel")
  assert _names([], []) == []
  assert _names([], ["mine"]) == ["mine"]
  expected = ["frechet_distance", "kernel_distance", "inception_score"]
  assert _names([], ["mine", "recall"]) == [*expected, "recall", "mine"]
  # Who describes scores gets no row that nobody asked for.
  assert _names([psnr, mel], ["mine", "recall", "mel"]) == [
    "psnr",
    "mel",
    "recall",
    "mine",
  ]


def test_a_description_replaces_a_known_one():
  mine = scores.Score("recall", "Recalled", "lower")
  assert scores.shown([mine], ["recall"]) == [mine]
