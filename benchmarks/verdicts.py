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
"""Verdicts on goals, and what benchmarks print of several machines.

A goal is met when it is met on every machine that it was tried on.
"""

from collections.abc import Callable, Mapping

from tf_ganprune import markdown_table

_WORDS = {True: "met", False: "missed", None: "cannot be told"}


def word(is_met: bool | None) -> str:
  """Returns the word for a goal; None is for one that nobody can tell."""
  return _WORDS[None if is_met is None else bool(is_met)]


def on_all(found: Mapping[str, bool | None]) -> bool | None:
  """Tells whether a goal is met on all machines.

  Args:
    found: By machine, whether it is met there.
  """
  if False in found.values():
    return False
  return None if None in found.values() else True


def text(
  machines: Mapping[str, dict],
  table: Callable[[dict], str],
  goals: Callable[[dict], Mapping[str, bool | None]] | None = None,
) -> str:
  """Returns what was found, a table for each machine and one of goals.

  Args:
    machines: Of `ResultFile.machines`.
    table: Of one record.
    goals: Of one record, by name whether each is met; by default there are
      none. Its table stands where there are several machines.
  """
  if len(machines) == 1:
    return table(*machines.values())
  parts = [f"{name}\n\n{table(record)}" for name, record in machines.items()]
  if goals is not None:
    found = {name: goals(record) for name, record in machines.items()}
    parts.append(_goals(found))
  return "\n\n".join(parts)


def _goals(found: Mapping[str, Mapping[str, bool | None]]) -> str:
  """Returns whether goals are met on each machine, and on all."""
  rows = []
  for name in dict.fromkeys(goal for one in found.values() for goal in one):
    tried = {x: one[name] for x, one in found.items() if name in one}
    words = [word(tried[x]) if x in tried else "" for x in found]
    rows.append([name, *words, word(on_all(tried))])
  return markdown_table.text(["goal", *found, "on all"], rows)
