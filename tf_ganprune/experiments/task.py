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
"""The base class of a task: all that an experiment needs from a family."""

import os
import types
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune import array_types
from tf_ganprune.experiments import handover, run_directory, settings

# The parts that a task must define.
PARTS = (
  "name",
  "train_data",
  "networks",
  "gan",
  "evaluator",
  "measure",
  "show",
)


class Task:
  """A family's data, networks, GAN and evaluation, for `Experiment`.

  A family derives from it, and defines at least `name`, `train_data`,
  `networks`, `gan`, `evaluator`, `measure` and `show`.

  Example:
    `Experiment(MyTask, MyTask.Settings(epochs=1), "runs/mine").run()`

  Attributes:
    Settings: The dataclass of its settings, derived from `settings.Settings`.
    name: The name of its program, and of the folder in `runs/`.
    title: The title of its GANs in headings.
    score: The name of the measure by which a sweep compares; lower is better.
    score_title: The title of that measure in tables and charts.
    sweep_defaults: Other defaults of flags in a sweep, by the settings' names,
      such as a width that makes networks small enough for many runs.
    not_in_sweeps: Settings that have no use in a sweep, with the advice for
      each, such as "use --seeds".
    settings: The settings of this experiment.
  """

  Settings: ClassVar[type[settings.Settings]] = settings.Settings
  name: ClassVar[str]
  title = "GAN"
  score = "frechet_distance"
  score_title = "Fréchet distance"
  sweep_defaults: Mapping[str, object] = types.MappingProxyType({})
  not_in_sweeps: Mapping[str, str] = types.MappingProxyType({})

  def __init__(self, settings: settings.Settings):
    """Loads the data, and checks that the settings fit it.

    Args:
      settings: The settings, each within its limits.

    Raises:
      ValueError: If the settings do not fit each other or the data.
    """
    self.settings = settings

  def train_data(self) -> tf.data.Dataset:
    """Returns a data set of batches as `fit` takes them, of known number.

    The batches must come in the same order in each process.
    """
    raise NotImplementedError

  def networks(self) -> dict[str, tgp.keras.Model]:
    """Returns new networks by their names in the GAN."""
    raise NotImplementedError

  def gan(self, networks: Mapping[str, tgp.keras.Model]) -> tgp.PrunedGAN:
    """Returns a new compiled GAN; others are made from it with `replaced`.

    Args:
      networks: New networks by name.
    """
    raise NotImplementedError

  def evaluator(self, run: run_directory.RunDirectory) -> Any:
    """Returns the evaluator that `measure` gets, of a kind of its own.

    A network that is trained for it is saved in the folder of the run.

    Args:
      run: The folder of the run.
    """
    raise NotImplementedError

  def measure(self, gan: tgp.PrunedGAN, evaluator: Any) -> dict[str, float]:
    """Measures the quality of a GAN.

    Args:
      gan: The GAN.
      evaluator: The result of `evaluator`.

    Returns:
      Measures by name, with that of `score` among them.
    """
    raise NotImplementedError

  def show(self, gans: Mapping[str, tgp.PrunedGAN]) -> dict:
    """Returns the pictures and sounds of the page, made by the GANs.

    Args:
      gans: The GANs by name.

    Returns:
      Arguments of `tgp.report.Comparison`: `samples_png`, `sections` (their
      pictures and sounds become files as well), `scores`, `curve_titles`.
    """
    raise NotImplementedError

  def exported(self, gan: tgp.PrunedGAN) -> dict[str, tgp.keras.Model]:
    """Returns the networks to export, without wrappers, by name.

    Args:
      gan: The GAN.
    """
    return handover.exported(gan)

  def restore(self, gan: tgp.PrunedGAN) -> None:
    """Gives a loaded GAN the parts that its file does not have.

    An example is the data of `tgp.inputs.Examples`, with `set_data`.

    Args:
      gan: The GAN.
    """

  def inputs(self, name: str, n: int, seed: int) -> array_types.Arrays | None:
    """Draws inputs for an exported network.

    They are used for the importance of channels, and to calibrate int8 files.

    Args:
      name: The name of the network.
      n: How many examples to draw.
      seed: The seed of the inputs.

    Returns:
      A batch; or None to let the GAN draw one, by its `inputs_of(name)`.
    """
    del name, n, seed
    return None

  def file_evaluator(self, name: str, evaluator):
    """Returns what measures the outputs of a network's `.tflite` files.

    Its numbers stand on the page beside the file's size, under their names in
    `show`'s `scores`; their units are those of `measure`.

    Args:
      name: The name of the network.
      evaluator: The result of `evaluator`.

    Returns:
      A `tgp.metrics.OutputEvaluator`; or None, by default, for no numbers.
    """
    del name, evaluator

  def examples(self) -> np.ndarray | list[np.ndarray] | None:
    """Returns real examples as the discriminator takes them, `[n, ...]`.

    They are an array, or a list of images and labels.

    Strategies of a sweep that balance two networks need them; by default None.
    """
    return None

  def later_arguments(self) -> dict:
    """Returns arguments of the GAN that change after the common epochs."""
    return {}

  def pruned_names(self) -> tuple[str, ...] | None:
    """Returns the names of the networks to prune; None for all exported."""
    return None

  def policies(self) -> dict[str, object]:
    """Returns pruning policies by the names of networks."""
    return {}

  def explain(
    self, base: tgp.PrunedGAN, gan: tgp.PrunedGAN, evaluator: Any
  ) -> tgp.interpretation.Explanation | None:
    """Explains how a GAN differs from the base; by default None.

    Args:
      base: The GAN to compare with.
      gan: The GAN.
      evaluator: The result of `evaluator`.
    """
    del base, gan, evaluator
    return None

  def notes(self, evaluator: Any) -> list[str]:
    """Returns notes on the measures for the page, by default none.

    Args:
      evaluator: The result of `evaluator`.
    """
    del evaluator
    return []

  def remarks(
    self, name: str, measures: dict[str, float], evaluator: Any
  ) -> list[str]:
    """Returns notes on one GAN's measures for the page, by default none.

    Args:
      name: The name of the GAN.
      measures: The result of `measure`.
      evaluator: The result of `evaluator`.
    """
    del name, measures, evaluator
    return []

  def monitor(
    self, folder: str | os.PathLike, log_dir: str
  ) -> list[tgp.keras.callbacks.Callback]:
    """Returns callbacks that show the progress of training, by default none.

    Args:
      folder: The folder for files.
      log_dir: The folder for TensorBoard.
    """
    del folder, log_dir
    return []


def check(kind: type) -> None:
  """Raises unless a class is a task with all of its parts.

  Args:
    kind: The class.

  Raises:
    ValueError: If it is no task, or lacks a part; the message names it.
  """
  if not isinstance(kind, type) or not issubclass(kind, Task):
    raise ValueError(
      f"`task` must be a class derived from `experiments.Task`; got {kind!r}."
    )
  missing = [
    part
    for part in PARTS
    if getattr(kind, part, None) is getattr(Task, part, None)
  ]
  if missing:
    raise ValueError(
      f"The task {kind.__name__} lacks {', '.join(f'`{x}`' for x in missing)};"
      " define it as described in `experiments.Task`."
    )
