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
"""How a GAN is fitted: who owns its networks, what is logged and watched."""

import contextlib
import inspect
import warnings
from collections.abc import Callable, Iterator

import tensorflow as tf

from tf_ganprune import keras_compat, keras_errors, replicas
from tf_ganprune.gan import divergence, family_checks, freezing, generating
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.training import adaptive_schedules


class Trained(generating.Generating):
  """A model of several networks in the hands of Keras's `fit`.

  Attributes:
    on_divergence: Called with the error where a loss is not finite; if it
      returns True, because it went back to a good state, training goes on.
    logged: Names of what `update` always logs, where a family says so: they
      are shown first, and no distillation loss may have one of them.
    trains_teachers: Whether `update` updates each teacher that was given as a
      model and has an optimizer, as `minimize(self.teacher_of(name), ...)`.
    sole_student: Name of the one network that learns from a teacher, in a
      family whose constructor takes `teacher` and `distillation` without names.
  """

  on_divergence: Callable[[Exception], bool] | None = None
  logged: tuple[str, ...] = ()
  trains_teachers: bool = False
  sole_student: str | None = None

  @property
  def metrics(self):
    """The means of what is logged in an epoch, which Keras resets."""
    return self._means.metrics if self._is_compiled else []

  def fit(self, *args, **kwargs):
    """Trains the networks; see `keras.Model.fit`.

    As in Keras, what is trained is what was not frozen at `compile`.
    """
    if not self._is_compiled:
      raise ValueError(
        f"Call `compile` before `fit`, with an optimizer for each of"
        f" {', '.join(self._names)}."
      )
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
    adaptive_schedules.check_setters(self, callbacks)
    history = super().fit(*args, **kwargs)
    divergence.check_weights(self)
    family_checks.check_asked(self)
    return history

  def make_train_function(self, force=False):
    """Returns Keras' train function; who trains a network owns it."""
    replicas.check()
    family_checks.check_not_exchanged(self)
    if owned := self._owned.renewed():
      self._owned, force = owned, True
      self._followers.renew()
    self._owned.claim()
    self._owned.start()
    before = None if force else self.train_function
    function = super().make_train_function(force)
    if function is not before:
      self.train_function = self._watched(function)
    return self.train_function

  def _watched(self, train_function):
    def train_and_check(iterator):
      with _own_sentences():
        logs = train_function(iterator)
      try:
        self._watch.check()
      except divergence.DivergenceError as error:
        if self.on_divergence is None or not self.on_divergence(error):
          raise
      self._owned.check_received()
      return logs

    return train_and_check

  def train_step(self, data) -> dict[str, tf.Tensor]:
    """Trains on one batch, as `update` says; returns the epoch's means."""
    if isinstance(data, tuple) and len(data) == 1:  # as of `train_on_batch`
      (data,) = data
    logs = self.update(self.unpack(data))
    family_checks.check_logs(self, logs)
    if not tf.executing_eagerly():  # else some steps may leave something out
      family_checks.check_asked(self)
    self._means.update(logs)
    return self._means.results()

  def test_step(self, data) -> dict[str, tf.Tensor]:
    """Refuses Keras's `evaluate`, which has nothing to compare here."""
    raise NotImplementedError(
      f"{type(self).__name__} has no `test_step`, so neither `evaluate` nor"
      " `validation_data` measure anything; use an evaluator of tgp.metrics on"
      " what `generate` returns, or write one."
    )

  def unpack(self, data):
    """Returns what `update` takes of a batch of `fit`; a family overrides it.

    Args:
      data: A tensor, or a tuple or dict of them, as the data set has it; a
        tuple of one is that one.
    """
    return data

  def update(self, batch) -> dict[str, tf.Tensor]:
    """Updates the networks on one batch; each family overrides it.

    Args:
      batch: What `unpack` returned.

    Returns:
      What is logged, scalars by name; Keras shows the means over the epoch.
    """
    raise NotImplementedError(
      f"{type(self).__name__} has no `update(batch)`, which says how its"
      " networks learn."
    )


@contextlib.contextmanager
def _own_sentences() -> Iterator[None]:
  """Raises what this package says in a traced step, without the traceback."""
  try:
    yield
  except ValueError as error:
    if (sentence := keras_errors.own_sentence(error)) is None:
      raise
    raise ValueError(sentence) from None


def _callbacks(*args, **kwargs) -> list[keras.callbacks.Callback]:
  """Returns those among the arguments of `fit`."""
  signature = inspect.signature(keras.Model.fit)
  given = signature.bind(None, *args, **kwargs).arguments.get("callbacks")
  if isinstance(given, keras.callbacks.CallbackList):
    given = given.callbacks
  return tf.nest.flatten([] if given is None else given)
