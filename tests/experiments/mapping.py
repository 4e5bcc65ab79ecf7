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
class Mapper(keras.Model):
  """Maps two arrays to one and back; a critic looks at what lies between."""

  exported = ("there", "back")
  discriminators = ("critic",)

  def __init__(self, there, back, critic, **kwargs):
    super().__init__(**kwargs)
    self.there, self.back, self.critic = there, back, critic
    self.built = True

  @property
  def networks(self):
    return {name: getattr(self, name) for name in ("there", "back", "critic")}

  @property
  def optimizers(self):
    return {name: getattr(self, f"{name}_optimizer") for name in self.networks}

  def averaged(self, name):
    return getattr(self, name)

  def compile(self, **optimizers):
    super().compile(optimizer=optimizers["there"])
    for name, optimizer in optimizers.items():
      optimizer.build(self.networks[name].trainable_variables)
      setattr(self, f"{name}_optimizer", optimizer)

  def replaced(self, **networks):
    other = Mapper(**self.networks | networks)
    optimizers = self.optimizers
    for name, network in networks.items():
      shapes = [x.shape for x in network.trainable_variables]
      if shapes != [x.shape for x in self.networks[name].trainable_variables]:
        optimizers[name] = keras.optimizers.Adam(1e-2)
    other.compile(**optimizers)
    return other

  def train_step(self, data):
    (a, b), y = data
    with tf.GradientTape(persistent=True) as tape:
      made = self.there([a, b], training=True)
      again = self.back(made, training=True)
      fake, real = self.critic(made), self.critic(y)
      losses = {
        "there": tf.reduce_mean((made - y) ** 2) - 0.01 * tf.reduce_mean(fake),
        "back": tf.reduce_mean((again - a) ** 2),
        "critic": tf.reduce_mean(tf.nn.relu(1 - real) + tf.nn.relu(1 + fake)),
      }
    for name, loss in losses.items():
      variables = getattr(self, name).trainable_variables
      gradients = tape.gradient(loss, variables)
      self.optimizers[name].apply_gradients(
        zip(gradients, variables, strict=True)
      )
    return {f"{name}_loss": loss for name, loss in losses.items()}

  def get_config(self):
    serialize = keras.utils.serialize_keras_object
    return {name: serialize(x) for name, x in self.networks.items()}

  @classmethod
  def from_config(cls, config, custom_objects=None):
    return cls(**keras.utils.deserialize_keras_object(config))

  def get_compile_config(self):
    serialize = keras.utils.serialize_keras_object
    return {name: serialize(x) for name, x in self.optimizers.items()}

  def compile_from_config(self, config):
    self.compile(**keras.utils.deserialize_keras_object(config))


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

  def gan(self, networks, optimizers=None, learning_rates=None):
    gan = Mapper(**networks)
    rates = dict.fromkeys(networks, 1e-2) | dict(learning_rates or {})
    new = {name: keras.optimizers.Adam(rate) for name, rate in rates.items()}
    gan.compile(**new | dict(optimizers or {}))
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

  def monitor(self, folder, log_dir):
    return [tgp.UpdatePruningStep()]


if __name__ == "__main__":
  _folder, _names = sys.argv[1:]
  # By the name that other processes import it by.
  from tests.experiments import mapping

  _job = sweep_job.SweepJob(_folder, mapping.Mapping, mapping.Settings())
  for _run, _ in _job.measure_all(
    sweep_job.grid(_names.split(","), [0.5], [0])
  ):
    print(_run.name, flush=True)
