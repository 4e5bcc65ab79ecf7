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
"""Runs an example program with several seeds, and controls beside its GANs.

  python -m benchmarks.quality.job_seeds --job=conditional_gan

prints mean and spread of each network, and whether goals are met, and writes
them as JSON. Runs that are finished are only read, so a program that was killed
goes on. `job_plans` has the controls, such as a dense network with the teacher
and the new discriminator that the pruned ones have.
"""

import json
import pathlib
import subprocess
import sys

from absl import app, flags, logging

import tf_ganprune as tgp
from benchmarks import result_files, verdicts
from benchmarks.quality import job_plans
from tf_ganprune import markdown_table
from tf_ganprune.experiments import experiment, exporting, spread

_JOB = flags.DEFINE_enum(
  "job", "mnist_dcgan", sorted(job_plans.JOBS), "The example program."
)
_RUNS_DIR = flags.DEFINE_string(
  "runs_dir", None, "Of the runs; by default runs/ and the job's name."
)
_SEEDS = flags.DEFINE_integer("num_seeds", 3, "How many seeds.", 2)
_DATA_DIR = flags.DEFINE_string(
  "job_data_dir", None, "The folder of the data, as --data_dir of the job."
)
_TIMES = flags.DEFINE_bool(
  "times", True, "Of files; leave them out if something else ran meanwhile."
)
_METRICS = "metrics.json"
_CONTROL = "control.json"
_ROWS = {
  "accuracy": job_plans.ACCURACY,
  "gain": job_plans.GAIN,
  "label_accuracy": job_plans.LABELS,
  "frechet_distance": job_plans.FRECHET,
  "intra_class_frechet_distance": "Fréchet distance in classes ↓",
  "kernel_distance": "Kernel distance ↓",
  "inception_score": "Inception Score ↑",
  "precision": "Precision ↑",
  "recall": "Recall ↑",
}
_SHARES = ("label_accuracy",)  # which are shown in percent


def read(job: job_plans.Job, folder: pathlib.Path, seed: int) -> dict:
  """Returns what a seed's job and its controls found; runs what is missing.

  Args:
    job: With its controls.
    folder: Of all runs.
    seed: Of everything random.
  """
  run = folder / f"seed_{seed}"
  if not (run / _METRICS).exists():
    command = [sys.executable, "-m", f"examples.{job.task.name}"]
    given = {"output_dir": run, "seed": seed, **_shared(job)}
    if subprocess.run([*command, *_as_flags(given)]).returncode:
      sys.exit(
        f"job_seeds: examples.{job.task.name} with --seed={seed} ended with an"
        " error, which stands above; runs that are finished stay. Start this"
        " program again to go on."
      )
  found = _json(run / _METRICS)
  for name, control in job.controls.items():
    place = folder / f"{name.translate(_PLAIN)}_{seed}"
    found["contestants"][name] = _control(job, control, run, place, seed)
  return found


_PLAIN = str.maketrans(" /", "__", ",")


def _shared(job: job_plans.Job) -> dict:
  """Returns flags of the program that all runs of a job have."""
  where = {"data_dir": _DATA_DIR.value} if _DATA_DIR.value else {}
  return {**job.flags, **where}


def _as_flags(given: dict) -> list[str]:
  """Returns flags as a shell takes them; lists are flags that are repeated."""
  return [
    f"--{name}={one}"
    for name, value in given.items()
    for one in (value if isinstance(value, list) else [value])
  ]


def _control(job, control, run, place, seed: int) -> dict:
  """Returns what a control found, which is trained if it has not been."""
  if (place / _CONTROL).exists():
    return _json(place / _CONTROL)
  shared = {"seed": seed, **_shared(job)}
  first = job.settings(shared)
  base = experiment.Experiment(job.task, first, run, "runs_dir")
  given = {"phases": [control.contestant], **control.flags}
  settings = job.settings({**shared, **given})
  if control.contestant == "dense":
    other = experiment.Experiment(job.task, settings, place, "runs_dir")
  else:
    other = base.extended(settings, place, "runs_dir")
  other.open()
  gan = other.train((control.contestant,))[control.contestant]
  networks = base.task.exported(gan)
  found = {
    "metrics": base.open().task.measure(gan, base.evaluator()),
    "zeros": exporting.sparsity_of(networks).overall,
    "macs": sum(tgp.profile(x).macs for x in networks.values()),
    "files": [],
  }
  other.run_directory.write_json(_CONTROL, found)
  tgp.keras.backend.clear_session()
  return _json(place / _CONTROL)


