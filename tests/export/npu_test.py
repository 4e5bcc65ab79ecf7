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
"""Tests of files of integers alone."""

import numpy as np
import pytest
from ai_edge_litert import interpreter as litert

from tf_ganprune import export


@pytest.mark.slow
def test_npus_get_integers_alone(generator, exported):
  report = exported("npu")
  interpreter = litert.Interpreter(
    model_path=str(report.path),
    experimental_op_resolver_type=(
      litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    ),
  )
  interpreter.allocate_tensors()
  types = {entry["dtype"] for entry in interpreter.get_tensor_details()}
  assert types <= {np.int8, np.int32}
  (given,) = interpreter.get_input_details()
  (got,) = interpreter.get_output_details()
  latent = np.random.default_rng(7).standard_normal((1, 16), "f")
  scale, zero = given["quantization"]
  quantized = np.clip(np.round(latent / scale) + zero, -128, 127)
  interpreter.set_tensor(given["index"], quantized.astype(np.int8))
  interpreter.invoke()
  scale, zero = got["quantization"]
  found = (interpreter.get_tensor(got["index"]).astype("f") - zero) * scale
  expected = generator(latent, training=False).numpy()
  assert np.abs(found - expected).max() < 0.1
  assert 0.0 < report.max_abs_error < 0.1
  assert report.delegated is None
  assert any(note.startswith("Not run on an NPU") for note in report.notes)


def test_labels_stay_integers_on_npus(conditional, tmp_path):
  labels = np.arange(10)[:, None]
  latents = np.random.default_rng(0).standard_normal((10, 6), "f")
  export.export_tflite(conditional, tmp_path / "g", "npu", (latents, labels))
  interpreter = litert.Interpreter(model_path=str(tmp_path / "g"))
  details = interpreter.get_signature_runner().get_input_details()
  assert details["a_label"]["dtype"] is np.int32
  assert details["latent"]["dtype"] is np.int8
