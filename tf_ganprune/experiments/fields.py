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
"""Settings whose help, limits and flags stand where their fields do.

Flags are absl's, and made from a dataclass. `ml_collections.config_flags` does
that too, but its flags are called `--config.epochs`, their help and limits
cannot stand beside the fields, and what is wrong is found after parsing.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping

from absl import flags

# The program that has flags defined here is the one whose `--help` lists them.
flags.disclaim_key_flags()
_DEFINED: dict[str, "Limit"] = {}


@dataclasses.dataclass(frozen=True)
class Limit:
  """What a setting must be.

  Example:
    `Limit("must not be empty", bool, flags.DEFINE_string)`

  Attributes:
    rule: Goes after the setting's name, in words.
    holds: Whether a value is so.
    define: Defines its flag: `absl.flags.DEFINE_integer` and the like.
    optional: Whether None will do as well.
    choices: All values that there are, or of which a value is a tuple.
  """

  rule: str
  holds: Callable[[object], bool]
  define: Callable
  optional: bool = False
  choices: tuple[str, ...] | None = None

  def broken(self, value) -> str | None:
    """Returns the rule that a value breaks, or None."""
    if (self.optional and value is None) or self.holds(value):
      return None
    return self.rule


def whole(least: int, most: int, optional: bool = False) -> Limit:
  """Returns the limit of whole numbers from `least` to `most`."""

  def holds(value):
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and least <= value <= most

  rule = f"must be a whole number from {least} to {most}"
  return Limit(rule, holds, flags.DEFINE_integer, optional)


def real(
  rule: str, holds: Callable[[float], bool], optional: bool = False
) -> Limit:
  """Returns the limit of numbers; NaN is none.

  Args:
    rule: Goes after "must".
    holds: Whether a number will do, in comparisons.
    optional: Whether None will do as well.
  """

  # Every comparison with NaN is false.
  def is_real(value):
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and holds(value)

  return Limit(f"must {rule}", is_real, flags.DEFINE_float, optional)


def text(optional: bool = False) -> Limit:
  """Returns the limit of texts that are not empty."""

  def holds(value):
    return isinstance(value, str) and bool(value.strip()) and "\0" not in value

  rule = "must be a text that is not empty"
  return Limit(rule, holds, flags.DEFINE_string, optional)


def one_of(names: Iterable[str]) -> Limit:
  """Returns the limit of one of some names, which keep their order."""
  names = tuple(names)
  return Limit(
    f"must be one of {sorted(names)}",
    names.__contains__,
    flags.DEFINE_enum,
    choices=names,
  )


def some_of(names: Iterable[str], least: int = 0) -> Limit:
  """Returns the limit of tuples of some names, each once.

  Args:
    names: Which there are.
    least: How many there must be.
  """
  names = tuple(names)

  def holds(values):
    are_known = set(values) <= set(names)
    return are_known and len(values) == len(set(values)) >= least

  rule = f"must be some of {list(names)}, each once"
  return Limit(rule, holds, flags.DEFINE_multi_enum, choices=names)


def each(limit: Limit, rule: str) -> Limit:
  """Returns the limit of tuples of numbers.

  Args:
    limit: Of each number.
    rule: In words, from "must" on.
  """
  return Limit(
    rule, lambda values: all(map(limit.holds, values)), flags.DEFINE_multi_float
  )


# float32 ends at 3e38, and numbers near it are as good as infinite.
WEIGHT = real("lie from 0 to 1e6", lambda weight: 0 <= weight <= 1e6)
RATE = real("lie above 0 and not above 1", lambda rate: 0 < rate <= 1)


def field(default, description: str, limit: Limit):
  """Returns a dataclass's field.

  Args:
    default: Its default.
    description: The help of its flag.
    limit: What it must be.
  """
  metadata = {"help": description, "limit": limit}
  return dataclasses.field(default=default, metadata=metadata)


def group(kind: type, description: str):
  """Returns a field that holds settings of another dataclass.

  Args:
    kind: The dataclass, all of whose fields have defaults.
    description: What they are of.
  """
  return dataclasses.field(
    default_factory=kind, metadata={"help": description, "group": kind}
  )


def like(kind: type, name: str, default, description: str | None = None):
  """Returns another dataclass's field with a default of its own.

  Args:
    kind: The other, such as the base.
    name: Of the field.
    default: In place of the other's.
    description: In place of the other's, if it is given.
  """
  metadata = dict(kind.__dataclass_fields__[name].metadata)
  if description is not None:
    metadata["help"] = description
  return dataclasses.field(default=default, metadata=metadata)


def flat(kind: type, prefix: str = "") -> dict[str, dataclasses.Field]:
  """Returns the fields of a dataclass and of its groups, by their flags.

  Args:
    kind: The dataclass.
    prefix: Of a group: goes before names that do not begin with it.
  """
  found = {}
  for each_field in dataclasses.fields(kind):
    name = each_field.name
    if "group" in each_field.metadata:
      found |= flat(each_field.metadata["group"], f"{name}_")
    else:
      found[_prefixed(name, prefix)] = each_field
  return found


def _prefixed(name: str, prefix: str) -> str:
  return name if name.startswith(prefix) else prefix + name


def values(settings, prefix: str = "") -> dict:
  """Returns what settings hold as JSON has it, by the names of their flags.

  Args:
    settings: A dataclass.
    prefix: As of `flat`.
  """
  found = {}
  for each_field in dataclasses.fields(settings):
    name, value = each_field.name, getattr(settings, each_field.name)
    if "group" in each_field.metadata:
      found |= values(value, f"{name}_")
    else:
      value = list(value) if isinstance(value, tuple) else value
      found[_prefixed(name, prefix)] = value
  return found


def made(kind: type, given: Mapping, prefix: str = ""):
  """Returns settings from what `values` returned, or from flags.

  Args:
    kind: The dataclass.
    given: By the names of flags.
    prefix: As of `flat`.

  Raises:
    KeyError: If one is missing.
  """
  found = {}
  for each_field in dataclasses.fields(kind):
    name = each_field.name
    if "group" in each_field.metadata:
      found[name] = made(each_field.metadata["group"], given, f"{name}_")
    else:
      value = given[_prefixed(name, prefix)]
      found[name] = tuple(value) if isinstance(value, list) else value
  return kind(**found)


def check(settings, prefix: str = "") -> None:
  """Raises where a setting breaks its limit.

  Args:
    settings: A dataclass.
    prefix: As of `flat`.

  Raises:
    ValueError: If a value will not do; the message names the flag.
  """
  for each_field in dataclasses.fields(settings):
    name, value = each_field.name, getattr(settings, each_field.name)
    if "group" in each_field.metadata:
      check(value, f"{name}_")
      continue
    rule = each_field.metadata["limit"].broken(value)
    if rule:
      raise ValueError(f"--{_prefixed(name, prefix)} {rule}; got {value!r}.")


def define_flags(
  kind: type,
  defaults: Mapping | None = None,
  names: Mapping[str, str] | None = None,
) -> None:
  """Defines a flag for each field, and a validator that knows its limit.

  They are key flags of the program that calls this. Those that are there
  already, of the same field, are shared with the program that defined them.

  Args:
    kind: The dataclass.
    defaults: Others than the fields', by the fields' flags.
    names: The fields that are wanted, and the names of their flags; by default
      all, by their own.
  """
  defaults, found = defaults or {}, flat(kind)
  called = {name: name for name in found} if names is None else names
  groups = _groups(kind)
  for name, flag in called.items():
    # A help speaks of other fields of its group by their own names.
    others = {
      found[other].name: its_flag
      for other, its_flag in called.items()
      if other != found[other].name and groups[other] == groups[name]
    }
    default = defaults.get(name, found[name].default)
    _define(flag, found[name], default, others)


def _groups(kind: type) -> dict[str, str | None]:
  """Returns the group of each field of `flat`, None where it is in none."""
  found = dict.fromkeys(flat(kind))
  for each_field in dataclasses.fields(kind):
    if "group" in each_field.metadata:
      name = each_field.name
      group = flat(each_field.metadata["group"], f"{name}_")
      found |= dict.fromkeys(group, name)
  return found


def _define(name: str, each_field: dataclasses.Field, default, others) -> None:
  limit = each_field.metadata["limit"]
  description = re.sub(
    r"--(\w+)",
    lambda match: f"--{others.get(match[1], match[1])}",
    each_field.metadata["help"],
  )
  if _DEFINED.get(name) is limit and name in flags.FLAGS:
    flags.declare_key_flag(name)
    return
  _DEFINED[name] = limit
  default = list(default) if isinstance(default, tuple) else default
  choices = [] if limit.choices is None else [list(limit.choices)]
  limit.define(name, default, *choices, description)

  def validate(value):
    rule = limit.broken(value)
    if rule:
      raise flags.ValidationError(f"{rule}.")
    return True

  flags.register_validator(name, validate)


def from_flags(kind: type, given: flags.FlagValues = flags.FLAGS):
  """Returns settings as the flags say that `define_flags` defined.

  Args:
    kind: The dataclass.
    given: The flags, parsed.
  """
  return made(kind, {name: getattr(given, name) for name in flat(kind)})
