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
"""Splits a classifier into its last features and its logits."""

from typing import NamedTuple

from tf_ganprune.keras_compat import keras

# tf.nn's functions carry the names with _v2.
_SOFTMAX = {"softmax", "softmax_v2", "log_softmax", "log_softmax_v2"}
_CLASSIFYING = _SOFTMAX | {"linear", "sigmoid"}


class Split(NamedTuple):
  """A network that gives features and logits, split from a classifier.

  Example:
    `features, logits = split_head(classifier).network(images)`

  Attributes:
    network: A network that maps images to features, or to [features, logits].
    num_classes: The number of logits; None without logits.
    notes: Sentences on the features and logits for readers of the metrics.
  """

  network: keras.Model
  num_classes: int | None
  notes: tuple[str, ...]


def _activation_name(layer) -> str:
  if isinstance(layer, keras.layers.Softmax):
    return "softmax"
  return getattr(getattr(layer, "activation", None), "__name__", "")


def _logits(dense, features):
  """Applies a Dense layer's weights without its activation."""
  config = {**dense.get_config(), "activation": "linear"}
  linear = type(dense).from_config(config)
  logits = linear(features)
  linear.set_weights(dense.get_weights())
  return logits


def _find_head(tensor):
  """Returns (features, logits, activation) of a tensor's classifier, or None.

  The tensor's own history is followed, not `layer.input`, because a layer that
  is shared with another network has several inputs.
  """
  layer, node_index, _ = tensor._keras_history
  if isinstance(layer, keras.layers.InputLayer):
    return None
  source = layer.get_input_at(node_index)
  name = _activation_name(layer)
  if isinstance(layer, keras.Model):
    return _find_nested_head(layer, source)
  if isinstance(layer, (keras.layers.Activation, keras.layers.Softmax)):
    inner = _find_head(source) if name in _CLASSIFYING else None
    return inner and (*inner[:2], inner[2] if name == "linear" else name)
  if isinstance(layer, keras.layers.Dense) and name in _CLASSIFYING:
    if tensor.shape.rank == 2:
      return source, _logits(layer, source), name
  return None


def _find_nested_head(network, source):
  found = _find_head(network.outputs[0]) if network.outputs else None
  if found is None:
    return None
  features, logits, name = found
  return *keras.Model(network.inputs, [features, logits])(source), name


def split_head(network: keras.Model) -> Split:
  """Splits a network into features and, if it is a classifier, logits.

  A network is a classifier if its last layer is Dense with the activation
  softmax, sigmoid or none, an `Activation` or `Softmax` layer after it not
  counted, and also if that Dense ends a network nested in this one. Features
  are then the Dense layer's input, and logits its output before any activation,
  computed from its weights and not from logarithms of probabilities. The output
  of any other network is its features (`InceptionV3(include_top=False,
  pooling="avg")`, an embedding that ends in a ReLU).

  Args:
    network: A built Keras network with one output. It is not changed; the
      result shares its layers, except that a Dense layer whose activation is
      taken off is copied.

  Raises:
    ValueError: If the network has several inputs or outputs, or is a Sequential
      that was never built.
  """
  if isinstance(network, keras.Sequential) and not network.outputs:
    raise ValueError(
      f"`feature_model` ({network.name}) has never been built. Begin it with"
      " an Input layer, or call it on an image first."
    )
  if not network.outputs:
    return Split(network, None, (_no_logits(network.name, "is subclassed"),))
  _check_single(network)
  found = _find_head(network.outputs[0])
  if found is None:
    reason = "does not end in a Dense layer with softmax, sigmoid or none"
    return Split(network, None, (_no_logits(network.name, reason),))
  features, logits, name = found
  notes = [_one_logit(network.name)] if logits.shape[1] == 1 else []
  if name == "sigmoid" and not notes:
    notes = [_many_labels(network.name)]
  cut = keras.Model(network.inputs, [features, logits])
  return Split(cut, int(logits.shape[1]), tuple(notes))


def _check_single(network) -> None:
  counts = len(network.inputs), len(network.outputs)
  if counts != (1, 1):
    raise ValueError(
      f"`feature_model` ({network.name}) must have one input and one output;"
      f" it has {counts[0]} and {counts[1]}. Wrap those to use in"
      " `keras.Model(input, output)`."
    )


def _no_logits(name: str, reason: str) -> str:
  return (
    f"No Inception Score and no classes: the feature network {name} {reason},"
    " so its output is taken as features and there are no logits."
  )


def _one_logit(name: str) -> str:
  return (
    f"No Inception Score: the feature network {name} has one logit, and the"
    " score needs at least two classes."
  )


def _many_labels(name: str) -> str:
  return (
    f"The feature network {name} ends in a sigmoid; the Inception Score uses"
    " the softmax of the same logits."
  )
