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

import inspect
import warnings
from collections.abc import Callable

import tensorflow as tf

from tf_ganprune import keras_compat, replicas
from tf_ganprune.gan import divergence, freezing, fusing, scaling
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import adaptive, ownership, updates


class PrunedGAN(keras.Model):
  """Networks that have an optimizer each, and are pruned as it updates them.

  It owns the pruning wrappers of its networks. A family derives from it,
  registers its networks with `_own` in the constructor, and updates them in
  `train_step` with `minimize` and nothing else; then every invariant of
  pruning holds, whatever the losses and the number of updates are. See
  `tgp.GAN`.

  Attributes:
    on_divergence: Called with the error where a loss is not finite; if it
      returns True, because it went back to a good state, training goes on.
  """

  on_divergence: Callable[[Exception], bool] | None = None

  def _own(self, **networks: keras.Model | None) -> None:
    """Takes over the counting of the networks' updates."""
    networks = {k: v for k, v in networks.items() if v is not None}
    # Not a dict or list, which Keras would track, and save, as layers.
    self._owned = ownership.Owned(self, networks)
    self._watch = divergence.Watch(networks)

  def fit(self, *args, **kwargs):
    """Trains the networks; see `keras.Model.fit`.

    As in Keras, what is trained is what was not frozen at `compile`.
    """
    if frozen := freezing.since_compile(self):
      warnings.warn(
        f"{', '.join(frozen)}: frozen or unfrozen since `compile`, which Keras"
        " goes by. Call `compile` again, with the same optimizers, to make it"
        " count.",
        stacklevel=2,
      )
    callbacks = _callbacks(*args, **kwargs)
    for callback in callbacks:
      keras_compat.check_same(callback, "callbacks")
    adaptive.check_setters(self, callbacks)
    history = super().fit(*args, **kwargs)
    divergence.check_weights(self)
    return history

  def make_train_function(self, force=False):
    """Returns Keras' train function; who trains a network owns it."""
    replicas.check()
    if owned := self._owned.renewed():
      self._owned, force = owned, True
      self._on_pruned()
    self._owned.claim()
    self._owned.start()
    before = None if force else self.train_function
    function = super().make_train_function(force)
    if function is not before:
      self.train_function = self._watched(function)
    return self.train_function

  def _on_pruned(self) -> None:
    """Called when a network was pruned after the model was made."""

  def _watched(self, train_function):
    def train_and_check(iterator):
      logs = train_function(iterator)
      try:
        self._watch.check()
      except divergence.DivergenceError as error:
        if self.on_divergence is None or not self.on_divergence(error):
          raise
      self._owned.check_heard()
      return logs

    return train_and_check

  def minimize(
    self,
    network: str,
    optimizer: keras.optimizers.Optimizer,
    loss_fn: Callable[[], tf.Tensor],
    weight_clip: float | None = None,
    beside: tuple = (None, ()),
  ) -> tf.Tensor:
    """Makes one optimizer update of one network, and then prunes it.

    The losses that the network's layers add (regularizers) count too. With
    several replicas, the mean of their losses is minimized. A network that is
    frozen is not updated, and so not pruned.

    Args:
      network: The attribute that holds the network.
      optimizer: Its optimizer.
      loss_fn: Computes what is to be minimized, a scalar.
      weight_clip: If set, trainable weights are clipped to
        [-weight_clip, weight_clip] after the update.
      beside: An optimizer and variables outside of the network, which learn
        from the same loss whenever the network does.

    Returns:
      The loss, a scalar.
    """
    self._owned.claim()
    model = getattr(self, network)
    variables = model.trainable_variables
    if not variables:
      return loss_fn()
    with tf.GradientTape() as tape:
      loss = loss_fn()
      total = tf.add_n([loss, *(tf.cast(x, loss.dtype) for x in model.losses)])
      total = scaling.scaled(optimizer, total / replicas.count())
    other_optimizer, others = beside
    gradients = scaling.unscaled(
      optimizer, tape.gradient(total, [*variables, *others])
    )
    before = updates.state(optimizer)
    split = len(variables)
    self._owned.gather(network, optimizer, gradients[:split], variables)
    is_masked = self._update(network, optimizer, gradients[:split])
    if others:
      other_optimizer.apply_gradients(
        zip(gradients[split:], others, strict=True)
      )
    if weight_clip:
      replicas.update([(x,) for x in variables], _clip, weight_clip)
    made = updates.made_since(optimizer, before)
    self._owned.advance(network, made, is_masked, [optimizer])
    matters = scaling.matters(optimizer, made)
    self._watch.observe(network, total, optimizer.iterations, matters)
    stuck = scaling.is_stuck(optimizer, made)
    self._watch.count_stuck(network, stuck)
    return loss

  def _update(self, network: str, optimizer, gradients) -> bool:
    """Updates a network; returns whether its masks were applied, too."""
    variables = getattr(self, network).trainable_variables
    entries = self._owned.entries(network)
    if fusing.pays(optimizer, variables, entries):
      fusing.update(optimizer, gradients, variables, entries)
      return True
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return False


def _callbacks(*args, **kwargs) -> list[keras.callbacks.Callback]:
  """Returns those among the arguments of `fit`."""
  signature = inspect.signature(keras.Model.fit)
  given = signature.bind(None, *args, **kwargs).arguments.get("callbacks")
  if isinstance(given, keras.callbacks.CallbackList):
    given = given.callbacks
  return tf.nest.flatten([] if given is None else given)


def _clip(variable, bound) -> None:
  variable.assign(tf.clip_by_value(variable, -bound, bound))


def repeat(times: int, function: Callable[[], None]) -> None:
  """Calls a function several times; in a graph, as a loop that is traced once.

  Args:
    times: How often.
    function: What is called; its result is not used.
  """
  # Replicas cannot meet inside a loop.
  if times == 1 or tf.executing_eagerly() or replicas.count() > 1:
    for _ in range(times):
      function()
    return

  def body(i):
    function()
    return i + 1

  tf.while_loop(lambda i: i < times, body, [0], maximum_iterations=times)
