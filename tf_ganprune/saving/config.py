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
"""Checks that a saved configuration names only known classes and functions."""

import inspect
from collections.abc import Iterator

import tensorflow as tf
from tensorflow.python.ops import init_ops_v2

from tf_ganprune.keras_compat import keras

_lib = keras.src.saving.serialization_lib
_registration = keras.src.saving.object_registration

_ROOTS = ("keras", "tf_keras", "tensorflow_model_optimization", "tf_ganprune")
_KINDS = (
  keras.layers.Layer,
  keras.optimizers.Optimizer,
  keras.optimizers.schedules.LearningRateSchedule,
  keras.initializers.Initializer,
  keras.regularizers.Regularizer,
  keras.constraints.Constraint,
  keras.losses.Loss,
  keras.metrics.Metric,
  keras.mixed_precision.Policy,
  keras.optimizers.legacy.Optimizer,
  init_ops_v2.Initializer,
)
# Parts of TensorFlow whose functions compute, and neither load, write nor call.
_OP_ROOTS = (
  "__operators__",
  "bitwise",
  "image",
  "linalg",
  "math",
  "nn",
  "quantization",
  "ragged",
  "random",
  "RaggedTensor",
  "signal",
  "sparse",
  "strings",
)
_OPERATIONS = ("ClassMethod", "SlicingOpLambda", "TFOpLambda")
_NO_OPS = ("function", "numpy_function", "print", "py_function")
_VALUES = ("__bytes__", "__numpy__", "__tensor__")


def check(config, custom_objects: dict | None = None) -> None:
  """Raises unless each class and function in a configuration is known.

  Keras itself imports whatever module a configuration names, and calls what it
  finds there. With this check a class must be Keras's, TF-MOT's or this
  package's, or be registered, or be in `custom_objects`; a function must be a
  Keras function, registered, or in `custom_objects`.

  Args:
    config: The configuration, parsed from the JSON of a `.keras` file.
    custom_objects: Classes and functions by name.

  Raises:
    ValueError: If a name is not known, or there is code in the configuration;
      the message is a clause.
  """
  for entry in _entries(config):
    name = entry["class_name"]
    if name in ("Lambda", "__lambda__"):
      raise ValueError(
        "it holds a Lambda, which can be code that loading would run; replace"
        " it by a layer class with"
        " `@tf_ganprune.keras.utils.register_keras_serializable()`"
      )
    _check_operation(entry)
    if name not in _VALUES and not _is_known(entry, custom_objects or {}):
      raise ValueError(
        f"it needs {_named(entry)!r}, which is not known here; decorate its"
        " definition with"
        " `@tf_ganprune.keras.utils.register_keras_serializable()` and import"
        " it, or pass it in `custom_objects`"
      )


def has_operations(config) -> bool:
  """Whether a configuration calls TensorFlow's functions on tensors.

  Args:
    config: As in `check`.
  """
  return any(x["class_name"] in _OPERATIONS for x in _entries(config))


def _entries(config) -> Iterator[dict]:
  """Yields each dictionary that describes an object, at any depth."""
  pending = [config]
  while pending:
    item = pending.pop()
    if isinstance(item, dict):
      if isinstance(item.get("class_name"), str):
        yield item
      pending.extend(item.values())
    elif isinstance(item, list):
      pending.extend(item)


def _named(entry: dict) -> str:
  is_function = entry["class_name"] == "function"
  return str(entry.get("config") if is_function else entry["class_name"])


def _is_known(entry: dict, custom_objects: dict) -> bool:
  names = [entry.get("registered_name"), entry["class_name"]]
  if entry["class_name"] == "function":
    names = [entry.get("config")]
  if any(_is_registered(name, entry, custom_objects) for name in names):
    return True
  if entry["class_name"] == "function":
    return entry.get("module") == "builtins" and _is_keras_function(names[0])
  module = entry.get("module")
  if module is None:  # found by name only, in Keras's own tables
    return True
  if entry["class_name"] == "__typespec__":
    return module.partition(".")[0] == "tensorflow"
  is_initializer = module == init_ops_v2.__name__
  is_root = module.partition(".")[0] in _ROOTS
  return (is_root or is_initializer) and _is_keras_class(entry)


def _is_registered(name, entry: dict, custom_objects: dict) -> bool:
  """Whether Keras finds a registered object before it imports a module."""
  found = isinstance(name, str) and _registration.get_registered_object(
    name, custom_objects=custom_objects
  )
  is_function = entry["class_name"] == "function"  # is looked up by name first
  if not found or is_function or name == entry.get("registered_name"):
    return bool(found)
  return entry.get("module") in (None, getattr(found, "__module__", None))


def _is_keras_function(name) -> bool:
  return any(
    inspect.isfunction(getattr(getattr(keras, module), str(name), None))
    for module in ("activations", "losses", "metrics")
  )


def _is_keras_class(entry: dict) -> bool:
  try:
    found = _lib._retrieve_class_or_fn(
      entry["class_name"],
      entry.get("registered_name"),
      entry["module"],
      obj_type="class",
      full_config={},
    )
  except (TypeError, ImportError):
    return False
  is_class = inspect.isclass(found) and issubclass(found, _KINDS)
  return is_class or _is_schedule(found)


def _is_schedule(found) -> bool:
  bases = [base.__name__ for base in getattr(found, "__mro__", ())]
  return "PruningSchedule" in bases


def _check_operation(entry: dict) -> None:
  """Raises if a layer calls a TensorFlow function that does more than math."""
  config = entry.get("config")
  if not isinstance(config, dict):
    return
  if entry["class_name"] == "TFOpLambda":
    symbol = config.get("function")
  elif entry["class_name"] == "ClassMethod":
    symbol = config.get("cls_symbol")
  else:
    return
  # Keras records the first of a function's names, which may be that of TF 1.
  name = str(symbol).removeprefix("tf.").removeprefix("compat.v1.")
  root, dot, _ = name.partition(".")
  if (dot and root not in _OP_ROOTS) or not (dot or _computes(root)):
    raise ValueError(
      f"it calls tf.{symbol}, which does more than compute; replace that layer"
    )


def _computes(name: str) -> bool:
  module = getattr(getattr(tf, name, None), "__module__", "")
  return name not in _NO_OPS and module.startswith("tensorflow.python.ops.")
