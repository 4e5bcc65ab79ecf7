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
"""Files of results: what a benchmark found on each machine, side by side."""

import json
import pathlib
import sys
from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf
from absl import flags

from tf_ganprune import files, version
from tf_ganprune.keras_compat import keras
from tf_ganprune.report import machine as machine_lib

# Of every program, defined once: tests import several in one process.
OUTPUT = flags.DEFINE_string(
  "output", None, "The JSON; by default its file in benchmarks/results."
)
REPLACE = flags.DEFINE_bool(
  "replace", False, "Forget what the JSON has of this machine."
)
FOLDER = pathlib.Path(__file__).with_name("results")
_MACHINES = "machines"


def versions() -> dict[str, str]:
  """Returns the versions that numbers depend on."""
  return {
    "tensorflow": tf.__version__,
    "tf_keras": keras.__version__,
    "numpy": np.__version__,
    "tf_ganprune": version.__version__,
  }


class ResultFile:
  """A JSON with what a benchmark found, `{"machines": {machine: record}}`.

  A record has versions and settings, and parts by their names. What is added
  takes the place of parts of the same names; others stay, and other machines.

  Example:
    `ResultFile("scaling", {"seed": 0}).add({"results": {"a": 1.0}})`
  """

  def __init__(
    self,
    name: str,
    settings: Mapping,
    machine: str | None = None,
    is_timed: bool = True,
  ):
    """Reads the file, if it is there.

    Args:
      name: Of the file, unless --output says another.
      settings: What all parts of a record have in common.
      machine: Where the numbers are from, by default this one.
      is_timed: Whether numbers depend on versions, which are then settings.

    Raises:
      ValueError: If the file is none of results, or has parts of this machine
        with other settings and --replace does not say to forget them.
    """
    self.path = pathlib.Path(OUTPUT.value or FOLDER / f"{name}.json")
    self._machine = machine or machine_lib.text()
    self._settings = _plain({**(versions() if is_timed else {}), **settings})
    self._is_kept = not REPLACE.value
    self._kept()

  def add(
    self, parts: Mapping, levels: int = 1, rows: Sequence[str] = ()
  ) -> dict:
    """Writes parts beside those that are kept, and returns all as a record.

    Args:
      parts: Values by their keys in the record, such as
        `{"results": {"a": 1.0}}`.
      levels: How many dicts inside of each other have names of parts as keys,
        below the keys of the record.
      rows: What names a row, where parts are lists of dicts.
    """
    kept = self._kept()
    found = _merged(kept, _plain(parts), levels + 1, rows)
    return self.write(self._settings | found)

  def write(self, record: dict) -> dict:
    """Writes a record of this machine as it is, and returns it."""
    self._is_kept = True  # from now on, what was written here
    machines = self.machines() | {self._machine: _plain(record)}
    text = json.dumps({_MACHINES: machines}, indent=2, ensure_ascii=False)
    files.write(self.path, f"{text}\n".encode())
    return machines[self._machine]

  def machines(self) -> dict[str, dict]:
    """Returns the records of all machines.

    Raises:
      ValueError: If the file is none of results.
    """
    if not self.path.exists():
      return {}
    try:
      return json.loads(self.path.read_text("utf-8"))[_MACHINES]
    except (ValueError, KeyError, TypeError):
      raise ValueError(
        f"{str(self.path)!r} has no results by machine; delete it, or name"
        " another file with --output."
      ) from None

  def _kept(self) -> dict:
    """Returns this machine's record, whose settings are today's."""
    kept = self.machines().get(self._machine, {}) if self._is_kept else {}
    if kept and (difference := _difference(kept, self._settings)):
      name, before, now = difference
      raise ValueError(
        f"{str(self.path)!r} has results of this machine with {name}"
        f" {before!r}, not {now!r}; name another file with --output, or forget"
        " them with --replace."
      )
    return kept


def opened(name: str, settings: Mapping, **options) -> ResultFile:
  """Returns a file of results, or ends the program with a sentence.

  Args:
    name: As of `ResultFile`.
    settings: As well.
    **options: As well.
  """
  try:
    return ResultFile(name, settings, **options)
  except ValueError as error:
    sys.exit(str(error))


def _plain(value):
  """Returns a value as it is read from JSON."""
  return json.loads(json.dumps(value))


def _difference(kept: dict, now: dict) -> tuple | None:
  """Returns the name and both values of the first setting that differs."""
  for name, value in now.items():
    before = kept.get(name)
    if isinstance(before, dict) and isinstance(value, dict):
      inner = _difference(before, value | dict.fromkeys(before.keys() - value))
      if inner:
        return f"{name}.{inner[0]}", *inner[1:]
    elif before != value:
      return name, before, value
  return None


def _merged(kept, new, levels: int, rows: Sequence[str]):
  """Returns what is new, with the parts of what is kept that it lacks."""
  if levels and isinstance(kept, dict) and isinstance(new, dict):
    return kept | {
      name: _merged(kept.get(name), value, levels - 1, rows)
      for name, value in new.items()
    }
  if rows and isinstance(kept, list) and isinstance(new, list):
    named = {tuple(map(row.get, rows)): row for row in (*kept, *new)}
    return list(named.values())
  return new
