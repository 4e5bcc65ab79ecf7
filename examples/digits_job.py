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
"""The main job: two GANs from one beginning, one of them pruned, compared."""

import dataclasses
import os
import time

import numpy as np

import tf_ganprune as tgp
from examples import evaluation, exporting, limits, run_directory, training


@dataclasses.dataclass(frozen=True)
class Settings:
  """What decides the results; the flags of `mnist_dcgan` say what they mean."""

  dataset: str = "mnist_5k"
  data_dir: str | None = None
  train_split: str = "train"
  test_split: str = "test"
  image_size: int | None = None
  latent_dim: int = 64
  width: int = 32
  translation: float = 0.1
  batch_size: int = 32
  loss: str = "hinge"
  r1_weight: float = 0.0
  d_learning_rate: float = 2e-3
  g_learning_rate: float = 2e-3
  ema_decay: float = 0.998
  epochs: int = 26
  prune_epochs: int = 20
  prune: str = "generator"
  final_sparsity: float = 0.8
  frequency: int = 50
  feature_model: str | None = None
  eval_images: int = 4000
  targets: tuple[str, ...] = tuple(tgp.EXPORT_TARGETS)
  seed: int = 0

  @classmethod
  def from_flags(cls, flags) -> "Settings":
    """Takes every field from the flag of its name."""
    values = {f.name: getattr(flags, f.name) for f in dataclasses.fields(cls)}
    return cls(**values | {"targets": tuple(values["targets"])})

  @property
  def pruned_networks(self) -> tuple[str, ...]:
    """The names of the networks that are pruned."""
    both = ("generator", "discriminator")
    return both if self.prune == "both" else (self.prune,)


