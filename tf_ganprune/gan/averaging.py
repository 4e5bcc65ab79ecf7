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
"""A network's moving average, which is as sparse as the network is."""

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import ownership, prune


def copy_of(network: keras.Model) -> keras.Model:
  """Returns a copy of a network with weights of its own, without wrappers.

  Args:
    network: A built Sequential or functional model, pruned or not.

  Returns:
    A model that computes the same.
  """
  stripped = prune.strip_pruning(network)
  copy = keras.models.clone_model(stripped)
  copy._name = f"ema_{network.name}"
  copy.set_weights(stripped.get_weights())
  return copy


class MovingAverage:
  """Moves a copy's weights towards a network's after each of its updates.

  The decay grows from 0.1 to its final value, min(decay, (1 + t) / (10 + t)),
  so that what the network was at first is soon forgotten. Batch statistics are
  averaged too. Where the network's mask is 0, the average is 0 at once.

  Example:
    `MovingAverage(generator, copy_of(generator), 0.999).update(step)`
  """

  def __init__(self, network: keras.Model, copy: keras.Model, decay: float):
    self._decay = decay
    masks = {
      weight.ref(): mask
      for layer in ownership.pruned_layers(network)
      for weight, mask, _ in layer.pruning_vars
    }
    sources = prune.strip_pruning(network).weights
    self._entries = [
      (average, weight, masks.get(weight.ref()))
      for average, weight in zip(copy.weights, sources, strict=True)
    ]
    # Not before: freezing changes the order of `weights`.
    copy.trainable = False

  def update(self, num_updates: tf.Tensor) -> None:
    """Averages once.

    Args:
      num_updates: How many updates the network has had, a scalar.
    """
    t = tf.cast(num_updates, tf.float32)
    decay = tf.minimum(self._decay, (1.0 + t) / (10.0 + t))
    for average, weight, mask in self._entries:
      if not average.dtype.is_floating:
        average.assign(weight)
        continue
      moved = weight + tf.cast(decay, weight.dtype) * (average - weight)
      average.assign(moved if mask is None else moved * mask)
