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
"""Converts and checks a user's batches for a network."""

import numpy as np
import tensorflow as tf

from tf_ganprune.graphs import walks
from tf_ganprune.inputs import array_checks
from tf_ganprune.keras_compat import keras


def batch(model: keras.Model, data, name: str = "data") -> list[tf.Tensor]:
  """Returns a user's batch as tensors that fit a network's inputs.

  Args:
    model: A functional or Sequential network.
    data: The user's batch: an array, or a list or dict of arrays.
    name: The name of the user's argument, for messages.

  Returns:
    A list with a tensor for each of `model.inputs`.

  Raises:
    ValueError: If the network does not take it, it is empty, or it is not
      finite.
  """
  try:
    passed = walks.given(
      model, (tf.nest.map_structure(tf.convert_to_tensor, data),), {}
    )
    pairs = list(zip(passed, model.inputs, strict=True))
    tensors = [model._conform_to_reference_input(t, x) for t, x in pairs]
  except (AttributeError, KeyError, TypeError, ValueError, tf.errors.OpError):
    tensors = []
  if not tensors or not all(map(_fits, tensors, model.inputs)):
    wanted = ", ".join(str(list(x.shape)) for x in model.inputs)
    raise ValueError(
      f"`{name}` must be a batch that {model.name!r} takes, {wanted}; got"
      f" {_described(data)}."
    )
  for tensor in tensors:
    if not len(tensor):
      raise ValueError(f"`{name}` is empty; pass at least one input.")
    if tensor.dtype.is_floating and not np.isfinite(tensor).all():
      raise ValueError(
        f"`{name}` has numbers that are NaN or infinite; leave those out."
      )
  for tensor, x, key in zip(
    passed, model.inputs, model.input_names, strict=True
  ):
    array_checks.check(name, key, tensor, x.dtype)
  return tensors


def _fits(tensor, reference) -> bool:
  return tensor.shape.rank > 0 and reference.shape[1:].is_compatible_with(
    tensor.shape[1:]
  )


def _described(data) -> str:
  arrays = tf.nest.flatten(data)
  if arrays and all(hasattr(x, "shape") for x in arrays):
    return ", ".join(str(list(x.shape)) for x in arrays)
  return f"a {type(data).__name__}"
