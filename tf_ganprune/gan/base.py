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
"""The Keras model that trains the networks of a GAN and prunes them exactly."""

from collections.abc import Callable

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import ownership


class PrunedGAN(keras.Model):
  """Networks that have an optimizer each, and are pruned as it updates them.

  It owns the pruning wrappers of its networks. A family derives from it,
  registers its networks with `_own` in the constructor, and updates them in
  `train_step` with `minimize` and nothing else; then every invariant of
  pruning holds, whatever the losses and the number of updates are. See
  `tgp.GAN`.
  """

  def _own(self, **networks: keras.Model) -> None:
    """Takes over the counting of the networks' updates."""
    # Not a dict or list, which Keras would track, and save, as layers.
    self._owned = ownership.Owned(self, networks)

  def make_train_function(self, force=False):
    """Returns Keras' train function; who trains a network owns it."""
    self._owned.claim()
    return super().make_train_function(force)

  def minimize(
    self,
    network: str,
    optimizer: keras.optimizers.Optimizer,
    loss_fn: Callable[[], tf.Tensor],
    weight_clip: float | None = None,
  ) -> tf.Tensor:
    """Makes one optimizer update of one network, and then prunes it.

    The losses that the network's layers add (regularizers) count too.

    Args:
      network: The attribute that holds the network.
      optimizer: Its optimizer.
      loss_fn: Computes what is to be minimized, a scalar.
      weight_clip: If set, trainable weights are clipped to
        [-weight_clip, weight_clip] after the update.

    Returns:
      The loss, a scalar.
    """
    self._owned.claim()
    model = getattr(self, network)
    with tf.GradientTape() as tape:
      loss = loss_fn()
      total = tf.add_n([loss, *model.losses])
    variables = model.trainable_variables
    before = tf.identity(optimizer.iterations)
    optimizer.apply_gradients(
      zip(tape.gradient(total, variables), variables, strict=True)
    )
    if weight_clip:
      for variable in variables:
        variable.assign(tf.clip_by_value(variable, -weight_clip, weight_clip))
    # An optimizer that scales its loss may have skipped the update.
    updates = optimizer.iterations - before
    self._owned.advance(network, updates)
    return loss


def repeat(times: int, function: Callable[[], None]) -> None:
  """Calls a function several times; in a graph, as a loop that is traced once.

  Args:
    times: How often.
    function: What is called; its result is not used.
  """
  if times == 1 or tf.executing_eagerly():
    for _ in range(times):
      function()
    return

  def body(i):
    function()
    return i + 1

  tf.while_loop(lambda i: i < times, body, [0], maximum_iterations=times)
