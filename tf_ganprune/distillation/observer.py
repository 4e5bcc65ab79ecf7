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
"""Finds the hidden layers of a network, and returns their outputs in calls."""

from collections.abc import Collection

import tensorflow as tf

from tf_ganprune.graphs import signatures
from tf_ganprune.keras_compat import keras

_WRAPPED = "prune_low_magnitude_"


def hidden(network: keras.Model) -> dict:
  """Returns the symbolic outputs of a network's hidden layers, by name.

  Layers that are used more than once, or whose output is not a single tensor
  of floating-point numbers, are left out, and so are layers in nested networks.

  Args:
    network: A built Sequential or functional model, pruned or not.

  Returns:
    A dict from layers' names to Keras's tensors, in order; a pruned layer has
    its name without the wrapper's.

  Raises:
    ValueError: If the network is subclassed or has no inputs.
  """
  if not (signatures.is_graph(network) and network.inputs):
    raise ValueError(
      "The outputs of hidden layers are unknown in"
      f" {network.name!r} ({type(network).__name__}): it is subclassed, or has"
      " no keras.Input. Build it as a functional model, or use losses on"
      " images only, such as 'image'."
    )
  given = {}
  for depth in sorted(network._nodes_by_depth, reverse=True):
    for node in network._nodes_by_depth[depth]:
      name = node.layer.name.removeprefix(_WRAPPED)
      given.setdefault(name, []).append(node.outputs)
  starts = {id(one) for one in network.inputs}
  return {
    name: outputs[0]
    for name, outputs in given.items()
    if len(outputs) == 1
    and _is_one(outputs[0])
    and id(outputs[0]) not in starts
  }


def _is_one(output) -> bool:
  return not tf.nest.is_nested(output) and output.dtype.is_floating


def stages(network: keras.Model) -> dict[tuple, str]:
  """Returns the name of the last layer of each height and width in a network.

  Layers with the shape of the network's input or output are left out.

  Args:
    network: As in `hidden`.

  Returns:
    A dict from shapes without batch and channels, `()` for vectors, to names.
  """
  there = hidden(network)
  ends = {tuple(x.shape) for x in (*network.inputs, *network.outputs)}
  return {
    tuple(output.shape[1:-1]): name
    for name, output in there.items()
    if output.shape.rank > 1 and tuple(output.shape) not in ends
  }


def checked_names(layers) -> list | None:
  """Returns a loss's argument `layers` as a list of names and pairs, or None.

  Raises:
    ValueError: If it is of another type, or empty.
  """
  if layers is None:
    return None
  if isinstance(layers, str):
    layers = [layers]
  names = [tuple(x) if isinstance(x, list) else x for x in layers]
  if not names or not all(map(_is_name_or_pair, names)):
    raise ValueError(
      "`layers` must be a list of names, or of pairs (teacher's name, student's"
      f" name); got {layers!r}."
    )
  return names


def _is_name_or_pair(x) -> bool:
  is_pair = isinstance(x, tuple) and len(x) == 2
  return isinstance(x, str) or (
    is_pair and all(isinstance(part, str) for part in x)
  )


def pairs(teacher, student, layers, loss: str) -> list[tuple[str, str]]:
  """Returns pairs of names of layers to compare: the teacher's, the student's.

  Args:
    teacher: As in `hidden`.
    student: As in `hidden`.
    layers: The result of `checked_names`; None for layers of equal sizes.
    loss: The name of the loss, for the message.

  Raises:
    ValueError: If a layer does not exist, or no layers have equal sizes.
  """
  if layers is None:
    return _automatic(teacher, student, loss)
  found = [(x, x) if isinstance(x, str) else x for x in layers]
  for network, names in zip(
    (teacher, student), zip(*found, strict=True), strict=True
  ):
    check_names(network, names)
  return found


def check_names(network, names, argument: str = "layers") -> None:
  """Raises unless a network has hidden layers of these names.

  Args:
    network: The network.
    names: Names of layers.
    argument: The argument that they were passed as, for the message.
  """
  there = hidden(network)
  for name in names:
    if name not in there:
      raise ValueError(
        f"`{argument}` has {name!r}, but {network.name!r} has no layer of that"
        " name that is used once and returns one tensor. It has"
        f" {', '.join(map(repr, there))}."
      )


def _automatic(teacher, student, loss) -> list[tuple[str, str]]:
  ours, theirs = stages(teacher), stages(student)
  both = [shape for shape in ours if shape in theirs]
  # Vectors are long; the maps made of them say the same with fewer channels.
  chosen = [shape for shape in both if shape] or both
  if not chosen:
    raise ValueError(
      f"The distillation loss {loss!r} found no hidden layers of equal height"
      f" and width: the teacher's have {sorted(ours)}, the student's"
      f" {sorted(theirs)}. Pass pairs of layers as `layers`."
    )
  return [(ours[shape], theirs[shape]) for shape in chosen]


class Observer:
  """Calls a network, and returns the outputs of hidden layers as well.

  It shares the network's layers, and is no Keras object, so that the network is
  not saved twice.

  Example:
    `images, features = Observer(generator, ["act_7x7"])(latents)`

  Attributes:
    network: The network.
  """

  def __init__(self, network: keras.Model, names: Collection[str] = ()):
    """Finds the layers.

    Args:
      network: A built model; it may be subclassed if `names` is empty.
      names: The names of hidden layers.

    Raises:
      ValueError: If there is no such layer.
    """
    self._names = sorted(set(names))
    self.network = self._model = network
    if self._names:
      check_names(network, self._names)
      there = hidden(network)
      outputs = [there[name] for name in self._names]
      self._model = keras.Model(network.inputs, [*network.outputs, *outputs])

  def __call__(self, inputs, training=None, dtype=tf.float32) -> tuple:
    """Calls the network.

    Args:
      inputs: A batch of its inputs.
      training: As in `keras.Model.__call__`.
      dtype: The dtype to which results are cast.

    Returns:
      The network's outputs, and a dict from the hidden layers' names to their
      outputs.
    """
    args, kwargs = signatures.spread(self.network, inputs)
    outputs = self._model(*args, **kwargs, training=training)
    outputs = tf.nest.map_structure(lambda x: tf.cast(x, dtype), outputs)
    if not self._names:
      return outputs, {}
    made, features = outputs[: -len(self._names)], outputs[-len(self._names) :]
    made = tf.nest.pack_sequence_as(self.network.output, made)
    return made, dict(zip(self._names, features, strict=True))
