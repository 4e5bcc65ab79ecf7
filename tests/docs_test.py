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
"""Tests that what the pages in docs/ name is there, and that code is whole."""

import functools
import pathlib
import re
import subprocess

import pytest

import tf_ganprune as tgp
from tests import build_files

_DOCS = sorted((build_files.ROOT / "docs").glob("*.md"))
_PAGES = [build_files.ROOT / "README.md", *_DOCS]
_PAIRS = {")": "(", "]": "[", "}": "{"}
_STRINGS_AND_COMMENTS = re.compile(
  r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.S
)


def _text(page) -> str:
  return page.read_text(encoding="utf-8")


def _blocks(language) -> list[str]:
  return [
    block
    for page in _DOCS
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


@pytest.mark.parametrize("page", _DOCS, ids=lambda page: page.name)
def test_every_target_is_one(page):
  assert _targets(_text(page)) <= set(tgp.EXPORT_TARGETS)


@pytest.mark.parametrize("page", _DOCS, ids=lambda page: page.name)
def test_every_name_of_the_package_is_one(page):
  for name in _names(_text(page)):
    functools.reduce(getattr, name.split(".")[1:], tgp)


def test_every_target_has_its_place_on_a_phone():
  page = build_files.ROOT / "docs/on_device.md"
  assert _targets(_text(page)) == set(tgp.EXPORT_TARGETS)


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_every_link_into_the_project_leads_somewhere(page):
  for link in _links(_text(page)):
    assert link.startswith("https://") or _is_there(link, page), link


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_every_reference_is_defined_and_used(page):
  prose = _prose(_text(page))
  defined = set(re.findall(r"^\[([^\]]+)\]: ", prose, re.M))
  assert set(re.findall(r"\]\[([^\]]+)\]", prose)) == defined


@pytest.mark.parametrize("language", ["kotlin", "swift"])
def test_brackets_are_balanced(language):
  assert _blocks(language)
  for code in _blocks(language):
    assert not _unbalanced(code), code


def test_python_and_shell_can_be_read():
  for code in _blocks("python"):
    compile(code, "docs", "exec")
  for code in _blocks("sh"):
    subprocess.run(["bash", "-n", "-c", code], check=True)


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
