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
"""Layers that a network calls with `training=True` or `training=False`.

In Keras 3 a network's own `training` overrides that of a layer's call; in
tf_keras it does not.
"""

import inspect
import warnings

from tf_ganprune.keras_compat import keras

# These depend on `training` if layers inside do.
_CONTAINERS = (
  keras.Model,
  keras.layers.Bidirectional,
  keras.layers.MultiHeadAttention,
  keras.layers.RNN,
  keras.layers.StackedRNNCells,
  keras.layers.TimeDistributed,
)
# A layer that has one of these does nothing in training where all are 0.
_RATES = ("rate", "stddev", "dropout", "recurrent_dropout")


def without(call, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
  """Returns the arguments of a layer's call without `training`.

  Args:
    call: The layer's `call`.
    args: The positional arguments.
    kwargs: The named arguments.
  """
  kwargs = {key: x for key, x in kwargs.items() if key != "training"}
  names = list(inspect.signature(call).parameters)
  if "training" not in names[: len(args)]:
    return args, kwargs
  place = names.index("training")
  kwargs |= zip(names[place + 1 :], args[place + 1 :], strict=False)
  return args[:place], kwargs


def value(call, args: tuple, kwargs: dict):
  """Returns the argument `training` of a layer's call, or None.

  Args:
    call: The layer's `call`.
    args: The positional arguments.
    kwargs: The named arguments.
  """
  names = list(inspect.signature(call).parameters)
  by_place = dict(zip(names, args, strict=False))
  return (by_place | kwargs).get("training")


def depends_on_training(layer: keras.layers.Layer) -> bool:
  """Returns whether a tf_keras layer, or one in it, depends on `training`.

  Args:
    layer: The layer, or a network.
  """
  return any(_depends(part) for part in layer._flatten_layers())


def _depends(layer) -> bool:
  if isinstance(layer, _CONTAINERS):
    return False
  if "training" not in inspect.signature(layer.call).parameters:
    return False
  rates = [getattr(layer, name) for name in _RATES if hasattr(layer, name)]
  return any(rates) if rates else True


def warn_of_custom(layer: keras.layers.Layer, other, training) -> None:
  """Warns if a user's counterpart of a pinned layer takes `training`.

  Args:
    layer: A tf_keras layer that depends on `training`.
    other: The user's counterpart in Keras 3.
    training: The argument of the layer's call.
  """
  call = getattr(other, "call", other)
  if "training" in inspect.signature(call).parameters:
    warnings.warn(
      f"Layer {layer.name!r} is called with training={training}, but its"
      f" counterpart {type(other).__name__} will be called with the network's"
      " own `training` in Keras 3; make it ignore `training`.",
      stacklevel=4,
    )


def warn(network: str, calls: dict[str, bool]) -> None:
  """Warns of layers that are called with `training` in a Keras 3 network.

  Args:
    network: The network's name.
    calls: The argument `training` of each layer's call, by the layer's name.
  """
  if calls:
    found = ", ".join(f"{name!r} (training={x})" for name, x in calls.items())
    warnings.warn(
      f"`model` {network!r} calls layers with `training`: {found}. Keras 3"
      " uses that only if the network itself is called without `training`;"
      " `fit` and `predict` override it. In the converted network these layers"
      " always follow the network's `training`.",
      stacklevel=4,
    )
