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
"""Unfreezes networks for a while, and finds layers frozen after `compile`."""

import contextlib
from collections.abc import Iterator

from tf_ganprune.keras_compat import keras


@contextlib.contextmanager
def unfrozen(network: keras.Model) -> Iterator[keras.Model]:
  """Unfreezes all layers of a network within a `with` statement.

  Freezing changes which variables a network trains, and the order of its
  `weights`, so that code which lists them for an optimizer or a moving average
  lists them within this statement.

  Args:
    network: A built model.

  Yields:
    The network.
  """
  layers = list(network._flatten_layers())
  before = [(layer, layer._trainable) for layer in layers]
  for layer in layers:
    layer._trainable = True
  try:
    yield network
  finally:
    for layer, trainable in before:
      layer._trainable = trainable


def since_compile(model: keras.Model) -> list[str]:
  """Returns names of layers that were frozen or unfrozen since `compile`.

  Args:
    model: A compiled model.
  """
  compiled = model._compiled_trainable_state or {}
  return [
    layer.name
    for layer in model._flatten_layers()
    if layer in compiled and compiled[layer] != layer.trainable
  ]
