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
"""Replaces layers wherever they are called, while a network is traced.

`rebuild` replaces layers in a copy of the network, where Keras knows its graph.
Inside of custom layers and subclassed networks, and for a layer that is called
twice, the `call` of the layer itself is exchanged until the trace is done.
"""

import contextlib
import inspect
from collections.abc import Iterator, Sequence

import tensorflow as tf

from tf_ganprune.export.rewrites import rewrite_rule
from tf_ganprune.keras_compat import keras

# What a subclass may have of its own and compute the same.
_HARMLESS = ("build", "compute_output_shape", "from_config", "get_config")


def applicable(
  model: keras.Model, rewrites: Sequence[rewrite_rule.Rewrite]
) -> tuple[rewrite_rule.Rewrite, ...]:
  """Returns the `is_anywhere` rewrites that a network has layers for.

  Args:
    model: The network; its layers are searched at any depth.
    rewrites: The rewrites to choose from.
  """
  layers = model._flatten_layers()
  kinds = {x for layer in layers for x in rewrites if _is_for(x, layer)}
  return tuple(x for x in rewrites if x in kinds)


@contextlib.contextmanager
def exchanged(
  model: keras.Model, rewrites: Sequence[rewrite_rule.Rewrite]
) -> Iterator[dict[str, str]]:
  """Makes layers compute as their replacements, in a `with` statement.

  Args:
    model: The network; its layers are restored at the end of the statement.
    rewrites: The rewrites that `applicable` returned.

  Yields:
    A dict that gets the note on each layer that is called, by the layer's name,
    such as `block/norm`.
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
  """Returns a sentence for each different note, with the layers that it is on.

  Args:
    notes: The notes by layer that `exchanged` gave.
  """
  return [
    f"{note}: {', '.join(x for x in notes if notes[x] == note)}."
    for note in dict.fromkeys(notes.values())
  ]


def _is_for(rewrite, layer) -> bool:
  """Whether a layer computes the same as the class that a rewrite replaces."""
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
  """Returns all layers inside a network with their paths, by their `id`."""
  found = {}
  for layer in model._flatten_layers(recursive=False, include_self=False):
    name = f"{prefix}{layer.name}"
    found.setdefault(id(layer), (name, layer))
    found = _named(layer, f"{name}/") | found
  return found


def _call(layer, rewrite, name, notes):
  """Returns the `call` that a layer gets in a trace; None to keep its own."""
  old = layer.call
  if rewrite is None and isinstance(old, tf.types.experimental.GenericFunction):
    # An earlier trace has the layers as they were, and the trace that is made
    # now must not be used later: so it is traced anew.
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
  """Gives a layer another `call`, without Keras's tracking of attributes."""
  own = vars(layer)
  before = {"call": own["call"]} if "call" in own else {}
  own["call"] = call
  try:
    yield
  finally:
    own.pop("call", None)
    own.update(before)
