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
"""Measures image quality against MACs: cut and distilled, or from scratch.

  python -m benchmarks.channel_curve --curve_dir=runs/curve

For each seed the main job's GAN is trained for its first phase (begun). From
there on it is trained further as it is (dense), with more latents in an update
(dense_latents), or its generator is cut to a fraction of the MACs and learns
from what it was (slim), for as many updates. In the first of these the slim one
is still whole, with as many latents as after the cut. A network of the slim
one's widths is trained from scratch for the updates of both phases, with as
many latents in an update of each. Every run is kept and only read the next
time, so the program can be killed, and two can share the seeds. The table is
written as JSON beside this file.
"""

import dataclasses
import json
import pathlib
import sys

from absl import app, flags, logging

import tf_ganprune as tgp
from benchmarks import contest, curve_table
from examples import (
  digits_job,
  exporting,
  limits,
  run_directory,
  slim_job,
  slim_settings,
  training,
)
from tf_ganprune import files

_DEFAULT = slim_settings.Settings()
_RUNS_DIR = flags.DEFINE_string("curve_dir", "runs/curve", "Of the runs.")
_SEEDS = flags.DEFINE_list("curve_seeds", ["0", "1", "2"], "Seeds.")
_RATIOS = flags.DEFINE_list(
  "ratios", ["16", "4", "8", "24", "40"], "Times fewer MACs."
)
_KINDS = flags.DEFINE_list(
  "kinds", ["slim", "dense_latents", "scratch"], "What to train."
)
_SCRATCH_RATIOS = flags.DEFINE_list(
  "scratch_ratios", None, "Where to train from scratch; by default at all."
)
_LATENTS = flags.DEFINE_integer(
  "curve_latents",
  256,
  "In an update after the first phase, of all but dense; the example has fewer,"
  " to be quick.",
  1,
)
_WHOLE = flags.DEFINE_integer(
  "curve_whole_epochs",
  _DEFAULT.whole_epochs,
  "In which the slim generator is still whole.",
  0,
)
_OTHERS = flags.DEFINE_list(
  "others",
  [],
  "Other discriminators and teachers than the example's to try at the first"
  " ratio, as in kept:whole.",
)


@dataclasses.dataclass(frozen=True)
class Run:
  """One training.

  Attributes:
    seed: Of everything random.
    kind: `'begun'`, `'whole'` (what is cut), `'dense'`, `'dense_latents'`
      (trained on with as many latents in an update as the slim one), `'slim'`
      or `'scratch'`.
    ratio: Times fewer MACs.
    discriminator: As of `slim_settings.Settings`.
    teacher: As well.

  Example:
    `Run(0, "slim", 16).name`
  """

  seed: int
  kind: str
  ratio: float = 1
  discriminator: str = _DEFAULT.discriminator
  teacher: str = _DEFAULT.teacher

  @property
  def name(self) -> str:
    """Of its folder."""
    parts = [self.kind, f"{self.ratio:g}"]
    if self.kind == "slim":
      parts += [self.discriminator, self.teacher]
    return "_".join([*parts, f"seed_{self.seed}"])


def measure(run: Run, folder: pathlib.Path) -> dict:
  """Returns what a run found; trains it if that is not known yet.

  Args:
    run: The run.
    folder: Of all runs.

  Raises:
    ValueError: If it was trained with other settings than today's.
  """
  path = folder / f"{run.name}.json"
  settings = _settings(run)
  if not path.exists():
    where = {"machine": exporting.machine()}
    found = _train(run, folder) | {"settings": settings} | where
    files.write(path, json.dumps(found, indent=2).encode())
    print(run.name, found["metrics"]["frechet_distance"], flush=True)
  found = _read(path)
  if found.get("settings", settings) != settings:
    raise ValueError(
      f"{str(path)!r} was found with other settings ({found['settings']}) than"
      f" {settings}; use another --curve_dir."
    )
  return found


