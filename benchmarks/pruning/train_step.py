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
"""Times a train step of a GAN: dense, pruned by us, pruned by stock TF-MOT.

  python -m benchmarks.pruning.train_step

Dense and ours are `tgp.GAN`. TF-MOT refuses nothing in a plain Keras model with
the usual `train_step`, which is therefore timed dense, as well. For the main
job's networks blocks of steps are timed; for the large ones a step without and
one with a mask update, from which a step at each frequency is computed.
"""

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot
from absl import app, flags

import tf_ganprune as tgp
from benchmarks import result_files, timing, verdicts
from tf_ganprune import markdown_table
from tf_ganprune.sparsity.wrapping import wrapped_layers

_STEPS = flags.DEFINE_integer("block_steps", 100, "Steps in a block.", 1)
_WIDTH = flags.DEFINE_integer(
  "digits_width", 32, "Of the main job's networks.", 1
)
_UNITS = flags.DEFINE_integer("units", 4096, "Of the large layer.", 8)
_FREQUENCIES = flags.DEFINE_list("frequencies", ["1", "10", "100"], "Steps.")
IMAGE_SHAPE = (28, 28, 1)
_LATENT_DIM = 64
_BATCH_SIZE = 32
_SPARSITY = 0.8
_SEED = 0
_GOAL = 0.03
_GOAL_FREQUENCY = 100
# TF-MOT's wrapper counts forward calls, and the generator is called to train
# the discriminator and to train itself.
_UPDATES = {"ours": 1, "TF-MOT": 2}
# Whose step costs what a contestant's would cost if it were dense.
_BASE = {"ours": "dense", "TF-MOT": "dense, plain Keras"}


class PlainGAN(tgp.keras.Model):
  """A GAN as the Keras examples have it; nobody owns its networks.

  Example:
    `PlainGAN(discriminator, generator, latent_dim=64)`
  """

  def __init__(self, discriminator, generator, latent_dim: int):
    """Takes over the networks."""
    super().__init__()
    self.discriminator = discriminator
    self.generator = generator
    self.latent_dim = latent_dim

  def compile(self, d_optimizer, g_optimizer, loss):
    """Sets how the networks are trained."""
    super().compile()
    self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer
    self.adversarial_loss = tgp.losses.get(loss)
    self.d_loss_metric = tgp.keras.metrics.Mean(name="d_loss")
    self.g_loss_metric = tgp.keras.metrics.Mean(name="g_loss")

  def train_step(self, data):
    """Updates the discriminator and the generator once each."""
    shape = [tf.shape(data)[0], self.latent_dim]
    fake = self.generator(tf.random.normal(shape), training=True)
    with tf.GradientTape() as tape:
      d_loss = self.adversarial_loss.discriminator(
        self.discriminator(data, training=True),
        self.discriminator(fake, training=True),
      )
    self._apply(tape, d_loss, self.discriminator, self.d_optimizer)
    with tf.GradientTape() as tape:
      fake = self.generator(tf.random.normal(shape), training=True)
      g_loss = self.adversarial_loss.generator(
        self.discriminator(fake, training=True)
      )
    self._apply(tape, g_loss, self.generator, self.g_optimizer)
    self.d_loss_metric.update_state(d_loss)
    self.g_loss_metric.update_state(g_loss)
    return {
      "d_loss": self.d_loss_metric.result(),
      "g_loss": self.g_loss_metric.result(),
    }

  @staticmethod
  def _apply(tape, loss, network, optimizer):
    variables = network.trainable_variables
    optimizer.apply_gradients(
      zip(tape.gradient(loss, variables), variables, strict=True)
    )


def digits_networks(width: int):
  """Returns the discriminator and the generator of the main job."""
  return (
    tgp.networks.dcgan_discriminator(IMAGE_SHAPE, width, translation=0.1),
    tgp.networks.dcgan_generator(IMAGE_SHAPE, _LATENT_DIM, width),
  )


