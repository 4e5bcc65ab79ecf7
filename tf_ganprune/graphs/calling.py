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
"""Calls a network of any kind with a batch of inputs."""

import tensorflow as tf

from tf_ganprune.graphs import signatures


def named_specs(model) -> dict[str, tf.TensorSpec]:
  """Returns the specs of a built model's inputs by name, in order.

  Args:
    model: A Keras model.

  Returns:
    A dict of `tf.TensorSpec`s. Names are those of Keras's inputs, the keys of a
    dict, or the names of `call`'s arguments.

  Raises:
    ValueError: If the model was neither built nor called.
  """
  args, kwargs = signatures.call_specs(model)
  flat = tf.nest.flatten((args, kwargs))
  named = args[0] if len(args) == 1 and not kwargs else None
  if signatures.is_graph(model):
    named = getattr(model, "_nested_inputs", None)
  if isinstance(named, dict):
    return dict(zip(sorted(named), flat, strict=True))
  return {x.name or f"inputs_{i}": x for i, x in enumerate(flat)}


def called(model, given, training=False):
  """Calls a model with a batch of its inputs, and returns its outputs.

  Args:
    model: A Keras model.
    given: As in `signatures.spread`.
    training: As in `keras.Model.__call__`.
  """
  args, kwargs = signatures.spread(model, given)
  return model(*args, **kwargs, training=training)
