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
"""A training that is killed: one process imports, and forks one per attempt."""

import json
import os
import pathlib
import sys

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests.faults import forking
from tests.gan import own_family
from tf_ganprune.callbacks import backup
from tf_ganprune.keras_compat import keras

EPOCHS = 12
BATCHES = 5  # in an epoch
SAVE_FREQ = 3

layers = keras.layers


def schedule():
  """Returns how every network is pruned."""
  return tfmot.sparsity.keras.PolynomialDecay(
    0.1, 0.8, 2, EPOCHS * BATCHES - 2, frequency=3
  )


def gan() -> tgp.GAN:
  """Returns the same untrained GAN at each call."""
  keras.utils.set_random_seed(0)
  generator = keras.Sequential(
    [
      keras.Input((4,)),
      layers.Dense(16, use_bias=False, activation="tanh"),
      layers.Reshape((4, 4, 1)),
    ]
  )
  discriminator = keras.Sequential(
    [keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(1)]
  )
  model = tgp.GAN(
    tgp.prune_low_magnitude(discriminator, schedule()),
    tgp.prune_low_magnitude(generator, schedule()),
    latent_dim=4,
    ema_decay=0.9,
  )
  # Most of an attempt would go into tracing.
  model.compile("adam", "adam", loss="hinge", run_eagerly=True)
  return model


def autoencoder() -> tgp.PrunedGAN:
  """Returns the same untrained family of the docs at each call."""
  keras.utils.set_random_seed(0)
  schedules = dict.fromkeys(own_family.NETWORKS, schedule())
  model = own_family.autoencoder(schedules, ema_decay=0.9)
  model.compile(dict.fromkeys(schedules, "adam"), run_eagerly=True)
  return model


def images() -> tf.data.Dataset:
  """Returns the same shuffled images at each call."""
  pixels = np.random.default_rng(0).uniform(-1, 1, (18, 4, 4, 1))
  dataset = tf.data.Dataset.from_tensor_slices(pixels.astype(np.float32))
  return dataset.shuffle(18, seed=7).batch(4)


def variables(model) -> dict[str, np.ndarray]:
  """Returns every weight, mask, step and optimizer slot."""
  parts = [*model.networks.values(), *model.averages.values()]
  found = [variable for part in parts for variable in part.weights]
  for optimizer in model.optimizers.values():
    found += optimizer.variables
  return {str(i): variable.numpy() for i, variable in enumerate(found)}


class _Progress(keras.callbacks.Callback):
  """Writes how many batches the GAN has had."""

  def __init__(self, path):
    super().__init__()
    self._file = os.open(path, os.O_CREAT | os.O_WRONLY)

  def on_train_batch_end(self, batch, logs=None):
    # In one piece, so that whoever reads it never sees a part.
    os.pwrite(self._file, b"%6d" % int(self.model.optimizer.iterations), 0)


def train(make, folder: pathlib.Path) -> None:
  """Trains from the last backup in the folder, and leaves `end.npz` there.

  Args:
    make: Returns what is trained.
    folder: Where everything is.
  """
  model = make()
  model.fit(
    images(),
    epochs=EPOCHS,
    verbose=0,
    callbacks=[
      backup.BackupAndRestore(folder / "backup", save_freq=SAVE_FREQ),
      _Progress(folder / "progress"),
    ],
  )
  np.savez(folder / "end.npz", **variables(model))


def serve(make) -> None:
  """Forks a training for each folder that is written to standard input.

  Args:
    make: Returns what is trained.
  """
  for line in sys.stdin:
    # Converting functions to graphs would take most of an attempt.
    eager = tf.autograph.experimental.do_not_convert(train)
    child = forking.start(eager, make, pathlib.Path(line.strip()))
    print(json.dumps({"pid": child}), flush=True)
    _, status = os.waitpid(child, 0)
    print(json.dumps({"status": status}), flush=True)


if __name__ == "__main__":
  serve({"gan": gan, "autoencoder": autoencoder}[sys.argv[1]])
