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
"""Checks of what a user passes as one network."""

import tensorflow as tf

from tf_ganprune import keras_compat
from tf_ganprune.graphs import signatures
from tf_ganprune.keras_compat import keras


def check_network(model, name: str) -> None:
  """Raises unless `model` is one network.

  Args:
    model: What the user passed.
    name: The argument it was passed as, for the message.

  Raises:
    ValueError: If it is several networks, of Keras 3, or no model.
  """
  keras_compat.check_model(model, name)
  parts = [one.name for one in model.layers if isinstance(one, keras.Model)]
  computes = type(model).call is not keras.Model.call
  trains = type(model).train_step is not keras.Model.train_step
  if signatures.is_graph(model) or (computes and not (trains and parts)):
    return
  raise ValueError(
    f"`{name}` must be one network, and {model.name!r} ({type(model).__name__})"
    + (" trains several." if parts else " has no `call`.")
    + (f" Pass one of its networks: {', '.join(parts)}." if parts else "")
  )


def first_taken(network: keras.Model) -> tf.TensorShape:
  """Returns the shape of a network's first input, such as a judge's images."""
  taken = signatures.shapes(network)[0]
  if isinstance(taken, dict):
    taken = [*taken.values()]
  return tf.TensorShape(taken[0] if isinstance(taken, list) else taken)