def _read(path: pathlib.Path) -> dict:
  try:
    return json.loads(path.read_text(encoding="utf-8"))
  except ValueError:
    raise ValueError(
      f"{str(path)!r} is damaged; delete it, and what it says is found again."
    ) from None


def _settings(run: Run) -> dict:
  """Returns what decides a run's numbers, as JSON has it."""
  settings = {"main": _main_settings(run)}
  if run.kind not in ("begun", "dense"):
    settings["slim"] = _slim_settings(run)
  as_dicts = {k: dataclasses.asdict(v) for k, v in settings.items()}
  return json.loads(json.dumps(as_dicts))


def _main_settings(run: Run) -> digits_job.Settings:
  return digits_job.Settings(seed=run.seed, targets=("cpu",))


def _slim_settings(run: Run) -> slim_settings.Settings:
  return slim_settings.Settings(
    macs=1 / run.ratio,
    discriminator=run.discriminator,
    teacher=run.teacher,
    generator_batch_size=_LATENTS.value,
    whole_epochs=_WHOLE.value,
    slim_targets=("cpu",),
  )


def _train(run: Run, folder: pathlib.Path) -> dict:
  settings = _main_settings(run)
  main = digits_job.DigitsJob(
    folder / f"seed_{run.seed}", settings, _RUNS_DIR.name
  ).open()
  evaluator, _ = main.evaluator()
  if run.kind == "begun":
    gan = main.train(("begin",))["begin"]
  elif run.kind == "dense":
    gan = main.train(("begin", "dense"))["dense"]
  elif run.kind == "whole":
    main.train(("begin",))
    gan = _job(run, folder, main).train_whole()
  elif run.kind == "dense_latents":
    gan = _dense_gan(run, folder, main)
  else:
    gan = _slim_gan(run, folder, main)
  images = gan.generate(settings.eval_images, seed=run.seed).numpy()
  metrics = evaluator.evaluate(images)
  profile = tgp.profile(gan.ema_generator)
  return {
    "metrics": {name: float(value) for name, value in metrics.items()},
    "macs": profile.macs,
    "params": profile.params,
    "widths": [
      layer.output_shape[-1] for layer in profile.layers if layer.macs
    ],
    "updates": _epochs(run, settings) * main.steps_per_epoch,
  }


def _epochs(run: Run, settings: digits_job.Settings) -> int:
  """Returns how long a run's generator was trained in all."""
  if run.kind == "begun":
    return settings.epochs
  if run.kind == "whole":
    return settings.epochs + _slim_settings(run).whole_epochs
  is_small = run.kind in ("slim", "scratch")
  then = _slim_settings(run).slim_epochs if is_small else settings.prune_epochs
  return settings.epochs + then


def _dense_gan(run: Run, folder, main) -> tgp.GAN:
  """Trains the dense GAN on with as many latents as the slim one gets."""
  main.train(("begin",))
  tgp.keras.utils.set_random_seed(run.seed)
  directory = run_directory.RunDirectory(
    folder / run.name,
    main.all_settings()
    | {
      "kind": run.kind,
      "generator_batch_size": _LATENTS.value,
    },
    _RUNS_DIR.name,
  )
  phase = training.Phase(
    "dense",
    main.settings.prune_epochs,
    lambda: training.changed(
      main.run_directory.load("begin.keras"),
      generator_batch_size=_LATENTS.value,
    ),
    main.settings.epochs,
  )
  return training.train(directory, phase, main.train_images)


def _job(run: Run, folder, main) -> slim_job.SlimJob:
  whole = folder / f"whole_{_WHOLE.value}_{_LATENTS.value}_seed_{run.seed}"
  settings, flag = _slim_settings(run), _RUNS_DIR.name
  return slim_job.SlimJob(folder / run.name, settings, main, whole, flag)


