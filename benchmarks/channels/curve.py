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

  python -m benchmarks.channels.curve --curve_dir=runs/curve

For each seed the main job's GAN is trained for its first phase (begun). From
there on it is trained further as it is (dense), with more latents in an update
(dense_latents), or its generator is cut to a fraction of the MACs and learns
from what it was (slim), for as many updates. In the first of these the slim one
is still whole, with as many latents as after the cut. A network of the slim
one's widths is trained from scratch for the updates of both phases, with as
many latents in an update of each. Every run is kept and only read the next
time, so the program can be killed, and two can share the seeds. The table is
written as JSON.
"""

import dataclasses
import json
import pathlib
import sys

from absl import app, flags, logging

import tf_ganprune as tgp
from benchmarks import result_files, verdicts
from benchmarks.channels import curve_plan, curve_table
from tf_ganprune import files
from tf_ganprune.experiments import (
  dcgan_task,
  experiment,
  handover,
  run_directory,
  slim,
  training,
)
from tf_ganprune.report import machine

_RUNS_DIR = flags.DEFINE_string("curve_dir", "runs/curve", "Of the runs.")
_ROW = ("kind", "ratio", "discriminator", "teacher")


def measure(run: curve_plan.Run, folder: pathlib.Path) -> dict:
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
    where = {"machine": machine.text()}
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


def _settings(run: curve_plan.Run) -> dict:
  """Returns what decides a run's numbers, as JSON has it."""
  settings = {"main": run.main}
  if run.kind not in ("begun", "dense"):
    settings["slim"] = run.slim
  as_dicts = {k: _as_dict(v) for k, v in settings.items()}
  return json.loads(json.dumps(as_dicts))


def _as_dict(settings) -> dict:
  """Returns settings without those of the phase, which stand apart."""
  found = dataclasses.asdict(settings)
  found.pop("slim", None)
  return found


def _train(run: curve_plan.Run, folder: pathlib.Path) -> dict:
  settings = run.main
  main = experiment.Experiment(
    dcgan_task.DCGAN, settings, folder / f"seed_{run.seed}", _RUNS_DIR.name
  ).open()
  evaluator = main.evaluator()
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


def _epochs(run: curve_plan.Run, settings: dcgan_task.Settings) -> int:
  """Returns how long a run's generator was trained in all."""
  if run.kind == "begun":
    return settings.epochs
  if run.kind == "whole":
    return settings.epochs + run.slim.whole_epochs
  is_small = run.kind in ("slim", "scratch")
  then = run.slim.slim_epochs if is_small else settings.prune_epochs
  return settings.epochs + then


def _dense_gan(run: curve_plan.Run, folder, main) -> tgp.GAN:
  """Trains the dense GAN on with as many latents as the slim one gets."""
  main.train(("begin",))
  directory = run_directory.RunDirectory(
    folder / run.name,
    main.all_settings()
    | {
      "kind": run.kind,
      "generator_batch_size": curve_plan.LATENTS.value,
    },
    _RUNS_DIR.name,
  )
  phase = training.Phase(
    "dense",
    main.settings.prune_epochs,
    lambda: main.load("begin").replaced(
      generator_batch_size=curve_plan.LATENTS.value
    ),
    main.settings.epochs,
  )
  return main.train_phase(directory, phase)


def _job(run: curve_plan.Run, folder, main) -> slim.Slim:
  """Returns the phase in a folder of its own, and in one of what it cuts."""
  names = ("whole_epochs", "generator_batch_size")
  shared = {name: getattr(run.slim, name) for name in names}
  whole = "_".join(map(str, ("whole", *shared.values(), "seed", run.seed)))
  directories = [
    run_directory.RunDirectory(
      folder / path,
      main.all_settings()
      | {f"slim_{key}": value for key, value in how.items()},
      _RUNS_DIR.name,
    )
    for path, how in (
      (run.name, json.loads(json.dumps(dataclasses.asdict(run.slim)))),
      (whole, shared),
    )
  ]
  job = slim.Slim(main, run.slim, *directories)
  job.check()
  return job


def _slim_gan(run: curve_plan.Run, folder, main) -> tgp.GAN:
  settings = run.slim
  job = _job(run, folder, main)
  if run.kind == "slim":
    main.train(("begin", *job.needed))
    return job.train()
  main.train(("begin",))
  first, then = main.settings.epochs, settings.slim_epochs
  phases = [
    training.Phase("scratch_begin", first, lambda: _scratch_gan(job, main)),
    training.Phase(
      "scratch",
      then,
      lambda: job.run_directory.load("scratch_begin.keras").replaced(
        generator_batch_size=settings.generator_batch_size
      ),
      first,
    ),
  ]
  for phase in phases:
    gan = main.train_phase(job.run_directory, phase)
  return gan


def _scratch_gan(job: slim.Slim, main) -> tgp.GAN:
  """Returns a new GAN of the slim one's widths, trained as fast."""
  gan = main.load("begin")
  smaller = job.smaller("generator", gan.ema_generator, job.settings.macs, gan)
  networks = {"generator": tgp.keras.models.clone_model(smaller)}
  new = main.task.gan(main.task.networks() | networks)
  rate = job.settings.slim_learning_rate
  return new.replaced(handover.renewed(new, networks, rate))


def main(argv):
  """Trains, prints and writes."""
  del argv
  logging.set_verbosity(logging.WARNING)
  folder = pathlib.Path(_RUNS_DIR.value)
  try:
    runs = curve_plan.plan()
    file = result_files.ResultFile("channel_curve", _common())
    files.make_directory(folder)
    found = {run: measure(run, folder) for run in runs}
    file.add({"summary": curve_table.summarize(found)}, rows=_ROW)
  except ValueError as error:
    sys.exit(f"curve: {error}")
  print(
    verdicts.text(
      file.machines(),
      lambda record: curve_table.table(record["summary"]),
      lambda record: curve_table.goals(record["summary"]),
    )
  )


def _common() -> dict:
  """Returns the settings that all runs have in common."""
  return {
    "settings": _as_dict(curve_plan.Run(0, "dense").main),
    "slim_settings": dataclasses.asdict(curve_plan.Run(0, "slim", 16).slim),
    "seeds": [int(seed) for seed in curve_plan.SEEDS.value],
  }


if __name__ == "__main__":
  app.run(main)
