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
"""Measures what each regularizer is worth on few images: 500 of mnist_5k.

  python -m benchmarks.quality.small_data --small_data_dir=runs/small_data

Each regularizer is compared with none, from the same networks, images and
first latents, after as many updates; the Fréchet distance is that to held-out
images, on the features of a classifier that has seen more of them than the
GANs. With `--small_data_sparsity=0.8` generators are pruned meanwhile, and
stand in a table of their own. Each run that ends is a line of `runs.jsonl`, so
the program can be killed and goes on; `--notrain_small_data` takes what is
there. It prints tables and writes the runs as JSON.
"""

import dataclasses
import functools
import json
import os
import pathlib
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow_model_optimization as tfmot  # noqa: E402
from absl import app, flags, logging  # noqa: E402

import tf_ganprune as tgp  # noqa: E402
from benchmarks import result_files, verdicts  # noqa: E402
from tf_ganprune import files, markdown_table, regularizers  # noqa: E402
from tf_ganprune.experiments import (  # noqa: E402
  dcgan_task,
  evaluation,
  fields,
  image_data,
  run_directory,
  spread,
)

_FLAG = "small_data_dir"
_DIR = flags.DEFINE_string(_FLAG, "runs/small_data", "Of the runs.")
_SEEDS = flags.DEFINE_list("small_data_seeds", ["0", "1", "2"], "Of each.")
_STEPS = flags.DEFINE_integer("small_data_steps", 4000, "Of a run.", 1)
_IMAGES = flags.DEFINE_integer("small_data_images", 500, "To train on.", 32)
_WIDTH = flags.DEFINE_integer("small_data_width", 32, "Of the networks.", 2)
_COMPARED = flags.DEFINE_integer("small_data_compared", 4000, "Images.", 4)
_ONLY = flags.DEFINE_list("small_data_only", None, "Names; by default all.")
_SPARSITY = flags.DEFINE_float(
  "small_data_sparsity", 0.0, "Of generators, at the end.", 0.0, 0.99
)
_TRAIN = flags.DEFINE_bool("train_small_data", True, "Train what is missing.")
_NONE = "none"
_RESULTS = "runs.jsonl"
_FREQUENCY = 50
_MEASURES = ("frechet_distance", "kernel_distance", "precision", "recall")


@dataclasses.dataclass(frozen=True)
class Run:
  """One training.

  Attributes:
    name: Of the regularizer, or "none".
    seed: Of everything random.
    sparsity: Of the generator, at the end.

  Example:
    `Run("R1", 0)`
  """

  name: str
  seed: int
  sparsity: float = 0.0


