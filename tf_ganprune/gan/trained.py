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
"""A Keras model of several networks that `fit` trains, logs and watches."""

import contextlib
import inspect
import warnings
from collections.abc import Callable, Iterator

import tensorflow as tf

from tf_ganprune import keras_compat, keras_errors, replicas
from tf_ganprune.gan import (
  divergence,
  family_checks,
  freezing,
  generating,
  updating,
)
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.training import adaptive_schedules


class Trained(generating.Generating):
  """A model of several networks that Keras's `fit` trains.

  Attributes:
    on_divergence: A function that is called with the error when a loss is not
      finite. If it returns True, because it restored a good state, training
      goes on.
    logged: The names that `update` of a family always logs: they are shown
      first, and no distillation loss may have one of them.
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
    """The means of the values logged in an epoch, which Keras resets."""
    return self._means.metrics if self._is_compiled else []

  def fit(self, *args, **kwargs):
    """Trains the networks, with the arguments of `keras.Model.fit`.

    As in Keras, layers that were frozen at `compile` are not trained.

    Returns:
      Keras's history of the means of each epoch.

    Raises:
      ValueError: If the GAN is not compiled, a callback is of another Keras, or
        `update` ignores `distillation` or `regularizers`.
      DivergenceError: If a loss or a weight is not finite.
    """
    if not self._is_compiled:
      raise ValueError(
        f"Call `compile` before `fit`, with an optimizer for each of"
        f" {', '.join(self._names)}."
      )
    if frozen := freezing.since_compile(self):
      warnings.warn(
        f"{', '.join(frozen)}: frozen or unfrozen since `compile`, so that"
        " Keras trains the same layers as before. Call `compile` again, with"
        " the same optimizers, to apply the change.",
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
    """Returns Keras's train function, and makes this GAN own its networks."""
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
    """Trains on one batch with `update`, and returns the epoch's means."""
    if isinstance(data, tuple) and len(data) == 1:  # as of `train_on_batch`
      (data,) = data
    logs = self.update(self.unpack(data))
    family_checks.check_logs(self, logs)
    if not tf.executing_eagerly():  # an eager step may skip a regularizer
      family_checks.check_asked(self)
    self._means.update(logs)
    return self._means.results()

  def test_step(self, data) -> dict[str, tf.Tensor]:
    """Raises an error: a GAN is measured with `tgp.metrics` instead."""
    raise NotImplementedError(
      f"{type(self).__name__} has no `test_step`, so neither `evaluate` nor"
      " `validation_data` measure anything; use an evaluator of tgp.metrics on"
      " the outputs of `generate`, or override `test_step`."
    )

  def unpack(self, data):
    """Converts a batch of `fit` to the argument of `update`.

    A family may override this; by default the batch stays as it is.

    Args:
      data: A tensor, or a tuple or dict of tensors, as the data set has it; a
        tuple of one tensor is passed as that tensor.

    Returns:
      The argument of `update`.
    """
    return data

  def update(self, batch) -> dict[str, tf.Tensor]:
    """Updates the networks on one batch; each family overrides this.

    Args:
      batch: The batch that `unpack` returned.

    Returns:
      A dict of scalars to log, by name; Keras shows their means over the epoch.
    """
    raise NotImplementedError(
      f"{type(self).__name__} has no `update(batch)`; write one that updates"
      " its networks, and returns a dict of scalars to log."
    )

  def repeat(
    self,
    times: int,
    function: Callable[[], tf.Tensor],
    shape: tuple[int, ...] = (),
  ) -> tf.Tensor:
    """Calls a function several times; in a graph, as a loop traced once.

    Args:
      times: The number of calls.
      function: A function that returns a tensor.
      shape: The shape of that tensor; by default it is a scalar.

    Returns:
      The mean of the function's results.
    """
    return updating.repeat(times, function, shape)


@contextlib.contextmanager
def _own_sentences() -> Iterator[None]:
  """Raises this package's errors in a traced step without TensorFlow's text."""
  try:
    yield
  except ValueError as error:
    if (sentence := keras_errors.own_sentence(error)) is None:
      raise
    raise ValueError(sentence) from None


def _callbacks(*args, **kwargs) -> list[keras.callbacks.Callback]:
  """Returns the callbacks among the arguments of `fit`, as a list."""
  signature = inspect.signature(keras.Model.fit)
  given = signature.bind(None, *args, **kwargs).arguments.get("callbacks")
  if isinstance(given, keras.callbacks.CallbackList):
    given = given.callbacks
  return tf.nest.flatten([] if given is None else given)