def large_networks(units: int):
  """Returns a small discriminator, and a generator with a large Dense layer."""
  layers = tgp.keras.layers
  pixels = int(np.prod(IMAGE_SHAPE))
  generator = tgp.keras.Sequential(
    [
      tgp.keras.Input((_LATENT_DIM,)),
      layers.Dense(units, activation="relu"),
      layers.Dense(units, activation="relu", name="large"),
      layers.Dense(pixels, activation="tanh"),
      layers.Reshape(IMAGE_SHAPE),
    ]
  )
  discriminator = tgp.keras.Sequential(
    [
      tgp.keras.Input(IMAGE_SHAPE),
      layers.Flatten(),
      layers.Dense(128, activation="relu"),
      layers.Dense(1),
    ]
  )
  return discriminator, generator


class Contestant:
  """A GAN in training.

  Example:
    `Contestant("ours", *digits_networks(32), frequency=10).train(100)`
  """

  def __init__(self, name: str, discriminator, generator, frequency: int):
    """Builds the GAN, pruned unless its name says dense."""
    schedule = tfmot.sparsity.keras.ConstantSparsity(
      _SPARSITY, begin_step=0, frequency=frequency
    )
    if name == "ours":
      generator = tgp.prune_low_magnitude(generator, schedule)
    elif name == "TF-MOT":
      generator = tfmot.sparsity.keras.prune_low_magnitude(generator, schedule)
    is_plain = name in ("TF-MOT", _BASE["TF-MOT"])
    gan = (PlainGAN if is_plain else tgp.GAN)(
      discriminator, generator, latent_dim=_LATENT_DIM
    )
    adam = tgp.keras.optimizers.Adam
    gan.compile(adam(2e-4), adam(2e-4), loss="hinge")
    images = tf.random.stateless_uniform(
      [_BATCH_SIZE, *IMAGE_SHAPE], [_SEED, 0], -1.0
    )
    self._layers = wrapped_layers.pruned_layers(generator)
    self._frequency = frequency
    self.before_step(0)  # as TF-MOT's callback does when training begins
    self._gan, self._images = gan, images
    self._begin()

  def _begin(self):
    data = tf.data.Dataset.from_tensors(self._images).repeat()
    self._iterator = iter(data)
    self._function = self._gan.make_train_function()

  @property
  def counted(self) -> int:
    """What the pruned layers have counted."""
    return int(self._layers[0].pruning_step)

  def before_step(self, step: int) -> None:
    """Sets what the pruned layers have counted."""
    for layer in self._layers:
      layer.pruning_step.assign(step)

  def train(self, steps: int) -> None:
    """Trains, and waits for the result."""
    for _ in range(steps):
      logs = self._function(self._iterator)
    timing.wait(logs)

  def quiet_step(self) -> None:
    """Makes a step in which no mask is updated."""
    self.before_step(0)
    self.train(1)

  def due_step(self) -> None:
    """Makes a step in which masks are updated once."""
    self.before_step(self._frequency - 1)
    self.train(1)


def _contestants(networks, frequency) -> dict[str, Contestant]:
  found = {}
  for name in ("dense", "ours", "dense, plain Keras", "TF-MOT"):
    tgp.keras.utils.set_random_seed(_SEED)
    found[name] = Contestant(name, *networks(), frequency)
  return found


def measure_blocks(networks, frequency: int, steps: int, rounds: int) -> dict:
  """Returns the milliseconds of a step, from blocks of steps.

  Args:
    networks: Returns new networks at each call.
    frequency: Of mask updates, in steps.
    steps: In a block, a multiple of the frequency, so that each has its share.
    rounds: At most so many blocks.
  """
  if steps % frequency:
    raise ValueError(
      f"`steps` must be a multiple of `frequency` ({frequency}); got {steps}."
    )
  gans = _contestants(networks, frequency)
  timings = timing.run(
    {name: (lambda g=gan: g.train(steps)) for name, gan in gans.items()},
    max_rounds=rounds,
    max_seconds=600,
  )
  return {name: 1e3 * x.median / steps for name, x in timings.items()}


