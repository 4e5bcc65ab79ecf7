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
"""The base of tasks whose GANs make an image from another one."""

import dataclasses
import os
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune import array_types
from tf_ganprune.experiments import (
  fields,
  image_task,
  run_directory,
  slim_settings,
  task,
  translation_rows,
  zeros_settings,
)

_FEATURES = "feature_network.keras"
_BATCH = 64
_MOST_TURNED = 800


@dataclasses.dataclass(frozen=True)
class Settings(image_task.Settings):
  """Settings of all tasks of translated images.

  Example:
    `Settings(image_size=32, eval_images=200)`
  """

  eval_images: int = fields.like(
    image_task.Settings, "eval_images", 400, "Held-out images to measure."
  )
  width: int = fields.field(
    16, "The channels of the generators' outer layers.", fields.whole(1, 4096)
  )
  discriminator_width: int = fields.field(
    16,
    "The channels of the discriminators' first layer.",
    fields.whole(1, 4096),
  )
  d_learning_rate: float = fields.field(
    5e-4, "Adam's rate for discriminators.", fields.RATE
  )
  g_learning_rate: float = fields.field(
    1e-3, "Adam's rate for generators.", fields.RATE
  )
  loss: str = fields.field(
    "least_squares",
    "The adversarial loss.",
    fields.one_of(sorted(tgp.losses.LOSSES)),
  )
  ema_decay: float = fields.field(
    0.99,
    "The decay of the generators' moving averages.",
    fields.real(
      "lie between 0 and 1, 0.999999 at most",
      lambda decay: 0 < decay <= 0.999999,
    ),
  )


class TranslationTask(task.Task):
  """A task of a generator that makes images from images.

  A family adds `name`, `networks`, `gan`, `train_data` and the parts of
  `evaluator`.

  Example:
    `class MyTask(translation_task.TranslationTask): ...`

  Attributes:
    translator: The name of the network that is measured and shown.
  """

  settings: Settings
  score = "perceptual_distance"
  score_title = "perceptual distance"
  translator = "generator"

  def held_out(self) -> tuple[array_types.Arrays, np.ndarray | None]:
    """Returns held-out inputs of the translator, and their targets or None."""
    raise NotImplementedError

  def real(self) -> np.ndarray:
    """Returns real images like those that are made, `[n, h, w, c]`."""
    raise NotImplementedError

  def given(self, name: str) -> array_types.Arrays:
    """Returns training inputs of an exported network, `[n, ...]`.

    Args:
      name: The name of the network.
    """
    raise NotImplementedError

  def adam(self, rate: float) -> tgp.keras.optimizers.Optimizer:
    """Returns an optimizer with the settings that these papers share.

    Args:
      rate: The learning rate.
    """
    return tgp.keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.99)

  def inputs(self, name: str, n: int, seed: int) -> array_types.Arrays:
    """Draws training inputs for an exported network; see the base."""
    given = self.given(name)
    count = len(tf.nest.flatten(given)[0])
    rows = np.random.default_rng(seed).permutation(count)[:n]
    return tf.nest.map_structure(lambda x: np.asarray(x)[rows], given)

  def restore(self, gan: tgp.PrunedGAN) -> None:
    """Gives a loaded GAN the training inputs of its exported networks."""
    for name in gan.exported:
      source = gan.inputs_of(name)
      if isinstance(source, tgp.inputs.Examples):
        source.set_data(self.given(name))

  def features(self, run: run_directory.RunDirectory) -> tgp.keras.Model:
    """Returns the network for distances, which is trained if need be.

    Args:
      run: The folder that it is saved in.
    """
    if self.settings.feature_model:
      return tgp.metrics.load_feature_model(self.settings.feature_model)
    if not (run / _FEATURES).exists():
      print("Features: training a network for the distances.")
      run.save(self.train_features(), _FEATURES)
    return run.load(_FEATURES)

  def train_features(self) -> tgp.keras.Model:
    """Trains the network for distances, by default to tell rotations."""
    return tgp.metrics.train_rotation_classifier(
      self.real()[:_MOST_TURNED], seed=self.settings.seed
    )

  def evaluator(
    self, run: run_directory.RunDirectory
  ) -> tgp.metrics.PairEvaluator:
    """Returns the evaluator of the held-out targets."""
    _, targets = self.held_out()
    return tgp.metrics.PairEvaluator(self.features(run), targets)

  def translated(
    self, gan: tgp.PrunedGAN, inputs: array_types.Arrays
  ) -> np.ndarray:
    """Returns what a GAN makes of inputs, `[n, h, w, c]` in [-1, 1].

    Args:
      gan: The GAN.
      inputs: Inputs of its translator.
    """
    network = gan.averaged(self.translator)
    return network.predict(inputs, batch_size=_BATCH, verbose=0)

  def measure(self, gan: tgp.PrunedGAN, evaluator) -> dict[str, float]:
    """Returns the scores of the held-out images, by name."""
    inputs, _ = self.held_out()
    return evaluator.evaluate(self.translated(gan, inputs))

  def file_evaluator(self, name: str, evaluator):
    """Returns what measures the translator's files as `measure` does it."""
    if name != self.translator:
      return None
    inputs, _ = self.held_out()
    return tgp.metrics.OutputEvaluator(
      lambda made, _: evaluator.evaluate(made), inputs
    )

  def shown_inputs(self) -> np.ndarray:
    """Returns the held-out inputs as pictures; by default as they are."""
    inputs, _ = self.held_out()
    return np.asarray(inputs)

  def show(self, gans: Mapping[str, tgp.PrunedGAN]) -> dict:
    """Returns rows of pictures: input, each GAN's image, and the truth."""
    inputs, targets = self.held_out()
    columns = {"input": self.shown_inputs()}
    columns |= {k: self.translated(gan, inputs) for k, gan in gans.items()}
    if targets is not None:
      columns["truth"] = targets
    return translation_rows.shown(columns)

  def monitor(
    self, folder: str | os.PathLike, log_dir: str
  ) -> list[tgp.keras.callbacks.Callback]:
    """Returns no callbacks: `show` has the pictures."""
    del folder, log_dir
    return []

  # At the end, since in annotations after it the name would mean this variable.
  Settings = Settings


def recipe(slim_macs: float = 0.25, **more) -> dict:
  """Returns settings that all of these tasks share, by name.

  Args:
    slim_macs: The share of multiplications that the slim generator keeps.
    **more: Settings of the task.
  """
  losses, weights = ("image",), (10.0,)
  return {
    "phases": ("dense", "pruned", "slim"),
    "allocation": "lamp",
    "frequency": 25,
    "decay_to": 0.1,
    "targets": ("cpu", "cpu-fp16", "cpu-int8", "gpu"),
    "zeros": zeros_settings.Settings(
      end=0.4, distillation=losses, weights=weights
    ),
    "slim": slim_settings.Settings(
      macs=slim_macs,
      whole_epochs=0,
      slim_learning_rate=2e-3,
      generator_batch_size=None,
      distillation=losses,
      weights=weights,
      teacher="trained",
      discriminator="kept",
    ),
    **more,
  }
