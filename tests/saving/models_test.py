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
"""Tests of models on disk: whole or not at all, and refused if changed."""

import json
import pickle
import sys
import zipfile
from concurrent import futures

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tests import tiny
from tf_ganprune import gan, saving
from tf_ganprune.keras_compat import keras
from tf_ganprune.saving import archive, models
from tf_ganprune.sparsity import prune

layers = keras.layers


@pytest.fixture
def network(tmp_path):
  """A saved network, and its path."""
  model = tiny.classifier()
  return model, saving.save_model(model, tmp_path / "net.keras")


def _rewrite(path, change):
  """Saves again, as an attacker would, with a changed configuration."""
  with zipfile.ZipFile(path) as file:
    parts = {name: file.read(name) for name in file.namelist()}
  parts["config.json"] = json.dumps(
    change(json.loads(parts["config.json"]))
  ).encode()
  with zipfile.ZipFile(path, "w") as file:
    for name, content in parts.items():
      file.writestr(name, content)


def _one_sentence(path, **arguments) -> str:
  with pytest.raises(ValueError) as error:  # noqa: PT011
    saving.load_model(path, **arguments)
  message = str(error.value)
  assert "\n" not in message
  assert repr(str(path)) in message
  return message


@pytest.mark.slow
def test_a_pruned_gan_comes_back(tmp_path):
  schedule = tfmot.sparsity.keras.ConstantSparsity(0.5, 1, frequency=1)
  model = gan.GAN(
    prune.prune_low_magnitude(tiny.discriminator(), schedule),
    prune.prune_low_magnitude(tiny.generator(), schedule),
    4,
    ema_decay=0.5,
  )
  model.compile("adam", "adam", loss="hinge")
  model.fit(tiny.images(8), batch_size=4, verbose=0)
  path = saving.save_model(model, tmp_path / "gan.keras")
  loaded = saving.load_model(path)
  for ours, theirs in zip(loaded.weights, model.weights, strict=True):
    np.testing.assert_array_equal(ours, theirs)
  assert int(loaded.g_optimizer.iterations) == 2
  assert keras.models.load_model(path).loss_name == "hinge"
  assert archive.is_sealed(path)


def test_a_gan_that_is_not_compiled_comes_back(tmp_path):
  model = gan.GAN(tiny.discriminator(), tiny.generator(), 4)
  loaded = saving.load_model(saving.save_model(model, tmp_path / "gan.keras"))
  for ours, theirs in zip(loaded.weights, model.weights, strict=True):
    np.testing.assert_array_equal(ours, theirs)


def test_plain_keras_files_load_too(tmp_path):
  model = tiny.classifier()
  model.save(tmp_path / "net.keras")
  assert not archive.is_sealed(tmp_path / "net.keras")
  loaded = saving.load_model(tmp_path / "net.keras")
  np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])


def test_a_file_of_keras_3_is_named_with_the_way_in(tmp_path):
  keras3 = pytest.importorskip("keras", minversion="3.0")
  path = tmp_path / "net.keras"
  keras3.Sequential([keras3.Input((3,)), keras3.layers.Dense(2)]).save(path)
  assert models.is_keras3_file(path)
  with pytest.raises(ValueError, match=r"saved by Keras 3; .*from_keras3\("):
    saving.load_model(path)


def test_every_changed_byte_is_noticed(network):
  _, path = network
  content = path.read_bytes()
  with open(path, "r+b", buffering=0) as file:
    for at, byte in enumerate(content):
      file.seek(at)
      file.write(bytes([byte ^ (1 << at % 8)]))
      with pytest.raises(ValueError):  # noqa: PT011
        archive.is_sealed(path)
      file.seek(at)
      file.write(bytes([byte]))
  assert archive.is_sealed(path)


def test_every_shorter_file_is_noticed(network):
  _, path = network
  with open(path, "r+b", buffering=0) as file:
    for length in reversed(range(path.stat().st_size)):
      file.truncate(length)
      with pytest.raises(ValueError):  # noqa: PT011
        archive.is_sealed(path)


def test_more_bytes_are_noticed(network):
  _, path = network
  path.write_bytes(path.read_bytes() + b"\0")
  assert "is damaged" in _one_sentence(path)


@pytest.mark.parametrize("at", [0, 100, 2000, -1000, -40, -1])
def test_a_damaged_file_gets_one_sentence(network, at):
  _, path = network
  content = bytearray(path.read_bytes())
  content[at] ^= 1
  path.write_bytes(content)
  assert "is damaged" in _one_sentence(path)


def test_a_changed_weight_in_a_plain_file_is_noticed(tmp_path):
  path = tmp_path / "net.keras"
  model = tiny.classifier()
  model.save(path)
  content = bytearray(path.read_bytes())
  at = content.index(model.get_weights()[0].tobytes()[:16])
  content[at] ^= 1
  path.write_bytes(content)
  assert "'model.weights.h5' in it is damaged" in _one_sentence(path)


def test_what_is_no_keras_file(tmp_path):
  assert "does not exist" in _one_sentence(tmp_path / "no.keras")
  for name in ("a.h5", "a.pkl", "folder", "folder.keras"):
    path = tmp_path / name
    path.mkdir() if "folder" in name else path.write_bytes(b"")
    assert "is no .keras file" in _one_sentence(path)
  (tmp_path / "b.keras").write_bytes(pickle.dumps(1))
  assert "is damaged" in _one_sentence(tmp_path / "b.keras")
  with zipfile.ZipFile(tmp_path / "c.keras", "w") as file:
    file.writestr("a", b"")
  assert "no 'config.json'" in _one_sentence(tmp_path / "c.keras")
  with pytest.raises(ValueError, match=r"must end in '\.keras'"):
    saving.save_model(tiny.classifier(), tmp_path / "a.h5")
  with pytest.raises(ValueError, match="`model` .*Keras model"):
    saving.save_model("net", tmp_path / "a.keras")


