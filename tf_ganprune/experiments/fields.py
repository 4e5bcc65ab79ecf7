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
"""Dataclass fields that have a help text, a limit and an absl flag.

`ml_collections.config_flags` makes flags from a dataclass as well, but calls
them `--config.epochs`, has no place for help and limits beside the fields, and
checks values after parsing.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Protocol, TypeVar

from absl import flags

# `--help` of a program lists the flags that it lets this module define.
flags.disclaim_key_flags()
_DEFINED: dict[str, "Limit"] = {}
_T = TypeVar("_T")


class Dataclass(Protocol):
  """An object of a dataclass.

  Example:
    `values(settings)`
  """

  __dataclass_fields__: ClassVar[dict[str, dataclasses.Field]]


_Settings = TypeVar("_Settings", bound=Dataclass)


@dataclasses.dataclass(frozen=True)
class Limit:
  """The values that a setting may have, and the kind of its flag.

  Example:
    `Limit("must not be empty", bool, flags.DEFINE_string)`

  Attributes:
    rule: The rule in words, which follow the setting's name.
    holds: A function that tells whether a value keeps the rule.
    define: The function that defines the flag, such as
      `absl.flags.DEFINE_integer`.
    optional: Whether None is allowed as well.
    choices: All allowed values, or all allowed members of a tuple.
  """

  rule: str
  holds: Callable[[Any], bool]
  define: Callable
  optional: bool = False
  choices: tuple[str, ...] | None = None

  def broken(self, value: object) -> str | None:
    """Returns the rule if a value breaks it, else None."""
    if (self.optional and value is None) or self.holds(value):
      return None
    return self.rule


def whole(least: int, most: int, optional: bool = False) -> Limit:
  """Returns the limit for whole numbers from `least` to `most`."""

  def holds(value):
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and least <= value <= most

  rule = f"must be a whole number from {least} to {most}"
  return Limit(rule, holds, flags.DEFINE_integer, optional)


def real(
  rule: str, holds: Callable[[float], bool], optional: bool = False
) -> Limit:
  """Returns the limit for real numbers, which excludes NaN.

  Args:
    rule: The rule in words, which follow "must".
    holds: A function that tells whether a number keeps the rule, by
      comparisons, which are false for NaN.
    optional: Whether None is allowed as well.
  """

  def is_real(value):
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and holds(value)

  return Limit(f"must {rule}", is_real, flags.DEFINE_float, optional)


def text(optional: bool = False) -> Limit:
  """Returns the limit for texts that are not empty."""

  def holds(value):
    return isinstance(value, str) and bool(value.strip()) and "\0" not in value

  rule = "must be a text that is not empty"
  return Limit(rule, holds, flags.DEFINE_string, optional)


def one_of(names: Iterable[str], optional: bool = False) -> Limit:
  """Returns the limit for one of some names, which keep their order.

  Args:
    names: The allowed names.
    optional: Whether None is allowed as well.
  """
  names = tuple(names)
  return Limit(
    f"must be one of {sorted(names)}",
    names.__contains__,
    flags.DEFINE_enum,
    optional,
    choices=names,
  )


def some_of(names: Iterable[str], least: int = 0) -> Limit:
  """Returns the limit for tuples of names, each at most once.

  Args:
    names: The allowed names.
    least: The least length of a tuple.
  """
  names = tuple(names)

  def holds(values):
    are_known = set(values) <= set(names)
    return are_known and len(values) == len(set(values)) >= least

  rule = f"must be some of {list(names)}, each once"
  return Limit(rule, holds, flags.DEFINE_multi_enum, choices=names)


def each(limit: Limit, rule: str) -> Limit:
  """Returns the limit for tuples of numbers.

  Args:
    limit: The limit for each number.
    rule: The rule in words, from "must" on.
  """
  return Limit(
    rule, lambda values: all(map(limit.holds, values)), flags.DEFINE_multi_float
  )


# float32 ends at 3e38, and numbers near it are as good as infinite.
WEIGHT = real("lie from 0 to 1e6", lambda weight: 0 <= weight <= 1e6)
RATE = real("lie above 0 and not above 1", lambda rate: 0 < rate <= 1)


def field(default: _T, description: str, limit: Limit) -> _T:
  """Returns a dataclass's field with a help text and a limit.

  To type checkers it is the default, as with `dataclasses.field`.

  Args:
    default: The default of the field.
    description: The help of the field's flag.
    limit: The limit on the field's values.
  """
  metadata = {"help": description, "limit": limit}
  return dataclasses.field(default=default, metadata=metadata)


def group(kind: type[_T], description: str) -> _T:
  """Returns a field that holds the settings of another dataclass.

  Args:
    kind: The other dataclass, all of whose fields have defaults.
    description: The subject of those settings.
  """
  return dataclasses.field(
    default_factory=kind, metadata={"help": description, "group": kind}
  )


def like(
  kind: type[Dataclass],
  name: str,
  default: object = dataclasses.MISSING,
  description: str | None = None,
) -> Any:
  """Returns a copy of another dataclass's field, maybe with another default.

  Its type is not checked, since type checkers do not know that of a field by
  its name.

  Args:
    kind: The other dataclass, such as the base.
    name: The name of the field.
    default: The new default; by default that of the other field.
    description: The new help; by default that of the other field.
  """
  field_ = {x.name: x for x in dataclasses.fields(kind)}[name]
  metadata = dict(field_.metadata)
  if default is dataclasses.MISSING:
    default = field_.default
  if description is not None:
    metadata["help"] = description
  return dataclasses.field(default=default, metadata=metadata)


def flat(
  kind: type[Dataclass], prefix: str = ""
) -> dict[str, dataclasses.Field]:
  """Returns the fields of a dataclass and of its groups, by their flags.

  Args:
    kind: The dataclass.
    prefix: The prefix of a group, which is put before names that do not begin
      with it.
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


