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
"""Finds the generators of a GAN, of this package or a user's own."""

import re
from collections.abc import Iterator, Mapping

from tf_ganprune.graphs import signatures
from tf_ganprune.keras_compat import keras

# Names of generators, as in `generator_G`, `ema_generator` and `gen_AB`.
_NAME = re.compile(r"(^|_)gen(erator)?s?(_|\d|$)", re.IGNORECASE)
_AVERAGE = "ema_"


def find_generator(model) -> keras.Model | None:
  """Returns a model's generator, the first if there are several, or None.

  Of a GAN with `sampled`, it is the network of that name.

  Args:
    model: As in `by_name`.

  Returns:
    The network; None for a subclassed model that was neither built nor called,
    if none of its networks is named as a generator.
  """
  if _says(model) and (name := getattr(model, "sampled", None)):
    return model.averaged(name)
  return next(iter(by_name(model).values()), None)


def by_name(model) -> dict[str, keras.Model]:
  """Returns a model's generators by name, their moving averages if any.

  Args:
    model: A GAN or a network. If it has `exported` and `averaged(name)`, these
      give the generators; else its `ema_generator` or `generator`; else the
      model itself, if it is a network; else the networks in its attributes, and
      in lists and dicts in these, that are named as generators: by the
      attribute, the key, or, in a list, the network's name.

  Returns:
    The networks by name; empty if none is found.
  """
  if _says(model):
    return {name: model.averaged(name) for name in model.exported}
  for name in ("ema_generator", "generator"):
    if isinstance(network := getattr(model, name, None), keras.Model):
      return {"generator": network}
  if _is_network(model):
    return {model.name: model}
  if found := _averaged(dict(_held(model))):
    return found
  if isinstance(model, keras.Model) and model.built:
    return {model.name: model}
  return {}


def _says(model) -> bool:
  exported = getattr(model, "exported", None)
  return bool(exported) and callable(getattr(model, "averaged", None))


def _is_network(model) -> bool:
  """Returns whether a model is a network, not one that trains others."""
  if not isinstance(model, keras.Model) or not model.built:
    return False
  trains = type(model).train_step is not keras.Model.train_step
  return signatures.is_graph(model) or not trains


def _held(model) -> Iterator[tuple[str, keras.Model]]:
  """Yields the names and generators in a model's attributes."""
  for name, value in getattr(model, "__dict__", {}).items():
    if isinstance(value, keras.Model):
      if _NAME.search(name):
        yield name, value
    elif not name.startswith("_"):  # which are Keras's own lists
      yield from _in_container(name, value)


def _in_container(name, value) -> Iterator[tuple[str, keras.Model]]:
  is_said = bool(_NAME.search(name))
  if isinstance(value, Mapping):
    pairs = [(str(key), one, str(key)) for key, one in value.items()]
  elif isinstance(value, list | tuple):
    pairs = [(f"{name}_{i}", x, _name(x)) for i, x in enumerate(value)]
  else:
    return
  for key, network, said in pairs:
    is_model = isinstance(network, keras.Model)
    if is_model and (is_said or _NAME.search(said)):
      yield key, network


def _name(network) -> str:
  return str(getattr(network, "name", ""))


def _averaged(found: dict) -> dict:
  """Returns networks by name, with averages in place of the live ones."""
  live = {k: v for k, v in found.items() if not k.startswith(_AVERAGE)}
  averages = {
    k.removeprefix(_AVERAGE): v
    for k, v in found.items()
    if k.startswith(_AVERAGE)
  }
  return live | averages
