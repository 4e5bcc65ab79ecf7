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
"""Hooks around each update of an optimizer of Keras, or of TF 1."""

import contextlib
import functools
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import NamedTuple

import tensorflow as tf

from tf_ganprune.keras_compat import keras

OPTIMIZERS = (keras.optimizers.Optimizer, keras.optimizers.legacy.Optimizer)
_scaling = keras.src.mixed_precision.loss_scale_optimizer
# A bound `optimizer.apply_gradients` from before the hooks still calls that of
# this class or, for legacy optimizers, `_distributed_apply`.
_below = keras.src.optimizers.optimizer._BaseOptimizer
_CLASSES = (
  _below,
  *OPTIMIZERS,
  _scaling.LossScaleOptimizer,
  _scaling.LossScaleOptimizerV3,
  tf.compat.v1.train.Optimizer,
)
_NAME = "apply_gradients"
_lock = threading.Lock()  # replicas trace in threads
_hooks: list["Hook"] = []
# Of classes that define it themselves, and names.
_originals: dict[tuple[type, str], object] = {}


def held_by(model: keras.Model) -> list:
  """Returns the optimizers in a model's attributes, each once.

  Args:
    model: A model with optimizers in attributes, or in lists, tuples and dicts
      in these.
  """
  found, left = {}, [vars(model)]
  while left:
    part = left.pop(0)
    if isinstance(part, OPTIMIZERS):
      found.setdefault(id(part), part)
    elif isinstance(part, list | tuple | dict):
      # Not `+=`, which Keras's tuples do not take.
      left.extend(part.values() if isinstance(part, dict) else part)
  return list(found.values())


class Hook:
  """The base of hooks: methods called before and after each optimizer update.

  They are called in the graph of the update. An optimizer that scales a loss
  calls another one, and that is one update. If another optimizer leaves some
  variables to an optimizer that it calls, their update is the latter's.

  Example:
    `with hooked(MyHook()): train_step(data)`

  Attributes:
    thread: The id of the only thread whose updates call the hook; None for all.
  """

  thread: int | None = None

  def before(
    self, optimizer, gradients: list, variables: list, is_summed: bool
  ):
    """Is called before an update; its result is passed to `after`.

    Args:
      optimizer: The optimizer whose `apply_gradients` was called.
      gradients: The gradients that it was given; None where there is none.
      variables: The variables that the gradients belong to.
      is_summed: Whether the gradients are summed over replicas.
    """

  def after(self, optimizer, gradients, variables, result) -> None:
    """Is called after an update, also if the optimizer skipped it.

    Args:
      optimizer: As in `before`.
      gradients: As in `before`, of the variables that this optimizer updated.
      variables: As in `before`, those that this optimizer updated.
      result: The result of `before`.
    """

  def again(self, optimizer, variables) -> None:
    """Is called after an update that an optimizer left to another one.

    `after` was called for the other optimizer already.

    Args:
      optimizer: The outer optimizer, whose `apply_gradients` was called first.
      variables: The variables that the other optimizer updated.
    """


@contextlib.contextmanager
def hooked(hook: Hook) -> Iterator[None]:
  """Registers a hook within a `with` block, for all updates of this thread.

  Each replica of a strategy traces the train step in a thread of its own.

  Args:
    hook: The hook.
  """
  hook.thread = threading.get_ident()
  add(hook)
  try:
    yield
  finally:
    remove(hook)


def add(hook: Hook) -> None:
  """Registers a hook until `remove` is called."""
  with _lock:
    _patch()  # each time: classes may have come
    _hooks.append(hook)


def remove(hook: Hook) -> None:
  """Removes a hook; without hooks, the optimizers' own methods are restored."""
  with _lock:
    _hooks.remove(hook)
    if not _hooks:
      _restore()


def is_for(optimizer, weights) -> bool:
  """Returns whether an optimizer has slots for one of the weights.

  Args:
    optimizer: A Keras optimizer. For a legacy one, whose slots go by names, the
      result is always False.
    weights: Variables.
  """
  optimizer = getattr(optimizer, "inner_optimizer", optimizer)
  if not hasattr(optimizer, "_var_key"):
    return False
  known = getattr(optimizer, "_index_dict", {})
  return any(optimizer._var_key(weight) in known for weight in weights)


