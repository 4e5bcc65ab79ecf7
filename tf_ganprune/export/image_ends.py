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
"""Inputs and outputs that a file has in another range than its network.

An app has pictures as bytes, or as floats in [0, 1]; a network computes with
others, mostly in [-1, 1]. The map from one to the other is put into the file.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from tf_ganprune import value_range as value_ranges
from tf_ganprune.export import samples
from tf_ganprune.keras_compat import keras

_BYTES = value_ranges.ValueRange(0.0, 255.0)


@dataclasses.dataclass(frozen=True)
class End:
  """An input or an output with images, and their range inside and outside.

  Example:
    >>> End(ValueRange(-1, 1), ValueRange(0, 255), is_bytes=True)

  Attributes:
    network: The network's values of black and white.
    file: The file's values of black and white.
    is_bytes: Whether the file has `uint8` there, not floats.
  """

  network: value_ranges.ValueRange
  file: value_ranges.ValueRange
  is_bytes: bool = False

  def to_file(self, images: np.ndarray) -> np.ndarray:
    """Returns the network's images as the file has them, clipped.

    Args:
      images: Of any shape, in the network's range.
    """
    mapped = _mapped(images, self.network, self.file)
    mapped = np.clip(mapped, self.file.low, self.file.high)
    if self.is_bytes:
      return np.round(mapped).astype(np.uint8)
    return mapped.astype(np.float32)

  def to_network(self, images: np.ndarray) -> np.ndarray:
    """Returns the file's images in the network's range, float32.

    Args:
      images: Of any shape, in the file's range.
    """
    mapped = _mapped(images, self.file, self.network)
    return mapped.astype(np.float32)


@dataclasses.dataclass(frozen=True)
class Ends:
  """The inputs and outputs of a file whose range is not the network's.

  Example:
    >>> Ends({"images": End(of_network, of_file)}).wrapped(network)

  Attributes:
    inputs: By the names of the network's inputs.
    outputs: By the names of its outputs.
  """

  inputs: Mapping[str, End] = dataclasses.field(default_factory=dict)
  outputs: Mapping[str, End] = dataclasses.field(default_factory=dict)

  def __bool__(self) -> bool:
    return bool(self.inputs or self.outputs)

  def of_bytes(self) -> "Ends":
    """Returns the ends that have bytes in the file."""
    return self._where(True)

  def of_floats(self) -> "Ends":
    """Returns the ends that have floats in the file."""
    return self._where(False)

  def _where(self, is_bytes: bool) -> "Ends":
    return Ends(
      {k: x for k, x in self.inputs.items() if x.is_bytes == is_bytes},
      {k: x for k, x in self.outputs.items() if x.is_bytes == is_bytes},
    )

  def wrapped(self, model: keras.Model) -> keras.Model:
    """Returns a network with the file's ranges; the same one without ends.

    Args:
      model: A functional network. It is called inside of the new one.
    """
    if not self:
      return model
    inputs = [
      keras.Input(x.shape[1:], name=name, dtype=self._dtype(name, x))
      for name, x in zip(model.input_names, model.inputs, strict=True)
    ]
    values = [
      _FromFile(self.inputs[name], name=f"{name}/from_file")(x)
      if name in self.inputs
      else x
      for name, x in zip(model.input_names, inputs, strict=True)
    ]
    # The user's own would get a second call, and its `output` be ambiguous.
    twin = keras.Model(model.inputs, model.outputs, name=model.name)
    made = tf.nest.flatten(twin(values[0] if len(values) == 1 else values))
    outputs = [
      _ToFile(self.outputs[name], name=f"{name}/to_file")(x)
      if name in self.outputs
      else x
      for name, x in zip(model.output_names, made, strict=True)
    ]
    whole = keras.Model(inputs, outputs, name=model.name)
    whole.output_names = list(model.output_names)
    return whole

  def _dtype(self, name, tensor):
    is_bytes = name in self.inputs and self.inputs[name].is_bytes
    return "uint8" if is_bytes else tensor.dtype

  def to_file(self, sample: samples.Sample) -> samples.Sample:
    """Returns inputs of the network as the file takes them.

    Args:
      sample: One array for each input, by its name.
    """
    return {
      k: self.inputs[k].to_file(x) if k in self.inputs else x
      for k, x in sample.items()
    }

  def inputs_to_network(self, sample: samples.Sample) -> samples.Sample:
    """Returns inputs of the file as the network takes them.

    Args:
      sample: One array for each input, by its name.
    """
    return _to_network(self.inputs, sample)

  def outputs_to_network(
    self, outputs: dict[str, np.ndarray]
  ) -> dict[str, np.ndarray]:
    """Returns outputs of the file in the network's range.

    Args:
      outputs: Arrays by the outputs' names.
    """
    return _to_network(self.outputs, outputs)

  def whole_range(self, sample: samples.Sample) -> samples.Sample:
    """Returns inputs of the network that have black and white in each image.

    int8 calibrated with them has a step for each byte.

    Args:
      sample: Inputs of the network; not changed.
    """
    found = dict(sample)
    for name, end in self.inputs.items():
      found[name] = images = np.array(sample[name])
      images[:, 0, 0], images[:, -1, -1] = end.network.low, end.network.high
    return found

  @property
  def notes(self) -> list[str]:
    """A sentence for each end."""
    return [
      *(_note("Input", "takes", *item) for item in self.inputs.items()),
      *(_note("Output", "gives", *item) for item in self.outputs.items()),
    ]


NONE = Ends()


def _mapped(images, of, to) -> np.ndarray:
  scale = (to.high - to.low) / (of.high - of.low)
  return (np.asarray(images, np.float64) - of.low) * scale + to.low


def _to_network(ends, arrays) -> dict[str, np.ndarray]:
  return {
    k: ends[k].to_network(x) if k in ends else x for k, x in arrays.items()
  }


def _note(kind, verb, name, end) -> str:
  what = "bytes" if end.is_bytes else "floats"
  return (
    f"{kind} {name!r} {verb} {what} from {end.file.low:g}, black, to"
    f" {end.file.high:g}, white; inside they are from {end.network.low:g} to"
    f" {end.network.high:g}."
  )


class _Ranged(keras.layers.Layer):
  """Maps images from one range to another, as `scale * x + shift`."""

  def __init__(self, end: End, **kwargs: Any):
    super().__init__(**kwargs)
    self._is_bytes = end.is_bytes
    of, to = self.ranges(end)
    self._scale = (to.high - to.low) / (of.high - of.low)
    self._shift = to.low - of.low * self._scale

  def _map(self, images):
    scale = tf.constant(self._scale, tf.float32)
    return images * scale + tf.constant(self._shift, tf.float32)


class _FromFile(_Ranged):
  """Maps images from the file's range to the network's."""

  def ranges(self, end: End) -> tuple:
    return end.file, end.network

  def call(self, inputs: tf.Tensor) -> tf.Tensor:
    return self._map(tf.cast(inputs, tf.float32))


class _ToFile(_Ranged):
  """Maps images from the network's range to the file's."""

  def ranges(self, end: End) -> tuple:
    return end.network, end.file

  def call(self, inputs: tf.Tensor) -> tf.Tensor:
    outputs = self._map(inputs)
    if not self._is_bytes:
      return outputs
    # A cast cuts off the fraction.
    bounded = tf.clip_by_value(outputs, _BYTES.low, _BYTES.high)
    return tf.cast(bounded + 0.5, tf.uint8)
