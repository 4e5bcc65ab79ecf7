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

import numpy as np

import tf_ganprune as tgp
from examples import run_directory

_CLASSIFIER = "digit_classifier.keras"


def feature_model(
  run: run_directory.RunDirectory,
  path: str | None,
  images: np.ndarray,
  labels: np.ndarray | None,
  seed: int,
) -> tgp.keras.Model:
  """Returns the network whose features images are compared by.

  Args:
    run: Where a trained classifier is kept.
    path: A saved network to use, or None to train a classifier.
    images: Training images, `[n, height, width, channels]` in [-1, 1].
    labels: Their labels, `[n]`, or None.
    seed: Of the classifier.

  Raises:
    ValueError: If there is no saved network, and there are no labels.
  """
  if path:
    return tgp.metrics.load_feature_model(path)
  if (run / _CLASSIFIER).exists():
    print(f"Classifier: read from {run / _CLASSIFIER}.")
    return run.load(_CLASSIFIER)
  if labels is None:
    raise ValueError(
      "The data set has no labels to train a classifier on; give a saved"
      " network as --feature_model."
    )
  print("Classifier: training it once, for its features.")
  classifier = tgp.metrics.train_classifier(
    images, labels, int(labels.max()) + 1, seed=seed
  )
  run.save(classifier, _CLASSIFIER)
  return classifier


def accuracy(
  classifier: tgp.keras.Model, images: np.ndarray, labels: np.ndarray
) -> float:
  """Returns the share of images that a network of logits puts right."""
  logits = classifier.predict(images, batch_size=256, verbose=0)
  return float(np.mean(np.argmax(logits, axis=-1) == labels))
