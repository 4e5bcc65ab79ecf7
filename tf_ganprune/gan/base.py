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
"""The base class of GANs, which trains networks and prunes them exactly."""

import random
import types
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import tensorflow as tf

from tf_ganprune import array_types
from tf_ganprune import inputs as inputs_
from tf_ganprune import regularizers as regularizers_
from tf_ganprune.gan import (
  averaging,
  distilling,
  divergence,
  extra_variables,
  family_checks,
  given_inputs,
  judging,
  means,
  optimizers,
  replacing,
  trained,
  updating,
)
from tf_ganprune.graphs import calling
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.training import ownership


@keras.utils.register_keras_serializable(package="tf_ganprune")
class PrunedGAN(trained.Trained):
  """The base class of GANs, which prunes networks as their optimizers update.

  A family derives from it. Its constructor names the networks, `unpack`
  converts a batch of the data set, and `update` computes losses and calls
  `minimize` (or, with one tape for several networks, `apply`). This class does
  all else: steps, masks, moving averages, teachers, saving, replicas. A family
  needs no `get_config`: its constructor's arguments are saved.

  Attributes:
    ema_decay: The decay of the moving averages, or None.

  Example:
    >>> class Wasserstein(tgp.PrunedGAN):
    ...   def __init__(self, critic, generator, latent_dim, **kwargs):
    ...     networks = {"critic": critic, "generator": generator}
    ...     super().__init__(networks, tgp.inputs.Latents(latent_dim), **kwargs)
    ...     self.latent_dim = latent_dim
    ...   def score(self, images):
    ...     return tf.reduce_mean(self.critic(images, training=True))
    ...   def update(self, real):
    ...     z = self.draw(tf.shape(real)[0])
    ...     fake = self.generator(z, training=True)
    ...     c_loss = self.minimize(
    ...       "critic", lambda: self.score(fake) - self.score(real), 0.01
    ...     )
    ...     g_loss = self.minimize(
    ...       "generator", lambda: -self.score(self.generator(z, training=True))
    ...     )
    ...     return {"c_loss": c_loss, "g_loss": g_loss}
    >>> gan = Wasserstein(critic, generator, 64, average=["generator"],
    ...                   ema_decay=0.999)
    >>> gan.compile({"critic": "rmsprop", "generator": "rmsprop"})
  """

  def __init__(
    self,
    networks: Mapping[str, keras.Model | None],
    inputs: "inputs_.Inputs | Mapping[str, inputs_.Inputs] | None" = None,
    average: Collection[str] = (),
    ema_decay: float | None = None,
    teachers: Mapping[str, keras.Model | str] | None = None,
    distillation: Mapping[str, Sequence] | None = None,
    regularizers: Sequence = (),
    **kwargs: Any,
  ):
    """Creates the GAN from its networks, whose weights are not copied.

    Args:
      networks: The networks by names, which become attributes. Those that are
        None are left out.
      inputs: The object of `tgp.inputs` that draws inputs of the exported
        networks, such as a generator; or such objects by the networks' names,
        if these take different inputs.
      average: The names of the networks that get a moving average.
      ema_decay: The decay of the averages, in (0, 1); None for no averages.
      teachers: Teachers by the names of the networks that learn from them: a
        model, which is then called `teacher_<name>`, or the name of one of
        `networks`. A teacher that `update` trains has an optimizer.
      distillation: The losses between a network and its teacher, by the
        network's name: names from `distillation.LOSSES`, or objects.
      regularizers: The regularizers of each discriminator: names from
        `tgp.regularizers.REGULARIZERS`, or objects.
      **kwargs: Arguments of `keras.Model`.

    Raises:
      ValueError: If a name cannot be an attribute, two networks have the same
        weights, a teacher has no losses or losses have no teacher, or a
        regularizer is unknown or has no discriminator.
    """
    super().__init__(**kwargs)
    family_checks.check_mapping("networks", networks)
    networks = {k: x for k, x in networks.items() if x is not None}
    networks, teachers = distilling.named(networks, teachers or {})
    family_checks.check_names(self, networks)
    family_checks.check_apart(networks)
    family_checks.check_averages(networks, average, ema_decay, bool(teachers))
    # Past Keras, which would track a tuple.
    object.__setattr__(self, "_names", tuple(networks))
    self._teachers = types.MappingProxyType(teachers)
    family_checks.check_attributes(self)
    self.ema_decay = ema_decay
    for name, network in networks.items():
      setattr(self, name, network)
    family_checks.check_exported(self)
    sources = given_inputs.by_name(self, inputs)
    object.__setattr__(self, "_given_inputs", sources)
    losses = distilling.checked(self, distillation or {})
    self.distillation = self._kept_losses(losses)
    self._lessons = types.MappingProxyType(losses)
    judging.begin(self, regularizers)
    self._means = means.Means()
    self._owned = ownership.Owned(self, networks)
    self._watch = divergence.Watch(networks)
    self._extras = extra_variables.Extras(self)
    self._followers = averaging.Followers(self)
    self._distillers = distilling.distillers(self)
    for name in average if ema_decay is not None else ():
      self._followers.begin(name)
    object.__setattr__(self, "_early", frozenset(self.averages))
    for name in set(networks) - set(self.averages):
      setattr(self, self.average_name(name), None)
    # Python's seed, so that `keras.utils.set_random_seed` decides this as well.
    self._rng = tf.random.Generator.from_seed(random.randrange(2**31))
    self.built = True

  def _kept_losses(self, losses: dict[str, list]):
    """Returns distillation losses as the attribute `distillation` has them."""
    return losses

  def add_extra(self, network: str, name: str, variables: Sequence) -> None:
    """Adds variables outside of a network that are trained with its loss.

    They are updated whenever the network is, by an optimizer of their own with
    the same settings. Call it in the constructor.

    Args:
      network: The name of the network.
      name: A name for the variables; the attribute of their optimizer is
        `<name>_optimizer`.
      variables: The variables, such as those of layers that the loss needs.
    """
    self.network(network)
    self._extras.add(network, name, variables)

  def compile(self, optimizers: Mapping, **kwargs: Any) -> None:  # noqa: F811
    """Sets the optimizers of the networks.

    Args:
      optimizers: Optimizers of `tgp.keras.optimizers`, or their names, by the
        networks' names. A teacher without one is not trained.
      **kwargs: Arguments of `keras.Model.compile`, such as `jit_compile`.

    Raises:
      ValueError: If an optimizer is missing or will not do, is for a network
        that is not there, or is the same as another.
    """
    family_checks.check_not_exchanged(self)
    found = self._built_optimizers(optimizers)
    distilling.check_optimizers(self, found)
    # Keras' callbacks look at `optimizer`; it is that of what ships.
    first = next((x for x in self.exported if x in found), next(iter(found)))
    super().compile(optimizer=found[first], **kwargs)
    for name in self._names:
      setattr(self, self.optimizer_name(name), found.get(name))
    for name in self.logged:
      self._means.make(name)
    for distiller in self._distillers.values():
      distiller.compile()
    self._extras.compile()

  def _built_optimizers(self, given: Mapping) -> dict:
    family_checks.check_mapping("optimizers", given)
    given = dict(given) | vars(self).get("_carried", {})
    names = dict(self.optimizer_names)  # what `compile` of a family calls them
    teachers = {*self._teachers.values()}
    return optimizers.built(self.networks, given, names, teachers)

  def minimize(
    self,
    name: str,
    loss_fn: Callable[[], tf.Tensor],
    weight_clip: float | None = None,
  ) -> tf.Tensor:
    """Makes one optimizer update of one network, and then prunes it.

    Losses that the network's layers add (regularizers) are included. With
    several replicas, the mean of their losses is minimized. A network that is
    frozen is not updated, and so not pruned.

    Args:
      name: The name of the network.
      loss_fn: A function that returns the loss to minimize, a scalar.
      weight_clip: If set, trainable weights are clipped to
        [-weight_clip, weight_clip] after the update.

    Returns:
      The loss, a scalar.
    """
    self._owned.claim()
    if not self.network(name).trainable_variables:
      return loss_fn()
    with tf.GradientTape() as tape:
      loss = loss_fn()
    family_checks.check_loss(self, name, loss)
    gradients = self.gradients(tape, {name: loss})
    self.apply(gradients, {name: loss}, weight_clip=weight_clip)
    return loss

  def gradients(
    self, tape: tf.GradientTape, losses: Mapping
  ) -> "updating.Gradients":
    """Returns the gradients of losses by the networks that minimize them.

    Unlike those of `tape.gradient`, they are right in mixed precision and with
    several replicas, and include the losses that layers add.

    Args:
      tape: A tape on which the losses were computed; a persistent one, if there
        is more than one loss, or one of several networks in float16.
      losses: A scalar by the name of the network that minimizes it, or by a
        tuple of names, for one that several networks minimize: that is one
        backward pass for all of them.

    Returns:
      Lists of gradients by the networks' names, for `apply`.
    """
    return updating.gradients(self, tape, losses)

  def apply(
    self, gradients: Mapping, losses: Mapping, weight_clip: float | None = None
  ) -> None:
    """Makes one update of each of several networks, and prunes them.

    Args:
      gradients: The result of `gradients`; or by the networks' names a tape's
        gradients of the mean loss of this replica by `trainable_variables`, in
        their order.
      losses: The loss of each network, by its name, or by a tuple of names.
      weight_clip: As in `minimize`.

    Raises:
      ValueError: If a network has a loss and no gradients, gradients and no
        loss, or not one gradient for each variable.
    """
    self._owned.claim()
    updating.apply(self, gradients, losses, weight_clip)

  def forward(
    self, name: str, inputs: array_types.Tensors
  ) -> tuple[array_types.Tensors, tf.Tensor]:
    """Calls a network in training, and computes its distillation losses.

    Args:
      name: The name of the network.
      inputs: Inputs as the network takes them: a tensor, or a list or dict of
        tensors.

    Returns:
      The outputs of the network; and a scalar to add to its loss, the weighted
      sum of its distillation losses, which is 0 without a teacher.
    """
    if name in self._distillers:
      return self._distillers[name].forward(inputs)
    outputs = calling.called(self.network(name), inputs, training=True)
    return outputs, tf.zeros([], self.variable_dtype)

  def scorer(
    self,
    discriminator: str,
    learner: str | None = None,
    score: Callable[[array_types.Tensors], tf.Tensor] | None = None,
  ) -> regularizers_.Scorer:
    """Returns a discriminator with its regularizers, for one update.

    Call it with examples in place of the discriminator, inside of the tape; in
    the discriminator's own update add its `penalty(real, fake)` to the loss,
    and call its `observe(real, fake)` after the update.

    Args:
      discriminator: The name of the discriminator.
      learner: The name of the network that is updated; by default the
        discriminator.
      score: Maps examples to scores, where the discriminator takes more than
        them, such as their labels; by default it is called with them alone.

    Returns:
      A `tgp.regularizers.Scorer`.
    """
    return judging.scorer(self, discriminator, learner, score)

  def restart_average(self) -> None:
    """Restarts the moving averages from the networks' weights as they are."""
    self._followers.restart()

  def take_over(self, before: "PrunedGAN") -> None:
    """Copies what a family keeps beside networks, for `replaced`.

    A family that keeps something, such as images of earlier batches, overrides
    this.

    Args:
      before: The GAN whose training this one continues.
    """
    del before

  def replaced(
    self, optimizers: Mapping | None = None, **arguments: Any
  ) -> "PrunedGAN":
    """Returns a GAN that continues this one's training with other networks.

    Optimizers, moving averages, masks and the state of random numbers are kept,
    and the GAN is compiled as this one was. For a network with other weights,
    such as after `tgp.prune_channels`, the optimizer is a new one with the same
    settings, and the average begins with its weights. Do not use this GAN
    afterwards.

    Args:
      optimizers: New optimizers by the networks' names, such as one with
        another learning rate, or one of a teacher that is to learn as well.
      **arguments: Networks by name, and other arguments of the constructor,
        such as `teachers` and `distillation`.

    Raises:
      ValueError: If a name is not known, or a network takes other inputs than
        the one that it replaces.

    Example:
      >>> pruned = tgp.prune_low_magnitude(gan.generator, schedule)
      >>> gan = gan.replaced(generator=pruned)
      >>> gan.fit(images, epochs=20)
    """
    return replacing.replaced(self, arguments, optimizers or {})
