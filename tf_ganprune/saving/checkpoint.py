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
"""Loads weights from a TensorFlow checkpoint, all of them or none."""

import os

import tensorflow as tf
from tensorflow.core.protobuf import trackable_object_graph_pb2

from tf_ganprune.keras_compat import keras

_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_OTHERS = (keras.optimizers.Optimizer, keras.metrics.Metric)
# Children of a saved model that are not weights of it.
_NOT_WEIGHTS = ("optimizer", "metric", "loss", "save_counter")


def load(model: keras.Model, prefix: str) -> None:
  """Sets all weights of a model from a checkpoint that has just these.

  All tensors are read, and their checksums with them, before any is set.

  Args:
    model: A built model.
    prefix: The path of the checkpoint without `.index`, as TensorFlow uses it.

  Raises:
    ValueError: If there is no such checkpoint, it is damaged, or it is of
      another architecture; no weight is changed then.
  """
  if not os.path.isfile(f"{prefix}.index"):
    raise ValueError(
      f"{prefix!r} is no .keras file, no .weights.h5 file, and no checkpoint's"
      " prefix (there is no such file with '.index'); nothing was loaded."
    )
  try:
    values = _read(model, prefix)
  except Exception as error:  # TensorFlow raises many types.
    reason = " ".join(str(error).split())[:200].rstrip(".")
    raise ValueError(
      f"The checkpoint {prefix!r} was not loaded, since it is damaged or of"
      f" another architecture than {model.name!r} ({reason}); use another"
      " checkpoint, or the network that it was saved from."
    ) from error
  for variable, value in values:
    variable.assign(value)


def _read(model, prefix: str) -> list:
  """Returns the model's weights, each with its value in the checkpoint."""
  reader = tf.train.load_checkpoint(prefix)
  graph = trackable_object_graph_pb2.TrackableObjectGraph()
  graph.ParseFromString(reader.get_tensor(_GRAPH))
  keys = _Keys(graph.nodes)
  keys.match(model)
  values = []
  for variable in _weights(model):
    if variable.ref() not in keys.found:
      raise ValueError(f"it has no value for {variable.name!r}")
    value = reader.get_tensor(keys.found[variable.ref()])
    if value.shape != tuple(variable.shape):
      raise ValueError(
        f"{variable.name!r} has the shape {tuple(variable.shape)}, and there"
        f" {value.shape}"
      )
    values.append((variable, value))
  return values


def _weights(model) -> list[tf.Variable]:
  """Returns a model's weights, without the variables of its metrics."""
  metrics = {v.ref() for metric in model.metrics for v in metric.variables}
  return [v for v in model.weights if v.ref() not in metrics]


class _Keys:
  """Finds the keys of a model's variables in a checkpoint's object graph."""

  def __init__(self, nodes):
    self.found = {}
    self._nodes = nodes
    self._matched = {}

  def match(self, model) -> None:
    """Finds the key of each variable of a model.

    Raises:
      ValueError: If the checkpoint has weights that the model does not have.
    """
    root = self._children(0)
    start = root["model"] if "model" in root else 0
    self._walk(model, start)
    for node in list(self._matched.values()):
      for name, child in self._children(node).items():
        if self._has_weights(name, child, set()):
          raise ValueError(f"the network has no weights for its {name!r}")

  def _children(self, node: int) -> dict[str, int]:
    return {c.local_name: c.node_id for c in self._nodes[node].children}

  def _walk(self, trackable, node: int) -> None:
    if id(trackable) in self._matched:
      return
    self._matched[id(trackable)] = node
    if isinstance(trackable, tf.Variable):
      self.found[trackable.ref()] = (
        self._nodes[node].attributes[0].checkpoint_key
      )
      return
    saved = self._children(node)
    for name, child in tf.train.TrackableView.children(trackable).items():
      if name in saved and not isinstance(child, _OTHERS):
        self._walk(child, saved[name])

  def _has_weights(self, name: str, node: int, seen: set) -> bool:
    """Whether a node, or a node below it, has weights that were not matched."""
    if any(part in name for part in _NOT_WEIGHTS) or node in seen:
      return False
    seen.add(node)
    if node in self._matched.values():
      return False
    return bool(self._nodes[node].attributes) or any(
      self._has_weights(*child, seen) for child in self._children(node).items()
    )
