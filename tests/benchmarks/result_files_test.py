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
"""Tests of the files of results."""

import json

import pytest
from absl.testing import flagsaver

from benchmarks import result_files
from tests.benchmarks import records


@pytest.fixture(name="path", autouse=True)
def _output(tmp_path):
  path = tmp_path / "found.json"
  with flagsaver.flagsaver(output=str(path), replace=False):
    yield path


def _file(machine="A", **settings):
  return result_files.ResultFile("x", {"seed": 0} | settings, machine)


def test_by_default_a_file_lies_among_the_results():
  with flagsaver.flagsaver(output=None):
    path = result_files.ResultFile("scaling_x", {}).path
  assert path == result_files.FOLDER / "scaling_x.json"
  assert result_files.FOLDER.is_dir()


def test_a_record_has_versions_settings_and_parts(path):
  found = _file().add({"results": {"a": (1, 2)}})
  assert found == result_files.versions() | {
    "seed": 0,
    "results": {"a": [1, 2]},
  }
  assert json.loads(path.read_text()) == {"machines": {"A": found}}
  untimed = result_files.ResultFile("x", {}, "B", is_timed=False)
  assert untimed.add({"r": 1}) == {"r": 1}


def test_machines_stand_side_by_side(path):
  for machine in "AB":
    _file(machine).add({"results": {"a": machine}})
  found = [x["results"]["a"] for x in records.all_of(path)]
  assert found == ["A", "B"]


def test_a_part_takes_the_place_of_that_name_alone(path):
  _file().add({"results": {"a": {"x": 1, "y": 1}, "b": {"x": 1}}, "n": 1})
  _file().add({"results": {"a": {"x": 2}, "c": {}}})
  record = records.only(path)
  assert record["results"] == {"a": {"x": 2}, "b": {"x": 1}, "c": {}}
  assert record["n"] == 1


def test_parts_of_parts_have_names_too(path):
  _file().add({"results": {"a": {"x": {"n": 1, "m": 1}, "y": 1}}}, levels=2)
  _file().add({"results": {"a": {"x": {"n": 2}}}}, levels=2)
  assert records.only(path)["results"] == {"a": {"x": {"n": 2}, "y": 1}}


def test_rows_are_parts_that_are_named_by_what_they_have(path):
  names = ["size", "kind"]
  first = [{"size": 1, "n": 1}, {"size": 2, "kind": "k", "n": 1}]
  _file().add({"rows": first}, rows=names)
  then = [{"size": 3, "n": 2}, {"size": 1, "n": 2}]
  record = _file().add({"rows": then}, rows=names)
  assert record["rows"] == [
    {"size": 1, "n": 2},
    {"size": 2, "kind": "k", "n": 1},
    {"size": 3, "n": 2},
  ]


@pytest.mark.parametrize(
  ("settings", "said"),
  [
    ({"seed": 1}, "with seed 0, not 1;"),
    ({"inner": {"a": 1, "b": 3}}, "with inner.b 2, not 3;"),
    ({"inner": {"a": 1}}, "with inner.b 2, not None;"),
    ({"other": "x"}, "with other None, not 'x';"),
  ],
)
def test_other_settings_are_refused(path, settings, said):
  inner = {"inner": {"a": 1, "b": 2}}
  _file(**inner).add({"results": {"a": 1}})
  before = path.read_bytes()
  with pytest.raises(ValueError, match=said) as error:
    _file(**inner | settings)
  assert "--output" in str(error.value) and "\n" not in str(error.value)
  with pytest.raises(SystemExit, match=said):
    result_files.opened("x", {"seed": 0} | inner | settings, machine="A")
  assert path.read_bytes() == before
  _file("B", **settings).add({"results": {"a": 2}})
  assert len(records.all_of(path)) == 2


def test_numbers_of_other_versions_are_refused(monkeypatch):
  _file().add({"results": {"a": 1}})
  monkeypatch.setattr(result_files.version, "__version__", "99")
  with pytest.raises(ValueError, match="with tf_ganprune .*, not '99';"):
    _file()


def test_what_is_kept_can_be_forgotten(path):
  _file("B").add({"results": {"b": 0}})
  _file().add({"results": {"a": 1}})
  with flagsaver.flagsaver(replace=True):
    file = _file(seed=1)
    file.add({"results": {"b": 2}})
    file.add({"results": {"c": 3}})
  first, second = records.all_of(path)
  assert first["results"] == {"b": 0}
  assert second["results"] == {"b": 2, "c": 3} and second["seed"] == 1


def test_what_another_process_wrote_meanwhile_is_kept(path):
  first, second = _file(), _file()
  first.add({"results": {"a": 1}})
  second.add({"results": {"b": 2}})
  assert records.only(path)["results"] == {"a": 1, "b": 2}


@pytest.mark.parametrize("text", ["{", "{}", "[1]", '{"seed": 0}'])
def test_another_file_is_not_overwritten(path, text):
  path.write_text(text)
  with pytest.raises(ValueError, match="found.json' has no results by machine"):
    _file()
  assert path.read_text() == text


@pytest.mark.parametrize(
  "path", sorted(result_files.FOLDER.glob("*.json")), ids=lambda x: x.stem
)
def test_kept_results_are_by_machine(path):
  for record in records.all_of(path):
    assert isinstance(record, dict) and record
