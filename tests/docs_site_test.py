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
"""Tests that the site is built strictly, and needs no network to be read."""

import os
import re
import subprocess
import sys

import pytest

from tests import build_files

for _package in ("mkdocs", "material", "mkdocstrings"):
  pytest.importorskip(
    _package, reason=f"the site is built with {_package}: the extra `docs`"
  )
pytestmark = pytest.mark.xdist_group("site")  # it is built once
_LOADED = re.compile(
  r"<(?:script|link|img|iframe)\b[^>]*?(?:src|href)=[\"']?(?:https?:)?//"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
  """Returns the folder of the site, built with warnings as errors."""
  folder = tmp_path_factory.mktemp("site")
  result = subprocess.run(
    [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
    cwd=build_files.ROOT,
    env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
    capture_output=True,
    text=True,
    check=False,
  )
  assert result.returncode == 0, result.stderr[-4000:]
  return folder


@pytest.mark.slow
def test_the_first_page_is_the_readme(site):
  page = (site / "index.html").read_text(encoding="utf-8")
  assert "guides/your_gan.html" in page
  assert "Why not TF-MOT alone" in page


def test_results_bring_their_json(site):
  for json in (build_files.ROOT / "benchmarks").rglob("*.json"):
    assert (site / "files" / json.relative_to(build_files.ROOT)).exists(), json


def test_names_have_what_their_docstrings_say(site):
  page = (site / "api" / "prune.html").read_text(encoding="utf-8")
  assert 'id="tf_ganprune.prune_low_magnitude"' in page
  assert "pruning_schedule" in page
  assert 'id="tf_ganprune.Pruner.advance"' in page


def test_links_of_notebooks_lead_to_pages(site):
  pages = list((site / "notebooks").glob("*.html"))
  assert len(pages) == 2
  for page in pages:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r'href="(\.\./(?:guides|results)/[^"#]+)', text)
    assert links, page
    for link in links:
      assert (page.parent / link).exists(), (page, link)
    assert text.count("data:image/png") >= 3


def test_no_page_loads_anything_from_elsewhere(site):
  pages = list(site.rglob("*.html"))
  assert len(pages) > 30
  for page in pages:
    assert not _LOADED.findall(page.read_text(encoding="utf-8")), page
  for style in site.rglob("*.css"):
    assert "url(http" not in style.read_text(encoding="utf-8"), style


@pytest.mark.parametrize(
  "tag",
  [
    '<script src="https://unpkg.com/x.js">',
    "<link rel=stylesheet href='//fonts.googleapis.com/css'>",
    '<img alt="x" src="http://x/y.png">',
  ],
)
def test_what_is_loaded_is_found(tag):
  assert _LOADED.search(tag)
  assert not _LOADED.search(f'<a href="https://x">{tag[1:]}')
