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
"""Tests of running files on a GPU, the software one where there is one."""

import os
import pathlib
import subprocess

import numpy as np
import pytest

from tf_ganprune import export
from tf_ganprune.export import adapters, convert, gpu_run, number_formats
from tf_ganprune.keras_compat import keras

_HAS_GPU = pytest.mark.skipif(
  adapters.software_folder() is None,
  reason="there is no SwiftShader: install Debian's package chromium",
)
_SAMPLES = [{"x": np.zeros([1, 2], np.float32)}]
_NOWHERE = [adapters.Adapter("absent_gpu")]


@pytest.fixture
def no_gpu(monkeypatch):
  monkeypatch.setattr(adapters, "adapters", lambda: _NOWHERE)
  monkeypatch.setenv("VK_ICD_FILENAMES", "/dev/null")


def _content(network):
  with convert.saved(network) as folder:
    return convert.convert(
      folder, number_formats.Setting(number_formats.FLOAT32), []
    )


def _shifted():
  x = keras.Input((7, 7, 2), name="x")
  y = keras.layers.Conv2DTranspose(1, 5, 2, "same", use_bias=False, name="y")
  return keras.Model(x, y(x))


def _inputs(network, count=2):
  (name,) = network.input_names
  shape = [1, *network.input_shape[1:]]
  rng = np.random.default_rng(0)
  return [{name: rng.standard_normal(shape, "f")} for _ in range(count)]


@pytest.mark.slow
@_HAS_GPU
def test_a_file_is_right_on_the_gpu(generator, tmp_path):
  report = export.export_tflite(generator, tmp_path / "g", "gpu")
  assert report.delegated == 1.0
  assert report.max_abs_error < 1e-5
  (note,) = [n for n in report.notes if "ran on the GPU accelerator" in n]
  assert "SwiftShader" in note and "(software)" in note
  timed = export.benchmark_tflite(report.path, runs=3, accelerator="gpu")
  assert "SwiftShader" in timed.device
  assert 0.0 < timed.median_ms <= timed.p95_ms


@_HAS_GPU
def test_what_the_rules_know_is_wrong_there():
  network = _shifted()
  inputs = _inputs(network)
  ran = gpu_run.run(_content(network), inputs)
  assert ran.outputs["y"].shape == (2, 1, 14, 14, 1)
  expected = np.stack([network(one["x"]) for one in inputs])
  error = np.abs(ran.outputs["y"] - expected)
  assert error.max() > 0.1
  # One pixel off, and right otherwise.
  moved = ran.outputs["y"][:, :, :-1, :-1] - expected[:, :, 1:, 1:]
  other = ran.outputs["y"][:, :, 1:, 1:] - expected[:, :, :-1, :-1]
  assert min(np.abs(moved).max(), np.abs(other).max()) < 1e-5


@pytest.mark.slow
@_HAS_GPU
def test_a_wrong_file_is_not_written(generator, tmp_path, monkeypatch):
  right = gpu_run.run

  def wrong(*args):
    ran = right(*args)
    outputs = {name: y + 0.01 for name, y in ran.outputs.items()}
    return gpu_run.Run(outputs, ran.times, ran.device)

  monkeypatch.setattr(gpu_run, "run", wrong)
  with pytest.raises(ValueError, match=r"on the GPU .*differs from .*0\.01"):
    export.export_tflite(generator, tmp_path / "g", "gpu")
  assert not os.listdir(tmp_path)


@_HAS_GPU
def test_what_the_delegate_refuses_is_named():
  x = keras.Input((4, 4, 4, 2))
  network = keras.Model(x, keras.layers.Conv3D(2, 3)(x))
  with pytest.raises(
    gpu_run.RefusedError, match="CONV_3D: Operation is not supp"
  ):
    gpu_run.run(_content(network), _inputs(network, 1))


def test_a_refusal_leaves_no_file(generator, tmp_path, monkeypatch):
  def refuse(*_):
    raise gpu_run.RefusedError("EXP: not supported")

  monkeypatch.setattr(gpu_run, "run", refuse)
  with pytest.raises(ValueError, match="not run all of it: EXP: not supported"):
    export.export_tflite(generator, tmp_path / "g", "gpu")
  assert not os.listdir(tmp_path)


@pytest.mark.slow
def test_without_a_gpu_the_report_says_so(generator, tmp_path, monkeypatch):
  def missing(*_):
    raise gpu_run.NoGPUError("no adapter found")

  monkeypatch.setattr(gpu_run, "run", missing)
  report = export.export_tflite(generator, tmp_path / "g", "gpu")
  assert report.delegated is None
  assert any(n.startswith("Not run on a GPU (no ada") for n in report.notes)
  assert not any("ran on the GPU" in note for note in report.notes)
  with pytest.raises(ValueError, match="'gpu': there is none"):
    export.benchmark_tflite(report.path, accelerator="gpu")


def test_no_adapter_is_told_from_a_refusal(no_gpu, exported):
  content = exported().path.read_bytes()
  with pytest.raises(gpu_run.NoGPUError, match="absent_gpu .*found"):
    gpu_run.run(content, [{"latent": np.zeros((1, 16), "f")}])


def test_a_driver_that_hangs_is_left(no_gpu, monkeypatch):
  def hang(command, timeout, **_):
    raise subprocess.TimeoutExpired(command, timeout)

  monkeypatch.setattr(subprocess, "run", hang)
  with pytest.raises(gpu_run.NoGPUError, match="took more than 120 s"):
    gpu_run.run(b"", _SAMPLES)


def _says(monkeypatch, stderr, code=1):
  done = subprocess.CompletedProcess([], code, "", stderr)
  monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)


_SELECTED = "I00 1 Selected adapter: Big GPU, arch=x, adapterType=GPU\n"


@pytest.mark.parametrize(
  ("stderr", "code", "reason"),
  [
    (
      f"{_SELECTED}ERROR: Following operations are not supported by GPU "
      "delegate:\nEXP: No.\nSIN: Version 2.\n2 operations will run on\n",
      1,
      r"EXP: No; SIN: Version 2 \(on Big GPU\)",
    ),
    (f"{_SELECTED}RuntimeError: bad shader\n", 1, "RuntimeError: bad shader"),
    (f"{_SELECTED}", -11, "ended with -11"),
    (
      f"{_SELECTED}E0 Validation error: [Invalid]\n",
      0,
      r"\[Invalid\] \(on Big GPU",
    ),
  ],
)
def test_what_drivers_say(no_gpu, monkeypatch, stderr, code, reason):
  _says(monkeypatch, stderr, code)
  with pytest.raises(gpu_run.RefusedError, match=reason):
    gpu_run.run(b"", _SAMPLES)


def test_the_software_driver_is_tried_second(monkeypatch, tmp_path):
  monkeypatch.setattr(adapters, "software_folder", lambda: tmp_path)
  first, second = adapters.adapters()
  assert first.folder is None
  with adapters.environment(first) as variables:
    assert variables == dict(os.environ)
  with adapters.environment(second) as variables:
    folder = variables["XDG_RUNTIME_DIR"]
    assert os.stat(folder).st_mode & 0o777 == 0o700
    icd = pathlib.Path(variables["VK_ICD_FILENAMES"]).read_text()
    assert str(tmp_path / "libvk_swiftshader.so") in icd
  assert not os.path.exists(folder)
