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

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tests import tiny
from tf_ganprune import gan
from tf_ganprune.callbacks import backup, update
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import ownership, prune

_IMAGES = np.tanh(tiny.images(18)[:, :4, :4])
_EPOCHS = 3
layers = keras.layers


class _Interrupted(Exception):
  """Stands for the end of a process."""


class _InterruptAt(keras.callbacks.Callback):
  def __init__(self, batches):
    super().__init__()
    self._left = batches

  def on_train_batch_end(self, batch, logs=None):
    self._left -= 1
    if not self._left:
      raise _Interrupted


def _schedule():
  return tfmot.sparsity.keras.PolynomialDecay(0.1, 0.8, 1, 9, frequency=2)


def _discriminator():
  network = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten()])
  network.add(layers.Dense(1))
  return prune.prune_low_magnitude(network, _schedule())


def _generator():
  network = keras.Sequential([keras.Input((4,))])
  network.add(layers.Dense(16, activation="tanh"))
  network.add(layers.Reshape((4, 4, 1)))
  return prune.prune_low_magnitude(network, _schedule())


def _gan(**options):
  keras.utils.set_random_seed(0)
  model = gan.GAN(_discriminator(), _generator(), 4)
  model.compile("adam", "adam", **options)
  return model


def _classifier():
  keras.utils.set_random_seed(0)
  model = prune.prune_low_magnitude(tiny.classifier(), _schedule())
  loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
  model.compile("adam", loss=loss, metrics=["accuracy"])
  return model


class _KerasStyleGAN(keras.Model):
  """Written as the Keras examples are, without a base class of ours."""

  def __init__(self):
    super().__init__()
    self.discriminator = _discriminator()
    self.generator = _generator()
    self.random = tf.random.Generator.from_seed(3)

  def compile(self, d_optimizer, g_optimizer):
    super().compile()
    self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer

  def train_step(self, real):
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
      fake = self.generator(self.random.normal([tf.shape(real)[0], 4]))
      d_loss = tf.reduce_mean(
        tf.nn.softplus(-self.discriminator(real))
        + tf.nn.softplus(self.discriminator(fake))
      )
      g_loss = tf.reduce_mean(tf.nn.softplus(-self.discriminator(fake)))
    for tape, loss, network, optimizer in (
      (d_tape, d_loss, self.discriminator, self.d_optimizer),
      (g_tape, g_loss, self.generator, self.g_optimizer),
    ):
      weights = network.trainable_variables
      gradients = tape.gradient(loss, weights)
      optimizer.apply_gradients(zip(gradients, weights, strict=True))
    return {"d_loss": d_loss}


def _keras_style_gan():
  keras.utils.set_random_seed(0)
  model = _KerasStyleGAN()
  adam = keras.optimizers.Adam
  model.compile(adam(1e-2), adam(1e-2))
  return model


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


def _array():
  return {"x": _IMAGES, "batch_size": 4}


def _plain():
  dataset = tf.data.Dataset.from_tensor_slices(_IMAGES)
  return {"x": dataset.batch(4)}


def _shuffled():
  dataset = tf.data.Dataset.from_tensor_slices(_IMAGES)
  return {"x": dataset.shuffle(18, seed=3).batch(4)}


def _cached():
  # What is cached is in the order that was drawn for the first epoch.
  dataset = tf.data.Dataset.from_tensor_slices(_IMAGES).shuffle(18, seed=5)
  return {"x": dataset.cache().shuffle(18, seed=3).batch(4).prefetch(2)}


def _endless():
  dataset = tf.data.Dataset.from_tensor_slices(_IMAGES).shuffle(18, seed=3)
  return {"x": dataset.batch(4).repeat(), "steps_per_epoch": 4}


def _of_unknown_length():
  def images():
    yield from _IMAGES

  dataset = tf.data.Dataset.from_generator(
    images, output_signature=tf.TensorSpec((4, 4, 1))
  )
  return {"x": dataset.shuffle(18, seed=3).batch(4)}


def _labelled():
  rng = np.random.default_rng(0)
  x = rng.normal(size=(18, 6)).astype(np.float32)
  return {"x": x, "y": np.arange(18) % 3, "batch_size": 4}


def _interrupted(make, data, folder, save_freq, at, pruning=()):
  """Trains, is interrupted, and goes on with a new model and new data."""
  with pytest.raises(_Interrupted):
    make().fit(
      **data(),
      epochs=_EPOCHS,
      verbose=0,
      callbacks=[
        backup.BackupAndRestore(folder, save_freq),
        *[make_callback() for make_callback in pruning],
        _InterruptAt(at),
      ],
    )
  model = make()
  history = model.fit(
    **data(),
    epochs=_EPOCHS,
    verbose=0,
    callbacks=[
      *[make_callback() for make_callback in pruning],
      backup.BackupAndRestore(folder, save_freq),
    ],
  )
  return model, history


@pytest.mark.parametrize(
  ("data", "save_freq", "at"),
  [
    (_array, 2, 9),
    (_plain, "epoch", 7),
    (_shuffled, "epoch", 12),
    (_cached, 3, 13),
    (_endless, 2, 7),
    (_of_unknown_length, "epoch", 11),
  ],
)
def test_a_gan_goes_on_with_the_same_images(tmp_path, data, save_freq, at):
  whole = _gan()
  whole.fit(**data(), epochs=_EPOCHS, verbose=0)
  model, _ = _interrupted(_gan, data, tmp_path / "b", save_freq, at)
  _assert_same(model, whole)
  steps = [int(x.pruning_step) for x in ownership.pruned_layers(model)]
  assert set(steps) == {int(model.g_optimizer.iterations)}
  assert not list((tmp_path / "b").rglob("ckpt*"))


