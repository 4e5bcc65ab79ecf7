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
"""Shapes inside a nested network that is called with other sizes."""

from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune.graphs import walks
from tf_ganprune.keras_compat import keras


def shapes(model: keras.Model, given: Sequence[tuple]) -> dict[int, list]:
  """Returns the output shapes of a network's calls, by the `id` of their nodes.

  Args:
    model: The nested network.
    given: The shapes of the tensors that it is called with, batch included.

  Returns:
    Shapes, batch included; an empty dict if `given` are the network's own.
  """
  if list(given) == [tuple(x.shape) for x in model.inputs]:
    return {}
  found: dict[int, list] = {}

  def visit(layer, args, kwargs, node):
    outputs = layer(*args, **kwargs)
    found[id(node)] = [tuple(x.shape) for x in tf.nest.flatten(outputs)]
    return outputs

  @tf.function(autograph=False)
  def run(*inputs):
    return walks.walk(model, list(inputs), visit)

  specs = [
    tf.TensorSpec(shape, x.dtype)
    for shape, x in zip(given, model.inputs, strict=True)
  ]
  run.get_concrete_function(*specs)
  model._clear_losses()  # those of layers were of this graph
  return found
