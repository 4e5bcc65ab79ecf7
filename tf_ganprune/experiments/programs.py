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
"""Flags and the main function of a family's experiment program.

A family's program is `define_flags(task)`, and `app.run` of `run(task, argv)`.
"""

import sys
import time

from absl import app, flags, logging

from tf_ganprune.experiments import experiment, fields
from tf_ganprune.experiments import task as tasks

# `--help` of a program lists the flags that it lets this module define.
flags.disclaim_key_flags()

_FOLDER = "must be a text that is not empty."


def define_folder(name: str, default: str) -> None:
  """Defines the flag of the folder that a program writes to.

  Args:
    name: The name of the flag.
    default: The default of the flag.
  """
  if name in flags.FLAGS:
    flags.declare_key_flag(name)
    return
  flags.DEFINE_string(name, default, "The folder that all files go to.")
  flags.register_validator(name, fields.text().holds, _FOLDER)


def define_flags(task: type[tasks.Task]) -> None:
  """Defines `--output_dir` and the flags of a task's settings.

  Args:
    task: The class of the family's task.
  """
  tasks.check(task)
  define_folder("output_dir", f"runs/{task.name}")
  fields.define_flags(task.Settings)


def set_defaults(settings: fields.Dataclass) -> None:
  """Sets the defaults of the flags of a task's settings.

  Args:
    settings: Settings with the new defaults.
  """
  for name, value in fields.values(settings).items():
    flags.FLAGS.set_default(name, value)


def check_arguments(argv: list[str]) -> None:
  """Raises if a program got arguments that are no flags, and quiets TFDS.

  Args:
    argv: The program's name, and the arguments beside its flags.

  Raises:
    app.UsageError: If there are such arguments.
  """
  if len(argv) > 1:
    raise app.UsageError(f"Unknown argument {argv[1]!r}; flags begin with --.")
  logging.set_verbosity(logging.WARNING)  # TFDS logs each file that it reads


def start(task: type[tasks.Task], best: fields.Dataclass) -> None:
  """Defines the flags of a task, reads them, and runs its experiment.

  Args:
    task: The class of the family's task.
    best: Settings with the program's defaults.
  """
  define_flags(task)
  set_defaults(best)
  app.run(lambda argv: run(task, argv))


def run(task: type[tasks.Task], argv: list[str]) -> None:
  """Runs the experiment that the flags of `define_flags` describe.

  Args:
    task: The class of the family's task.
    argv: The program's name, and the arguments beside its flags.

  Raises:
    SystemExit: If a flag or the folder does not fit, with a sentence.
  """
  check_arguments(argv)
  begun = time.time()
  try:
    settings = fields.from_flags(task.Settings)
    job = experiment.Experiment(task, settings, flags.FLAGS.output_dir).open()
  except ValueError as error:
    sys.exit(f"{task.name}: {error}")
  job.run()
  print(f"Done in {time.time() - begun:.0f} s.")
