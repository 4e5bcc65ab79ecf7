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
"""Runs `python -m tf_ganprune`: a command, its help, or an error message."""

import os
import sys
import warnings

from absl import flags

from tf_ganprune.cli import (
  benchmark_command,
  check_command,
  command,
  export_command,
  profile_command,
  report_command,
  shrink_command,
)

PROGRAM = command.PROGRAM
COMMANDS = {
  one.name: one
  for one in (
    export_command.COMMAND,
    check_command.COMMAND,
    profile_command.COMMAND,
    shrink_command.COMMAND,
    benchmark_command.COMMAND,
    report_command.COMMAND,
  )
}
_HELP = ("--help", "-h", "-help", "help", "--helpfull", "--helpshort")


def parse(
  arguments: list[str],
) -> tuple[command.Command, list[str], flags.FlagValues]:
  """Parses a command line into the command, its files and its flags.

  Ends the process if help is asked for (exit code 0), or if arguments are wrong
  (exit code 2). TensorFlow is not imported for that.

  Args:
    arguments: The arguments after the program's name.
  """
  # Set before TensorFlow is imported, whose logs would confuse users.
  os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
  first, rest = (arguments or [""])[0], arguments[1:]
  if first in _HELP:
    asked = COMMANDS.get(rest[0]) if rest else None
    _show(asked.help() if asked else help_text())
  if first not in COMMANDS:
    said = f"{first!r} is no command" if first else "there is no command"
    _refuse(
      PROGRAM, f"{said}; the commands are {', '.join(COMMANDS)} (see --help)."
    )
  chosen = COMMANDS[first]
  try:
    files, values = chosen.parse(["--help"] if rest[:1] == ["-h"] else rest)
  except command.UsageError as error:
    _refuse(f"{PROGRAM} {chosen.name}", str(error))
  if values.help:
    _show(chosen.help())
  return chosen, files, values


def main(arguments: list[str]) -> int:
  """Runs a command line.

  Args:
    arguments: The arguments after the program's name.

  Returns:
    The exit code: 0 on success; 1 for a wrong network, file or value of a flag,
    with one sentence in stderr; 2 for a wrong command line. `check` returns 1
    as well if the target refuses the network.
  """
  chosen, files, values = parse(arguments)
  with warnings.catch_warnings():
    warnings.showwarning = _warn
    try:
      return chosen.run(files, values)
    except KeyboardInterrupt:
      return _failed(chosen, "interrupted.", 130)
    except (ImportError, OSError, ValueError) as error:
      if values.debug:
        raise
      return _failed(chosen, command.in_flags(str(error), values))
    except Exception as error:  # noqa: BLE001 (a network's layers raise anything)
      if values.debug:
        raise
      said = " ".join(str(error).split())[:300]
      return _failed(
        chosen,
        f"{type(error).__name__}: {said} (--debug shows where it was raised)",
      )


def help_text() -> str:
  """Returns the help text of the program."""
  width = max(map(len, COMMANDS))
  lines = [f"  {c.name:<{width}}  {c.summary}." for c in COMMANDS.values()]
  examples = [
    f"  {PROGRAM} {c.examples.splitlines()[0]}" for c in COMMANDS.values()
  ]
  return "\n".join(
    [
      f"{PROGRAM} COMMAND FILE... [--flag=value]...",
      "",
      "Works on saved networks and GANs (.keras, of tf_keras or Keras 3) and",
      "on .tflite files. Of a GAN the exported network, such as the averaged",
      "generator, is used; if there are several, --network chooses one.",
      "",
      "Commands:",
      *lines,
      "",
      "Examples:",
      *examples,
      "",
      f"{PROGRAM} COMMAND --help lists the flags of a command.",
    ]
  )


def _show(text: str):
  print(text)
  sys.exit(0)


def _refuse(who: str, sentence: str):
  print(f"{who}: {sentence}", file=sys.stderr)
  sys.exit(2)


def _failed(chosen: command.Command, sentence: str, code: int = 1) -> int:
  sys.stdout.flush()
  print(f"{PROGRAM} {chosen.name}: {sentence}", file=sys.stderr)
  return code


def _warn(message, category, filename, lineno, file=None, line=None) -> None:
  del filename, lineno, file, line
  if issubclass(category, UserWarning):
    print(f"warning: {message}", file=sys.stderr)
