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
"""Tests of the program that exports any saved generator."""

import numpy as np
import pytest
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny

pytestmark = pytest.mark.slow
_PROGRAM = "examples.export_tflite"


def _plain():
  return tiny.generator()


def _pruned():
  schedule = tfmot.sparsity.keras.ConstantSparsity(0.5, 0)
  return tgp.prune_low_magnitude(tiny.generator(), schedule)


def _gan():
  return tgp.GAN(tiny.discriminator(), _pruned(), 4, ema_decay=0.9)


def _of_keras3():
  return tgp.to_keras3(tiny.generator())


@pytest.mark.parametrize("make", [_plain, _pruned, _gan, _of_keras3])
def test_any_saved_generator(make, programs, tmp_path):
  model, path = make(), tmp_path / "generator.keras"
  model.save(path)
  output = tmp_path / "generator.tflite"
  result = programs.run(
    _PROGRAM, f"--model={path}", "--target=cpu-fp16", f"--output={output}"
  )
  assert result.returncode == 0, result.stderr[-2000:]
  size = output.stat().st_size
  assert f"{output}, for 'cpu-fp16': {size:,} bytes," in result.stdout
  assert "Largest difference from Keras: " in result.stdout


def _arguments(tmp_path, **flags):
  tgp.save_model(tiny.generator(), tmp_path / "net.keras")
  flags = {
    "model": tmp_path / "net.keras",
    "output": tmp_path / "net.tflite",
  } | flags
  return [f"--{name}={value}" for name, value in flags.items()]


@pytest.mark.parametrize(
  ("flags", "reason"),
  [
    ({"target": "arm-sparse"}, "no 1x1 convolution"),
    ({"model": "missing.keras"}, "'missing.keras' does not exist"),
    ({"model": "/dev/null"}, "'/dev/null' is no .keras file"),
    ({"output": "/nowhere/net.tflite"}, "/nowhere"),
    ({"inputs": "missing.npy"}, "--inputs 'missing.npy' cannot be read"),
  ],
)
def test_a_refusal_is_one_sentence(flags, reason, programs, tmp_path):
  result = programs.run(_PROGRAM, *_arguments(tmp_path, **flags))
  assert result.returncode == 1
  last = result.stderr.splitlines()[-1]
  assert last.startswith("export_tflite: ")
  assert reason in last
  assert "Traceback" not in result.stderr
  assert not (tmp_path / "net.tflite").exists()


def test_inputs_of_ones_own_calibrate(programs, tmp_path):
  np.save(tmp_path / "latents.npy", np.zeros((4, 4), "float32"))
  arguments = _arguments(
    tmp_path, target="cpu-int8", inputs=tmp_path / "latents.npy"
  )
  result = programs.run(_PROGRAM, *arguments)
  assert result.returncode == 0, result.stderr[-2000:]
  np.save(tmp_path / "latents.npy", np.zeros((4, 5), "float32"))
  (tmp_path / "net.tflite").unlink()
  result = programs.run(_PROGRAM, *arguments)
  assert result.returncode == 1
  assert not (tmp_path / "net.tflite").exists()
