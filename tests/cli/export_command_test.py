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
"""Tests of `export`: any saved network, chosen, calibrated, or refused."""

import numpy as np
import pytest

import tf_ganprune as tgp


@pytest.mark.parametrize("name", ["dense", "pruned", "keras3"])
def test_any_saved_network(name, run):
  ran = run(f"export {name}.keras --target=cpu-fp16 --output=g.tflite")
  assert ran.code == 0, ran.err
  assert "g.tflite, for 'cpu-fp16': " in ran.out
  assert "pass --samples if it takes anything else" in ran.out
  assert run.written() == {"g.tflite"}


@pytest.mark.slow
def test_of_a_gan_the_average_is_exported(run, saved_gan, tmp_path):
  assert run("export gan.keras --output=g.tflite").code == 0
  tgp.export_tflite(saved_gan.ema_generator, tmp_path / "average.tflite")
  x = np.ones((1, 4), np.float32)
  given, average = (
    _outputs(tmp_path / name, x) for name in ("g.tflite", "average.tflite")
  )
  np.testing.assert_allclose(given, average, atol=1e-6)
  live = tgp.strip_pruning(saved_gan.generator)(x, training=False)
  assert np.abs(given - live).max() > 1e-3


def _outputs(path, x):
  from ai_edge_litert import interpreter  # noqa: PLC0415

  loaded = interpreter.Interpreter(str(path))
  runner = loaded.get_signature_runner()
  (name,) = runner.get_input_details()
  (output,) = runner(**{name: x}).values()
  return output


def test_a_network_of_any_size_and_quality(run, tmp_path):
  ran = run("export image.keras --output=g.tflite")
  assert ran.code == 1 and "needs every size" in ran.sentence
  assert not run.written()
  ran = run("export image.keras --input_shape=8,8,1 --output=g.tflite")
  assert ran.code == 0, ran.err


def test_samples_calibrate_or_are_refused(run, tmp_path):
  np.save("four.npy", np.zeros((4, 4), np.float32))
  np.save("five.npy", np.zeros((4, 5), np.float32))
  np.savez("named.npz", input_1=np.zeros((4, 4)), other=np.zeros((4, 4)))
  line = "export dense.keras --target=cpu-int8 --output=g.tflite --samples="
  assert run(f"{line}four.npy").code == 0
  (tmp_path / "g.tflite").unlink()
  for name, reason in [
    ("five.npy", "--samples has the shape (4, 5)"),
    ("named.npz", "--samples has the keys"),
    ("none.npy", "--samples 'none.npy' cannot be read"),
    ("dense.tflite", "--samples 'dense.tflite' cannot be read"),
  ]:
    ran = run(line + name)
    assert ran.code == 1 and reason in ran.sentence
  assert run.written() == {"four.npy", "five.npy", "named.npz"}


@pytest.mark.parametrize(
  ("flags", "reason"),
  [
    ("dense.keras --target=arm-sparse --output=g.tflite", "no 1x1 convolution"),
    ("dense.tflite --output=g.tflite", "is no .keras file"),
    ("dense.keras --output=no/g.tflite", "a folder that does not exist"),
    ("dense.keras --network=x --output=g.tflite", "holds one network"),
    ("gan.keras --network=x --output=g.tflite", "has no such network; it has"),
    ("dense.keras --value_range=0,1 --output=g.tflite", "give --reference"),
    ("dense.keras --reference=x.npy --output=g.tflite", "--feature_model"),
    ("dense.keras --import=no_such --output=g.tflite", "'no_such' does not im"),
  ],
)
def test_refused(flags, reason, run):
  ran = run(f"export {flags}")
  assert ran.code == 1
  assert reason in ran.sentence
  assert not run.written()


@pytest.mark.slow
def test_quality_of_images(run, tmp_path):
  layers = tgp.keras.layers
  network = tgp.keras.Sequential(
    [tgp.keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(3)]
  )
  tgp.save_model(network, tmp_path / "features.keras")
  images = np.random.default_rng(0).uniform(-1, 1, (16, 8, 8, 1))
  np.save("real.npy", images)
  ran = run(
    "export dense.keras --output=g.tflite --reference=real.npy"
    " --feature_model=features.keras --value_range=-1,1"
  )
  assert ran.code == 0, ran.err
  assert "Fréchet distance: " in ran.out


def test_a_module_of_ones_own_registers_layers(run, tmp_path, monkeypatch):
  package = "cli_test_registered"
  (tmp_path / f"{package}.py").write_text(
    "import tf_ganprune as tgp\n"
    f"@tgp.keras.utils.register_keras_serializable('{package}')\n"
    "class Twice(tgp.keras.layers.Layer):\n"
    "  def call(self, x):\n"
    "    return 2 * x\n"
  )
  monkeypatch.syspath_prepend(tmp_path)
  twice = __import__(package).Twice
  network = tgp.keras.Sequential([tgp.keras.Input((4,)), twice()])
  tgp.save_model(network, tmp_path / "twice.keras")
  monkeypatch.delitem(tgp.keras.utils.get_custom_objects(), f"{package}>Twice")
  monkeypatch.delitem(__import__("sys").modules, package)
  ran = run("export twice.keras --output=g.tflite")
  assert ran.code == 1 and "Twice" in ran.sentence
  ran = run(f"export twice.keras --import={package} --output=g.tflite")
  assert ran.code == 0, ran.err
