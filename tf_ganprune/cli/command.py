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
"""The record of a command: its flags, its help text and its function."""

import dataclasses
import os
import re
import textwrap
from collections.abc import Callable

from absl import flags

PROGRAM = "python -m tf_ganprune"


class UsageError(ValueError):
  """The arguments of a command line are wrong; the message is a sentence."""


@dataclasses.dataclass(frozen=True)
class Command:
  """A command of the program.

  Example:
    `Command("profile", "counts", "FILE", "profile g.keras", define, run)`

  Attributes:
    name: The name, as it is typed.
    summary: One line on the command, which begins with a verb.
    usage: The arguments, as they are typed after the name.
    examples: Lines that a user can copy, without the program's name.
    define: A function that adds the flags to an object of absl's.
    run: A function of files and flags that runs the command and returns the
      exit code. It raises a ValueError with a sentence on failure.
    details: More sentences for the help text.
    files: The least and the most number of files that it takes.
    required: The names of flags that must be given.
  """

  name: str
  summary: str
  usage: str
  examples: str
  define: Callable[[flags.FlagValues], None]
  run: Callable[[list[str], flags.FlagValues], int]
  details: str = ""
  files: tuple[int, float] = (1, 1)
  required: tuple[str, ...] = ()

  def new_flags(self) -> flags.FlagValues:
    """Returns the command's flags, at their defaults."""
    values = flags.FlagValues()
    values.set_gnu_getopt()  # flags may come after files
    flags.DEFINE_bool("help", False, "Show this help.", flag_values=values)
    flags.DEFINE_bool(
      "debug", False, "Show the traceback of an error.", flag_values=values
    )
    self.define(values)
    return values

  def parse(self, arguments: list[str]) -> tuple[list[str], flags.FlagValues]:
    """Parses a command line into files and flags.

    Args:
      arguments: The arguments after the command's name.

    Raises:
      UsageError: If a flag is unknown, has a bad value or is missing, or a file
        is missing.
    """
    values = self.new_flags()
    try:
      files = values([self.name, *arguments])[1:]
    except flags.Error as error:
      raise UsageError(_sentence(str(error))) from None
    if not values.help:
      self._check(files, values)
    return files, values

  def _check(self, files, values) -> None:
    least, most = self.files
    if not least <= len(files) <= most:
      wanted = f"{least}" if least == most else f"at least {least}"
      got = ", ".join(map(repr, files)) or "none"
      raise UsageError(
        f"takes {wanted} file{'s' * (least > 1)}, got {got}:"
        f" {PROGRAM} {self.name} {self.usage}"
      )
    for name in self.required:
      if values[name].value is None:
        raise UsageError(f"needs --{name}: {PROGRAM} {self.name} {self.usage}")

    for path in files:
      if not os.path.exists(path):
        raise UsageError(f"{path!r} does not exist.")

  def help(self) -> str:
    """Returns the command's help text."""
    values = self.new_flags()
    shown = [values[name] for name in values if values[name].name == name]
    parts = [
      f"{PROGRAM} {self.name} {self.usage}",
      _wrapped(f"{self.summary}. {self.details}".strip(), ""),
      "Examples:\n"
      + "\n".join(f"  {PROGRAM} {x}" for x in self.examples.splitlines()),
      "Flags:\n" + "\n".join(map(_described, shown)),
    ]
    return "\n\n".join(parts)


def in_flags(text: str, values: flags.FlagValues) -> str:
  """Replaces names of arguments in a message by the flags of a command.

  Args:
    text: A message of a function of the package.
    values: The flags of the command that called the function.
  """
  text = re.sub(r"`?\brepresentative_data\b`?", "--samples", text)
  return re.sub(
    r"`(\w+)((?:=[^`]*)?)`",
    lambda x: f"--{x[1]}{x[2]}" if x[1] in values else x[0],
    text,
  )


def _described(flag) -> str:
  said = " ".join(flag.help.replace(".;", ";").split())
  kind = "" if flag.boolean else f"={flag.name.upper()}"
  default = ""
  if flag.default is not False and flag.default not in (None, []):
    default = f" (default: {flag.default_as_str.strip(chr(39))})"
  return f"  --{flag.name}{kind}\n" + _wrapped(f"{said}{default}", " " * 6)


def _wrapped(text: str, indent: str) -> str:
  return textwrap.fill(
    text,
    80,
    initial_indent=indent,
    subsequent_indent=indent,
    break_on_hyphens=False,
    break_long_words=False,
  )


def _sentence(text: str) -> str:
  return " ".join(text.split()).rstrip(".") + "."
