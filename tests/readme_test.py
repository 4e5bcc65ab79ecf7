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
"""Tests that the README is true: its code runs, its commands are CI's."""

import re
import subprocess
import sys

import pytest

from tests import build_files

_README = (build_files.ROOT / "README.md").read_text(encoding="utf-8")
_BLOCKS = re.findall(r"^```python\n(.*?)^```$", _README, re.M | re.S)


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
  assert 'eval "$test_command"' in (build_files.ROOT / ".ci/run").read_text()


@pytest.mark.parametrize("code", _BLOCKS, ids=lambda code: code.split("\n")[0])
def test_code_runs(code, tmp_path):
  result = subprocess.run(
    [sys.executable, "-c", code],
    cwd=tmp_path,
    capture_output=True,
    text=True,
    check=False,
  )
  assert result.returncode == 0, result.stderr[-2000:]


def test_there_is_code():
  assert _BLOCKS


def test_every_link_into_the_project_leads_somewhere():
  links = re.findall(r"\]\((?!http|#)([^)]+)\)", _README)
  assert links
  for link in links:
    assert (build_files.ROOT / link.partition("#")[0]).exists(), link


def test_no_example_of_a_target_is_missing():
  import tf_ganprune as tgp  # noqa: PLC0415

  for target in tgp.EXPORT_TARGETS:
    assert f"`{target}`" in _README
