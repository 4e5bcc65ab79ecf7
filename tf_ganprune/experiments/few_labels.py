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
"""Data of which few have labels, and what those alone teach a classifier."""

import numpy as np
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.gan import unlabelled


def some(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
  """Returns labels of which evenly many of each class are left, else -1.

  Args:
    labels: `[n]`.
    count: How many are left.
    seed: Of the choice.

  Raises:
    ValueError: If there are fewer, or fewer are left than there are classes.
  """
  classes = np.unique(labels)
  if not len(classes) <= count <= len(labels):
    raise ValueError(
      f"--num_labels must be from {len(classes)}, one for each class, to"
      f" {len(labels)}; got {count}."
    )
  order = np.random.default_rng(seed).permutation(len(labels))
  rank = np.empty(len(labels), int)  # within its class
  for one in classes:
    places = order[labels[order] == one]
    rank[places] = np.arange(len(places))
  kept = np.lexsort((order, rank))[:count]
  found = np.full(len(labels), unlabelled.NONE)
  found[kept] = labels[kept]
  return found


def joined(some_, others) -> tuple[tf.Tensor, ...]:
  """Returns the images and labels of two batches as one batch."""
  return tuple(tf.concat(pair, 0) for pair in zip(some_, others, strict=True))


def train(
  classifier: tgp.keras.Model,
  batches: tf.data.Dataset,
  steps: int,
  optimizer: tgp.keras.optimizers.Optimizer,
) -> None:
  """Trains a classifier on labelled images alone.

  Args:
    classifier: From images to logits.
    batches: Of images and labels, without an end.
    steps: How many updates there are.
    optimizer: Of the classifier.
  """
  loss = tgp.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
  classifier.compile(optimizer, loss)
  classifier.fit(batches.take(steps), verbose=0)
