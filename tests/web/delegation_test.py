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
"""Tests what the page says of what runs on the GPU."""

import re

import pytest

from tests.web import reading

pytestmark = [  # one browser for all
  pytest.mark.slow,
  pytest.mark.xdist_group("web"),
]
_BEGUN = "Initializing WebGPU-based API from graph"
_REFUSALS = (
  "not supported by GPU delegate",
  "will run on the GPU, and the remaining",
  "only supports static-sized",
)


@pytest.mark.slow
def test_what_runs_on_the_gpu_is_read_from_the_console(drawn):
  text = "\n".join(drawn.said)
  assert text.count(_BEGUN) >= len(reading.NETWORKS)
  # Sparse files are unpacked by an operator that the GPU lacks.
  assert _REFUSALS[0] in text and "DENSIFY: Operation is not" in text
  for network, complete, sentence in [
    ("colour", "true", "all of it on the GPU"),
    ("dense", "true", "all of it on the GPU"),
    ("pruned", "false", r"\d+ of \d+ operations on the GPU;.* DENSIFY"),
  ]:
    panel = reading.panel(drawn, network, "webgpu")
    assert panel.get_attribute("data-complete") == complete
    assert re.fullmatch(sentence, reading.part(panel, "delegated").inner_text())
  panel = reading.panel(drawn, "pruned", "wasm")
  assert reading.part(panel, "delegated").inner_text() == "on the CPU"


@pytest.mark.parametrize(
  ("text", "complete", "sentence"),
  [
    ("", False, "nothing of it on the GPU"),
    ("INFO: Created XNNPACK delegate", False, "nothing of it on the GPU"),
    (f"I1 x.cc:855] {_BEGUN}.", True, "all of it on the GPU"),
    (f"{_BEGUN}\n{_REFUSALS[2]} tensors", False, "a part of it on the GPU"),
    (
      "ERROR: Following operations are not supported by GPU delegate:\n"
      "DENSIFY: Operation is not supported.\n"
      "TRANSPOSE_CONV: Max version supported: 3.\n"
      "11 operations will run on the GPU, and the remaining 4 operations"
      f" will run on the CPU.\n{_BEGUN}",
      False,
      "11 of 15 operations on the GPU; the CPU does DENSIFY, TRANSPOSE_CONV",
    ),
  ],
)
def test_what_the_console_means(drawn, text, complete, sentence):
  found = drawn.evaluate(
    "async text => (await import('./delegation.js')).onGpu(text)", text
  )
  assert found == {"complete": complete, "sentence": sentence}
