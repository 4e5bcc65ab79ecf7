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
"""What a family of GANs says of its experiments."""

import types
from collections.abc import Mapping

import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.experiments import handover, run_directory, settings

# Without these there is no experiment.
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
  """What a family says; `Experiment` does the rest.

  A family derives from it, and defines at least `name`, `train_data`,
  `networks`, `gan`, `evaluator`, `measure` and `show`.

  Example:
    `Experiment(MyTask, MyTask.Settings(epochs=1), "runs/mine").run()`

  Attributes:
    Settings: The dataclass of its settings, derived from `settings.Settings`.
    name: Of its program, and of the folder in `runs/`.
    title: What its GANs are called in headings.
    score: The measure by which a sweep compares; the lower the better.
    score_title: What that is called in tables and charts.
    sweep_defaults: Other defaults of flags in a sweep, by the settings' names,
      such as of a width that makes networks small enough for many runs.
    not_in_sweeps: Settings that have no meaning in a sweep, with what to use
      instead.
    settings: Those of this experiment.
  """

  Settings = settings.Settings
  name = None
  title = "GAN"
  score = "frechet_distance"
  score_title = "Fréchet distance"
  sweep_defaults: Mapping[str, object] = types.MappingProxyType({})
  not_in_sweeps: Mapping[str, str] = types.MappingProxyType({})

  def __init__(self, settings: settings.Settings):
    """Loads the data, and refuses what cannot be done with it.

    Args:
      settings: Each by itself is within its limits.

    Raises:
      ValueError: If they will not do.
    """
    self.settings = settings

  def train_data(self) -> tf.data.Dataset:
    """Returns batches as `fit` takes them, of known number.

    They must come in the same order in each process.
    """
    raise NotImplementedError

  def networks(self) -> dict[str, tgp.keras.Model]:
    """Returns new networks, by the names that the GAN has for them."""
    raise NotImplementedError

  def gan(self, networks: Mapping[str, tgp.keras.Model]) -> tgp.PrunedGAN:
    """Returns a compiled GAN; all others are what `replaced` makes of it.

    Args:
      networks: New ones, by name.
    """
    raise NotImplementedError

  def evaluator(self, run: run_directory.RunDirectory):
    """Returns what measures GANs; `measure` gets it.

    What it has to train first it keeps in the folder of the run.

    Args:
      run: The folder.
    """
    raise NotImplementedError

  def measure(self, gan, evaluator) -> dict[str, float]:
    """Returns how good a GAN is.

    Args:
      gan: The GAN.
      evaluator: What `evaluator` returned.

    Returns:
      Measures by name, among them `score`.
    """
    raise NotImplementedError

  def show(self, gans: Mapping) -> dict:
    """Returns what the page shows of what GANs make.

    Args:
      gans: By name.

    Returns:
      Arguments of `tgp.report.Comparison`: `samples_png`, `sections` (their
      pictures and sounds become files as well), `scores`, `curve_titles`.
    """
    raise NotImplementedError

  def exported(self, gan) -> dict[str, tgp.keras.Model]:
    """Returns the networks that ship, without wrappers, by name.

    Args:
      gan: The GAN.
    """
    return handover.exported(gan)

  def restore(self, gan) -> None:
    """Gives a GAN that was loaded what its file does not hold.

    Such as the data of `tgp.inputs.Examples`, by `set_data`.

    Args:
      gan: The GAN.
    """

  def inputs(self, name: str, n: int, seed: int):
    """Returns what one of the networks that ship is given.

    With it channels are compared, and int8 files are calibrated.

    Args:
      name: Of the network.
      n: How many examples.
      seed: Of what is drawn.

    Returns:
      A batch; or None, and the GAN's `input_source` draws one, if the network
      takes what that draws.
    """
    del name, n, seed
    return None

  def examples(self):
    """Returns real examples as the discriminator sees them, `[n, ...]`.

    A sweep's strategies steer by them; None leaves those out.
    """
    return None

  def later_arguments(self) -> dict:
    """Returns arguments of the GAN that change after the common epochs."""
    return {}

  def pruned_names(self) -> tuple[str, ...] | None:
    """Returns the names of the networks that get zeros; None: all that ship."""
    return None

  def policies(self) -> dict[str, object]:
    """Returns pruning policies by the names of networks."""
    return {}

  def explain(
    self, base, gan, evaluator
  ) -> tgp.interpretation.Explanation | None:
    """Says what changed in a GAN, or returns None.

    Args:
      base: The GAN that it is compared with.
      gan: The GAN.
      evaluator: What `evaluator` returned.
    """
    del base, gan, evaluator
    return None

  def notes(self, evaluator) -> list[str]:
    """Returns what the reader should know of the measures.

    Args:
      evaluator: What `evaluator` returned.
    """
    del evaluator
    return []

  def remarks(self, name: str, measures: dict, evaluator) -> list[str]:
    """Returns what the reader should know of one GAN's measures.

    Args:
      name: Of the GAN.
      measures: What `measure` returned.
      evaluator: What `evaluator` returned.
    """
    del name, measures, evaluator
    return []

  def monitor(self, folder, log_dir: str) -> list[tgp.keras.callbacks.Callback]:
    """Returns callbacks that show how training goes.

    Args:
      folder: For files.
      log_dir: For TensorBoard.
    """
    del folder, log_dir
    return []


def check(kind: type) -> None:
  """Raises where a task lacks a part.

  Args:
    kind: The class.

  Raises:
    ValueError: If it is no task, or lacks one.
  """
  if not isinstance(kind, type) or not issubclass(kind, Task):
    raise ValueError(
      f"`task` must be a class derived from `experiments.Task`; got {kind!r}."
    )
  missing = [
    part for part in PARTS if getattr(kind, part) is getattr(Task, part)
  ]
  if missing:
    raise ValueError(
      f"The task {kind.__name__} lacks {', '.join(f'`{x}`' for x in missing)};"
      " define what `experiments.Task` says of it."
    )