def test_several_steps_at_once(tmp_path):
  def make():
    return _gan(steps_per_execution=2)

  whole = make()
  whole.fit(**_shuffled(), epochs=_EPOCHS, verbose=0)
  model, _ = _interrupted(make, _shuffled, tmp_path, 2, 2)
  _assert_same(model, whole)


@pytest.mark.parametrize(
  ("make", "data"),
  [(_classifier, _labelled), (_keras_style_gan, _shuffled)],
)
def test_any_model_under_the_pruning_callback(tmp_path, make, data):
  whole = make()
  whole.fit(
    **data(),
    epochs=_EPOCHS,
    verbose=0,
    callbacks=[update.UpdatePruningStep()],
  )
  model, history = _interrupted(
    make, data, tmp_path, 2, 9, pruning=[update.UpdatePruningStep]
  )
  _assert_same(model, whole)
  assert len(history.epoch) == 2
  steps = [int(x.pruning_step) for x in ownership.pruned_layers(model)]
  assert set(steps) == {15}


def test_a_finished_training_is_not_repeated(tmp_path):
  for _ in range(2):
    model = _gan()
    model.fit(
      **_plain(),
      epochs=2,
      verbose=0,
      callbacks=[backup.BackupAndRestore(tmp_path, delete_checkpoint=False)],
    )
    assert int(model.g_optimizer.iterations) == 10


def _fit(model, folder, **data):
  model.fit(
    **(data or _plain()),
    epochs=_EPOCHS,
    verbose=0,
    callbacks=[backup.BackupAndRestore(folder, 2)],
  )


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory):
  """A folder with the backup of a training that was interrupted."""
  folder = tmp_path_factory.mktemp("backup")
  with pytest.raises(_Interrupted):
    _gan().fit(
      **_plain(),
      epochs=_EPOCHS,
      verbose=0,
      callbacks=[backup.BackupAndRestore(folder, 2), _InterruptAt(5)],
    )
  return folder


def _refused(model, folder, **data) -> str:
  before = {path: path.read_bytes() for path in folder.glob("*/*")}
  with pytest.raises(ValueError) as error:  # noqa: PT011
    _fit(model, folder, **data)
  assert {path: path.read_bytes() for path in folder.glob("*/*")} == before
  assert "\n" not in str(error.value)
  return str(error.value)


@pytest.mark.parametrize("suffix", ["index", "data-00000-of-00001", "digest"])
def test_a_damaged_backup_is_refused(backed_up, suffix):
  (path,) = backed_up.glob(f"*/*.{suffix}")
  content = path.read_bytes()
  model = _gan()
  try:
    for at in [*range(0, len(content), 1 + len(content) // 8), -1]:
      changed = bytearray(content)
      changed[at] ^= 1
      path.write_bytes(changed)
      message = _refused(model, backed_up)
      assert "Nothing was deleted" in message
      assert str(backed_up) in message
      path.write_bytes(content[:at])
      _refused(model, backed_up)
    path.unlink()
    assert "missing" in _refused(model, backed_up)
  finally:
    path.write_bytes(content)
  assert int(model.g_optimizer.iterations) == 0


def test_another_architecture_is_refused(backed_up):
  other = gan.GAN(_discriminator(), _generator(), 4, ema_decay=0.9)
  other.compile("adam", "adam")
  assert "of another architecture" in _refused(other, backed_up)
  wider = _gan()
  wider.compile(keras.optimizers.Adam(amsgrad=True), "adam")
  assert "of another architecture" in _refused(wider, backed_up)


def test_less_data_are_refused(backed_up):
  dataset = tf.data.Dataset.from_tensor_slices(_IMAGES[:2]).batch(1)
  data = {"x": dataset, "steps_per_epoch": 5}
  assert "The data end after 2 batches" in _refused(_gan(), backed_up, **data)


def test_arguments_are_checked(tmp_path):
  for save_freq in (0, -1, True, False, "batch", 1.5):
    with pytest.raises(ValueError, match="`save_freq` must be 'epoch' or"):
      backup.BackupAndRestore(tmp_path, save_freq)
  with pytest.raises(ValueError, match="`save_before_preemption` is not"):
    backup.BackupAndRestore(tmp_path, save_before_preemption=True)
  assert "assert_cardinality" in _refused(
    _gan(), tmp_path, **_of_unknown_length()
  )


@pytest.mark.parametrize("at", range(11))
def test_a_loop_by_hand_goes_on_at_any_step(tmp_path, at):
  """What the README shows for training without `fit`."""

  def begin():
    keras.utils.set_random_seed(0)
    network = prune.prune_low_magnitude(tiny.classifier(), _schedule())
    optimizer = keras.optimizers.Adam(1e-2)
    optimizer.build(network.trainable_variables)
    owner = tf.Module()
    return network, optimizer, owner, ownership.claim(network, owner)

  def train(network, optimizer, layers, steps):
    data = _labelled()
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
