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
"""Tests of a report in a browser: it is seen and heard, on a phone too."""

import numpy as np
import pytest

from tf_ganprune import report

pytestmark = [  # one browser for all
  pytest.mark.slow,
  pytest.mark.xdist_group("web"),
]

_RATE = 8000


def _comparison():
  rng = np.random.default_rng(0)
  images = rng.uniform(-1, 1, (4, 8, 8, 3))
  tone = np.sin(np.arange(_RATE) / 5).astype(np.float32)
  networks = [
    report.NetworkResult(name, {"psnr": psnr}, zeros=0.0)
    for name, psnr in (("dense", 20.0), ("pruned", 25.0), ("slim", np.nan))
  ]
  return report.Comparison(
    "Any family",
    networks,
    scores=[report.Score("psnr", "PSNR", "higher", "dB")],
    sections=[
      report.Pictures("Grids", {"dense": images, "pruned": images[..., :1]}),
      report.PictureRows(
        "Rows", {x: images for x in ("input", "dense", "pruned", "truth")}
      ),
      report.Sounds("Sounds", {"dense": [tone], "slim": [tone[:400]]}, _RATE),
      report.Texts("Texts", {"dense": ["<b>a</b>\nb"], "slim": [None]}),
    ],
  )


@pytest.fixture(params=[360, 1200])
def page(request, browser, tmp_path):
  path = report.write_report(tmp_path / "r.html", _comparison())
  viewport = {"width": request.param, "height": 800}
  with browser.new_context(viewport=viewport) as context:
    opened = context.new_page()
    opened.goto(path.as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") == (
      request.param
    )
    yield opened


@pytest.mark.slow
def test_a_report_is_whole(page):
  widths = page.locator("img").evaluate_all(
    "all => Promise.all(all.map(x => x.decode().then(() => x.naturalWidth)))"
  )
  assert len(widths) == 2 + 4 * 4 + 2 and min(widths) >= 8
  page.wait_for_function(
    "[...document.querySelectorAll('audio')].every(x => x.readyState)"
  )
  sounds = page.locator("audio")
  assert sounds.evaluate_all("all => all.map(x => x.duration)") == [1, 0.05]
  assert page.get_by_text("<b>a</b>").count() == 1
  best = page.locator("td.best")
  assert best.count() == 1 and best.inner_text().startswith("25 dB")