def values(settings: Dataclass, prefix: str = "") -> dict:
  """Returns the values of settings by their flags, ready for JSON.

  Args:
    settings: An object of a dataclass.
    prefix: As in `flat`.
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


def made(
  kind: type[_Settings], given: Mapping[str, Any], prefix: str = ""
) -> _Settings:
  """Makes settings from values by their flags, as `values` returns them.

  Args:
    kind: The dataclass.
    given: The values by the names of flags.
    prefix: As in `flat`.

  Raises:
    KeyError: If a value is missing.
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


def check(settings: Dataclass, prefix: str = "") -> None:
  """Raises if a setting breaks its limit.

  Args:
    settings: An object of a dataclass.
    prefix: As in `flat`.

  Raises:
    ValueError: If a value breaks its limit; the message names the flag.
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
  kind: type[Dataclass],
  defaults: Mapping | None = None,
  names: Mapping[str, str] | None = None,
) -> None:
  """Defines a flag for each field, with a validator of its limit.

  They are key flags of the program that calls this. Flags of the same fields
  that another program has defined already are shared with it.

  Args:
    kind: The dataclass.
    defaults: Defaults in place of the fields', by the fields' flags.
    names: The fields to define, each with the name of its flag; by default all
      fields with their own names.
  """
  defaults, found = defaults or {}, flat(kind)
  called = {name: name for name in found} if names is None else names
  groups = _groups(kind)
  for name, flag in called.items():
    # A help text names other fields of its group by their own names.
    others = {
      found[other].name: its_flag
      for other, its_flag in called.items()
      if other != found[other].name and groups[other] == groups[name]
    }
    default = defaults.get(name, found[name].default)
    _define(flag, found[name], default, others)


def _groups(kind: type[Dataclass]) -> dict[str, str | None]:
  """Returns the group of each field of `flat`; None for those in no group."""
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


def from_flags(
  kind: type[_Settings], given: flags.FlagValues = flags.FLAGS
) -> _Settings:
  """Makes settings from the flags that `define_flags` defined.

  Args:
    kind: The dataclass.
    given: The parsed flags.
  """
  return made(kind, {name: getattr(given, name) for name in flat(kind)})
