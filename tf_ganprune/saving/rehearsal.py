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
"""Loads a file that was just written, to check that it can be loaded."""

import contextlib
import inspect
import random
from collections.abc import Iterator

import numpy as np
from tensorflow.python.eager import context

from tf_ganprune.graphs import clones
from tf_ganprune.keras_compat import keras
from tf_ganprune.saving import config

_ROOTS = ("keras", "tf_keras", "tensorflow_model_optimization", "tf_ganprune")
_OF_CLASSES = (
  "A custom class must return all arguments of its constructor from"
  " `get_config`, networks by `keras.utils.serialize_keras_object`; and its"
  " `call` must take one argument beside `training` and `mask`, such as a list"
  " of tensors, or the class must override `build_from_config`"
)
_lib = keras.src.saving.serialization_lib


def check(model: keras.Model, content: dict, path) -> None:
  """Raises unless a file can be loaded as the model that it was written from.

  The model's own classes and functions count as known, registered or not, since
  they can be passed to `load_model`. A model of Keras's and this package's
  classes alone is not loaded, unless it has operations on tensors, of which
  Keras forgets some arguments.

  Args:
    model: The model that was saved.
    content: The configuration in the file.
    path: The path of the file.

  Raises:
    ValueError: If the file has code in it or does not load; the message is a
      clause.
  """
  known = _parts(model)
  config.check({**content, "compile_config": None}, known)
  if known or config.has_operations(content):
    _check_same(model, _loaded(path, known))


def _parts(model) -> dict:
  """Returns the custom classes and functions of a model, by name."""
  found = {}
  for layer in model._flatten_layers():
    values = [x for x in vars(layer).values() if not isinstance(x, type)]
    for part in (layer, *values):
      kinds = [part] if inspect.isfunction(part) else type(part).__mro__
      found |= {x.__name__: x for x in kinds if _is_own(x)}
  return found


def _is_own(kind) -> bool:
  is_layer_or_part = inspect.isfunction(kind) or hasattr(kind, "get_config")
  root = (kind.__module__ or "").partition(".")[0]
  return is_layer_or_part and root not in (*_ROOTS, "tensorflow")


def _loaded(path, known) -> keras.Model:
  try:
    with _lib.SafeModeScope(True), _same_randomness():
      return keras.models.load_model(
        path, custom_objects=known, compile=False, safe_mode=True
      )
  except Exception as error:  # A custom constructor may raise anything.
    text = " ".join(str(error).split())
    raise ValueError(
      f"it could not be loaded again ({type(error).__name__}:"
      f" {_reason(text)}). {_OF_CLASSES if known else clones.REMEDY}"
    ) from error


def _reason(text: str) -> str:
  """Returns the text of Keras's error without the configuration in it."""
  _, found, after = text.partition("Exception encountered: ")
  return (after if found else text)[:200].rstrip(".")


def _check_same(model, loaded) -> None:
  before, after = (sorted(map(_key, _kept(x))) for x in (model, loaded))
  if before != after:
    raise ValueError(
      f"it came back with {len(after)} weights that are not all those of the"
      f" {len(before)} that it has. Layers must be attributes of the network,"
      " or in lists or dicts that are, and `get_config` must return all"
      " arguments of the constructor"
    )


def _kept(model) -> list:
  """Returns a model's weights without those that `compile` makes."""
  made = [x for one in model.metrics for x in one.variables]
  made += getattr(model, "made_by_compile", ())
  refs = {x.ref() for x in made}
  return [weight for weight in model.weights if weight.ref() not in refs]


def _key(weight) -> tuple:
  value = np.asarray(weight)
  return value.shape, value.dtype.name, value.tobytes()


@contextlib.contextmanager
def _same_randomness() -> Iterator[None]:
  """Restores the state of random generators after a `with` statement.

  Loading draws random weights for new layers, which must not change numbers
  that are drawn later.
  """
  sources = [
    getattr(context.context(), "_rng", None),
    getattr(keras.src.backend._SEED_GENERATOR, "generator", None),
  ]
  kept = [(x, x.getstate()) for x in sources if isinstance(x, random.Random)]
  python, arrays = random.getstate(), np.random.get_state()
  try:
    yield
  finally:
    for source, state in kept:
      source.setstate(state)
    random.setstate(python)
    np.random.set_state(arrays)
