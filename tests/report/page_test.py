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
"""Tests the HTML page: what it shows, what it needs, how it is written."""

import dataclasses
import html.parser
import re
import sys

import pytest

from tf_ganprune import report
from tf_ganprune.report import page


class _Reader(html.parser.HTMLParser):
  """Collects the tags' attributes, the table's cells and the text."""

  def __init__(self, text):
    super().__init__()
    self.attributes, self.cells, self.texts, self._open = [], [], [], []
    self.feed(text)

  def handle_starttag(self, tag, attrs):
    self.attributes += [(tag, *pair) for pair in attrs]
    self._open.append(tag)
    if tag == "td":
      self.cells.append("")

  def handle_endtag(self, tag):
    while self._open and self._open.pop() != tag:
      pass

  def handle_data(self, data):
    self.texts.append(data.strip())
    if "td" in self._open:
      self.cells[-1] += data


def test_page_shows_the_rows_of_the_text_table(comparison, rendered):
  cells = [" ".join(c.split()) for c in _Reader(rendered).cells]
  assert cells == [
    f"{cell.text} {cell.ratio_text}".strip()
    for row in report.make_rows(comparison)
    for cell in row.cells
  ]
  assert cells.count("n/a") == 5


def test_missing_metric_is_not_available_in_both(comparison, rendered):
  line = next(
    line
    for line in report.format_table(comparison).splitlines()
    if "Inception Score" in line
  )
  assert line.split()[-2:] == ["n/a", "n/a"]
  text = rendered
  row = text[text.index("Inception Score") :].partition("</tr>")[0]
  assert row.count("n/a") == 2


def test_page_holds_all_that_was_given(comparison, rendered):
  text = rendered
  texts = _Reader(text).texts
  expected = ["Digits, dense and pruned", "few images", "two cores", "3000"]
  expected += ["pruned, cpu-small: no flag", report.summarize(comparison)]
  for part in expected:
    assert part in texts
  assert text.count("<svg") == 3
  assert text.count('src="data:image/png;base64,iVBORw0KGgo') == 1


def test_names_are_escaped(rename):
  name = "<script>alert('x')</script> & $a_b$"
  text = page.render(rename(name))
  assert "<script" not in text
  assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; $a_b$" in text


def test_nothing_is_loaded_from_elsewhere(rendered):
  text = rendered
  reader = _Reader(text)
  loading = {"src", "href", "xlink:href", "action", "data", "srcset"}
  values = [v for _, key, v in reader.attributes if key in loading]
  assert values
  for value in values:
    assert value.startswith(("data:", "#"))
  assert "@import" not in text
  assert not re.search(r"url\((?!#)", text)
  tags = {tag for tag, *_ in reader.attributes}
  assert not tags & {"script", "link", "iframe"}
  # The names of SVG's namespaces are no addresses.
  addresses = set(re.findall(r"https?://[^\"'\s<]+", text))
  assert addresses <= {
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/xlink",
  }


def test_the_same_comparison_gives_the_same_page(comparison, rendered):
  assert page.render(comparison) == rendered


def test_a_phase_that_all_share_is_drawn_once(comparison, dense, rendered):
  text = rendered
  assert text.count("all: train") >= 1
  assert "dense: train" not in text and "pruned: train" not in text
  assert "dense: continue" in text and "pruned: continue" in text
  alone = dataclasses.replace(comparison, contestants=[dense])
  assert "dense: train" in page.render(alone)


def test_curves_have_the_titles_that_are_given(comparison):
  titled = dataclasses.replace(comparison, curve_titles={"d_loss": "Judging"})
  text = page.render(titled)
  assert text.count("<!-- Judging -->") + text.count(">Judging<") >= 1


def test_what_was_not_given_leaves_no_heading(dense):
  bare = dataclasses.replace(dense, files=(), sparsity=(), history={})
  text = page.render(report.Comparison("bare", [bare]))
  for heading in ("Samples", "Training", "Zeros of each", "Notes", "How it"):
    assert f"<h2>{heading}" not in text


def test_written_whole(tmp_path, comparison, rendered):
  path = tmp_path / "new" / "report.html"
  assert report.write_report(path, comparison) == path
  assert path.read_text(encoding="utf-8") == rendered
  assert [p.name for p in path.parent.iterdir()] == ["report.html"]


def test_failure_leaves_the_old_page(tmp_path, comparison, dense):
  path = tmp_path / "report.html"
  path.write_text("old")
  broken = dataclasses.replace(dense, sparsity=[("stem", 80.0, 10, "")])
  with pytest.raises(
    ValueError, match="'stem' must be between 0 and 1; got 80"
  ):
    report.write_report(
      path, dataclasses.replace(comparison, contestants=[broken])
    )
  assert path.read_text() == "old"
  assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_unwritable_folder(tmp_path, comparison):
  (tmp_path / "file").write_text("")
  with pytest.raises(ValueError, match="/file' "):
    report.write_report(tmp_path / "file" / "report.html", comparison)


@pytest.mark.parametrize("package", ["jinja2", "matplotlib"])
def test_missing_packages_name_the_command(comparison, monkeypatch, package):
  for module in [m for m in sys.modules if m.partition(".")[0] == package]:
    monkeypatch.setitem(sys.modules, module, None)
  monkeypatch.setitem(sys.modules, package, None)
  with pytest.raises(ImportError, match=r"pip install 'tf_ganprune\[report\]'"):
    page.render(comparison)