def contestants(steps: int, steps_per_epoch: int) -> dict[str, list]:
  """Returns what is compared, by name.

  Their arguments are those of the papers, but for what goes with the length of
  the training, and mirroring, which makes other digits of digits.

  Args:
    steps: How many updates there are.
    steps_per_epoch: In how many updates every image is seen once.
  """
  given = [
    regularizers.R1(),
    regularizers.GradientPenalty(),
    regularizers.DiffAugment(),
    regularizers.AdaptiveAugmentation(images=max(1, 8 * steps)),
    regularizers.LeCam(warm_up=steps // 10),
    regularizers.Consistency(policies=["translation"]),
    regularizers.TopK(frequency=steps_per_epoch),
  ]
  return {_NONE: [], **{type(one).__name__: [one] for one in given}}


def plan(names, seeds, sparsity: float = 0.0) -> list[Run]:
  """Returns the runs, one seed after the other, so that all have the first.

  Args:
    names: Of regularizers; "none" is always there.
    seeds: Of everything random.
    sparsity: Of all generators, at the end.
  """
  names = dict.fromkeys([_NONE, *names])
  return [Run(name, int(seed), sparsity) for seed in seeds for name in names]


class SmallData:
  """The runs of one folder.

  Example:
    `SmallData("runs/small_data", dcgan_task.Settings()).measure(Run("R1", 0))`
  """

  def __init__(self, folder, settings: dcgan_task.Settings, steps: int):
    """Opens the folder, which has one set of settings.

    Args:
      folder: Where runs and the classifier are kept.
      settings: Of every run, but for its seed.
      steps: How many updates a run has.
    """
    self._settings, self._steps = settings, steps
    known = fields.values(settings) | {"steps": steps}
    self._directory = run_directory.RunDirectory(folder, known, _FLAG)
    self._path = self._directory / _RESULTS

  @functools.cached_property
  def _evaluator(self) -> tgp.metrics.Evaluator:
    everything = image_data.ImageData(
      dataclasses.replace(self._settings, train_split="train")
    )
    network = evaluation.trained_classifier(
      self._directory, self._settings.seed, everything.real
    )
    return tgp.metrics.Evaluator(network, everything.test[0])

  def found(self) -> dict[Run, dict]:
    """Returns the lines that are there, by run."""
    if not self._path.exists():
      return {}
    lines = self._path.read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return {Run(x["name"], x["seed"], _sparsity(x)): x for x in found}

  def measure(self, run: Run) -> dict:
    """Trains and measures a run if that is not known yet; returns its line."""
    found = self.found()
    if run not in found:
      found[run] = self._measured(run)
      lines = "".join(json.dumps(x) + "\n" for x in found.values())
      files.write(self._path, lines.encode())
    return found[run]

  def _measured(self, run: Run) -> dict:
    evaluator = self._evaluator
    settings = dataclasses.replace(self._settings, seed=run.seed)
    data = image_data.ImageData(settings)
    steps_per_epoch = int(data.train_images.cardinality())
    given = contestants(self._steps, steps_per_epoch)[run.name]
    tgp.keras.utils.set_random_seed(run.seed)
    gan = _gan(settings, data.image_shape, given)
    if run.sparsity:
      gan = _pruned(gan, run.sparsity, self._steps)
    begun = time.perf_counter()
    gan.fit(data.train_images.repeat(), steps_per_epoch=self._steps, verbose=0)
    seconds = time.perf_counter() - begun
    images = gan.generate(settings.eval_images, seed=run.seed).numpy()
    measured = evaluator.evaluate(images)
    return {
      "name": run.name,
      "seed": run.seed,
      "sparsity": run.sparsity,
      **{name: float(measured[name]) for name in _MEASURES},
      "seconds": round(seconds, 1),
      "regularizers": [{"kind": one.kind, **one.get_config()} for one in given],
    }


def _gan(settings, image_shape, given) -> tgp.GAN:
  """Returns the main job's GAN, regularized, compiled as there."""
  latent_dim, width = settings.latent_dim, settings.width
  gan = tgp.GAN(
    tgp.networks.dcgan_discriminator(image_shape, width, settings.translation),
    tgp.networks.dcgan_generator(image_shape, latent_dim, width),
    latent_dim,
    ema_decay=settings.ema_decay,
    **({"regularizers": given} if given else {}),
  )
  adam = functools.partial(tgp.keras.optimizers.Adam, beta_1=0.0, beta_2=0.99)
  gan.compile(
    adam(settings.d_learning_rate),
    adam(settings.g_learning_rate),
    settings.loss,
  )
  return gan


def _pruned(gan: tgp.GAN, sparsity: float, steps: int) -> tgp.GAN:
  """Returns a GAN whose generator loses weights in half of its updates."""
  begin, end = (
    x // _FREQUENCY * _FREQUENCY for x in (steps // 5, 7 * steps // 10)
  )
  schedule = tfmot.sparsity.keras.PolynomialDecay(
    0.0, sparsity, begin, end, frequency=_FREQUENCY
  )
  pruned = tgp.prune_low_magnitude(gan.generator, schedule, allocation="lamp")
  return gan.replaced(generator=pruned)


def _sparsity(line: dict) -> float:
  """Returns the share of zeros of a run, which older lines do not name."""
  return line.get("sparsity", 0.0)


def table(lines: list[dict]) -> str:
  """Returns a table for each share of zeros, a line a regularizer.

  Args:
    lines: Of the runs.
  """
  parts = []
  for share in sorted({_sparsity(line) for line in lines}):
    title = f"With {share:.0%} zeros:\n\n" if share else ""
    some = [line for line in lines if _sparsity(line) == share]
    parts.append(title + _table(some))
  return "\n\n".join(parts)


def _table(lines: list[dict]) -> str:
  """Returns a line a regularizer in Markdown, the best first."""
  of_name = {}
  for line in lines:
    of_name.setdefault(line["name"], {})[line["seed"]] = line
  rows = []
  for name, runs in of_name.items():
    spreads = {
      measure: spread.over_seeds([run[measure] for run in runs.values()])
      for measure in _MEASURES
    }
    cells = [
      spread.text(spreads["frechet_distance"], ".3g"),
      _against(runs, of_name.get(_NONE, {})) if name != _NONE else "",
      *(spread.text(spreads[x], ".2f") for x in ("precision", "recall")),
    ]
    rows.append((spreads["frechet_distance"]["mean"], [name, *cells]))
  header = ["regularizer", "Fréchet distance ↓", "against none"]
  header += ["precision ↑", "recall ↑"]
  return markdown_table.text(header, [cells for _, cells in sorted(rows)])


def _against(runs: dict, without: dict) -> str:
  """Returns the mean ratio to none, and with how many seeds it is better."""
  ratios = [
    run["frechet_distance"] / without[seed]["frechet_distance"]
    for seed, run in runs.items()
    if seed in without
  ]
  if not ratios:
    return ""
  better = sum(ratio < 1 for ratio in ratios)
  mean = sum(ratios) / len(ratios)
  return f"{mean:.2f}, better with {better} of {len(ratios)}"


def settings() -> dcgan_task.Settings:
  """Returns what the flags say; the discriminator itself shifts no images."""
  return dcgan_task.Settings(
    train_split=f"train[:{_IMAGES.value}]",
    width=_WIDTH.value,
    translation=0.0,
    eval_images=_COMPARED.value,
  )


def main(argv):
  """Trains, prints and writes."""
  del argv
  logging.set_verbosity(logging.WARNING)
  job = SmallData(pathlib.Path(_DIR.value), settings(), _STEPS.value)
  given = {"steps": _STEPS.value, **fields.values(settings())}
  file = result_files.opened("small_data", {"settings": given})
  names = _ONLY.value or contestants(_STEPS.value, 1)
  sparsity = _SPARSITY.value
  runs = plan(names, _SEEDS.value, sparsity) if _TRAIN.value else []
  for number, run in enumerate(runs, 1):
    line = job.measure(run)
    print(
      f"{number} of {len(runs)}: {run.name}, seed {run.seed}:"
      f" {line['frechet_distance']:.3g} in {line['seconds']:.0f} s",
      flush=True,
    )
  lines = [{"sparsity": 0.0, **line} for line in job.found().values()]
  file.add({"runs": lines}, rows=["name", "seed", "sparsity"])
  print(verdicts.text(file.machines(), lambda record: table(record["runs"])))


if __name__ == "__main__":
  app.run(main)
