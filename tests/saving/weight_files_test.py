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
"""Tests of weights that are loaded into a model: all of them, or none."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tests import tiny
from tf_ganprune import gan, saving
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune

_WAYS = (
  "saved.keras",
  "plain.keras",
  "a.weights.h5",
  "prefix",
  "model",
  "root",
)


def _network(width=8, depth=1):
  schedule = tfmot.sparsity.keras.ConstantSparsity(0.5, 1, frequency=1)
  hidden = [keras.layers.Dense(width) for _ in range(depth)]
  network = keras.Sequential([keras.Input((6,)), *hidden])
  return prune.prune_low_magnitude(network, schedule)


def _save(model, folder, way) -> str:
  path = str(folder / way)
  if way == "saved.keras":
    saving.save_model(model, path)
  elif way == "plain.keras":
    model.save(path)
  elif way == "model":
    tf.train.Checkpoint(model=model).write(path)
  elif way == "root":
    tf.train.Checkpoint(model).write(path)
  else:
    model.save_weights(path)
  return path


def _refused(model, path) -> str:
  before = model.get_weights()
  with pytest.raises(ValueError) as error:  # noqa: PT011
    saving.load_weights(model, path)
  for weight, value in zip(model.get_weights(), before, strict=True):
    np.testing.assert_array_equal(weight, value)
  message = str(error.value)
  assert "\n" not in message
  assert repr(path) in message
  return message


def _gan():
  schedule = tfmot.sparsity.keras.ConstantSparsity(0.5, 1, frequency=1)
  return gan.GAN(
    prune.prune_low_magnitude(tiny.discriminator(), schedule),
    prune.prune_low_magnitude(tiny.generator(), schedule),
    4,
    ema_decay=0.5,
  )


def _weights(model):
  networks = [model.discriminator, model.generator, model.ema_generator]
  return [weight.numpy() for network in networks for weight in network.weights]


@pytest.fixture(scope="module")
def trained():
  model = _gan()
  model.compile("adam", "adam")
  model.fit(tiny.images(8), batch_size=4, verbose=0)
  return model


@pytest.mark.slow
@pytest.mark.parametrize("way", _WAYS)
def test_a_gan_gets_weights_masks_and_steps(tmp_path, trained, way):
  path = _save(trained, tmp_path, way)
  other = _gan()
  saving.load_weights(other, path)
  for ours, theirs in zip(_weights(other), _weights(trained), strict=True):
    np.testing.assert_array_equal(ours, theirs)
  other.compile("adam", "adam")
  saving.load_weights(other, path)
  assert int(other.g_optimizer.iterations) == 0
  for ours, theirs in zip(_weights(other), _weights(trained), strict=True):
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.slow
@pytest.mark.parametrize("way", _WAYS)
def test_another_architecture_is_refused(tmp_path, way):
  path = _save(_network(), tmp_path, way)
  for other in (_network(width=9), _network(depth=2), tiny.classifier()):
    assert "of another architecture" in _refused(other, path)
  path = _save(_network(depth=2), tmp_path, way)
  assert "of another architecture" in _refused(_network(), path)


@pytest.mark.parametrize("way", _WAYS[:3])
def test_a_file_that_is_cut_off_is_refused(tmp_path, way):
  path = _save(_network(), tmp_path, way)
  with open(path, "r+b") as file:
    length = len(file.read())
    model = _network()
    for left in [length - 1, *reversed(range(0, length, length // 5))]:
      file.truncate(left)
      assert "damaged" in _refused(model, path)


@pytest.mark.parametrize("suffix", [".index", ".data-00000-of-00001"])
def test_a_checkpoint_that_is_cut_off_is_refused(tmp_path, suffix):
  path = _save(_network(), tmp_path, "prefix")
  model = _network()
  with open(path + suffix, "r+b") as file:
    length = len(file.read())
    for left in [length - 1, length // 2, 1, 0]:
      file.truncate(left)
      assert "damaged" in _refused(model, path)


def test_a_changed_byte_never_loads_another_weight(tmp_path):
  """A checkpoint's checksums cover each tensor, and its index."""
  model = _network()
  path = _save(model, tmp_path, "model")
  expected, other = model.get_weights(), _network()
  for suffix in (".index", ".data-00000-of-00001"):
    with open(path + suffix, "rb") as file:
      content = file.read()
    for at in range(0, len(content), 23):
      with open(path + suffix, "r+b") as file:
        file.seek(at)
        file.write(bytes([content[at] ^ 4]))
      try:
        saving.load_weights(other, path)
      except ValueError as error:
        assert "damaged" in str(error)  # noqa: PT017
      else:
        for ours, theirs in zip(other.get_weights(), expected, strict=True):
          np.testing.assert_array_equal(ours, theirs)
      with open(path + suffix, "wb") as file:
        file.write(content)


def test_what_is_not_there(tmp_path):
  model = _network()
  for name in ("a.keras", "a.weights.h5"):
    assert "does not exist" in _refused(model, str(tmp_path / name))
  assert "no checkpoint's prefix" in _refused(model, str(tmp_path / "a"))
  fresh = keras.Sequential([keras.layers.Dense(2)], name="fresh")
  with pytest.raises(ValueError, match="`model` 'fresh.*'"):
    saving.load_weights(fresh, "a")
