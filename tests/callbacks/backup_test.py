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
"""Tests that an interrupted training goes on as if it had not been."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from tests import tiny
from tests.callbacks import trainings
from tf_ganprune import gan
from tf_ganprune.callbacks import backup, update_pruning_step
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune
from tf_ganprune.sparsity.training import ownership
from tf_ganprune.sparsity.wrapping import wrapped_layers

layers = keras.layers


def _state(model) -> list[np.ndarray]:
  optimizers = {
    id(o): o
    for name in ("optimizer", "d_optimizer", "g_optimizer")
    if (o := getattr(model, name, None)) is not None
  }
  variables = [v for o in optimizers.values() for v in o.variables]
  for network in model.layers:
    variables += network.weights
  return [variable.numpy() for variable in variables]


def _assert_same(model, expected):
  for ours, theirs in zip(_state(model), _state(expected), strict=True):
    np.testing.assert_array_equal(ours, theirs)


def _interrupted(make, data, folder, save_freq, at, pruning=()):
  """Trains, is interrupted, and goes on with a new model and new data."""
  with pytest.raises(trainings.Interrupted):
    make().fit(
      **data(),
      epochs=trainings.EPOCHS,
      verbose=0,
      callbacks=[
        backup.BackupAndRestore(folder, save_freq),
        *[make_callback() for make_callback in pruning],
        trainings.InterruptAt(at),
      ],
    )
  model = make()
  history = model.fit(
    **data(),
    epochs=trainings.EPOCHS,
    verbose=0,
    callbacks=[
      *[make_callback() for make_callback in pruning],
      backup.BackupAndRestore(folder, save_freq),
    ],
  )
  return model, history


@pytest.mark.slow
@pytest.mark.parametrize(
  ("data", "save_freq", "at"),
  [
    (trainings.array, 2, 9),
    (trainings.plain, "epoch", 7),
    (trainings.shuffled, "epoch", 12),
    (trainings.cached, 3, 13),
    (trainings.endless, 2, 7),
    (trainings.of_unknown_length, "epoch", 11),
  ],
)
def test_a_gan_goes_on_with_the_same_images(tmp_path, data, save_freq, at):
  # What each batch computes does not matter here, and tracing takes longer.
  make = functools.partial(trainings.gan, run_eagerly=True)
  whole = make()
  whole.fit(**data(), epochs=trainings.EPOCHS, verbose=0)
  model, _ = _interrupted(make, data, tmp_path / "b", save_freq, at)
  _assert_same(model, whole)
  steps = [int(x.pruning_step) for x in wrapped_layers.pruned_layers(model)]
  assert set(steps) == {int(model.g_optimizer.iterations)}
  assert not list((tmp_path / "b").rglob("ckpt*"))


@pytest.mark.slow
def test_several_steps_at_once(tmp_path):
  def make():
    return trainings.gan(steps_per_execution=2)

  whole = make()
  whole.fit(**trainings.shuffled(), epochs=trainings.EPOCHS, verbose=0)
  model, _ = _interrupted(make, trainings.shuffled, tmp_path, 2, 2)
  _assert_same(model, whole)


@pytest.mark.slow
@pytest.mark.parametrize(
  ("make", "data"),
  [
    (trainings.classifier, trainings.labelled),
    (trainings.keras_style_gan, trainings.shuffled),
  ],
)
def test_any_model_under_the_pruning_callback(tmp_path, make, data):
  whole = make()
  whole.fit(
    **data(),
    epochs=trainings.EPOCHS,
    verbose=0,
    callbacks=[update_pruning_step.UpdatePruningStep()],
  )
  model, history = _interrupted(
    make, data, tmp_path, 2, 9, pruning=[update_pruning_step.UpdatePruningStep]
  )
  _assert_same(model, whole)
  assert len(history.epoch) == 2
  steps = [int(x.pruning_step) for x in wrapped_layers.pruned_layers(model)]
  assert set(steps) == {15}


@pytest.fixture(name="saved_dropout")
def _saved_dropout():
  random = keras.backend.experimental
  random.enable_tf_random_generator()
  yield lambda: layers.Dropout(0.5)
  random.disable_tf_random_generator()


def _random_gan(layer):
  keras.utils.set_random_seed(0)
  network = keras.Sequential([keras.Input((4, 4, 1)), layer])
  network.add(layers.Flatten())
  network.add(layers.Dense(1))
  model = gan.GAN(network, trainings.generator(), 4)
  model.compile("adam", "adam", run_eagerly=True)
  return model


def _goes_on_with(make_layer, folder):
  def make():
    return _random_gan(make_layer())

  whole = make()
  whole.fit(**trainings.plain(), epochs=trainings.EPOCHS, verbose=0)
  model, _ = _interrupted(make, trainings.plain, folder, 2, 9)
  _assert_same(model, whole)


@pytest.mark.slow
def test_random_layers_go_on_with_what_they_would_have_drawn(
  tmp_path, saved_dropout
):
  _goes_on_with(saved_dropout, tmp_path / "dropout")
  _goes_on_with(
    lambda: layers.RandomTranslation(0.3, 0.3, "constant"), tmp_path / "shift"
  )


def test_random_layers_that_cannot_are_named(tmp_path):
  model = _random_gan(layers.Dropout(0.5, name="drop"))
  with pytest.warns(UserWarning, match="drop .*enable_tf_random_generator"):
    model.fit(
      **trainings.plain(),
      verbose=0,
      callbacks=[backup.BackupAndRestore(tmp_path)],
    )


@pytest.mark.slow
def test_a_finished_training_is_not_repeated(tmp_path):
  for _ in range(2):
    model = trainings.gan()
    model.fit(
      **trainings.plain(),
      epochs=2,
      verbose=0,
      callbacks=[backup.BackupAndRestore(tmp_path, delete_checkpoint=False)],
    )
    assert int(model.g_optimizer.iterations) == 10


@pytest.mark.slow
@pytest.mark.parametrize("at", range(11))
def test_a_loop_by_hand_goes_on_at_any_step(tmp_path, at):
  """What the README shows for training without `fit`."""

  def begin():
    keras.utils.set_random_seed(0)
    network = prune.prune_low_magnitude(tiny.classifier(), trainings.schedule())
    optimizer = keras.optimizers.Adam(1e-2)
    optimizer.build(network.trainable_variables)
    owner = tf.Module()
    return network, optimizer, owner, ownership.claim(network, owner)

  def train(network, optimizer, layers, steps):
    data = trainings.labelled()
    for step in steps:
      with tf.GradientTape() as tape:
        logits = network(data["x"][step : step + 4], training=True)
        loss = tf.reduce_mean(tf.square(logits))
      weights = network.trainable_variables
      gradients = tape.gradient(loss, weights)
      optimizer.apply_gradients(zip(gradients, weights, strict=True))
      ownership.advance(layers)

  def values(network, optimizer):
    return [v.numpy() for v in [*network.weights, *optimizer.variables]]

  network, optimizer, owner, pruned = begin()
  train(network, optimizer, pruned, range(at))
  checkpoint = tf.train.Checkpoint(model=network, optimizer=optimizer)
  path = checkpoint.write(str(tmp_path / "step"))
  train(network, optimizer, pruned, range(at, 10))
  expected = values(network, optimizer)

  network, optimizer, owner, pruned = begin()  # noqa: F841
  checkpoint = tf.train.Checkpoint(model=network, optimizer=optimizer)
  checkpoint.read(path).assert_consumed()
  train(network, optimizer, pruned, range(at, 10))
  for ours, theirs in zip(values(network, optimizer), expected, strict=True):
    np.testing.assert_array_equal(ours, theirs)
