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
"""Tests of exporting: right files, or none."""

import gzip
import os

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot
from ai_edge_litert import interpreter as litert

from tf_ganprune import export
from tf_ganprune.export import convert, signature, verify
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, strip


def _run(path, **inputs):
  interpreter = litert.Interpreter(model_path=str(path))
  interpreter.allocate_tensors()
  return interpreter.get_signature_runner()(**inputs)


def _bytes_of(network):
  setting = export.EXPORT_TARGETS["cpu-dynamic"].settings[0]
  with convert.saved(network) as folder:
    return convert.convert(folder, setting, [])


@pytest.mark.parametrize(
  ("target", "bound"),
  [
    ("cpu", 1e-5),
    ("cpu-fp16", 2e-3),
    ("cpu-dynamic", 0.1),
    ("cpu-int8", 0.1),
  ],
)
def test_every_target_is_right_on_new_inputs(
  generator, exported, target, bound
):
  report = exported(target)
  error = 0.0
  for latent in np.random.default_rng(7).standard_normal((5, 1, 16), "f"):
    expected = generator(latent, training=False).numpy()
    found = _run(report.path, latent=latent)["image"]
    assert found.dtype == np.float32
    error = max(error, np.abs(found - expected).max())
  assert error < bound
  assert report.max_abs_error < bound
  assert report.target == target
  assert report.num_bytes == report.path.stat().st_size
  packed = gzip.compress(report.path.read_bytes(), 9, mtime=0)
  assert report.gzip_bytes == len(packed)
  assert os.listdir(report.path.parent) == [report.path.name]


def test_weights_are_stored_in_the_target_type(exported):
  types = {
    "cpu": np.float32,
    "cpu-fp16": np.float16,
    "cpu-dynamic": np.int8,
    "cpu-int8": np.int8,
  }
  for target, dtype in types.items():
    interpreter = litert.Interpreter(model_path=str(exported(target).path))
    kernels = [
      entry["dtype"]
      for entry in interpreter.get_tensor_details()
      if sorted(entry["shape"]) == [16, 200]
    ]
    assert dtype in kernels
  # In the last one, what flows between the layers is of that type as well.
  shapes = {
    tuple(entry["shape"]): entry["dtype"]
    for entry in interpreter.get_tensor_details()
  }
  assert shapes[1, 10, 10, 8] is np.int8


def test_the_batch_is_one_and_no_shape_is_dynamic(exported):
  interpreter = litert.Interpreter(model_path=str(exported().path))
  (entry,) = interpreter.get_input_details()
  assert entry["shape"].tolist() == entry["shape_signature"].tolist() == [1, 16]
  for tensor in interpreter.get_tensor_details():
    assert -1 not in tensor["shape_signature"]


@pytest.mark.parametrize("target", ["cpu", "cpu-fp16"])
def test_zeros_make_the_file_smaller(
  generator, zero, exported, tmp_path, target
):
  dense = exported(target)
  sparse = export.export_tflite(zero(generator, 0.8), tmp_path / "b", target)
  assert sparse.num_bytes < 0.7 * dense.num_bytes
  assert sparse.max_abs_error < 1e-3
  assert "0.0% of the prunable weights are zero." in dense.notes
  assert "80.0% of the prunable weights are zero." in sparse.notes
  assert any("flag was not used" in note for note in dense.notes)
  assert any("flag was used" in note for note in sparse.notes)


def test_the_flag_is_passed_over_where_it_is_slow(
  dense_network, zero, tmp_path
):
  zero(dense_network, 0.5, block=4)
  report = export.export_tflite(dense_network, tmp_path / "g", "cpu")
  assert any(
    note.startswith("flag + float32: passed over, Dense layer")
    for note in report.notes
  )
  zero(dense_network, 0.8, block=4)
  report = export.export_tflite(dense_network, tmp_path / "g", "cpu")
  assert any("flag was used" in note for note in report.notes)


def test_a_flag_that_gives_nan_is_passed_over(dense_network, zero, tmp_path):
  zero(dense_network, 0.8, block=4)
  report = export.export_tflite(dense_network, tmp_path / "g", "cpu-fp16")
  assert any("float16: gives NaN" in note for note in report.notes)
  assert report.max_abs_error < 1e-2
  assert any("flag was not used" in note for note in report.notes)


