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
"""Compares the generator for sparse kernels with the DCGAN's, by their images.

  python -m benchmarks.quality.sparse_generator --sparse_dir=runs/sparse

trains the main job's GAN with either generator, equally long, on mnist_5k and
on the same digits at 32x32, each in two random colours. The sparse one is also
pruned to 80 % zeros in its 1x1 convolutions. Every run is kept and only read
the next time. The table is written as JSON.
"""

import dataclasses
import json
import pathlib

import numpy as np
import tensorflow as tf
from absl import app, flags, logging

import tf_ganprune as tgp
from benchmarks import result_files, verdicts
from tf_ganprune import files, markdown_table
from tf_ganprune.experiments import dcgan_task, experiment, spread

_RUNS_DIR = flags.DEFINE_string("sparse_dir", "runs/sparse", "Of the runs.")
_SEEDS = flags.DEFINE_list("sparse_seeds", ["0", "1", "2"], "Seeds.")
_TINTED_SEEDS = flags.DEFINE_list(
  "tinted_seeds", None, "Of the tinted digits; by default the same."
)
_DATA = flags.DEFINE_list("sparse_data", ["mnist_5k", "tinted"], "Data sets.")
_SIZE = 32
# Each is trained for a while, and then both dense and pruned.
_EPOCHS = {"mnist_5k": (26, 20), "tinted": (13, 10)}
_CONTESTANTS = (("dcgan", "dense"), ("sparse", "dense"), ("sparse", "pruned"))
_GOAL = 1.2


@dataclasses.dataclass(frozen=True)
class Run:
  """One generator on one data set.

  Attributes:
    data: `'mnist_5k'` or `'tinted'`.
    generator: As of `dcgan_task.Settings`.
    seed: Of everything random.

  Example:
    `Run("mnist_5k", "sparse", 0).name`
  """

  data: str
  generator: str
  seed: int

  @property
  def name(self) -> str:
    """Of its folder."""
    return f"{self.data}_{self.generator}_seed_{self.seed}"

  @property
  def networks(self) -> tuple[str, ...]:
    """What of it is measured."""
    return tuple(x for kind, x in _CONTESTANTS if kind == self.generator)


def tint(images: np.ndarray, seed: int) -> np.ndarray:
  """Returns digits in a random light colour each, on a random dark one.

  Args:
    images: In [-1, 1], `[n, height, width, 1]`.
    seed: Of the colours.

  Returns:
    Images, uint8, `[n, height, width, 3]`.
  """
  random = np.random.default_rng(seed)
  shape = (len(images), 1, 1, 3)
  paper, ink = random.uniform(0, 0.4, shape), random.uniform(0.4, 1, shape)
  share = (images + 1) / 2
  return np.round(255 * (paper + share * (ink - paper))).astype(np.uint8)


def make_tinted(folder: pathlib.Path) -> pathlib.Path:
  """Writes the tinted digits as an image folder, if they are not there."""
  finished = folder / "finished"
  if finished.exists():
    return folder
  for seed, split in enumerate(("train", "test")):
    images, labels = tgp.data.load_arrays(split=split, image_size=_SIZE)
    for label in sorted(set(labels)):
      files.make_directory(folder / split / str(label))
    tinted = tint(images, seed)
    for i, (image, label) in enumerate(zip(tinted, labels, strict=True)):
      png = tf.io.encode_png(image).numpy()
      (folder / split / str(label) / f"{i:04}.png").write_bytes(png)
  files.write(finished, b"")
  return folder


def settings(run: Run, folder: pathlib.Path) -> dcgan_task.Settings:
  """Returns those of a run's job.

  Args:
    run: The run.
    folder: Of all runs.
  """
  source = {}
  if run.data == "tinted":
    path = make_tinted(folder / "tinted_digits")
    source = {
      "dataset": "image_folder",
      "data_dir": str(path),
      "image_size": _SIZE,
    }
  epochs, prune_epochs = _EPOCHS[run.data]
  return dcgan_task.Settings(
    generator=run.generator,
    seed=run.seed,
    epochs=epochs,
    prune_epochs=prune_epochs,
    targets=("cpu",),
    **source,
  )


