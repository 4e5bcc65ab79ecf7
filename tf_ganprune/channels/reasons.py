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
"""The reasons why channels stay, for messages on budgets that are not met."""

import re

from tf_ganprune.channels import groups as groups_

_MOST = 5
_NAMES = 3
# Words in a reason, and what to do about it.
_REMEDIES = {
  "tgp.": "",  # it names the remedy
  "channel_rule": "",
  "excluded": "leave it out of `exclude`",
  "network's output": "the network gives them, so they have to stay",
  "network's input": "the network takes them, so they have to stay",
  "only one": "one has to stay",
  "around a": "register a rule for the layer inside with tgp.channel_rule",
  "no rule": "put it into a layer and register one with tgp.channel_rule",
  "sums over": "reduce height and width only, and keep channels last",
  "height or width": "keep channels on the last axis",
}
_OTHERWISE = (
  "keep channels whole up to the next layer with a kernel, or put this into a"
  " layer and register its rule with tgp.channel_rule"
)


def listed(groups: groups_.Groups) -> str:
  """Returns lines on the channels that stay, why, and what to do about it.

  Args:
    groups: The network's groups of channels.
  """
  found = _by_reason(groups)
  lines = [_line(*one) for one in found[:_MOST]]
  if not lines:
    return ""
  if (more := len(found) - _MOST) > 0:
    plural = "s" if more > 1 else ""
    lines.append(f"and {more} more reason{plural}, see tgp.channel_groups")
  return "\n".join(["", "Channels that must stay:", *(f"- {x}" for x in lines)])


def _by_reason(groups):
  """Returns (layers, channels, causes, reason), most channels first."""
  found: dict[str, tuple[dict, dict, list]] = {}
  for layers, size, reason in (*_fixed(groups), *_whole(groups)):
    cause, clause = _split(reason)
    causes, names, sizes = found.setdefault(clause, ({}, {}, []))
    causes |= dict.fromkeys(cause)
    names |= dict.fromkeys(layers)
    sizes.append(size)
  rows = [
    (list(names), sum(sizes), list(causes), clause)
    for clause, (causes, names, sizes) in found.items()
  ]
  return sorted(rows, key=lambda row: (_is_given(row[-1]), -row[1]))


def _is_given(clause) -> bool:
  return "network's" in clause


def _fixed(groups):
  for group in groups.fixed:
    if group.layers:
      yield group.layers, group.size, group.reason


def _whole(groups):
  """Yields (layers, 0, reason) from the notes on layers left whole."""
  for note in groups.notes:
    layer, is_whole, reason = note.partition(" is left whole: ")
    if is_whole:
      yield (layer.strip("'"),), 0, reason


def _split(reason) -> tuple[list[str], str]:
  """Returns the layer that a reason begins with, if any, and its clause."""
  found = re.match(r"'([^']+)' (.*)", reason, re.DOTALL)
  return ([found[1]], found[2]) if found else ([], reason)


def _line(layers, size, causes, clause) -> str:
  what = f"{size} channels of {_names(layers)}" if size else _names(layers)
  because = f"{_names(causes)} {clause}" if causes else clause
  if not size and set(layers) == set(causes):
    what, because = _names(causes), clause
  remedy = next(
    (x for words, x in _REMEDIES.items() if words in clause), _OTHERWISE
  )
  return f"{what}: {because}" + (f"; {remedy}" if remedy else "")


def _names(names) -> str:
  shown = ", ".join(map(repr, names[:_NAMES]))
  more = len(names) - _NAMES
  return f"{shown} and {more} more" if more > 0 else shown
