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
"""Collapsed sets of real digits are seen, and whole ones raise no alarm."""

import json

import numpy as np
import pytest

from tests import build_files
from tf_ganprune import metrics
from tf_ganprune.data.mnist_5k import mnist_5k_dataset_builder as mnist_5k
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import collapse

_REAL = {"recall": 0.9, "classes_hit": 10}


@pytest.fixture(scope="module")
def digits():
  """Images of half the size and labels: 2,000 to learn, 500 real, the rest."""
  pixels, labels = mnist_5k.read_source()
  order = np.random.default_rng(0).permutation(len(labels))
  halved = pixels[order].reshape(-1, 14, 2, 14, 2, 1).mean(axis=(2, 4))
  images = (halved / 127.5 - 1.0).astype(np.float32)
  return np.split(images, [2000, 2500]), np.split(labels[order], [2000, 2500])


@pytest.fixture(scope="module")
def evaluator(digits):
  (learn, real, _), (labels, _, _) = digits
  classifier = metrics.train_classifier(learn, labels, 10, epochs=6)
  return metrics.Evaluator(classifier, real)


def _sentence(evaluator, images):
  return evaluator.collapse(evaluator.evaluate(images), len(images))


@pytest.mark.slow
@pytest.mark.parametrize("n", [4, 12, 40, 100, 500, 2000])
def test_no_false_alarm_on_real_digits(evaluator, digits, n):
  others = digits[0][2]
  assert _sentence(evaluator, others[:n]) is None
  assert _sentence(evaluator, others[-n:]) is None


@pytest.mark.slow
@pytest.mark.parametrize("n", [8, 100, 1000])
def test_one_digit_repeated(evaluator, digits, n):
  repeated = np.repeat(digits[0][2][:1], n, axis=0)
  results = evaluator.evaluate(repeated)
  assert results["classes_hit"] == 1
  assert results["recall"] < 0.02
  assert _sentence(evaluator, repeated).startswith("Mode collapse: the gen")


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [1, 2, 3, 4])
def test_few_kinds_of_digits(evaluator, digits, kinds):
  images, labels = digits[0][2], digits[1][2]
  few = images[labels < kinds]
  hit = evaluator.evaluate(few)["classes_hit"]
  assert kinds <= hit <= kinds + 1  # by a classifier that learned for seconds
  sentence = _sentence(evaluator, few)
  assert f"hit {hit} classes (as many real ones 10)" in sentence
  assert "not learned" not in sentence


def test_one_image_of_each_kind_hits_all_classes_and_is_seen_by_recall(
  evaluator, digits
):
  images, labels = digits[0][2], digits[1][2]
  firsts = [np.flatnonzero(labels == kind)[0] for kind in range(10)]
  ten = np.repeat(images[firsts], 50, axis=0)
  assert evaluator.evaluate(ten)["classes_hit"] >= 8
  assert "a recall of 0.0" in _sentence(evaluator, ten)


def test_a_grey_image_may_not_have_been_learned(evaluator):
  sentence = _sentence(evaluator, np.zeros((100, 14, 14, 1), np.float32))
  assert sentence.endswith(", or it has not learned to draw yet.")


def test_the_reference_is_of_as_many_real_images(evaluator):
  few, many = evaluator.reference(10), evaluator.reference(10**6)
  assert few["classes_hit"] < many["classes_hit"] == 10
  assert many["recall"] == pytest.approx(0.9, abs=0.08)
  assert evaluator.reference(250) == many  # half of the 500


def test_images_that_are_sorted_by_class_make_the_same_reference(
  evaluator, digits
):
  real, labels = digits[0][1], digits[1][1]
  in_order = metrics.Evaluator(
    _network(evaluator), real[np.argsort(labels, kind="stable")]
  )
  assert in_order.reference(50)["classes_hit"] >= 8


def _network(evaluator):
  split = evaluator._model._network
  return keras.Model(split.inputs, split.outputs[1])


def test_kept_numbers_of_healthy_runs_raise_no_alarm():
  path = build_files.ROOT / "benchmarks" / "results" / "mnist_dcgan_seeds.json"
  machines = json.loads(path.read_text(encoding="utf-8"))["machines"]
  rows = [
    found["summary"][network]
    for found in machines.values()
    for network in ("dense", "pruned")
  ]
  assert rows
  for row in rows:
    for recall, precision in zip(
      row["Recall ↑"]["values"], row["Precision ↑"]["values"], strict=True
    ):
      numbers = {"recall": recall, "precision": precision}
      assert 0.7 < recall < 0.95
      assert collapse.collapse_sentence(numbers, _REAL) is None


@pytest.mark.parametrize(
  ("recall", "hit", "collapsed"),
  [
    (0.9, 10, False),
    (0.31, 9, False),  # a healthy DCGAN after its first epoch
    (0.9, 6, False),
    (0.9, 5, True),
    (0.23, 10, False),
    (0.22, 10, True),
  ],
)
def test_thresholds(recall, hit, collapsed):
  numbers = {"recall": recall, "precision": 0.7, "classes_hit": hit}
  sentence = collapse.collapse_sentence(numbers, _REAL, "after epoch 3")
  assert bool(sentence) == collapsed
  if collapsed:
    assert sentence == (
      f"Mode collapse after epoch 3: the generated images hit {hit} classes (as"
      f" many real ones 10) and have a recall of {recall:.2f} (real ones 0.90),"
      " so that the generator draws few of the things it was shown."
    )


def test_without_a_classifier_recall_decides():
  numbers = {"recall": 0.1, "precision": 0.7}
  sentence = collapse.collapse_sentence(numbers, {"recall": 0.9})
  assert "classes" not in sentence
  assert "a recall of 0.10 (real ones 0.90)" in sentence
  assert collapse.collapse_sentence(numbers, {"recall": 0.3}) is None


def test_a_class_of_a_few_mistakes_is_not_hit():
  assert metrics.classes_hit([0] * 976 + [1] * 24, 10) == 1
  assert metrics.classes_hit([0] * 975 + [1] * 25, 10) == 2
  assert metrics.classes_hit([0, 1, 1], 1000) == 2
  assert metrics.classes_hit([], 3) == 0


def test_too_few_real_images_to_hold_some_out():
  features = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten()])
  real = np.random.default_rng(0).uniform(-1, 1, (6, 2, 2, 1))
  assert metrics.Evaluator(features, real).reference(9) == {"recall": 1.0}