@pytest.mark.slow
def test_small_takes_the_smallest_file_that_is_right(
  dense_network, zero, tmp_path
):
  zero(dense_network, 0.8, block=16)
  report = export.export_tflite(dense_network, tmp_path / "g", "cpu-small")
  wrong = [note for note in report.notes if "differs from Keras" in note]
  assert [note.split(":")[0] for note in wrong] == ["flag + dynamic int8"]
  others = [
    int(note.split()[-2].replace(",", ""))
    for note in report.notes
    if ": right, " in note
  ]
  assert len(others) >= 4
  assert report.num_bytes < min(others)
  assert report.max_abs_error < 0.2


@pytest.mark.slow
def test_small_says_what_does_not_load(dense_network, zero, tmp_path):
  zero(dense_network, 0.8)
  report = export.export_tflite(dense_network, tmp_path / "g", "cpu-small")
  (note,) = [n for n in report.notes if n.startswith("flag + dynamic int8")]
  assert "does not load in LiteRT" in note


def test_several_inputs_go_to_the_right_places(conditional, tmp_path):
  path = tmp_path / "g.tflite"
  report = export.export_tflite(conditional, path)
  drawn = "'a_label': drawn from the whole numbers below 10"
  assert any(drawn in note for note in report.notes)
  latent = np.ones((1, 6), np.float32)
  for label in (0, 7):
    label = np.array([[label]], np.int32)
    found = _run(path, latent=latent, a_label=label)
    np.testing.assert_allclose(
      found[conditional.output_names[0]],
      conditional([latent, label]).numpy(),
      atol=1e-6,
    )


def test_representative_data_calibrates(generator, tmp_path):
  path = tmp_path / "g.tflite"
  data = np.random.default_rng(0).uniform(-5.0, 5.0, (40, 16))
  data[0, 0] = 5.0
  data[1, 0] = -5.0
  export.export_tflite(generator, path, "cpu-int8", data)
  scales = [
    entry["quantization"][0]
    for entry in litert.Interpreter(model_path=str(path)).get_tensor_details()
    if entry["dtype"] is np.int8 and entry["shape"].tolist() == [1, 16]
  ]
  assert scales == [pytest.approx(10.0 / 255.0, rel=1e-3)]


def test_integer_inputs_take_their_range_from_the_data(conditional, tmp_path):
  rng = np.random.default_rng(0)
  latents = rng.standard_normal((40, 6), "f")
  labels = rng.integers(0, 10, (40, 1))
  report = export.export_tflite(
    conditional, tmp_path / "g", "cpu-int8", (latents, labels)
  )
  assert not any("drawn from 0 and 1" in note for note in report.notes)
  details = _run(tmp_path / "g", latent=latents[:1], a_label=np.int32([[9]]))
  expected = conditional([latents[:1], np.int32([[9]])]).numpy()
  assert np.abs(details[conditional.output_names[0]] - expected).max() < 0.1


def test_inputs_that_do_not_fill_a_block_do_not_get_lost(zero, tmp_path):
  # LiteRT ignores the inputs 8 and 9 of the file with the flag.
  network = keras.Sequential([keras.Input((10,)), keras.layers.Dense(8)])
  kernel = np.ones((10, 8))
  kernel[:4] = 0.0
  network.layers[0].kernel.assign(kernel)
  report = export.export_tflite(network, tmp_path / "g")
  assert report.max_abs_error < 1e-5
  assert any("float32: differs from Keras" in note for note in report.notes)


@pytest.mark.slow
@pytest.mark.parametrize("wrap", [prune, tfmot.sparsity.keras])
def test_a_pruned_network_is_stripped_and_not_changed(
  dense_network, tmp_path, wrap
):
  schedule = tfmot.sparsity.keras.ConstantSparsity(0.8, 0, frequency=1)
  pruned = wrap.prune_low_magnitude(dense_network, schedule)
  pruned.compile("sgd", "mse")
  pruned.fit(
    np.ones((4, 64), "f"),
    np.ones((4, 64), "f"),
    callbacks=[tfmot.sparsity.keras.UpdatePruningStep()],
    verbose=0,
  )
  # As after an update of the optimizer: pruned weights are alive.
  pruned.layers[0].layer.kernel.assign_add(tf.fill([64, 64], 0.1))
  before = pruned.get_weights()
  report = export.export_tflite(pruned, tmp_path / "g.tflite", "cpu")
  for old, new in zip(before, pruned.get_weights(), strict=True):
    np.testing.assert_array_equal(old, new)
  assert "80.0% of the prunable weights are zero." in report.notes
  assert any("flag was used" in note for note in report.notes)
  stripped = strip.strip_pruning(pruned)
  latent = np.ones((1, 64), "f")
  (found,) = _run(report.path, **{stripped.input_names[0]: latent}).values()
  np.testing.assert_allclose(found, stripped(latent), atol=1e-5)