def test_another_architecture_is_named(network):
  _, path = network

  def widen(config):
    config["config"]["layers"][1]["config"]["units"] = 9
    return config

  _rewrite(path, widen)
  assert "its weights do not fit" in _one_sentence(path)


class Doubled(layers.Layer):
  """A layer that nobody registered."""

  def call(self, inputs):
    return 2.0 * inputs


def test_unknown_classes_must_be_registered(tmp_path):
  model = keras.Sequential([keras.Input((2,)), Doubled()])
  path = saving.save_model(model, tmp_path / "net.keras")
  message = _one_sentence(path)
  assert "'Doubled'" in message
  assert "register_keras_serializable()` and import" in message
  loaded = saving.load_model(path, custom_objects={"Doubled": Doubled})
  assert isinstance(loaded.layers[0], Doubled)


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_lambda_is_not_run(tmp_path, wrapped):
  marker = tmp_path / "was_run"
  name = str(marker)
  layer = layers.Lambda(lambda x: (open(name, "w"), x)[1])  # noqa: SIM115
  if wrapped:
    layer = layers.TimeDistributed(layer)
  model = keras.Sequential([keras.Input((2, 3)), layer])
  path = tmp_path / "net.keras"
  with pytest.raises(ValueError, match="'.*' was not saved, .* a Lambda"):
    saving.save_model(model, path)
  assert not path.exists()
  model.save(path)
  marker.unlink()
  assert "it holds a Lambda" in _one_sentence(path)
  with pytest.raises(ValueError, match="net.keras' .*Lambda"):
    saving.load_model(path, custom_objects={"Lambda": layers.Lambda})
  assert not marker.exists()


def _function(module, name):
  return {
    "module": module,
    "class_name": "function",
    "config": name,
    "registered_name": name,
  }


@pytest.mark.parametrize(
  "entry",
  [
    _function("os", "system"),
    _function("builtins", "eval"),
    _function("keras.utils", "get_file"),
    {"module": "subprocess", "class_name": "Popen", "config": {"args": "x"}},
    {"module": "tf_keras.utils", "class_name": "get_file", "config": {}},
    {"module": "a_module_of_an_attacker", "class_name": "X", "config": {}},
    {
      "module": "a_module_of_an_attacker",
      "class_name": "PrunedNetwork",
      "config": {},
    },
  ],
)
def test_a_file_names_no_code(network, tmp_path, monkeypatch, entry):
  _, path = network
  (tmp_path / "a_module_of_an_attacker.py").write_text("X = 1 / 0")
  monkeypatch.syspath_prepend(tmp_path)

  def change(config):
    config["config"]["layers"][1]["config"]["activation"] = entry
    return config

  _rewrite(path, change)
  assert "which is not known here" in _one_sentence(path)
  assert "a_module_of_an_attacker" not in sys.modules


@pytest.mark.parametrize(
  ("ours", "theirs"),
  [
    ("nn.relu", "io.read_file"),
    ("nn.relu", "load_op_library"),
    ("nn.relu", "py_function"),
    ("nn.relu", "print"),
    ("compat.v1.pad", "compat.v1.py_func"),
    ("compat.v1.pad", "compat.v1.read_file"),
    ("compat.v1.pad", "compat.v1.io.read_file"),
    ("compat.v1.pad", "compat.v1.compat.v1.pad"),
  ],
)
def test_operations_compute_and_do_no_more(tmp_path, ours, theirs):
  x = keras.Input((3,))
  x_wide = tf.pad(x, [[0, 0], [0, 1]])[:, :3]
  y = tf.reshape(tf.concat([tf.nn.relu(x) + 1.0, x_wide], -1), [-1, 6])
  model = keras.Model(x, layers.Dense(2, activation="gelu")(y))
  model.compile("adam", loss=keras.losses.mse, metrics=["accuracy"])
  path = saving.save_model(model, tmp_path / "net.keras")
  inputs = np.ones((1, 3), np.float32)
  np.testing.assert_array_equal(saving.load_model(path)(inputs), model(inputs))

  def change(config):
    return json.loads(json.dumps(config).replace(f'"{ours}"', f'"{theirs}"'))

  _rewrite(path, change)
  assert f"it calls tf.{theirs}, which does more" in _one_sentence(path)


def test_a_failed_save_keeps_the_old_file(network, monkeypatch):
  model, path = network
  before = path.read_bytes()

  def fail(beside):
    beside.write_bytes(b"half")
    raise OSError(28, "disk full")

  monkeypatch.setattr(model, "save", fail)
  with pytest.raises(OSError, match="28"):
    saving.save_model(model, path)
  assert path.read_bytes() == before
  assert [p.name for p in path.parent.iterdir()] == ["net.keras"]


def test_the_way_out_is_not_hidden_by_keras(network, monkeypatch):
  _, path = network

  def fail(*_, **__):
    raise TypeError("Could not locate class 'Mine'.\n  And more.")

  monkeypatch.setattr(models.keras.models, "load_model", fail)
  assert "'Mine'" in _one_sentence(path)


def test_a_thread_that_has_loaded_can_save(network, tmp_path):
  model, path = network

  def load_and_save():
    keras.models.load_model(path)
    loaded = saving.load_model(path)
    saving.save_model(loaded, tmp_path / "again.keras")
    return saving.load_model(tmp_path / "again.keras")

  with futures.ThreadPoolExecutor(1) as pool:
    again = pool.submit(load_and_save).result()
  for ours, theirs in zip(
    again.get_weights(), model.get_weights(), strict=True
  ):
    np.testing.assert_array_equal(ours, theirs)
