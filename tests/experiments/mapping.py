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
"""A task that is like none in the package: arrays in, arrays out, two ship.

`python -m tests.experiments.mapping FOLDER STRATEGIES` sweeps over it.
"""

import dataclasses
import sys

import numpy as np
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune import experiments
from tf_ganprune.experiments import fields, sweep_job

keras = tgp.keras


@keras.utils.register_keras_serializable(package="tests.experiments")
class Mapper(tgp.PrunedGAN):
  """Maps two arrays to one and back; a critic looks at what lies between."""

  logged = ("there_loss", "back_loss", "critic_loss")

  def __init__(self, there, back, critic, **kwargs):
    networks = {"there": there, "back": back, "critic": critic}
    super().__init__(networks, **kwargs)

  def update(self, batch):
    (a, b), y = batch
    with tf.GradientTape(persistent=True) as tape:
      made, learnt = self.forward("there", [a, b])
      again, more = self.forward("back", made)
      fake, real = self.critic(made), self.critic(y)
      error = tf.reduce_mean((made - y) ** 2) + learnt
      losses = {
        "there": error - 0.01 * tf.reduce_mean(fake),
        "back": tf.reduce_mean((again - a) ** 2) + more,
        "critic": tf.reduce_mean(tf.nn.relu(1 - real) + tf.nn.relu(1 + fake)),
      }
    self.apply(self.gradients(tape, losses), losses)
    return {f"{name}_loss": loss for name, loss in losses.items()}


@dataclasses.dataclass(frozen=True)
class Settings(experiments.Settings):
  dataset: str = fields.like(experiments.Settings, "dataset", "numbers")
  epochs: int = fields.like(experiments.Settings, "epochs", 2)
  prune_epochs: int = fields.like(experiments.Settings, "prune_epochs", 2)
  frequency: int = fields.like(experiments.Settings, "frequency", 2)
  targets: tuple[str, ...] = fields.like(
    experiments.Settings, "targets", ("cpu",)
  )
  units: int = fields.field(8, "Of hidden layers.", fields.whole(1, 64))


class Mapping(experiments.Task):
  Settings = Settings
  name = "mapping"
  title = "Mapper"
  score = "mapping_error"
  score_title = "mean squared error"

  def _arrays(self, n, seed):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(n, 3)).astype("float32")
    b = rng.normal(size=(n, 2)).astype("float32")
    return [a, b], np.concatenate([a, b.sum(1, keepdims=True)], 1)

  def train_data(self):
    (a, b), y = self._arrays(64, self.settings.seed)
    data = tf.data.Dataset.from_tensor_slices(((a, b), y))
    return data.shuffle(64, seed=self.settings.seed).batch(8)

  def networks(self):
    layers, units = keras.layers, self.settings.units
    a, b, y = (keras.Input((n,)) for n in (3, 2, 4))
    x = layers.Dense(units, "relu")(layers.Concatenate()([a, b]))
    x = layers.Dense(units, "relu")(x)
    back = layers.Dense(units, "relu")(y)
    return {
      "there": keras.Model([a, b], layers.Dense(4)(x)),
      "back": keras.Model(y, layers.Dense(3)(back)),
      "critic": keras.Sequential(
        [keras.Input((4,)), layers.Dense(units, "relu"), layers.Dense(1)]
      ),
    }

  def gan(self, networks):
    gan = Mapper(**networks)
    gan.compile({name: keras.optimizers.Adam(1e-2) for name in networks})
    return gan

  def evaluator(self, run):
    return self._arrays(32, 9)

  def measure(self, gan, evaluator):
    inputs, y = evaluator
    return {
      "mapping_error": float(np.mean((gan.there(inputs).numpy() - y) ** 2))
    }

  def show(self, gans):
    return {}

  def inputs(self, name, n, seed):
    inputs, y = self._arrays(n, seed)
    return inputs if name == "there" else y


if __name__ == "__main__":
  _folder, _names = sys.argv[1:]
  # By the name that other processes import it by.
  from tests.experiments import mapping

  _job = sweep_job.SweepJob(_folder, mapping.Mapping, mapping.Settings())
  for _run, _ in _job.measure_all(
    sweep_job.grid(_names.split(","), [0.5], [0])
  ):
    print(_run.name, flush=True)