def measure(run: Run, folder: pathlib.Path) -> dict:
  """Returns what a run found; trains it if that is not known yet.

  Args:
    run: The run.
    folder: Of all runs.
  """
  path = folder / f"{run.name}.json"
  if not path.exists():
    found = _train(run, folder)
    files.write(path, json.dumps(found, indent=2).encode())
    print(run.name, found["frechet_distance"], flush=True)
  return json.loads(path.read_text(encoding="utf-8"))


def _train(run: Run, folder: pathlib.Path) -> dict:
  job = experiment.Experiment(
    dcgan_task.DCGAN, settings(run, folder), folder / run.name, _RUNS_DIR.name
  ).open()
  evaluator = job.evaluator()
  gans = job.train(run.networks)
  network = gans["dense"].ema_generator
  return {
    "macs": tgp.profile(network).macs,
    "params": network.count_params(),
    "updates": job.steps_per_epoch * sum(_EPOCHS[run.data]),
    "frechet_distance": {
      name: float(_distance(gan, evaluator, run.seed, job.settings.eval_images))
      for name, gan in gans.items()
    },
  }


def _distance(gan, evaluator, seed: int, num_images: int) -> float:
  images = gan.generate(num_images, seed=seed).numpy()
  return evaluator.evaluate(images)["frechet_distance"]


def summarize(found: dict[Run, dict]) -> list[dict]:
  """Returns a row for each data set and contestant.

  Args:
    found: What `measure` returned, by run.
  """
  rows = []
  for data in dict.fromkeys(run.data for run in found):
    for generator, network in _CONTESTANTS:
      runs = [
        result
        for run, result in found.items()
        if (run.data, run.generator) == (data, generator)
      ]
      values = [result["frechet_distance"][network] for result in runs]
      rows.append(
        {"data": data, "generator": generator, "network": network}
        | {key: runs[0][key] for key in ("macs", "params", "updates")}
        | {"frechet_distance": spread.over_seeds(values)}
      )
  return rows


def goals(rows: list[dict]) -> dict[str, bool]:
  """Returns by data set whether the sparse generator is about as good."""
  return {
    row["data"]: _share(row, rows) <= _GOAL for row in rows if _has_goal(row)
  }


def _has_goal(row: dict) -> bool:
  return (row["generator"], row["network"]) == ("sparse", "dense")


def _share(row: dict, rows: list[dict]) -> float:
  """Returns a row's distance, as a share of that of the DCGAN."""
  (base,) = (
    x["frechet_distance"]["mean"]
    for x in rows
    if (x["data"], x["generator"]) == (row["data"], "dcgan")
  )
  return row["frechet_distance"]["mean"] / base


def table(rows: list[dict]) -> str:
  """Returns the rows in Markdown."""
  header = (
    "images",
    "generator",
    "",
    "MACs",
    "weights",
    "Fréchet distance",
    "of the DCGAN's",
    "goal",
  )
  return markdown_table.text(header, [_line(row, rows) for row in rows])


def _line(row: dict, rows: list[dict]) -> list:
  share = _share(row, rows)
  return [
    row["data"],
    row["generator"],
    row["network"],
    f"{row['macs']:,}",
    f"{row['params']:,}",
    spread.text(row["frechet_distance"]),
    f"{share:.2f}",
    f"{_GOAL}: {verdicts.word(share <= _GOAL)}" if _has_goal(row) else "",
  ]


def _seeds() -> dict[str, list[int]]:
  """Returns the seeds of each data set."""
  seeds = [int(seed) for seed in _SEEDS.value]
  tinted = _TINTED_SEEDS.value
  return {
    "mnist_5k": seeds,
    "tinted": seeds if tinted is None else [int(seed) for seed in tinted],
  }


def main(argv):
  """Trains, prints and writes."""
  del argv
  logging.set_verbosity(logging.WARNING)
  folder = pathlib.Path(_RUNS_DIR.value)
  files.make_directory(folder)
  seeds = _seeds()
  file = result_files.opened(
    "sparse_generator", {"seeds": seeds, "goal": _GOAL}
  )
  runs = [
    Run(data, generator, seed)
    for data in _DATA.value
    for seed in seeds[data]
    for generator in ("dcgan", "sparse")
  ]
  rows = summarize({run: measure(run, folder) for run in runs})
  file.add({"rows": rows}, rows=["data", "generator", "network"])
  print(
    verdicts.text(
      file.machines(),
      lambda record: table(record["rows"]),
      lambda record: goals(record["rows"]),
    )
  )


if __name__ == "__main__":
  app.run(main)
