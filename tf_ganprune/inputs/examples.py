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
"""Inputs from a data set, for generators that translate images."""

import numpy as np
import tensorflow as tf

from tf_ganprune import arguments, array_types
from tf_ganprune.graphs import signatures
from tf_ganprune.inputs import base, first_rows
from tf_ganprune.keras_compat import keras


@keras.utils.register_keras_serializable(package="tf_ganprune")
class Examples(base.Inputs):
  """Draws rows of a data set, without repetition as long as there are others.

  Saved files do not contain the data: call `set_data` after loading one.

  Example:
    >>> given = tgp.inputs.Examples(photos)  # [n, 256, 256, 3]
    >>> gan.generate(16, seed=0)

  Attributes:
    num_rows: The number of rows of the data; 0 without data.
    max_rows: The largest number of rows read from a `tf.data.Dataset`.
  """

  def __init__(
    self,
    data: array_types.Arrays | tf.data.Dataset,
    value_range: tuple[float, float] | None = None,
    max_rows: int = 1024,
  ) -> None:
    """Sets the data; of a `tf.data.Dataset` the first rows are read.

    Args:
      data: An array `[n, ...]`; or a list, tuple or dict of arrays, one for
        each input; or a `tf.data.Dataset` of batches of them, as `fit` takes
        it, which may be infinite. float64 becomes float32.
      value_range: The values `(black, white)` of the generator's images; by
        default they follow from its outputs.
      max_rows: The largest number of rows to read from a `tf.data.Dataset`, and
        to keep in memory. Of arrays, all rows are used.

    Raises:
      ValueError: If an argument has a wrong type or value.
    """
    super().__init__(value_range)
    self.max_rows = arguments.whole("max_rows", max_rows, 1)
    self._data = self._read(data)
    self._specs = first_rows.specs_of(self._data)

  @property
  def specs(self) -> array_types.Specs:
    """The specs of the data, batch None."""
    return self._specs

  @property
  def num_rows(self) -> int:
    """The number of rows to draw from, 0 without data."""
    return 0 if self._data is None else first_rows.count(self._data)

  def set_data(self, data: array_types.Arrays | tf.data.Dataset) -> None:
    """Replaces the data by other data of the same shapes and dtypes.

    Args:
      data: As in the constructor.

    Raises:
      ValueError: If it has other shapes or dtypes.
    """
    read = self._read(data)
    found = first_rows.specs_of(read)
    if base.text(found) != base.text(self._specs):
      raise ValueError(
        "`data` must have the shapes and dtypes of the earlier data,"
        f" {base.text(self._specs)}; got {base.text(found)}."
      )
    flat = tf.nest.flatten(read)
    self._data = tf.nest.pack_sequence_as(self._specs, flat)

  def _draw(self, n, seed, rng):
    if self._data is None:
      raise ValueError(
        "These tgp.inputs.Examples were loaded from a file, which has no data;"
        " call their `set_data(data)` first, or pass other `inputs=`."
      )
    seed = base.pair_of(seed, rng)
    order = tf.argsort(tf.random.stateless_uniform([self.num_rows], seed))
    places = tf.gather(order, tf.range(n) % self.num_rows)
    return tf.nest.map_structure(lambda x: tf.gather(x, places), self._data)

  def latents(self, drawn: array_types.Tensors) -> None:
    """Returns None: a data set has no latents."""

  def _read(self, data):
    if isinstance(data, tf.data.Dataset):
      data = _first(data, self.max_rows)
    return first_rows.tensors("data", data)

  def get_config(self) -> dict:
    """Returns the constructor's arguments, with specs in place of the data."""
    specs = signatures.serialize(self._specs)
    more = {"specs": specs, "max_rows": self.max_rows}
    return more | super().get_config()

  @classmethod
  def from_config(cls, config: dict) -> "Examples":
    """Returns examples without data, from their config.

    Args:
      config: The result of `get_config`.
    """
    self = cls.__new__(cls)
    base.Inputs.__init__(self, config.get("value_range"))
    self.max_rows = config["max_rows"]
    self._specs = signatures.deserialize(config["specs"])
    self._data = None
    return self


def _first(data: tf.data.Dataset, most: int):
  """Returns the first rows of a data set, arrays in its structure."""
  specs = tf.nest.flatten(data.element_spec)
  if not all(isinstance(x, tf.TensorSpec) and x.shape.rank for x in specs):
    raise ValueError(
      "`data` must be a tf.data.Dataset of batches of dense tensors, such as"
      f" data.batch(32); got one of {data.element_spec}."
    )
  batches, left = [], most
  with tf.init_scope():
    for batch in data:
      flat = [x.numpy()[:left] for x in tf.nest.flatten(batch)]
      batches.append(flat)
      left -= len(flat[0])
      if left <= 0:
        break
  if not batches:
    raise ValueError("`data` is an empty tf.data.Dataset; pass one with rows.")
  joined = [np.concatenate(parts) for parts in zip(*batches, strict=True)]
  return tf.nest.pack_sequence_as(data.element_spec, joined)