def measure_parts(networks, rounds: int) -> dict[str, dict[str, float]]:
  """Returns the milliseconds of a step without and with a mask update."""
  # Wide enough that TF-MOT's two forward calls meet one update, or none.
  gans = _contestants(networks, frequency=100)
  jobs = {(name, "quiet"): gan.quiet_step for name, gan in gans.items()}
  jobs |= {(name, "due"): gans[name].due_step for name in _UPDATES}
  timings = timing.run(jobs, max_rounds=rounds, max_seconds=600)
  found = {}
  for (name, kind), x in timings.items():
    found.setdefault(name, {})[kind] = 1e3 * x.median
  return found


def combine(parts: dict, frequency: int) -> dict[str, float]:
  """Returns the milliseconds of a step in which masks cost their share."""
  return {
    name: of_name["quiet"]
    + (of_name.get("due", 0) - of_name["quiet"])
    * (_UPDATES.get(name, 0) / frequency)
    for name, of_name in parts.items()
  }


def _over(times: dict[str, float], name: str) -> float:
  """Returns the share that a contestant's step takes more than its base's."""
  return times[name] / times[_BASE[name]] - 1


def goals(record: dict) -> dict[str, bool]:
  """Returns by GAN whether ours costs little, at the goal's frequency."""
  frequency = str(_GOAL_FREQUENCY)
  return {
    gan: _over(by_frequency[frequency], "ours") <= _GOAL
    for gan, by_frequency in record["milliseconds"].items()
    if frequency in by_frequency
  }


def rows(record: dict) -> list[list]:
  """Returns the table's rows."""
  found, met = [], goals(record)
  for gan, by_frequency in record["milliseconds"].items():
    for frequency, times in by_frequency.items():
      for name, milliseconds in times.items():
        goal = share = ""
        if name in _BASE:
          share = f"{_over(times, name):+.1%} of {_BASE[name]}"
        if name == "ours" and int(frequency) == _GOAL_FREQUENCY:
          goal = f"{_GOAL:.0%}: {verdicts.word(met[gan])}"
        found.append([gan, frequency, name, milliseconds, share, goal])
  return found


def table(record: dict) -> str:
  """Returns what a machine's record has, in Markdown."""
  return markdown_table.text(_HEADER, rows(record))


_HEADER = ("GAN", "frequency", "contestant", "ms a step", "cost", "goal")


def main(argv):
  """Measures, prints and writes."""
  del argv
  frequencies = [int(x) for x in _FREQUENCIES.value]
  rounds = timing.ROUNDS.value
  file = result_files.opened(
    "train_step",
    {
      "seed": _SEED,
      "sparsity": _SPARSITY,
      "batch_size": _BATCH_SIZE,
      "steps_in_a_block": _STEPS.value,
      "forward_calls_that_tfmot_counts": _UPDATES["TF-MOT"],
      "digits_width": _WIDTH.value,
      "units": _UNITS.value,
    },
  )
  digits = {
    str(x): measure_blocks(
      lambda: digits_networks(_WIDTH.value), x, _STEPS.value, rounds
    )
    for x in frequencies
  }
  parts = measure_parts(lambda: large_networks(_UNITS.value), rounds)
  large = {str(x): combine(parts, x) for x in frequencies}
  results = {
    "main job": digits,
    f"Dense, {_UNITS.value**2 / 1e6:.3g} million": large,
  }
  file.add(
    {
      "milliseconds": results,
      "milliseconds_without_and_with_update": parts,
    },
    levels=2,
  )
  print(verdicts.text(file.machines(), table, goals))


if __name__ == "__main__":
  app.run(main)
