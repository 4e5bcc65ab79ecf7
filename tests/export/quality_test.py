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

import tf_ganprune as tgp
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
  with pytest.raises(ValueError, match="OutputEvaluator; got str"):
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


def _classifier():
  keras.utils.set_random_seed(0)
  return keras.Sequential(
    [
      keras.Input((4, 4, 1), name="image"),
      keras.layers.Conv2D(4, 3, activation="relu"),
      keras.layers.Flatten(),
      keras.layers.Dense(3, name="logits"),
    ]
  )


def test_a_classifier_is_measured_by_its_accuracy(tmp_path):
  network = _classifier()
  images = np.random.default_rng(0).normal(size=(600, 4, 4, 1)).astype("f")
  labels = network.predict(images, verbose=0).argmax(1)
  labels[:150] = 5
  seen = []

  def right(logits, given):
    seen.append((logits, given.shape))
    return {"accuracy": np.mean(logits.argmax(1) == labels)}

  evaluator = metrics.OutputEvaluator(right, images)
  report = export.export_tflite(
    network, tmp_path / "c", "cpu-int8", images[:64], evaluator
  )
  (ours, shape), (theirs, same) = seen
  assert ours.shape == theirs.shape == (600, 3)
  assert shape == same == (600, 4, 4, 1)  # all, not the 64
  np.testing.assert_allclose(
    ours, network.predict(images, verbose=0), atol=1e-5
  )
  runner = litert.Interpreter(model_path=str(report.path))
  (found,) = runner.get_signature_runner()(image=images[:1]).values()
  np.testing.assert_array_equal(theirs[:1], found)
  assert (theirs != ours).any()
  assert report.keras_scores == {"accuracy": 0.75}
  assert 0.7 < report.scores["accuracy"] <= 0.75
  assert report.frechet_distance is None
  assert f"accuracy: {report.scores['accuracy']:.4g}, Keras's 0.75." in str(
    report
  )
  (note,) = [x for x in report.notes if x.startswith("accuracy")]
  assert "0.75 in Keras, from the same 600 inputs" in note


def test_labels_are_enough_for_a_classifier(tmp_path):
  network = _classifier()
  images = np.random.default_rng(0).normal(size=(40, 4, 4, 1)).astype("f")
  labels = network.predict(images, verbose=0).argmax(1)
  labels[:10] = (labels[:10] + 1) % 3
  evaluator = metrics.ClassifierEvaluator(images, labels)
  report = export.export_tflite(
    network, tmp_path / "c", "cpu", evaluator=evaluator
  )
  assert report.scores == report.keras_scores
  assert report.scores == pytest.approx({"accuracy": 0.75, "error": 0.25})


def test_outputs_are_measured_on_what_a_network_is_exported_with(tmp_path):
  network = _classifier()
  images = np.ones((5, 4, 4, 1), "f")
  counted = metrics.OutputEvaluator(lambda x, given: {"n": len(given)})
  options = {"evaluator": counted}
  report = export.export_tflite(
    network, tmp_path / "c", "cpu", images, **options
  )
  assert report.scores == {"n": 5}
  report = export.export_tflite(network, tmp_path / "c", "cpu", **options)
  assert report.scores == {"n": 1000}


@pytest.mark.parametrize("one_hot", [False, True])
def test_labels_of_drawn_inputs_reach_the_evaluator(one_hot, tmp_path):
  """The file draws the classes, which are known by their brightness."""
  latents = keras.Input((2,))
  if one_hot:
    joined = keras.Input((4,))
    network_inputs, hot = joined, joined[:, 2:]
  else:
    label = keras.Input((), dtype="int32")
    hot = keras.layers.Embedding(2, 2, name="classes")(label)
    network_inputs = [latents, label]
  grey = keras.layers.Dense(16, name="grey")(hot)
  network = keras.Model(network_inputs, keras.layers.Reshape((4, 4, 1))(grey))
  if not one_hot:
    network.get_layer("classes").set_weights([np.eye(2, dtype="f")])
  shades = np.repeat([[-0.5], [0.5]], 16, 1)
  network.get_layer("grey").set_weights([shades, np.zeros(16)])
  images = np.repeat([-0.5, 0.5], 8)[:, None, None, None] * np.ones(
    (1, 4, 4, 1)
  )
  classifier = keras.Sequential(
    [
      keras.Input((4, 4, 1)),
      keras.layers.GlobalAveragePooling2D(),
      keras.layers.Dense(2, name="logits"),
    ]
  )
  classifier.get_layer("logits").set_weights(
    [np.array([[-9.0, 9.0]]), np.zeros(2)]
  )
  labels = np.repeat([0, 1], 8)
  evaluator = metrics.Evaluator(classifier, images.astype("f"), labels=labels)
  source = tgp.inputs.LabelledLatents(2, 2, one_hot=one_hot)
  report = export.export_tflite(
    network, tmp_path / "g", "cpu", source, evaluator
  )
  for scores in (report.scores, report.keras_scores):
    assert scores["label_accuracy"] == 1.0
    assert scores["intra_class_frechet_distance"] < 0.1
    assert "coverage" in scores
  (note,) = [x for x in report.notes if x.startswith("Frechet distance")]
  assert "label_accuracy 1, 1 in Keras" in note
  assert "No score of labels" not in note
  if one_hot:  # of an array alone nobody knows where its labels are
    alone = source.draw(8, seed=0)
    report = export.export_tflite(
      network, tmp_path / "g", "cpu", alone, evaluator
    )
    assert "label_accuracy" not in report.scores
    assert "No score of labels: none were found among" in str(report)
    return
  few = source.draw(4, seed=0, labels=[0, 1, 1, 1])
  with pytest.raises(ValueError, match="`evaluator` .* 4 .*Class 0 has 1 gen"):
    export.export_tflite(network, tmp_path / "few", "cpu", few, evaluator)
  assert not (tmp_path / "few").exists()


@pytest.mark.parametrize(
  "function, words",
  [
    (None, "`function` must be a function .* got None"),
    (lambda x, y: 0.5, "`function` .* got 0.5"),
    (lambda x, y: {}, "`function` .* got {}"),
    (lambda x, y: {"a": "b"}, "'a'; got 'b'"),
    (lambda x, y: {"a": np.nan}, "'a'; got nan"),
    (lambda x, y: {"a": [1, 2]}, r"'a'; got \[1, 2\]"),
  ],
)
def test_a_function_must_return_numbers(function, words, tmp_path):
  with pytest.raises(ValueError, match=words):
    evaluator = metrics.OutputEvaluator(function)
    export.export_tflite(_classifier(), tmp_path / "c", evaluator=evaluator)
  assert not (tmp_path / "c").exists()


def test_inputs_of_an_evaluator_must_fit(tmp_path):
  evaluator = metrics.OutputEvaluator(lambda x, y: {"a": 1}, np.ones((5, 3)))
  with pytest.raises(ValueError, match="`evaluator`, `inputs` .*'image'"):
    export.export_tflite(_classifier(), tmp_path / "c", evaluator=evaluator)
