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
"""Layers replaced wherever they are called, while a network is traced.

A copy of a network can have other layers where its graph is known. Inside of
custom layers and subclassed networks, and where a layer is called twice, the
layer itself computes otherwise until the trace is done.
"""

import contextlib
import inspect
from collections.abc import Iterator, Sequence

import tensorflow as tf

from tf_ganprune.export.rewrites import rewrite_rule
from tf_ganprune.keras_compat import keras

# What a subclass may have of its own and compute the same.
_HARMLESS = ("build", "compute_output_shape", "from_config", "get_config")


def of(
  model: keras.Model, rewrites: Sequence[rewrite_rule.Rewrite]
) -> tuple[rewrite_rule.Rewrite, ...]:
  """Returns the rewrites that a network has layers for, at any depth.

  Args:
    model: The network.
    rewrites: Of which those are taken that are for layers anywhere.
  """
  layers = model._flatten_layers()
  kinds = {x for layer in layers for x in rewrites if _is_for(x, layer)}
  return tuple(x for x in rewrites if x in kinds)


@contextlib.contextmanager
def exchanged(
  model: keras.Model, rewrites: Sequence[rewrite_rule.Rewrite]
) -> Iterator[dict[str, str]]:
  """Lets layers compute as their replacements until the `with` statement ends.

  Args:
    model: The network, whose layers are as before afterwards.
    rewrites: As of `of`.

  Yields:
    The note on each layer that was called, by the layer's name as in
    `block/norm`.
  """
  notes: dict[str, str] = {}
  with contextlib.ExitStack() as stack:
    for name, layer in _named(model).values() if rewrites else ():
      fitting = (x for x in rewrites if _is_for(x, layer))
      call = _call(layer, next(fitting, None), name, notes)
      if call is not None:
        stack.enter_context(_calling(layer, call))
    yield notes


def sentences(notes: dict[str, str]) -> list[str]:
  """Returns a sentence for each note.

  Args:
    notes: What `exchanged` gave.
  """
  return [
    f"{note}: {', '.join(x for x in notes if notes[x] == note)}."
    for note in dict.fromkeys(notes.values())
  ]


def _is_for(rewrite, layer) -> bool:
  """Whether a layer computes what a rewrite replaces."""
  kind, base = type(layer), rewrite.finds
  if not (rewrite.is_anywhere and issubclass(kind, base)):
    return False
  own = inspect.getmembers_static(base, inspect.isfunction)
  return all(
    inspect.getattr_static(kind, name) is function
    for name, function in own
    if name not in _HARMLESS and not name.startswith("__")
  )


def _named(model, prefix="") -> dict[int, tuple[str, keras.layers.Layer]]:
  """Returns all layers with their names, by their `id`."""
  found = {}
  for layer in model._flatten_layers(recursive=False, include_self=False):
    name = f"{prefix}{layer.name}"
    found.setdefault(id(layer), (name, layer))
    found = _named(layer, f"{name}/") | found
  return found


def _call(layer, rewrite, name, notes):
  """Returns what computes as a layer's replacement, where it has one."""
  old = layer.call
  if rewrite is None and isinstance(old, tf.types.experimental.GenericFunction):
    # What was traced before has the layers as they were, and what is traced
    # now shall not be there afterwards.
    return tf.function(old.python_function)
  if rewrite is None:
    return None

  @tf.autograph.experimental.do_not_convert
  def call(inputs, *args, **kwargs):
    is_plain = not args and all(x is None for x in kwargs.values())
    new = _replacement(layer, rewrite, inputs) if is_plain else None
    if new is None:
      return old(inputs, *args, **kwargs)
    notes[name] = rewrite.note
    return new.call(inputs)

  return call


def _replacement(layer, rewrite, inputs) -> keras.layers.Layer | None:
  if not tf.is_tensor(inputs) or inputs.shape.rank is None:
    return None
  found = rewrite.replace(rewrite_rule.Run((layer,), tuple(inputs.shape)))
  return found and found.layers[0]


@contextlib.contextmanager
def _calling(layer, call) -> Iterator[None]:
  """Gives a layer another `call`, past what Keras does with attributes."""
  own = vars(layer)
  before = {"call": own["call"]} if "call" in own else {}
  own["call"] = call
  try:
    yield
  finally:
    own.pop("call", None)
    own.update(before)
