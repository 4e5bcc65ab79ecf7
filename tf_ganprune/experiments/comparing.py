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
"""Evaluates, exports and times GANs, and writes a page that compares them."""

import dataclasses
import time
from collections.abc import Callable

import numpy as np

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  exporting,
  run_directory,
)


@dataclasses.dataclass(frozen=True)
class Comparing:
  """How GANs are compared.

  Attributes:
    run_directory: Where files, pictures, numbers and the page go.
    title: Of the page.
    settings: Of the program, for the page.
    eval_images: How many images of each GAN are evaluated.
    targets: What to export for.
    seed: Of the latents.
    seconds: How long the parts of the program took; goes on being filled.
    steps_per_epoch: Of the training.
    discriminators: What became of the discriminator of some of the GANs.

  Example:
    `Comparing(run, "Digits", {}, 4000, ("cpu",), 0, {}, 125).run(...)`
  """

  run_directory: run_directory.RunDirectory
  title: str
  settings: dict
  eval_images: int
  targets: tuple[str, ...]
  seed: int
  seconds: dict[str, float]
  steps_per_epoch: int
  discriminators: dict[str, str] = dataclasses.field(default_factory=dict)

  def run(
    self,
    gans: dict[str, tgp.GAN],
    evaluator: tgp.metrics.Evaluator,
    histories: dict[str, dict],
    notes: list[str],
  ) -> tgp.report.Comparison:
    """Compares GANs, of which the first is the base, and writes everything.

    Args:
      gans: By name.
      evaluator: Measures images.
      histories: Of each GAN's training, as `report.Contestant` takes it.
      notes: What the reader should know.

    Returns:
      What was found.
    """
    metrics, collapses = self._timed(
      "evaluation", lambda: self._evaluate(evaluator, gans)
    )
    files, refused = self._timed("export", lambda: self._export(gans))
    explanations = self._timed(
      "explanation", lambda: self._explain(gans, evaluator)
    )
    notes = [*notes, *collapses, *refused]
    comparison = dataclasses.replace(
      self._compare(gans, metrics, files, histories, notes),
      explanations=explanations,
    )
    self._write(comparison, metrics)
    return comparison

  def _evaluate(
    self, evaluator, gans
  ) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Returns the numbers of each GAN, and a sentence on each collapse."""
    metrics, collapses = {}, []
    for name, gan in gans.items():
      print(f"Evaluating {name}: {self.eval_images} images.")
      images = gan.generate(self.eval_images, seed=self.seed)
      images = tgp.standard_images(gan, images)
      metrics[name] = evaluator.evaluate(images)
      sentence = evaluator.collapse(
        metrics[name], self.eval_images, f"of {name}"
      )
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
    return exporting.export(self.run_directory, networks, self.targets, runs=50)

  def _explain(
    self, gans, evaluator
  ) -> dict[str, tgp.interpretation.Explanation]:
    """Says of each GAN but the first what changed in it."""
    base, *others = gans
    classifier = evaluator if evaluator.num_classes else None
    found = {}
    for name in others:
      print(f"Explaining what changed in {name}.")
      found[name] = tgp.explain(
        gans[base],
        gans[name],
        classifier,
        num_latents=self.eval_images,
        seed=self.seed,
      )
    return found

  def _compare(
    self, gans, metrics, files, histories, notes
  ) -> tgp.report.Comparison:
    return tgp.report.Comparison(
      title=self.title,
      contestants=[
        exporting.contestant(
          name,
          exporting.exported_network(gan),
          metrics[name],
          files[name],
          histories[name],
          self.discriminators.get(name, ""),
        )
        for name, gan in gans.items()
      ],
      settings=self.settings,
      machine=exporting.machine(),
      notes=notes,
      samples_png=exporting.sample_sheet(gans, 64, self.seed),
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
        "steps_per_epoch": self.steps_per_epoch,
        "notes": comparison.notes,
        "contestants": {
          c.name: _as_json(c, metrics[c.name]) for c in comparison.contestants
        },
      },
    )
    tgp.report.write_report(run / "report.html", comparison)
    print(tgp.report.format_table(comparison))
    print(f"The report is {run / 'report.html'}.")

  def _timed(self, name: str, function: Callable):
    begun = time.time()
    result = function()
    self.seconds[name] = round(time.time() - begun, 1)
    return result


def _as_json(contestant, metrics) -> dict:
  return {
    "metrics": {name: _number(value) for name, value in metrics.items()},
    "zeros": contestant.zeros,
    "parameters": contestant.parameters,
    "macs": contestant.macs,
    "discriminator": contestant.discriminator,
    "files": [dataclasses.asdict(file) for file in contestant.files],
    "sparsity": [layer._asdict() for layer in contestant.sparsity],
  }


def _number(value):
  return value.item() if isinstance(value, np.generic) else value
