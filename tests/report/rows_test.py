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
"""Tests the rows of the table, the table as text, and the headline."""

import dataclasses
import math

import pytest

from tf_ganprune import report
from tf_ganprune.report import page, rows


def _rows(comparison):
  return {
    (row.section, row.label): [(c.text, c.ratio) for c in row.cells]
    for row in report.make_rows(comparison)
  }


def test_values_and_ratios_are_exact(comparison):
  found = _rows(comparison)
  assert found == {
    ("Quality", "Fréchet distance"): [("10", None), ("12.5", 1.25)],
    ("Quality", "Kernel distance"): [("0.02", None), ("n/a", None)],
    ("Quality", "Inception Score"): [("n/a", None), ("n/a", None)],
    ("Quality", "Recall"): [("0.5", None), ("0.4", 0.8)],
    ("Network", "Parameters"): [("1,234,567", None), ("1,234,567", 1.0)],
    ("Network", "Zeros"): [("0.0 %", None), ("78.0 %", None)],
    ("File for cpu", "Size"): [("1.00 MB", None), ("1.00 MB", 1.0)],
    ("File for cpu", "Size, gzipped"): [
      ("800.0 kB", None),
      ("300.0 kB", 0.375),
    ],
    ("File for cpu", "One run, median"): [("2 ms", None), ("2.1 ms", 1.05)],
    ("File for cpu", "Largest difference from Keras"): [
      ("1.0e-07", None),
      ("1.0e-07", None),
    ],
    ("File for cpu-small", "Size"): [("400.0 kB", None), ("100.0 kB", 0.25)],
    ("File for cpu-small", "Size, gzipped"): [
      ("380.0 kB", None),
      ("90.0 kB", 90 / 380),
    ],
    ("File for cpu-small", "One run, median"): [("1 ms", None), ("n/a", None)],
    ("File for cpu-small", "Largest difference from Keras"): [
      ("2.0e-02", None),
      ("n/a", None),
    ],
  }


def test_directions(comparison):
  hints = {row.label: row.hint for row in report.make_rows(comparison)}
  assert hints["Fréchet distance"] == "lower is better"
  assert hints["Recall"] == "higher is better"
  assert hints["Size"] == ""


def test_a_third_contestant_and_a_file_that_only_it_has(comparison, pruned):
  third = dataclasses.replace(
    pruned,
    name="channel-pruned",
    metrics={"frechet_distance": 20.0, "my_score": 3.0},
    files=[report.FileResult("gpu", 10, 9)],
  )
  wider = dataclasses.replace(
    comparison, contestants=[*comparison.contestants, third]
  )
  found = _rows(wider)
  assert found["Quality", "Fréchet distance"][2] == ("20", 2.0)
  assert found["Quality", "my_score"] == [("n/a", None)] * 2 + [("3", None)]
  assert found["File for cpu", "Size"][2] == ("n/a", None)
  assert found["File for gpu", "Size"] == [("n/a", None)] * 2 + [("10 B", None)]
  assert len(report.format_table(wider).splitlines()[0].split()) == 3


@pytest.mark.parametrize(
  ("zeros", "said"),
  [
    (0.0, "With 25.0 % of the MACs, slim has"),
    (0.5, "With 25.0 % of the MACs and 50.0 % zeros, slim has"),
  ],
)
def test_fewer_macs_are_said(comparison, dense, zeros, said):
  dense = dataclasses.replace(dense, macs=400)
  slim = dataclasses.replace(dense, name="slim", macs=100, zeros=zeros)
  changed = dataclasses.replace(comparison, contestants=[dense, slim])
  assert report.summarize(changed).startswith(said)
  assert _rows(changed)["Network", "MACs"] == [("400", None), ("100", 0.25)]


@pytest.mark.parametrize("base", [0.0, None, math.nan, math.inf])
def test_no_ratio_to_nothing(comparison, dense, pruned, base):
  dense = dataclasses.replace(dense, metrics={"frechet_distance": base})
  changed = dataclasses.replace(comparison, contestants=[dense, pruned])
  cell = report.make_rows(changed)[0].cells[1]
  assert cell.ratio in (None, 0.0)  # 12.5 / infinity
  assert cell.text == "12.5"


@pytest.mark.parametrize(
  ("num_bytes", "text"),
  [
    (0, "0 B"),
    (999, "999 B"),
    (1000, "1.0 kB"),
    (999_949, "999.9 kB"),
    (999_950, "1.00 MB"),
    (12_345_678, "12.35 MB"),
  ],
)
def test_bytes(num_bytes, text):
  assert rows.format_bytes(num_bytes) == text


def test_text_table_holds_every_row(comparison):
  lines = report.format_table(comparison).splitlines()
  table = report.make_rows(comparison)
  sections = list(dict.fromkeys(row.section for row in table))
  assert len(lines) == 2 + len(table) + len(sections)
  for row in table:
    expected = [row.label]
    expected += [text for c in row.cells for text in (c.text, c.ratio_text)]
    assert any(
      all(part in line for part in expected) and row.label in line
      for line in lines
    )
  assert lines[0].split() == ["dense", "pruned"]
  assert lines[3].split() == ["Fréchet", "distance", "↓", "10", "12.5", "×1.25"]


