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
"""Measures generators against held-out images, on a network's features."""

from collections.abc import Callable

import numpy as np

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  run_directory,
)

_CLASSIFIER = "digit_classifier.keras"
_NO_LABELS = (
  "The data set has no labels to train a classifier on; give a saved network as"
  " --feature_model."
)


def given_feature_model(
  path: str | None, labels: np.ndarray | None
) -> tgp.keras.Model | None:
  """Loads the network for the metrics' features, if there is one.

  Args:
    path: The path of the saved network, or None.
    labels: The labels to train a classifier on, or None.

  Returns:
    The network; None if a classifier is to be trained instead.

  Raises:
    ValueError: If there are neither a network nor labels, or the network cannot
      be loaded.
  """
  if path:
    return tgp.metrics.load_feature_model(path)
  if labels is None:
    raise ValueError(_NO_LABELS)
  return None


def trained_classifier(
  run: run_directory.RunDirectory,
  seed: int,
  real: Callable[[], tuple[np.ndarray, np.ndarray | None]],
) -> tgp.keras.Model:
  """Returns the run's classifier, and trains it if there is none yet.

  Args:
    run: The folder that it is saved in.
    seed: The seed of its training.
    real: A function that returns images, `[n, height, width, channels]` in
      [-1, 1], and their labels, `[n]`.

  Raises:
    ValueError: If there are no labels.
  """
  if (run / _CLASSIFIER).exists():
    print(f"Classifier: read from {run / _CLASSIFIER}.")
    return run.load(_CLASSIFIER)
  print("Classifier: training one, for the features of the metrics.")
  images, labels = real()
  if labels is None:
    raise ValueError(_NO_LABELS)
  classifier = tgp.metrics.train_classifier(
    images, labels, int(labels.max()) + 1, seed=seed
  )
  run.save(classifier, _CLASSIFIER)
  return classifier


def accuracy(
  evaluator: tgp.metrics.Evaluator, images: np.ndarray, labels: np.ndarray
) -> float:
  """Returns the accuracy of an evaluator's classifier, from 0 to 1."""
  logits = evaluator.logits(images)
  return float(np.mean(np.argmax(logits, axis=-1) == labels))
