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
"""Makes the main job's generator physically smaller, and as good as it can.

  python -m examples.slim_dcgan

lets the GAN that `examples.mnist_dcgan` left in `--main_dir` train on, cuts its
generator's channels, lets what is left learn from the whole one, exports, and
writes `report.html`, which sets the dense, the pruned and the slim network side
by side. Where there is no main job, one of half the epochs is run beside
`--slim_dir`, and all learn half as long. Killed and started again with the same
flags, it goes on.
"""

import dataclasses
import json
import os
import pathlib
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from absl import app, flags, logging  # noqa: E402

import tf_ganprune as tgp  # noqa: E402
from tf_ganprune.experiments import (  # noqa: E402
  digits_job,
  limits,
  slim_job,
  slim_settings,
)

_D = slim_settings.Settings()

_DEFAULT_MAIN_DIR = "runs/mnist_dcgan"
_QUICK = digits_job.Settings(epochs=13, prune_epochs=10)

_SLIM_DIR = flags.DEFINE_string(
  "slim_dir", "runs/slim_dcgan", "Where everything goes."
)
_MAIN_DIR = flags.DEFINE_string(
  "main_dir",
  None,
  "The main job's --output_dir, which is run if it is not there; by default"
  f" {_DEFAULT_MAIN_DIR}, if that is there.",
)
flags.DEFINE_float("macs", _D.macs, "The fraction of the MACs to keep.")
flags.DEFINE_enum(
  "importance",
  _D.importance,
  sorted(tgp.channels.IMPORTANCES),
  "Which channels go first.",
)
flags.DEFINE_enum(
  "allocation",
  _D.allocation,
  sorted(tgp.channels.ALLOCATIONS),
  "How layers share what goes.",
)
flags.DEFINE_integer("round_to", _D.round_to, "Widths are multiples of this.")
flags.DEFINE_integer("cuts", _D.cuts, "How often channels go.")
flags.DEFINE_integer("cut_epochs", _D.cut_epochs, "Epochs between cuts.")
flags.DEFINE_integer(
  "slim_epochs",
  None,
  "Epochs after the main job's first phase; by default its --prune_epochs, as"
  " of the dense network.",
)
flags.DEFINE_integer(
  "whole_epochs",
  None,
  "How many of --slim_epochs come before the first cut; by default half of what"
  " further cuts leave.",
)
flags.DEFINE_float(
  "slim_learning_rate", _D.slim_learning_rate, "Adam's, of the slim generator."
)
flags.DEFINE_integer(
  "generator_batch_size",
  _D.generator_batch_size,
  "Latents in an update of the slim generator, and of the whole one in"
  " --whole_epochs.",
)
flags.DEFINE_multi_enum(
  "distillation",
  list(_D.distillation),
  sorted(tgp.distillation.LOSSES),
  "What the slim generator learns from the dense one.",
)
flags.DEFINE_multi_float("weights", list(_D.weights), "Of each --distillation.")
flags.DEFINE_float(
  "fade_to",
  _D.fade_to,
  "By what --weights are multiplied in the end: after the last cut they fall"
  " evenly, so that images like the data count more and more. 1 keeps them.",
)
flags.DEFINE_enum(
  "teacher",
  _D.teacher,
  list(slim_settings.TEACHERS),
  "From which dense generator the slim one learns: "
  + "; ".join(
    f"{name}, {text}" for name, text in slim_settings.TEACHERS.items()
  )
  + ".",
)
flags.DEFINE_enum(
  "discriminator",
  _D.discriminator,
  ["kept", "matched", "new", "shrunk"],
  "The slim generator's: the dense one's at the first cut, as small a part of"
  " that as the generator is of the dense one, a new one, or half of its"
  " channels.",
)
flags.DEFINE_multi_enum(
  "slim_targets",
  list(_D.slim_targets),
  list(tgp.EXPORT_TARGETS),
  "What to export for.",
)


def _register_validator(name):
  def check(value):
    rule = limits.broken(name, value, limits.SLIM_LIMITS)
    if value is not None and rule:
      raise flags.ValidationError(rule + ".")
    return True

  flags.register_validator(name, check)


for _name in limits.SLIM_LIMITS:
  _register_validator(_name)


def settings_of(values, main: digits_job.Settings) -> slim_settings.Settings:
  """Returns the settings that flags describe.

  Args:
    values: With an attribute for each field.
    main: Those of the main job.
  """
  given = {
    field.name: getattr(values, field.name)
    for field in dataclasses.fields(slim_settings.Settings)
  }
  if given["slim_epochs"] is None:
    given["slim_epochs"] = main.prune_epochs
  if given["whole_epochs"] is None:
    cutting = (given["cuts"] - 1) * given["cut_epochs"]
    given["whole_epochs"] = max(0, given["slim_epochs"] - cutting) // 2
  return slim_settings.Settings(
    **{k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
  )


def find_main_job(
  main_dir: str | None, slim_dir: str
) -> tuple[str, digits_job.Settings]:
  """Returns the folder of the main job, and its settings.

  Args:
    main_dir: What the user said, if anything.
    slim_dir: Beside which a short main job is run, if there is no other.

  Raises:
    ValueError: If there is a file of settings that is damaged.
  """
  if main_dir is not None:
    return main_dir, main_settings(main_dir, digits_job.Settings())
  beside = f"{os.path.normpath(slim_dir)}_main"
  if not _is_begun(beside) and _is_begun(_DEFAULT_MAIN_DIR):
    return _DEFAULT_MAIN_DIR, main_settings(_DEFAULT_MAIN_DIR, _QUICK)
  return beside, main_settings(beside, _QUICK)


def _is_begun(folder: str) -> bool:
  return (pathlib.Path(folder) / "settings.json").exists()


def main_settings(
  folder: str, default: digits_job.Settings
) -> digits_job.Settings:
  """Returns the settings that a main job was begun with.

  Args:
    folder: Its `--output_dir`.
    default: What is returned if there is none.

  Raises:
    ValueError: If there is a file of settings that is damaged.
  """
  path = pathlib.Path(folder) / "settings.json"
  if not path.exists():
    return default
  try:
    given = json.loads(path.read_text(encoding="utf-8"))
    given["targets"] = tuple(given["targets"])
    return digits_job.Settings(**given)
  except (KeyError, TypeError, ValueError):
    raise ValueError(
      f"{str(path)!r} is not of this version's main job; use another"
      " --main_dir."
    ) from None


def main(argv):
  """Runs the job that the flags describe."""
  if len(argv) > 1:
    raise app.UsageError(f"Unknown argument {argv[1]!r}; flags begin with --.")
  logging.set_verbosity(logging.WARNING)  # TFDS tells each file that it reads
  begun = time.time()
  try:
    main_dir, settings = find_main_job(_MAIN_DIR.value, _SLIM_DIR.value)
    slim = settings_of(flags.FLAGS, settings)
    dense = digits_job.DigitsJob(main_dir, settings)
    job = slim_job.SlimJob(_SLIM_DIR.value, slim, dense)
  except ValueError as error:
    sys.exit(f"slim_dcgan: {error}")
  job.run()
  print(f"Done in {time.time() - begun:.0f} s.")


if __name__ == "__main__":
  app.run(main)
