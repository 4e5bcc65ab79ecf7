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
"""Tests that the README is true: it is short, its commands are CI's."""

import re

from tests import build_files

_README = (build_files.ROOT / "README.md").read_text(encoding="utf-8")


def _commands() -> list[str]:
  blocks = re.findall(r"^```sh\n(.*?)\n```$", _README, re.M | re.S)
  return [block for block in blocks if block.startswith("python3 -m venv")]


def test_there_are_two_commands_of_one_line():
  job, tests = _commands()
  assert "\n" not in job + tests
  assert job.endswith("-m examples.mnist_dcgan")
  assert "-m pytest" in tests


def test_ci_runs_the_second_command():
  line = f"<!-- tests -->\n\n```sh\n{_commands()[1]}\n```"
  assert line in _README
  assert (
    "eval \"$test_command -m ''\"" in (build_files.ROOT / ".ci/run").read_text()
  )


def test_it_is_short():
  assert len(_README.splitlines()) <= 200


def test_every_guide_is_near():
  """A reader gets from the front page to each guide in one click."""
  guides = (build_files.ROOT / "docs" / "guides").glob("*.md")
  for guide in guides:
    assert f"(docs/guides/{guide.name}" in _README
