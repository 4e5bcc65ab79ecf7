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
"""Tests of what an export costs in quality."""

import numpy as np
import pytest
from ai_edge_litert import interpreter as litert

from tf_ganprune import export, metrics
from tf_ganprune.keras_compat import keras


@pytest.mark.slow
def test_the_cost_in_quality_is_a_frechet_distance(generator, tmp_path):
  rng = np.random.default_rng(0)
  latents = rng.standard_normal((40, 16), "f")
  real = rng.uniform(-1.0, 1.0, (40, 20, 20, 1)).astype("f")
  features = keras.Sequential(
    [
      keras.Input((20, 20, 1)),
      keras.layers.AveragePooling2D(5),
      keras.layers.Flatten(),
    ]
  )
  evaluator = metrics.Evaluator(features, real)
  report = export.export_tflite(
    generator, tmp_path / "g", "cpu-int8", latents, evaluator
  )
  expected = evaluator.evaluate(generator.predict(latents, verbose=0))
  assert report.keras_frechet_distance == pytest.approx(
    expected["frechet_distance"], rel=1e-4
  )
  runner = litert.Interpreter(model_path=str(report.path))
  runner = runner.get_signature_runner()
  images = [runner(latent=z[None])["image"] for z in latents]
  found = evaluator.evaluate(np.clip(np.concatenate(images), -1.0, 1.0))
  assert report.frechet_distance == pytest.approx(
    found["frechet_distance"], rel=1e-4
  )
  (note,) = [n for n in report.notes if n.startswith("Frechet distance")]
  assert "from the same 40 inputs" in note


def test_values_whose_range_nothing_says(tmp_path):
  rng = np.random.default_rng(0)
  flat = keras.layers.Flatten()
  evaluator = metrics.Evaluator(
    keras.Sequential([keras.Input((4, 4, 1)), flat]),
    rng.uniform(-1.0, 1.0, (40, 4, 4, 1)).astype("f"),
  )
  images = rng.uniform(0.0, 255.0, (40, 16)).astype("f")
  layers = [keras.Input((16,)), keras.layers.Reshape((4, 4, 1))]
  network = keras.Sequential(layers)
  report = export.export_tflite(
    *(network, tmp_path / "g", "cpu", images, evaluator),
    value_range=(0, 255),
  )
  expected = evaluator.evaluate(images.reshape(-1, 4, 4, 1) / 127.5 - 1.0)
  assert report.frechet_distance == pytest.approx(
    expected["frechet_distance"], rel=1e-3
  )
  with pytest.raises(ValueError, match="value_range"):
    export.export_tflite(network, tmp_path / "h", value_range=(1, 1))
  assert not (tmp_path / "h").exists()


def test_without_an_evaluator_there_is_no_distance(exported):
  assert exported("cpu-int8").frechet_distance is None
  assert exported("cpu-int8").keras_frechet_distance is None


def test_an_evaluator_must_be_one_and_fit(generator, dense_network, tmp_path):
  with pytest.raises(ValueError, match="must be a tgp.metrics.Evaluator.*str"):
    export.export_tflite(generator, tmp_path / "g", evaluator="inception")
  features = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten()])
  evaluator = metrics.Evaluator(features, np.zeros((4, 4, 4, 1), "f"))
  with pytest.raises(ValueError, match=r"`evaluator` .*\(None, 64\)"):
    export.export_tflite(dense_network, tmp_path / "g", evaluator=evaluator)


@pytest.mark.slow
def test_a_file_is_measured_in_the_range_of_the_reference(generator, tmp_path):
  rng = np.random.default_rng(0)
  latents = rng.standard_normal((8, 16), "f")
  real = rng.uniform(-1.0, 1.0, (8, 20, 20, 1)).astype("f")
  features = keras.Sequential(
    [
      keras.Input((20, 20, 1)),
      keras.layers.AveragePooling2D(10),
      keras.layers.Flatten(),
    ]
  )
  evaluator = metrics.Evaluator(features, real)
  unit = keras.Sequential(
    [keras.Input((16,)), generator, keras.layers.Rescaling(0.5, 0.5)]
  )
  reports = [
    export.export_tflite(
      network, tmp_path / f"{i}", "cpu", latents, evaluator=evaluator
    )
    for i, network in enumerate((generator, unit))
  ]
  for name in ("frechet_distance", "keras_frechet_distance"):
    ours, theirs = (getattr(report, name) for report in reports)
    assert ours == pytest.approx(theirs, rel=1e-3)