def test_text_columns_line_up(comparison):
  lines = report.format_table(comparison).splitlines()
  right = lines[0].index("pruned") + len("pruned")
  cells = [row.cells[1].text for row in report.make_rows(comparison)]
  body = [line for line in lines[2:] if line.startswith("  ")]
  for line, text in zip(body, cells, strict=True):
    assert line[:right].endswith(" " + text)


def test_headline(comparison):
  assert report.summarize(comparison) == (
    "With 78.0 % zeros, pruned has Fréchet distance 12.5 against 10 (lower is"
    " better) for dense, and its cpu-small file is 300.0 kB (75.0 %) smaller:"
    " 100.0 kB against 400.0 kB; its cpu file runs in 2.1 ms against 2 ms."
  )


def test_headline_says_what_became_of_the_discriminator(
  comparison, dense, pruned
):
  pruned = dataclasses.replace(pruned, discriminator="kept whole")
  changed = dataclasses.replace(comparison, contestants=[dense, pruned])
  said = report.summarize(comparison) + " Its discriminator was kept whole."
  assert report.summarize(changed) == said
  assert said in page.render(changed)


def test_a_remark_ends_the_headline(comparison, dense, pruned):
  remarked = dataclasses.replace(pruned, remark="It was cut twice.")
  changed = dataclasses.replace(comparison, contestants=[dense, remarked])
  said = report.summarize(comparison) + " It was cut twice."
  assert report.summarize(changed) == said
  both = dataclasses.replace(remarked, discriminator="kept whole")
  assert both.discriminator == "kept whole"
  assert both.remarks == "It was cut twice. Its discriminator was kept whole."


def _scored(comparison, *values, **kwargs):
  """Returns the comparison by one score alone."""
  return dataclasses.replace(
    comparison,
    contestants=[
      dataclasses.replace(one, metrics={"s": value})
      for one, value in zip(comparison.contestants, values, strict=True)
    ],
    scores=[report.Score("s", "Score", **kwargs)],
  )


@pytest.mark.parametrize(
  ("values", "better", "best"),
  [
    ((20.0, 24.5), "higher", [False, True]),
    ((20.0, 24.5), "lower", [True, False]),
    ((20.0, 24.5), "", [False, False]),
    ((None, 24.5), "lower", [False, False]),
    ((math.nan, 24.5), "lower", [False, False]),
  ],
)
def test_the_direction_decides_which_is_best(comparison, values, better, best):
  scored = _scored(comparison, *values, better=better, unit="dB")
  row = report.make_rows(scored)[0]
  assert row.label == "Score"
  assert [cell.best for cell in row.cells] == best
  assert row.cells[1].text == "24.5 dB"
  assert page.render(scored).count('<td class="best">') == sum(best)
  assert ("★ is the best" in page.render(scored)) == any(best)


def test_units_and_directions_in_the_headline(comparison):
  scored = _scored(comparison, 20.0, 24.5, better="higher", unit="dB")
  said = "pruned has Score 24.5 dB against 20 dB (higher is better) for dense"
  assert said in report.summarize(scored)
  scored = _scored(comparison, 20.0, math.nan, better="higher")
  assert "pruned has no quality measured" in report.summarize(scored)


def test_no_ratio_of_decibels_or_of_signs(comparison):
  scored = _scored(comparison, 20.0, 24.5, ratio=False)
  assert report.make_rows(scored)[0].cells[1].ratio is None
  for values in [(-1.0, 2.0), (2.0, -1.0), (-2.0, -1.0)]:
    scored = _scored(comparison, *values)
    assert report.make_rows(scored)[0].cells[1].ratio is None
  scored = _scored(comparison, 2.0, 1.0)
  assert report.make_rows(scored)[0].cells[1].ratio == 0.5


def test_scores_must_have_names_that_differ(comparison):
  with pytest.raises(ValueError, match=r"`scores` .* got \['s', 's'\]"):
    dataclasses.replace(comparison, scores=[report.Score("s")] * 2)


def test_headline_without_quality_or_files(comparison, dense):
  bare = report.NetworkResult("bare", {}, 0.5)
  changed = dataclasses.replace(comparison, contestants=[dense, bare])
  assert report.summarize(changed) == (
    "With 50.0 % zeros, bare has no quality measured to compare with dense, and"
    " no files for the same target to compare."
  )
  alone = dataclasses.replace(comparison, contestants=[dense])
  assert report.summarize(alone) == "dense is the only network."


def test_headline_of_a_larger_file(comparison, dense, pruned):
  larger = dataclasses.replace(
    pruned, files=[report.FileResult("cpu", 1_500_000, 1)]
  )
  changed = dataclasses.replace(comparison, contestants=[dense, larger])
  assert "500.0 kB (50.0 %) larger: 1.50 MB" in report.summarize(changed)


def test_notes_of_files_say_whose_they_are(comparison):
  assert comparison.all_notes == ["few images", "pruned, cpu-small: no flag"]


def test_bad_comparisons(dense):
  with pytest.raises(ValueError, match="`contestants`"):
    report.Comparison("x", [])
  with pytest.raises(ValueError, match=r"differ; got \['dense', 'dense'\]"):
    report.Comparison("x", [dense, dense])
  with pytest.raises(ValueError, match="`zeros` of 'x' .* got 80"):
    report.NetworkResult("x", {}, zeros=80)
