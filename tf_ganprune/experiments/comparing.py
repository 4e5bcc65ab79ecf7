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
import functools
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  exporting,
  handover,
  run_directory,
  section_files,
)
from tf_ganprune.experiments import task as tasks
from tf_ganprune.report import machine


@dataclasses.dataclass(frozen=True)
class Comparing:
  """A comparison of GANs: its folder, task, export targets and page.

  Attributes:
    run_directory: The folder for files, pictures, numbers and the page.
    task: The task of the family.
    title: The title of the page.
    settings: The settings of the program, by their flags, for the page.
    targets: Names of the export targets.
    seconds: The seconds that parts of the program took, by name; more are
      added.
    steps_per_epoch: The number of train steps in an epoch.
    discriminators: A sentence on the discriminator, by the GAN's name, for some
      of the GANs.

  Example:
    `Comparing(run, task, "Digits", {}, ("cpu",), {}, 125).run(...)`
  """

  run_directory: run_directory.RunDirectory
  task: tasks.Task
  title: str
  settings: dict
  targets: tuple[str, ...]
  seconds: dict[str, float]
  steps_per_epoch: int
  discriminators: dict[str, str] = dataclasses.field(default_factory=dict)

  def run(
    self,
    gans: dict[str, tgp.PrunedGAN],
    evaluator: Any,
    histories: dict[str, dict],
    notes: list[str],
  ) -> tgp.report.Comparison:
    """Measures, exports and explains GANs, and writes files, numbers and page.

    Args:
      gans: The GANs by name; the others are compared with the first.
      evaluator: The evaluator of the task.
      histories: The losses of each GAN's training, as `report.NetworkResult`
        takes them.
      notes: Sentences for the page, beside those of the task.

    Returns:
      The comparison that the page shows.
    """
    metrics, remarks = self._timed(
      "evaluation", lambda: self._evaluate(evaluator, gans)
    )
    networks = {name: self.task.exported(gan) for name, gan in gans.items()}
    (base, *_) = gans.values()
    files, refused = self._timed(
      "export", lambda: self._export(networks, base, evaluator)
    )
    explanations = self._timed(
      "explanation", lambda: self._explain(gans, evaluator)
    )
    shown = dict(self.task.show(gans))
    titles = _curve_titles(histories) | dict(shown.pop("curve_titles", {}))
    comparison = tgp.report.Comparison(
      title=self.title,
      contestants=[
        exporting.contestant(
          name,
          networks[name],
          metrics[name],
          files[name],
          histories[name],
          self.discriminators.get(name, ""),
        )
        for name in gans
      ],
      settings=self.settings,
      machine=machine.text(),
      notes=[*self.task.notes(evaluator), *notes, *remarks, *refused],
      explanations=explanations,
      curve_titles=titles,
      **shown,
    )
    self._write(comparison, metrics)
    return comparison

  def _evaluate(self, evaluator, gans) -> tuple[dict[str, dict], list[str]]:
    """Returns the measures of each GAN by its name, and remarks on them."""
    metrics, remarks = {}, []
    for name, gan in gans.items():
      print(f"Evaluating {name}.")
      metrics[name] = self.task.measure(gan, evaluator)
      remarks += self.task.remarks(name, metrics[name], evaluator)
    for remark in remarks:
      print(remark)
    return metrics, remarks

  def _export(self, networks, base, evaluator):
    """Saves and exports the networks of all GANs, with the inputs of `base`."""
    for name, parts in networks.items():
      for part, network in parts.items():
        self.run_directory.save(network, f"{name}_{part}.keras")
    return exporting.export_all(
      self.run_directory,
      networks,
      self.targets,
      functools.partial(handover.calibration, self.task, base),
      runs=50,
      evaluators=lambda name: self.task.file_evaluator(name, evaluator),
    )

  def _explain(
    self, gans, evaluator
  ) -> dict[str, tgp.interpretation.Explanation]:
    """Returns explanations of how the other GANs differ from the first."""
    base, *others = gans
    found = {}
    for name in others:
      print(f"Explaining what changed in {name}.")
      explanation = self.task.explain(gans[base], gans[name], evaluator)
      if explanation is not None:
        found[name] = explanation
    return found

  def _write(self, comparison, metrics):
    run = self.run_directory
    if comparison.samples_png is not None:
      tgp.report.write_png(run / "samples.png", comparison.samples_png)
    section_files.write(run / "shown", comparison.sections)
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


def _curve_titles(histories) -> dict[str, str]:
  """Returns titles for the curves of distillation losses, by their columns."""
  phases = [
    phase for columns in histories.values() for phase in columns.values()
  ]
  known = tuple(tgp.distillation.LOSSES)
  return {
    column: f"distillation loss {column}"
    for phase in phases
    for column in phase
    if column in known or column.endswith(tuple(f"_{x}" for x in known))
  }


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