class DigitsJob:
  """The job; what can be refused is refused by the constructor.

  Example:
    `DigitsJob("runs/digits", Settings(epochs=1, prune_epochs=1)).run()`
  """

  def __init__(self, output_dir: str | os.PathLike, settings: Settings):
    """Checks everything, then loads the data and makes the folder.

    Args:
      output_dir: Where everything goes.
      settings: How.

    Raises:
      ValueError: If the data, the folder or the settings will not do.
    """
    limits.check(settings)
    tgp.keras.utils.set_random_seed(settings.seed)
    self.settings = settings
    self._open_data()
    self._schedule()
    self._test = tgp.data.load_arrays(split=settings.test_split, **self._source)
    self._feature_model = evaluation.given_feature_model(
      settings.feature_model, self._test[1]
    )
    self.run_directory = run_directory.RunDirectory(
      output_dir,
      {**dataclasses.asdict(settings), "targets": [*settings.targets]},
    )
    self.seconds = {}

  def run(self) -> tgp.report.Comparison:
    """Does everything, and returns what was found."""
    if self.run_directory.resumed:
      print(f"Going on with the run in {self.run_directory.path}.")
    evaluator, notes = self._timed("classifier", self._evaluator)
    gans = self._timed("training", self._train)
    metrics, collapses = self._timed(
      "evaluation", lambda: self._evaluate(evaluator, gans)
    )
    notes += collapses
    files, refused = self._timed("export", lambda: self._export(gans))
    comparison = self._compare(gans, metrics, files, notes + refused)
    self._write(comparison, metrics)
    return comparison

  def _open_data(self):
    """Finds the images, and refuses what cannot be trained on them."""
    settings = self.settings
    self._source = {
      "name": settings.dataset,
      "image_size": settings.image_size,
      "data_dir": settings.data_dir,
    }
    print(f"Data: {settings.dataset}.")
    held_out = tgp.data.load(
      split=settings.test_split, batch_size=1, **self._source
    )
    self._image_shape = tuple(held_out.element_spec.shape[1:])
    self._train_images = tgp.data.load(
      split=settings.train_split,
      batch_size=settings.batch_size,
      seed=settings.seed,
      drop_remainder=True,
      **self._source,
    )
    self._steps_per_epoch = int(self._train_images.cardinality())
    limits.check_sizes(
      settings,
      self._image_shape,
      0
      if settings.feature_model
      else self._steps_per_epoch * settings.batch_size,
      int(held_out.cardinality()),
    )

  def _networks(self):
    shape = self._image_shape
    return {
      "generator": tgp.networks.dcgan_generator(
        shape, self.settings.latent_dim, self.settings.width
      ),
      "discriminator": tgp.networks.dcgan_discriminator(
        shape, self.settings.width, self.settings.translation
      ),
    }

  def _schedule(self):
    """Prunes over the first 70 % of the steps, and lets the rest recover."""
    from tensorflow_model_optimization import sparsity  # noqa: PLC0415

    settings = self.settings
    steps = settings.prune_epochs * self._steps_per_epoch
    turns = int(0.7 * steps) // settings.frequency
    if turns < 1:
      raise ValueError(
        f"--frequency {settings.frequency} leaves no pruning in"
        f" {int(0.7 * steps)} of the {steps} steps of --prune_epochs"
        f" {settings.prune_epochs}; lower the one or raise the other."
      )
    return sparsity.keras.PolynomialDecay(
      initial_sparsity=0.0,
      final_sparsity=settings.final_sparsity,
      begin_step=0,
      end_step=turns * settings.frequency,
      frequency=settings.frequency,
    )

  def _begin(self) -> tgp.GAN:
    settings = self.settings
    gan = tgp.GAN(
      **self._networks(),
      latent_dim=settings.latent_dim,
      ema_decay=settings.ema_decay,
      r1_weight=settings.r1_weight,
    )
    adam = tgp.keras.optimizers.Adam
    gan.compile(
      adam(settings.d_learning_rate, beta_1=0.0, beta_2=0.99),
      adam(settings.g_learning_rate, beta_1=0.0, beta_2=0.99),
      loss=settings.loss,
    )
    return gan

  def _phases(self) -> dict[str, training.Phase]:
    def load():
      return self.run_directory.load("begin.keras")

    def load_pruned():
      networks = self.settings.pruned_networks
      return training.pruned(load(), self._schedule(), networks)

    first, then = self.settings.epochs, self.settings.prune_epochs
    return {
      "begin": training.Phase("begin", first, self._begin),
      "dense": training.Phase("dense", then, load, first),
      "pruned": training.Phase("pruned", then, load_pruned, first),
    }

  def _train(self) -> dict[str, tgp.GAN]:
    gans = {}
    for name, phase in self._phases().items():
      tgp.keras.utils.set_random_seed(self.settings.seed)
      gans[name] = training.train(self.run_directory, phase, self._train_images)
    del gans["begin"]
    return gans

  def _evaluator(self):
    images, labels = self._real_images()
    network = self._feature_model or evaluation.trained_classifier(
      self.run_directory, images, labels, self.settings.seed
    )
    evaluator = tgp.metrics.Evaluator(network, self._test[0])
    some = images[: self.settings.eval_images]
    real = evaluator.evaluate(some)["frechet_distance"]
    notes = [
      *evaluator.notes,
      f"Real training images have a Fréchet distance of {real:.4g} from the"
      " held-out ones: about the best that can be reached.",
    ]
    if not self._feature_model:
      accuracy = evaluation.accuracy(network, *self._test)
      notes.append(f"The classifier puts {accuracy:.1%} of them right.")
    return evaluator, notes

  def _real_images(self):
    """Loads what a classifier learns, or no more than what is compared."""
    split = self.settings.train_split
    size = tgp.data.splits(self._source["name"], self._source["data_dir"]).get(
      split
    )
    if self._feature_model and size:
      split = f"{split}[:{min(size, self.settings.eval_images)}]"
    return tgp.data.load_arrays(split=split, **self._source)

  def _evaluate(
    self, evaluator, gans
  ) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Returns the numbers of each GAN, and a sentence on each collapse."""
    metrics, collapses = {}, []
    num_images = self.settings.eval_images
    for name, gan in gans.items():
      print(f"Evaluating {name}: {num_images} images.")
      images = gan.generate(num_images, seed=self.settings.seed)
      metrics[name] = evaluator.evaluate(images.numpy())
      sentence = evaluator.collapse(metrics[name], num_images, f"of {name}")
      if sentence:
        collapses.append(sentence)
        print(sentence)
    return metrics, collapses

  def _export(self, gans):
    networks = {
      name: exporting.exported_network(gan) for name, gan in gans.items()
    }
    for name, network in networks.items():
      self.run_directory.save(network, f"{name}_generator.keras")
    return exporting.export(
      self.run_directory, networks, self.settings.targets, runs=50
    )

  def _compare(self, gans, metrics, files, notes) -> tgp.report.Comparison:
    phases = self._phases()
    history = {
      name: training.history(self.run_directory, phase, self._steps_per_epoch)
      for name, phase in phases.items()
    }
    return tgp.report.Comparison(
      title=f"{self.settings.dataset}: a dense and a pruned DCGAN",
      contestants=[
        exporting.contestant(
          name,
          exporting.exported_network(gan),
          metrics[name],
          files[name],
          {"together": history["begin"], "alone": history[name]},
        )
        for name, gan in gans.items()
      ],
      settings=dataclasses.asdict(self.settings),
      machine=exporting.machine(),
      notes=notes,
      samples_png=exporting.sample_sheet(gans, 64, self.settings.seed),
    )

  def _write(self, comparison, metrics):
    run = self.run_directory
    tgp.report.write_png(run / "samples.png", comparison.samples_png)
    run.write_json(
      "metrics.json",
      {
        "settings": comparison.settings,
        "machine": comparison.machine,
        "seconds": self.seconds,
        "steps_per_epoch": self._steps_per_epoch,
        "notes": comparison.notes,
        "contestants": {
          c.name: _as_json(c, metrics[c.name]) for c in comparison.contestants
        },
      },
    )
    tgp.report.write_report(run / "report.html", comparison)
    print(tgp.report.format_table(comparison))
    print(f"The report is {run / 'report.html'}.")

  def _timed(self, name, function):
    begun = time.time()
    result = function()
    self.seconds[name] = round(time.time() - begun, 1)
    return result


def _as_json(contestant, metrics) -> dict:
  return {
    "metrics": {name: _number(value) for name, value in metrics.items()},
    "zeros": contestant.zeros,
    "parameters": contestant.parameters,
    "files": [dataclasses.asdict(file) for file in contestant.files],
    "sparsity": [layer._asdict() for layer in contestant.sparsity],
  }


def _number(value):
  return value.item() if isinstance(value, np.generic) else value
