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
"""Which optimizer updates which weights, seen while a train step is traced."""

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator

import tensorflow as tf

from tf_ganprune.keras_compat import keras

OPTIMIZERS = (keras.optimizers.Optimizer, keras.optimizers.legacy.Optimizer)
_scaling = keras.src.mixed_precision.loss_scale_optimizer
_CLASSES = (
  *OPTIMIZERS,
  _scaling.LossScaleOptimizer,
  _scaling.LossScaleOptimizerV3,
)
_lock = threading.Lock()  # replicas trace in threads
_records: list["Record"] = []
_originals: dict[type, object] = {}


class Record:
  """What `apply_gradients` was called with.

  Example:
    `with recording() as record: train_step(data)`
  """

  def __init__(self, listener: Callable | None = None):
    """Notes nothing yet.

    Args:
      listener: Called before each update, with the optimizer, the gradients,
        their variables, and whether replicas have summed them.
    """
    self._calls, self._inner = set(), set()
    self._listener = listener

  def add(self, optimizer, gradients, variables, is_summed: bool) -> None:
    """Notes a call."""
    self._calls.update((id(optimizer), one.ref()) for one in variables)
    # One that scales its loss calls another, with the same gradients.
    self._inner.add(id(getattr(optimizer, "inner_optimizer", None)))
    if self._listener is not None and id(optimizer) not in self._inner:
      self._listener(optimizer, gradients, variables, is_summed)

  def has(self, optimizer, variables) -> bool:
    """Whether an optimizer was to update one of the variables."""
    return any((id(optimizer), one.ref()) in self._calls for one in variables)

  def has_any(self, variables) -> bool:
    """Whether any optimizer was."""
    updated = {variable for _, variable in self._calls}
    return any(one.ref() in updated for one in variables)


@contextlib.contextmanager
def recording(listener: Callable | None = None) -> Iterator[Record]:
  """Notes the updates of all optimizers of Keras, for a while.

  Args:
    listener: As of `Record`.

  Yields:
    The record, which grows.
  """
  record = Record(listener)
  with _lock:
    if not _records:
      _patch()
    _records.append(record)
  try:
    yield record
  finally:
    with _lock:
      _records.remove(record)
      if not _records:
        _restore()


def _patch() -> None:
  for one in _CLASSES:
    _originals[one] = one.apply_gradients
    one.apply_gradients = _noting(one.apply_gradients)


def _restore() -> None:
  for one, original in _originals.items():
    one.apply_gradients = original


def _noting(apply_gradients):
  @tf.autograph.experimental.do_not_convert
  @functools.wraps(apply_gradients)
  def noting(self, grads_and_vars, *args, **kwargs):
    pairs = list(grads_and_vars)
    is_summed = kwargs.get("skip_gradients_aggregation", False)
    is_summed |= not kwargs.get("experimental_aggregate_gradients", True)
    gradients, variables = [x for x, _ in pairs], [x for _, x in pairs]
    for record in list(_records):
      record.add(self, gradients, variables, is_summed)
    return apply_gradients(self, pairs, *args, **kwargs)

  return noting
