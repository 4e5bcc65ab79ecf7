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
"""Prunes a generator with every strategy, sparsity and seed, and compares.

  python -m examples.sweep --strategies=magnitude,taylor --sparsities=0.8,0.9

leaves a JSON line a run in `--sweep_dir`, three charts, and a table. Killed and
started again with the same flags, it goes on; more strategies, sparsities and
seeds are added to what is there. The main job's flags are its flags, too.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from absl import app, flags, logging  # noqa: E402

from examples import mnist_dcgan  # noqa: E402, F401 (its flags)
from tf_ganprune import files  # noqa: E402
from tf_ganprune.experiments import (  # noqa: E402
  digits_job,
  strategies,
  sweep_charts,
  sweep_job,
  sweep_summary,
)

_STRATEGIES = flags.DEFINE_list(
  "strategies",
  list(strategies.STRATEGIES),
  "Which, of "
  + ", ".join(f"{k} ({x.title})" for k, x in strategies.STRATEGIES.items())
  + "; dense and random are always there.",
)
_SPARSITIES = flags.DEFINE_list("sparsities", ["0.8", "0.9"], "Zeros' shares.")
SEEDS = flags.DEFINE_list("seeds", ["0", "1", "2"], "Of everything random.")
SWEEP_DIR = flags.DEFINE_string(
  "sweep_dir", "runs/sweep", "Where everything goes."
)
# The other flags are the main job's, with a network small enough for many runs.
DEFAULTS = {"width": 16, "epochs": 13, "prune_epochs": 13}
_NOT_HERE = {
  "output_dir": "use --sweep_dir",
  "final_sparsity": "use --sparsities",
  "prune": "use --strategies, where 'both' prunes the discriminator as well",
  "seed": "use --seeds",
  "targets": "files are for the CPU",
}


def settings() -> digits_job.Settings:
  """Returns the settings that the flags ask for.

  Raises:
    ValueError: If a flag of the main job's has no meaning here.
  """
  for name, remedy in _NOT_HERE.items():
    if flags.FLAGS[name].present:
      raise ValueError(f"--{name} is the main job's; {remedy}.")
  return digits_job.Settings.from_flags(flags.FLAGS)


def plan() -> list[sweep_job.Run]:
  """Returns the runs that the flags ask for.

  Raises:
    ValueError: If a flag will not do.
  """
  names, known = _STRATEGIES.value, strategies.STRATEGIES
  unknown = [name for name in names if name not in known]
  if unknown or not names:
    raise ValueError(
      f"--strategies must be some of {', '.join(known)}; got"
      f" {', '.join(unknown) or 'none'}."
    )
  sparsities = [_number("sparsities", x, float) for x in _SPARSITIES.value]
  seeds = [_number("seeds", x, int) for x in SEEDS.value]
  if not sparsities or not all(0 < x < 1 for x in sparsities):
    raise ValueError(
      f"--sparsities must be between 0 and 1; got {_SPARSITIES.value}."
    )
  if not seeds or min(seeds) < 0:
    raise ValueError(f"--seeds must be 0 or more; got {SEEDS.value}.")
  return sweep_job.grid(names, sparsities, seeds)


def _number(name: str, text: str, kind: type):
  try:
    return kind(text)
  except ValueError:
    raise ValueError(f"--{name} must be numbers; got {text!r}.") from None


def main(argv):
  """Runs the grid, and writes what it comes to."""
  if len(argv) > 1:
    raise app.UsageError(f"Unknown argument {argv[1]!r}; flags begin with --.")
  logging.set_verbosity(logging.WARNING)  # TFDS tells each file that it reads
  try:
    runs = plan()
    job = sweep_job.SweepJob(SWEEP_DIR.value, settings())
  except ValueError as error:
    sys.exit(f"sweep: {error}")
  for number, run in enumerate(runs, 1):
    line = job.measure(run)
    result = line["error"] or f"{line['frechet_distance']:.4g}"
    print(f"{number} of {len(runs)}: {run.name}: {result}", flush=True)
  rows = sweep_summary.summarize(job.found().values())
  sweep_charts.draw(rows, job.path)
  text = sweep_summary.table(rows)
  files.write(job.path / "table.md", (text + "\n").encode())
  print(text)


def set_defaults() -> None:
  """Makes the main job's flags default to a network for many runs."""
  for name, value in DEFAULTS.items():
    flags.FLAGS.set_default(name, value)


if __name__ == "__main__":
  set_defaults()
  app.run(main)