def _json(path: pathlib.Path) -> dict:
  return json.loads(path.read_text(encoding="utf-8"))


def summarize(runs: list[dict], times: bool = True) -> dict:
  """Returns mean and standard deviation of every number, by network.

  Args:
    runs: What each seed's job found.
    times: Whether the files' milliseconds are among the numbers.
  """
  return {
    name: {
      row: spread.over_seeds([values[row] for values in of_runs])
      for row in of_runs[0]
    }
    for name in runs[0]["contestants"]
    for of_runs in [[_numbers(run["contestants"][name], times) for run in runs]]
  }


def _numbers(contestant: dict, times: bool) -> dict[str, float]:
  numbers = _scores(contestant["metrics"])
  numbers["Zeros, %"] = 100 * contestant["zeros"]
  numbers["MACs, thousand"] = contestant["macs"] / 1e3
  for file in contestant["files"]:
    target = f"`{file['target']}`"
    numbers[f"{target}, kB"] = file["num_bytes"] / 1e3
    numbers[f"{target} gzipped, kB"] = file["gzip_bytes"] / 1e3
    if times and file["median_ms"] is not None:
      numbers[f"{target}, ms"] = file["median_ms"]
    for title, value in _scores(file.get("scores", {})).items():
      numbers[job_plans.of_file(target, title)] = value
  return numbers


def _scores(found: dict) -> dict[str, float]:
  """Returns measures of quality by their rows' titles."""
  return {
    title: found[name] * (100 if name in _SHARES else 1)
    for name, title in _ROWS.items()
    if name in found
  }


def table(summary: dict) -> str:
  """Returns the summary in Markdown."""
  names = list(summary)
  lines = []
  for row in summary[names[0]]:
    spreads = [summary[name].get(row) for name in names]
    cells = ["" if x is None else spread.text(x) for x in spreads]
    lines.append([row, *cells])
  return markdown_table.text(["", *names], lines)


def goals(job: job_plans.Job, summary: dict) -> dict[str, bool]:
  """Returns by their sentences which goals of a job are met."""
  means = {
    name: {row: value["mean"] for row, value in rows.items()}
    for name, rows in summary.items()
  }
  return {sentence: is_met(means) for sentence, is_met in job.goals.items()}


def _text(job: job_plans.Job, summary: dict) -> str:
  """Returns the table, and one of goals if the job has some."""
  found = goals(job, summary)
  if not found:
    return table(summary)
  rows = [[sentence, verdicts.word(x)] for sentence, x in found.items()]
  return f"{table(summary)}\n\n{markdown_table.text(['goal', ''], rows)}"


def main(argv):
  """Runs, prints and writes."""
  del argv
  logging.set_verbosity(logging.WARNING)  # TFDS logs each file that it reads
  job = job_plans.JOBS[_JOB.value]
  folder = pathlib.Path(_RUNS_DIR.value or f"runs/{_JOB.value}_seeds")
  runs = [read(job, folder, seed) for seed in range(_SEEDS.value)]
  summary = summarize(runs, _TIMES.value)
  ours = ("seed", "data_dir")  # of one run, and of one machine
  settings = {k: v for k, v in runs[-1]["settings"].items() if k not in ours}
  seeds = [run["settings"]["seed"] for run in runs]
  file = result_files.opened(
    f"{_JOB.value}_seeds",
    {"settings": settings | {"seeds": seeds}},
    machine=runs[0]["machine"],
    is_timed=False,
  )
  file.add(
    {
      "steps_per_epoch": runs[0]["steps_per_epoch"],
      "seconds": [run["seconds"] for run in runs] if _TIMES.value else None,
      "notes": [run["notes"] for run in runs],
      "summary": summary,
    }
  )
  print(
    verdicts.text(
      file.machines(),
      lambda record: _text(job, record["summary"]),
      lambda record: goals(job, record["summary"]),
    )
  )


if __name__ == "__main__":
  app.run(main)