def _patch() -> None:
  for one in dict.fromkeys(_with_derived(_CLASSES)):
    _replace(one, _NAME, _calling)
  for one in dict.fromkeys(_with_derived([keras.optimizers.legacy.Optimizer])):
    _replace(one, "_distributed_apply", _distributing)


def _replace(one: type, name: str, make) -> None:
  if name in vars(one) and (one, name) not in _originals:
    _originals[one, name] = original = vars(one)[name]
    setattr(one, name, make(original))


def _with_derived(classes) -> Iterator[type]:
  """Yields classes and all classes derived from them."""
  for one in classes:
    yield one
    yield from _with_derived(one.__subclasses__())


def _restore() -> None:
  for (one, name), original in _originals.items():
    setattr(one, name, original)
  _originals.clear()


_inner = weakref.WeakSet()  # optimizers that another one calls
_calls = threading.local()


class _Call(NamedTuple):
  """A call of `apply_gradients` that has not returned yet.

  Attributes:
    optimizer: The optimizer that was called.
    given: References to the variables that it was given.
    left: References to the variables whose update it left to another optimizer.
  """

  optimizer: object
  given: frozenset
  left: set


def _calling(apply_gradients):
  @tf.autograph.experimental.do_not_convert
  @functools.wraps(apply_gradients)
  def calling(self, grads_and_vars, *args, **kwargs):
    pairs = list(grads_and_vars)
    apply = functools.partial(apply_gradients, self, pairs, *args, **kwargs)
    is_summed = kwargs.get("skip_gradients_aggregation", False)
    is_summed |= not kwargs.get("experimental_aggregate_gradients", True)
    is_summed |= apply_gradients is _originals.get((_below, _NAME))
    return _hooking(self, pairs, apply, is_summed)

  return calling


def _distributing(distributed_apply):
  @tf.autograph.experimental.do_not_convert
  @functools.wraps(distributed_apply)
  def distributing(self, distribution, grads_and_vars, *args, **kwargs):
    pairs = list(grads_and_vars)
    apply = functools.partial(
      distributed_apply, self, distribution, pairs, *args, **kwargs
    )
    if distribution.num_replicas_in_sync > 1:
      return apply()  # in none of the replicas
    return _hooking(self, pairs, apply, is_summed=True)

  return distributing


def _hooking(optimizer, pairs: list, apply: Callable, is_summed: bool):
  """Calls `apply`, and the hooks before and after it."""
  running = vars(_calls).setdefault("running", [])
  # `super().apply_gradients` is no call of its own.
  if optimizer in _inner or any(x.optimizer is optimizer for x in running):
    return apply()
  if inner := getattr(optimizer, "inner_optimizer", None):
    _inner.add(inner)
  here = (None, threading.get_ident())
  hooks = [hook for hook in _hooks if hook.thread in here]
  variables = [x for _, x in pairs]
  # Gradients that an outer optimizer passes on were seen when it was called.
  seen = frozenset().union(*(x.given for x in running))
  new = [
    None if variable.ref() in seen else gradient for gradient, variable in pairs
  ]
  results = [x.before(optimizer, new, variables, is_summed) for x in hooks]
  given = frozenset(x.ref() for x in variables)
  running.append(call := _Call(optimizer, given, set()))
  try:
    made = apply()
  finally:
    running.pop()
  for hook, result in zip(hooks, results, strict=True):
    _tell(hook, call, pairs, result)
  for outer in running:
    outer.left.update(x.ref() for x in variables)
  return made


def _tell(hook: Hook, call: _Call, pairs: list, result) -> None:
  """Calls a hook after an update, parts of which another optimizer may do."""
  own = [(x, y) for x, y in pairs if y.ref() not in call.left]
  left = [y for _, y in pairs if y.ref() in call.left]
  if own or not left:
    gradients, variables = [x for x, _ in own], [y for _, y in own]
    hook.after(call.optimizer, gradients, variables, result)
  if left:
    hook.again(call.optimizer, left)
