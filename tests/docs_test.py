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
"""Tests that the README and the pages of docs/ are true, and that code runs."""

import functools
import os
import pathlib
import pkgutil
import re
import subprocess
import sys

import pytest

import tf_ganprune as tgp
from tests import build_files

_DOCS = build_files.ROOT / "docs"
_GUIDES = _DOCS / "guides"
_PAGES = [build_files.ROOT / "README.md", *sorted(_DOCS.rglob("*.md"))]
_PYTHON = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_STRINGS_AND_COMMENTS = re.compile(
  r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.S
)


def _text(page) -> str:
  return page.read_text(encoding="utf-8")


def _name(page) -> str:
  return page.relative_to(build_files.ROOT).as_posix()


_of_each_page = pytest.mark.parametrize("page", _PAGES, ids=_name)


def _program(text) -> str:
  """Returns the blocks of a page as one program, each line where it stood."""
  lines = text.splitlines()
  starts = (
    (text[: block.start(1)].count("\n"), block[1].splitlines())
    for block in _PYTHON.finditer(text)
  )
  program = [""] * len(lines)
  for start, block in starts:
    program[start : start + len(block)] = block
  return "\n".join(program)


def _blocks(language) -> list[str]:
  return [
    block
    for page in _PAGES
    for block in re.findall(
      rf"^```{language}\n(.*?)^```$", _text(page), re.M | re.S
    )
  ]


def _prose(text) -> str:
  return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def _targets(text) -> set[str]:
  """What is written as a target: `cpu-fp16`, or target="cpu-fp16"."""
  return {
    *re.findall(r"`((?:cpu|gpu|npu|arm)(?:-[a-z0-9]+)*)`", text),
    *re.findall(r"target=[\"']([^\"']+)[\"']", text),
  }


def _names(text) -> set[str]:
  return set(re.findall(r"\btgp((?:\.[A-Za-z_]\w*)+)", text))


def _unbalanced(code) -> str:
  """Returns the brackets that have no partner, in their order."""
  waiting = ""
  for bracket in re.findall(r"[][(){}]", _STRINGS_AND_COMMENTS.sub("", code)):
    if waiting and waiting[-1] == _PAIRS.get(bracket):
      waiting = waiting[:-1]
    else:
      waiting += bracket
  return waiting


def _anchors(text) -> set[str]:
  """Returns what GitHub makes of the headings."""
  headings = re.findall(r"^#+ (.+)$", _prose(text), re.M)
  return {
    re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    for heading in headings
  }


def _links(text) -> list[str]:
  prose = _prose(text)
  return [
    *re.findall(r"\]\(([^)\s]+)\)", prose),
    *re.findall(r"^\[[^\]]+\]: (\S+)$", prose, re.M),
  ]


def _is_there(link, page) -> bool:
  path, _, anchor = link.partition("#")
  file = pathlib.Path(page.parent, path) if path else page
  return file.exists() and (not anchor or anchor in _anchors(_text(file)))


@_of_each_page
def test_every_target_is_one(page):
  assert _targets(_text(page)) <= set(tgp.EXPORT_TARGETS)


@_of_each_page
def test_every_name_of_the_package_is_one(page):
  for name in _names(_text(page)):
    functools.reduce(getattr, name.split(".")[1:], tgp)


def _documented() -> dict[str, list[str]]:
  """Returns what the pages of the API are made of, and members they choose."""
  text = "\n".join(_text(page) for page in (_DOCS / "api").glob("*.md"))
  found = re.findall(r"^::: (\S+)((?:\n +.*)*)", text, re.M)
  chosen = {
    name: re.findall(r"members: \[(.*)\]", options) for name, options in found
  }
  return {
    name: members[0].split(", ") if members else []
    for name, members in chosen.items()
  }


def test_every_public_name_is_in_the_api():
  pages = "\n".join(_text(page) for page in (_DOCS / "api").glob("*.md"))
  documented = [pkgutil.resolve_name(name) for name in _documented()]
  for name in tgp.__all__:
    there = any(getattr(tgp, name) is one for one in documented)
    assert there or f"`tgp.{name}` is" in pages, name


def test_every_member_that_the_api_chooses_is_one():
  for name, members in _documented().items():
    for member in members:
      assert hasattr(pkgutil.resolve_name(name), member), f"{name}.{member}"


def test_every_target_has_its_place_on_a_phone():
  page = _GUIDES / "devices.md"
  assert _targets(_text(page)) == set(tgp.EXPORT_TARGETS)


@_of_each_page
def test_every_link_into_the_project_leads_somewhere(page):
  for link in _links(_text(page)):
    assert link.startswith("https://") or _is_there(link, page), link


@_of_each_page
def test_every_reference_is_defined_and_used(page):
  prose = _prose(_text(page))
  defined = set(re.findall(r"^\[([^\]]+)\]: ", prose, re.M))
  assert set(re.findall(r"\]\[([^\]]+)\]", prose)) == defined


@pytest.mark.parametrize("language", ["kotlin", "swift"])
def test_brackets_are_balanced(language):
  assert _blocks(language)
  for code in _blocks(language):
    assert not _unbalanced(code), code


@pytest.mark.slow
@pytest.mark.parametrize(
  "page", [page for page in _PAGES if _PYTHON.search(_text(page))], ids=_name
)
def test_code_runs(page, tmp_path):
  """The blocks of a page are one program; an error names the page's line."""
  program = tmp_path / page.with_suffix(".py").name
  program.write_text(_program(_text(page)), encoding="utf-8")
  result = subprocess.run(
    [sys.executable, program.name],
    cwd=tmp_path,
    env=os.environ | {"PYTHONPATH": str(build_files.ROOT)},
    capture_output=True,
    text=True,
    check=False,
  )
  assert result.returncode == 0, result.stderr[-2000:]


@_of_each_page
def test_every_block_has_a_language_and_an_end(page):
  fences = re.findall(r"^```.*$", _text(page), re.M)
  assert len(fences) % 2 == 0
  assert "```" not in fences[::2]
  assert set(fences[1::2]) <= {"```"}


def test_fragments_and_shell_can_be_read():
  for code in _blocks("py"):
    compile(code, "docs", "exec")
  for code in _blocks("sh"):
    subprocess.run(["bash", "-n", "-c", code], check=True)


def test_a_program_has_each_line_where_the_page_has_it():
  page = "# A\n\n```python\nx = 1\n```\n\n```py\nno\n```\n```python\ny\n```"
  assert _program(page).split("\n") == [
    *["", "", "", "x = 1", "", "", "", "", "", "", "y", ""]
  ]


def test_every_result_has_its_page():
  """Each JSON of a benchmark is linked from a page of the results."""
  linked = {
    pathlib.Path(page.parent, link).resolve()
    for page in (_DOCS / "results").glob("*.md")
    for link in _links(_text(page))
  }
  kept = set((build_files.ROOT / "benchmarks").rglob("*.json"))
  assert kept
  assert kept <= linked


@pytest.mark.parametrize(
  ("code", "unbalanced"),
  [
    ('f("(") // (', ""),
    ("a[b(c{})]", ""),
    ("/* { */ x", ""),
    ("fun f() {", "{"),
    ("f(]", "(]"),
    (")", ")"),
  ],
)
def test_unbalanced_brackets_are_found(code, unbalanced):
  assert _unbalanced(code) == unbalanced


def test_what_is_named_is_found():
  text = 'tgp.GAN. `cpu-x` `gpu`s target="npu" `gpu.tflite` tgp.a.b(c)'
  assert _targets(text) == {"cpu-x", "gpu", "npu"}
  assert _names(text) == {".GAN", ".a.b"}
