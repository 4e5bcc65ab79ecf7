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
"""Removes channels of a trained DCGAN's generator, and distils it.

  python -m examples.slim_dcgan

trains the GAN that `examples.mnist_dcgan` left in `--main_dir` further, removes
channels of its generator, lets the slim generator learn from the whole one,
exports, and writes `report.html`, which compares the dense, the pruned and the
slim network. If there is no such GAN, one is trained for 13 and 10 epochs in a
folder beside `--slim_dir`, with pruning that has no teacher and as many latents
as images. Killed and started again with the same flags, it resumes.
"""

import dataclasses
import os
import re
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from absl import app, flags  # noqa: E402

from tf_ganprune.experiments import (  # noqa: E402
  dcgan_task,
  experiment,
  fields,
  programs,
  run_directory,
)

_MAIN_DIR = "runs/mnist_dcgan"
_QUICK = dcgan_task.Settings(epochs=13, prune_epochs=10)
# The flags of the slim phase have no prefix in this program.
_FLAGS = {
  name: name if name in ("slim_epochs", "slim_learning_rate") else name[5:]
  for name in fields.flat(dcgan_task.Settings)
  if name.startswith("slim_")
}
_TARGETS = {"targets": "slim_targets"}


def define_flags() -> None:
  """Defines the program's flags, some of which have other names elsewhere."""
  programs.define_folder("slim_dir", "runs/slim_dcgan")
  flags.DEFINE_string(
    "main_dir",
    None,
    "The --output_dir of examples.mnist_dcgan, which is run if the folder is"
    f" not there; by default {_MAIN_DIR}, if that is there.",
  )
  few = {"targets": ("cpu", "cpu-int8", "gpu")}
  fields.define_flags(dcgan_task.Settings, few, _FLAGS | _TARGETS)


def settings_of(values, main: dcgan_task.Settings) -> dcgan_task.Settings:
  """Returns the settings of the slim experiment that flags describe.

  Args:
    values: An object with an attribute for each flag.
    main: The settings of the main experiment.
  """
  given = {
    name: getattr(values, flag) for name, flag in (_FLAGS | _TARGETS).items()
  }
  found = fields.made(type(main), fields.values(main) | given)
  slim = found.slim.resolved(main.prune_epochs)
  phases = ("dense", "pruned", "slim")
  return dataclasses.replace(found, slim=slim, phases=phases)


def find_main_job(
  main_dir: str | None, slim_dir: str
) -> tuple[str, dcgan_task.Settings]:
  """Returns the folder of the main experiment, and its settings.

  Args:
    main_dir: The value of --main_dir, or None.
    slim_dir: The value of --slim_dir, beside which a short main experiment is
      run if there is no other.

  Raises:
    ValueError: If a file of settings is damaged.
  """
  if main_dir is not None:
    return main_dir, _settings(main_dir, dcgan_task.BEST)
  beside = f"{os.path.normpath(slim_dir)}_main"
  if not run_directory.is_begun(beside) and run_directory.is_begun(_MAIN_DIR):
    return _MAIN_DIR, _settings(_MAIN_DIR, _QUICK)
  return beside, _settings(beside, _QUICK)


def _settings(folder: str, default: dcgan_task.Settings):
  if not run_directory.is_begun(folder):
    return default
  return run_directory.begun_with(folder, dcgan_task.DCGAN, "main_dir")


def _in_flags(message: str) -> str:
  """Renames flags in a message to those of this program."""
  names = _FLAGS | _TARGETS
  return re.sub(r"--(\w+)", lambda x: f"--{names.get(x[1], x[1])}", message)


def main(argv):
  """Runs the experiment that the flags describe."""
  programs.check_arguments(argv)
  begun = time.time()
  folder = flags.FLAGS.slim_dir
  try:
    main_dir, settings = find_main_job(flags.FLAGS.main_dir, folder)
    slim = settings_of(flags.FLAGS, settings)
    dense = experiment.Experiment(dcgan_task.DCGAN, settings, main_dir)
    job = dense.extended(slim, folder, "slim_dir").open()
  except ValueError as error:
    sys.exit(f"slim_dcgan: {_in_flags(str(error))}")
  job.run()
  print(f"Done in {time.time() - begun:.0f} s.")


if __name__ == "__main__":
  define_flags()
  app.run(main)
