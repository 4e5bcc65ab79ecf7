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
"""Calls back where an optimizer of Keras updates variables."""

import contextlib
import functools
import threading
import weakref
from collections.abc import Iterator

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
_hooks: list["Hook"] = []
_originals: dict[type, object] = {}  # of classes that define it themselves


class Hook:
  """What is called before and after each update, in the same graph.

  An optimizer that scales a loss calls another one; that is one update.

  Example:
    `with hooked(MyHook()): train_step(data)`

  Attributes:
    thread: The only thread whose updates it is called for; None for all.
  """

  thread: int | None = None

  def before(
    self, optimizer, gradients: list, variables: list, is_summed: bool
  ):
    """Called before an update; its result is handed to `after`.

    Args:
      optimizer: Whose `apply_gradients` was called.
      gradients: What it was given; None where there is none.
      variables: Whose gradients these are.
      is_summed: Whether replicas have summed them.
    """

  def after(self, optimizer, gradients, variables, result) -> None:
    """Called after an update, or one that was skipped.

    Args:
      optimizer: As of `before`, like the rest.
      gradients: As well.
      variables: As well.
      result: What `before` returned.
    """


@contextlib.contextmanager
def hooked(hook: Hook) -> Iterator[None]:
  """Lets a hook be called for a while, for all optimizers of this thread.

  Each replica of a strategy traces the train step in a thread of its own.

  Args:
    hook: Who is called.
  """
  hook.thread = threading.get_ident()
  add(hook)
  try:
    yield
  finally:
    remove(hook)


def add(hook: Hook) -> None:
  """Lets a hook be called until it is removed."""
  with _lock:
    _patch()  # each time: classes may have come
    _hooks.append(hook)


def remove(hook: Hook) -> None:
  """Ends what `add` began; nothing of it is left when no hook is."""
  with _lock:
    _hooks.remove(hook)
    if not _hooks:
      _restore()


def is_for(optimizer, weights) -> bool:
  """Whether an optimizer has slots for one of the weights.

  Args:
    optimizer: A Keras optimizer. One of the legacy kind has them by name only,
      and is never sure.
    weights: Variables.
  """
  optimizer = getattr(optimizer, "inner_optimizer", optimizer)
  if not hasattr(optimizer, "_var_key"):
    return False
  known = getattr(optimizer, "_index_dict", {})
  return any(optimizer._var_key(weight) in known for weight in weights)


def _patch() -> None:
  for one in dict.fromkeys(_with_derived(_CLASSES)):
    if "apply_gradients" in vars(one) and one not in _originals:
      _originals[one] = one.apply_gradients
      one.apply_gradients = _calling(one.apply_gradients)


def _with_derived(classes) -> Iterator[type]:
  """Yields classes, and those derived from them, which may do more after."""
  for one in classes:
    yield one
    yield from _with_derived(one.__subclasses__())


def _restore() -> None:
  for one, original in _originals.items():
    one.apply_gradients = original
  _originals.clear()


_inner = weakref.WeakSet()  # optimizers that another one calls
_calls = threading.local()  # `super().apply_gradients` is no call of its own


def _calling(apply_gradients):
  @tf.autograph.experimental.do_not_convert
  @functools.wraps(apply_gradients)
  def calling(self, grads_and_vars, *args, **kwargs):
    pairs = list(grads_and_vars)
    running = vars(_calls).setdefault("running", [])
    if self in _inner or any(one is self for one in running):
      return apply_gradients(self, pairs, *args, **kwargs)
    if inner := getattr(self, "inner_optimizer", None):
      _inner.add(inner)
    is_summed = kwargs.get("skip_gradients_aggregation", False)
    is_summed |= not kwargs.get("experimental_aggregate_gradients", True)
    given = [x for x, _ in pairs], [x for _, x in pairs]
    here = (None, threading.get_ident())
    hooks = [hook for hook in _hooks if hook.thread in here]
    results = [hook.before(self, *given, is_summed) for hook in hooks]
    running.append(self)
    try:
      made = apply_gradients(self, pairs, *args, **kwargs)
    finally:
      running.pop()
    for hook, result in zip(hooks, results, strict=True):
      hook.after(self, *given, result)
    return made

  return calling
