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

cuts the channels of the dense generator that `examples.mnist_dcgan` left in
`--main_dir` (and trains it, if it is not there), lets what is left learn from
the dense one, exports, and writes `report.html`, which sets the dense, the
pruned and the slim network side by side. Killed and started again with the same
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
from examples import digits_job, limits, slim_job  # noqa: E402

_D = slim_job.Settings()

_SLIM_DIR = flags.DEFINE_string(
  "slim_dir", "runs/slim_dcgan", "Where everything goes."
)
_MAIN_DIR = flags.DEFINE_string(
  "main_dir", "runs/mnist_dcgan", "The main job's --output_dir."
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
  _D.slim_epochs,
  "Epochs from the first cut on; those of the dense network are"
  " --prune_epochs of the main job.",
)
flags.DEFINE_float(
  "slim_learning_rate", _D.slim_learning_rate, "Adam's, of the slim generator."
)
flags.DEFINE_integer(
  "generator_batch_size",
  _D.generator_batch_size,
  "Latents in an update of the slim generator.",
)
flags.DEFINE_multi_enum(
  "distillation",
  list(_D.distillation),
  sorted(tgp.distillation.LOSSES),
  "What the slim generator learns from the dense one.",
)
flags.DEFINE_multi_float("weights", list(_D.weights), "Of each --distillation.")
flags.DEFINE_enum(
  "discriminator",
  _D.discriminator,
  ["kept", "new", "shrunk"],
  "The slim generator's: the dense one's, a new one, or half of its channels.",
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
    if rule:
      raise flags.ValidationError(rule + ".")
    return True

  flags.register_validator(name, check)


for _name in limits.SLIM_LIMITS:
  _register_validator(_name)


def slim_settings(values) -> slim_job.Settings:
  """Returns the settings that flags describe.

  Args:
    values: With an attribute for each field.
  """
  given = {
    field.name: getattr(values, field.name)
    for field in dataclasses.fields(slim_job.Settings)
  }
  return slim_job.Settings(
    **{k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
  )


def main_settings(folder: str) -> digits_job.Settings:
  """Returns the settings that a main job was begun with, or the default ones.

  Args:
    folder: Its `--output_dir`.

  Raises:
    ValueError: If there is a file of settings that is damaged.
  """
  path = pathlib.Path(folder) / "settings.json"
  if not path.exists():
    return digits_job.Settings()
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
    settings = main_settings(_MAIN_DIR.value)
    dense = digits_job.DigitsJob(_MAIN_DIR.value, settings)
    job = slim_job.SlimJob(_SLIM_DIR.value, slim_settings(flags.FLAGS), dense)
  except ValueError as error:
    sys.exit(f"slim_dcgan: {error}")
  job.run()
  print(f"Done in {time.time() - begun:.0f} s.")


if __name__ == "__main__":
  app.run(main)
