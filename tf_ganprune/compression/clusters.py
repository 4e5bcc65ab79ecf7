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
"""Clusters of weights: centroids by k-means, which gradients can train."""

import numpy as np
import tensorflow as tf

_MOST_ITERATIONS = 100
_MOST_ROUNDS = 100


def k_means(values: np.ndarray, number_of_clusters: int) -> np.ndarray:
  """Returns the centroids of numbers by k-means, in ascending order.

  Lloyd's algorithm starts from evenly spaced values, which keeps the few large
  weights that matter (Han et al. 2016, "Deep Compression", section 3.2). A
  cluster that ends up empty, as in the gap that pruning leaves around 0, takes
  half of the one with the largest error, until none is empty. If there are no
  more different values than clusters, the values are the centroids.

  Args:
    values: Numbers of any shape, at least one.
    number_of_clusters: The number of centroids.

  Returns:
    `[number_of_clusters]`, of the values' type. If there are as many different
    values, all centroids differ, and each is the nearest to some value.
  """
  ordered = np.sort(values, axis=None)
  distinct = np.unique(ordered)
  if len(distinct) <= number_of_clusters:
    missing = number_of_clusters - len(distinct)
    return np.pad(distinct, (0, missing), mode="edge")
  # Around 0, where differences of sums are exact enough to compare errors.
  middle = distinct.astype(np.float64).mean()
  ordered = ordered.astype(np.float64) - middle
  centroids = np.linspace(ordered[0], ordered[-1], number_of_clusters)
  sums = _sums(ordered)
  for _ in range(_MOST_ROUNDS):
    centroids, ends = _lloyd(ordered, sums, centroids)
    if np.diff(ends).all():
      break
    centroids = _seeded(ordered, sums, ends)
  return (centroids + middle).astype(values.dtype)


def _sums(ordered: np.ndarray) -> np.ndarray:
  """Returns running sums of numbers and of their squares, `[n + 1, 2]`."""
  both = np.stack([ordered, ordered**2], axis=1)
  return np.concatenate([np.zeros((1, 2)), np.cumsum(both, axis=0)])


def _lloyd(ordered, sums, centroids) -> tuple[np.ndarray, np.ndarray]:
  """Returns converged centroids, and the ends of their clusters."""
  for _ in range(_MOST_ITERATIONS):
    ends = _ends(ordered, centroids)
    counts = np.diff(ends)
    means = np.diff(sums[ends, 0]) / np.maximum(counts, 1)
    before, centroids = centroids, np.where(counts, means, centroids)
    if np.array_equal(before, centroids):
      break
  return centroids, _ends(ordered, centroids)


def _ends(ordered, centroids) -> np.ndarray:
  middles = (centroids[1:] + centroids[:-1]) / 2
  inner = np.searchsorted(ordered, middles)
  return np.concatenate([[0], inner, [len(ordered)]])


def _seeded(ordered, sums, ends) -> np.ndarray:
  """Returns centroids of as many clusters, none of them empty.

  The cluster with the largest squared error is cut at its mean, until there are
  enough.
  """
  number = len(ends) - 1
  ends = np.unique(ends)
  while len(ends) <= number:
    counts, totals = np.diff(ends), np.diff(sums[ends], axis=0)
    errors = np.maximum(totals[:, 1] - totals[:, 0] ** 2 / counts, 0.0)
    has_two = ordered[ends[:-1]] < ordered[ends[1:] - 1]
    widest = int(np.argmax(np.where(has_two, errors, -1.0)))
    ends = np.insert(ends, widest + 1, _cut(ordered, ends[widest : widest + 2]))
  return np.diff(sums[ends, 0]) / np.diff(ends)


def _cut(ordered, span) -> int:
  """Returns the index at which a cluster's sorted values pass its mean."""
  part = ordered[span[0] : span[1]]
  # A mean that rounding puts on the lowest value would leave one side empty.
  least = np.searchsorted(part, part[0], side="right")
  most = np.searchsorted(part, part[-1])
  place = np.clip(np.searchsorted(part, part.mean()), least, most)
  return int(span[0] + place)


def number_of_values(weights) -> int | None:
  """Returns the number of different values of clustered weights, else None.

  Args:
    weights: An array of any shape.

  Returns:
    The number; None if it is above 254, the number of nonzero int8 values, or
    above half of the number of weights.
  """
  found = len(np.unique(weights))
  return found if 0 < found <= min(254, np.size(weights) // 2) else None


@tf.custom_gradient
def nearest(weights: tf.Tensor, centroids: tf.Tensor):
  """Returns the nearest centroid of each weight.

  A centroid's gradient is the sum of its weights' gradients (Han et al. 2016,
  equation 3). Weights have a straight-through gradient, so that they can move
  to another cluster, as in TF-MOT.

  Args:
    weights: Weights of any shape.
    centroids: `[n]`, in any order.

  Returns:
    A tensor of the weights' shape.
  """
  order = tf.argsort(centroids)
  ordered = tf.gather(centroids, order)
  middles = (ordered[1:] + ordered[:-1]) / 2
  places = tf.searchsorted(middles, tf.reshape(weights, [-1]))
  places = tf.gather(order, places)

  def gradient(upstream):
    sums = tf.math.unsorted_segment_sum(
      tf.reshape(upstream, [-1]), places, centroids.shape[0]
    )
    return upstream, sums

  return tf.reshape(tf.gather(centroids, places), weights.shape), gradient
