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
"""Copies of subclassed models that share their layers."""

from collections.abc import Callable

import tensorflow as tf

from tf_ganprune.keras_compat import keras

# Attributes for a model's own calls and training, and their first values.
_FRESH = {
  "_inbound_nodes_value": list,
  "_outbound_nodes_value": list,
  "_is_compiled": lambda: False,
  "optimizer": lambda: None,
  "compiled_loss": lambda: None,
  "compiled_metrics": lambda: None,
  "train_function": lambda: None,
  "train_tf_function": lambda: None,
  "test_function": lambda: None,
  "predict_function": lambda: None,
}
_REFERENCES = "_self_unconditional_checkpoint_dependencies"
_TRACKED = "_self_tracked_trackables"
_COUNTS = "_obj_reference_counts_dict"


def copy(layer, without: str = "", replace: Callable | None = None):
  """Returns a shallow copy of a layer: a new object with the same attributes.

  `copy.copy` would save and load a Keras model with all of its weights.

  Args:
    layer: A subclassed layer or model.
    without: The name of an attribute to leave out.
    replace: A function from a layer in an attribute to the one to use in the
      copy; by default the same.

  Returns:
    A layer that tracks its attributes in the order of the original.
  """
  replace = replace or (lambda one: one)
  twin = object.__new__(type(layer))
  left_out = layer.__dict__.get(without)
  new = {id(left_out): None} if left_out is not None else {}
  for name, value in layer.__dict__.items():
    # A bound method that was patched in would act on the original.
    if name != without and getattr(value, "__self__", None) is not layer:
      twin.__dict__[name] = _replaced(name, value, replace, new)
  tracked = [new.get(id(x), x) for x in layer.__dict__.get(_TRACKED, ())]
  twin.__dict__[_TRACKED] = [x for x in tracked if x is not None]
  _copy_references(layer, twin, new)
  return twin


def _replaced(name, value, replace, new):
  """Returns a copy's value of an attribute, and adds replacements to `new`."""
  if name in _FRESH:
    return _FRESH[name]()
  if name in (_TRACKED, _REFERENCES):
    return value
  if name == _COUNTS:
    counts = type(value)()
    counts.update(value)
    return counts
  if isinstance(value, keras.layers.Layer):
    twin = replace(value)
  elif isinstance(value, list | tuple | dict):
    twin = _container(value, replace)
  else:
    return value
  if twin is not value:
    new[id(value)] = twin
  return twin


def _container(values, replace):
  """Returns a tracked list or dict with replaced layers, or the same one."""
  flat = tf.nest.flatten(values)
  twins = [replace(x) if isinstance(x, keras.layers.Layer) else x for x in flat]
  if all(a is b for a, b in zip(flat, twins, strict=True)):
    return values
  holder = tf.Module()
  holder.value = tf.nest.pack_sequence_as(values, twins)
  return holder.value


def _copy_references(layer, twin, new):
  """Sets the copy's checkpoint dependencies to its own attributes."""
  dependencies = [
    type(reference)(reference.name, new.get(id(reference.ref), reference.ref))
    for reference in layer.__dict__.get(_REFERENCES, ())
  ]
  kept = [one for one in dependencies if one.ref is not None]
  twin.__dict__[_REFERENCES] = kept
  names = "_self_unconditional_dependency_names"
  twin.__dict__[names] = {one.name: one.ref for one in kept}