def test_a_plain_network_is_not_changed(generator, tmp_path):
  before = generator.get_weights()
  export.export_tflite(generator, tmp_path / "g", "cpu-int8")
  for old, new in zip(before, generator.get_weights(), strict=True):
    np.testing.assert_array_equal(old, new)
  assert generator.layers[0].output.shape == (None, 200)


@pytest.mark.slow
@pytest.mark.parametrize("target", ["cpu", "cpu-int8", "cpu-small"])
def test_a_wrong_file_is_refused(
  generator, other_generator, tmp_path, monkeypatch, target
):
  path = tmp_path / "g.tflite"
  path.write_bytes(b"old")
  wrong = _bytes_of(other_generator)
  monkeypatch.setattr(convert, "convert", lambda *_: wrong)
  with pytest.raises(ValueError, match=f"{target}'.*differs from Keras"):
    export.export_tflite(generator, path, target)
  assert path.read_bytes() == b"old"
  assert os.listdir(tmp_path) == ["g.tflite"]


def test_an_operator_without_a_kernel_is_named(tmp_path):
  x = keras.Input((4, 4))
  network = keras.Model(x, keras.layers.Lambda(tf.linalg.inv)(x))
  with pytest.raises(
    ValueError, match=r"LiteRT has no operator for tf\.MatrixInverse"
  ):
    export.export_tflite(network, tmp_path / "g")
  assert not os.listdir(tmp_path)


@pytest.mark.parametrize("module", [verify, os])
def test_a_crash_leaves_nothing(generator, tmp_path, monkeypatch, module):
  def crash(*_):
    raise KeyboardInterrupt

  name = "compare" if module is verify else "replace"
  monkeypatch.setattr(module, name, crash)
  path = tmp_path / "g.tflite"
  path.write_bytes(b"old")
  with pytest.raises(KeyboardInterrupt):
    export.export_tflite(generator, path)
  assert path.read_bytes() == b"old"
  assert os.listdir(tmp_path) == ["g.tflite"]


def test_bad_requests_are_refused_before_converting(
  generator, tmp_path, monkeypatch
):
  monkeypatch.setattr(convert, "saved", lambda _: pytest.fail("too late"))
  monkeypatch.setattr(verify, "refer", lambda *_: pytest.fail("too late"))
  cases = [
    ((tmp_path / "g", "gpu-npu"), "'gpu-npu' is not known.*'cpu-small'"),
    ((tmp_path / "no" / "g",), "folder that does not exist"),
    ((tmp_path / "g", "cpu-int8", np.ones((3, 5))), r"takes \[n, 16\]"),
    ((tmp_path / "g", "cpu", np.ones((0, 16))), "is empty"),
  ]
  for arguments, message in cases:
    with pytest.raises(ValueError, match=message):
      export.export_tflite(generator, *arguments)
  assert not os.listdir(tmp_path)


def test_a_network_that_is_broken_in_keras_is_named(generator, tmp_path):
  generator.layers[0].kernel.assign(np.full((16, 200), np.nan))
  with pytest.raises(ValueError, match="'generator' gives NaN .* in Keras"):
    export.export_tflite(generator, tmp_path / "g")


def test_names_with_other_signs_survive(tmp_path):
  x = keras.Input((4,), name="z-1/x")
  network = keras.Model(x, keras.layers.Dense(3, name="im.age-1")(x))
  export.export_tflite(network, tmp_path / "g")
  found = _run(tmp_path / "g", **{"z-1/x": np.ones((1, 4), "f")})
  assert list(found) == ["im.age-1"]
  assert list(signature.input_specs(network)) == ["z-1/x"]


@pytest.mark.slow
def test_the_converter_is_quiet(generator, tmp_path, capfd):
  export.export_tflite(generator, tmp_path / "g", "cpu-int8")
  lines = capfd.readouterr().err.splitlines()
  assert [line for line in lines if "XNNPACK" not in line] == []


def test_images_that_go_in_are_said_to_be_noise(generator, tmp_path):
  x = keras.Input((4, 4, 3), name="photo")
  network = keras.Model(x, keras.layers.Conv2D(3, 3)(x))
  report = export.export_tflite(network, tmp_path / "g")
  (note,) = [note for note in report.notes if "'photo': drawn" in note]
  assert "N(0, 1)" in note and "representative_data" in note
  data = np.ones((3, 4, 4, 3), "f")
  report = export.export_tflite(network, tmp_path / "g", "cpu", data)
  assert not any("drawn" in note for note in report.notes)
