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
"""Values that many weights share: found by k-means, learned by gradients."""

import numpy as np
import tensorflow as tf

_MOST_ITERATIONS = 100


def k_means(values: np.ndarray, number_of_clusters: int) -> np.ndarray:
  """Returns the centroids of some numbers, in ascending order.

  Lloyd's algorithm from evenly spaced values, which keeps the few large weights
  on which much depends (Han et al. 2016, "Deep Compression", section 3.2). Up
  to as many different values as there are clusters stay as they are.

  Args:
    values: Any shape, at least one number.
    number_of_clusters: How many centroids.

  Returns:
    `[number_of_clusters]`, of the values' type.
  """
  ordered = np.sort(values, axis=None)
  distinct = np.unique(ordered)
  if len(distinct) <= number_of_clusters:
    missing = number_of_clusters - len(distinct)
    return np.pad(distinct, (0, missing), mode="edge")
  sums = np.concatenate([[0.0], np.cumsum(ordered, dtype=np.float64)])
  centroids = np.linspace(ordered[0], ordered[-1], number_of_clusters)
  for _ in range(_MOST_ITERATIONS):
    middles = (centroids[1:] + centroids[:-1]) / 2
    ends = np.searchsorted(ordered, middles)
    ends = np.concatenate([[0], ends, [len(ordered)]])
    counts = np.diff(ends)
    means = np.diff(sums[ends]) / np.maximum(counts, 1)
    before, centroids = centroids, np.where(counts, means, centroids)
    if np.array_equal(before, centroids):
      break
  return centroids.astype(values.dtype)


def number_of_values(weights) -> int | None:
  """Returns how many different values weights share; None if few share any.

  Args:
    weights: An array of any shape.

  Returns:
    At most 254, which int8 files tell apart beside zero, and at most half as
    many as there are weights.
  """
  found = len(np.unique(weights))
  return found if 0 < found <= min(254, np.size(weights) // 2) else None


@tf.custom_gradient
def nearest(weights: tf.Tensor, centroids: tf.Tensor):
  """Returns the centroid that is nearest to each weight.

  A centroid's gradient is the sum of its weights' gradients (Han et al. 2016,
  equation 3). A weight gets its own gradient straight through, so that it can
  move to another cluster, as in TF-MOT.

  Args:
    weights: Any shape.
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
