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
"""Tests of the program: its help, its refusals, and that help is quick."""

import os
import subprocess
import sys

import pytest

import tf_ganprune as tgp
from tests import build_files
from tf_ganprune import early_help
from tf_ganprune.cli import common_flags, program

_NAMES = ["export", "check", "profile", "shrink", "benchmark", "report"]


def test_help_has_the_commands_and_an_example_of_each(run):
  ran = run("--help")
  assert ran.code == 0 and not ran.err
  assert list(program.COMMANDS) == _NAMES
  for name in _NAMES:
    assert f"\n  {name} " in ran.out
    assert f"\n  python -m tf_ganprune {name} " in ran.out


@pytest.mark.parametrize("name", _NAMES)
def test_help_of_a_command(name, run):
  ran = run(f"{name} --help")
  assert ran.code == 0 and not ran.err
  command = program.COMMANDS[name]
  for example in command.examples.splitlines():
    assert f"  python -m tf_ganprune {example}\n" in ran.out
  for flag in command.new_flags():
    assert f"\n  --{flag}" in ran.out
  assert run(f"help {name}").out == run(f"{name} -h").out == ran.out


@pytest.mark.parametrize("name", _NAMES)
def test_examples_are_command_lines(name, monkeypatch):
  monkeypatch.setattr(os.path, "exists", lambda path: True)
  for example in program.COMMANDS[name].examples.splitlines():
    command, files, _ = program.parse(example.split())
    assert command.name == name and files


def test_targets_are_those_of_the_package():
  assert common_flags.TARGETS == tuple(tgp.EXPORT_TARGETS)


@pytest.mark.parametrize(
  ("line", "reason"),
  [
    ("", "there is no command; the commands are export, check"),
    ("exprot", "'exprot' is no command"),
    ("export", "takes 1 file, got none"),
    ("export a.keras b.keras --output=c", "got 'a.keras', 'b.keras'"),
    ("export dense.keras", "needs --output: python -m tf_ganprune export"),
    (
      "export missing.keras --output=g.tflite",
      "'missing.keras' does not exist",
    ),
    ("export dense.keras --output=g --target=x", "--target=x: value should be"),
    ("export dense.keras --outptu=g", "Unknown command line flag 'outptu'"),
    ("export dense.keras --output=g --input_shape=8,x", "sizes are whole num"),
    ("export dense.keras --output=g --value_range=1,0", "the lower one first"),
    ("export dense.keras --output=g --value_range=nan,1", "the lower one fir"),
    ("shrink dense.keras --output=x --macs=half", "--macs=half"),
    ("benchmark dense.tflite --threads=0", "--threads=0"),
    ("report --output=x.html", "takes at least 1 file, got none"),
  ],
)
def test_what_will_not_do_is_one_sentence(line, reason, run):
  ran = run(line)
  assert ran.code == 2
  assert not ran.out and len(ran.err.splitlines()) == 1
  assert ran.sentence.startswith("python -m tf_ganprune")
  assert reason in ran.sentence
  assert not run.written()


def test_what_nobody_expected_is_one_line_too(run, monkeypatch):
  def fail(*_):
    raise KeyError("three\nlines\nlong")

  command = program.COMMANDS["profile"]
  monkeypatch.setitem(
    program.COMMANDS, "profile", type(command)(**vars(command) | {"run": fail})
  )
  ran = run("profile dense.keras")
  assert ran.code == 1 and len(ran.err.splitlines()) == 1
  assert "KeyError: 'three" in ran.sentence and "--debug" in ran.sentence
  with pytest.raises(KeyError):
    run("profile dense.keras --debug")


def test_shapes_of_several_inputs():
  parse = common_flags._InputShape().parse
  assert parse("64,64,3") == (64, 64, 3)
  assert parse("64,64,3;10") == [(64, 64, 3), (10,)]
  assert parse("image=64,64,3;label=10") == {
    "image": (64, 64, 3),
    "label": (10,),
  }


@pytest.mark.parametrize(
  ("arguments", "original", "runs"),
  [
    (["-m", "-x"], ["python", "-m", "tf_ganprune", "-x"], True),
    (["-m"], ["python", "-W", "error", "-m", "tf_ganprune"], True),
    (["-m"], ["python", "-mtf_ganprune"], True),
    (["-m"], ["python", "-m", "tf_ganprune.export.targets_table"], False),
    (["-m", "tf_ganprune"], ["python", "-m", "x", "tf_ganprune"], False),
    (["/x/tf_ganprune/__main__.py"], ["python", "-m", "tf_ganprune"], False),
    (["tf_ganprune"], ["python", "tf_ganprune"], False),
    ([], ["python"], False),
  ],
)
def test_the_package_is_run(arguments, original, runs):
  assert early_help.runs_the_package(arguments, original) == runs


def _shell(*arguments):
  return subprocess.run(
    [sys.executable, *arguments],
    cwd=build_files.ROOT,
    env=os.environ | {"PYTHONPATH": str(build_files.ROOT)},
    capture_output=True,
    text=True,
    check=False,
  )


def test_help_imports_no_tensorflow():
  result = _shell("-X", "importtime", "-m", "tf_ganprune", "export", "--help")
  assert result.returncode == 0
  assert "--target" in result.stdout
  imported = {
    line.split("|")[-1].strip() for line in result.stderr.splitlines()
  }
  assert "tf_ganprune.cli.command" in imported
  assert not {"tensorflow", "tf_keras", "numpy"} & imported


@pytest.mark.slow
def test_from_a_shell(folder):
  path = folder / "dense.tflite"
  result = _shell("-m", "tf_ganprune", "profile", str(path))
  assert result.returncode == 0, result.stderr[-2000:]
  assert f"{path.stat().st_size:,} bytes." in result.stdout