def _slim_gan(run: Run, folder, main) -> tgp.GAN:
  settings = _slim_settings(run)
  job = _job(run, folder, main)
  if run.kind == "slim":
    main.train(job.needed)
    return job.train()
  main.train(("begin",))
  tgp.keras.utils.set_random_seed(run.seed)
  first, then = main.settings.epochs, settings.slim_epochs
  phases = [
    training.Phase("scratch_begin", first, lambda: _scratch_gan(job, main)),
    training.Phase(
      "scratch",
      then,
      lambda: training.changed(
        job.run_directory.load("scratch_begin.keras"),
        generator_batch_size=settings.generator_batch_size,
      ),
      first,
    ),
  ]
  for phase in phases:
    gan = training.train(job.run_directory, phase, main.train_images)
  return gan


def _scratch_gan(job: slim_job.SlimJob, main) -> tgp.GAN:
  """Returns a new GAN of the slim one's widths, trained as fast."""
  whole = main.run_directory.load("begin.keras").ema_generator
  smaller = job.smaller(whole, job.settings.macs)
  gan = main.begin(tgp.keras.models.clone_model(smaller))
  main.compile(gan, job.settings.slim_learning_rate)
  return gan


def plan() -> list[Run]:
  """Returns the runs that the flags ask for, the most telling first.

  Raises:
    ValueError: If there is none with such settings.
  """
  seeds = [int(seed) for seed in _SEEDS.value]
  ratios = [float(ratio) for ratio in _RATIOS.value]
  kinds = ("dense", "begun", "whole") if _WHOLE.value else ("dense", "begun")
  runs = [Run(seed, kind) for kind in kinds for seed in seeds]
  scratch = [float(x) for x in _SCRATCH_RATIOS.value or ratios]
  for ratio in ratios:
    for kind in _KINDS.value:
      if kind == "scratch" and ratio not in scratch:
        continue
      if kind != "dense_latents":
        runs += [Run(seed, kind, ratio) for seed in seeds]
      elif ratio == ratios[0]:
        runs += [Run(seed, kind) for seed in seeds]
  runs += [
    Run(seed, "slim", ratios[0], discriminator, teacher)
    for discriminator, teacher in map(_pair, _OTHERS.value)
    for seed in seeds
  ]
  for run in runs:
    limits.check(_slim_settings(run), limits.SLIM_LIMITS)
    _check_whole(_slim_settings(run))
  return runs


def _check_whole(settings: slim_settings.Settings) -> None:
  if settings.whole_epochs >= settings.slim_epochs:
    raise ValueError(
      f"--{_WHOLE.name} {settings.whole_epochs} leaves nothing of the"
      f" {settings.slim_epochs} epochs after the first phase to the slim"
      " generator; lower it."
    )


def _pair(text: str) -> tuple[str, str]:
  """Returns a discriminator and a teacher.

  Raises:
    ValueError: If there is not one of each.
  """
  names = text.split(":")
  if len(names) != 2:
    raise ValueError(
      f"--others has {text!r}; give a discriminator and a teacher, as in"
      " kept:whole."
    )
  return names[0], names[1]


def main(argv):
  """Trains, prints and writes."""
  del argv
  logging.set_verbosity(logging.WARNING)
  folder = pathlib.Path(_RUNS_DIR.value)
  try:
    runs = plan()
    files.make_directory(folder)
    found = {run: measure(run, folder) for run in runs}
  except ValueError as error:
    sys.exit(f"channel_curve: {error}")
  summary = curve_table.summarize(found)
  print(curve_table.table(summary))
  result = {
    "settings": dataclasses.asdict(_main_settings(Run(0, "dense"))),
    "slim_settings": dataclasses.asdict(_slim_settings(Run(0, "slim", 16))),
    "seeds": [int(seed) for seed in _SEEDS.value],
    "summary": summary,
  }
  contest.write(__file__, result)


if __name__ == "__main__":
  app.run(main)
