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
"""Examples of a data set, as generators that change images are given."""

import numpy as np
import tensorflow as tf

from tf_ganprune import arguments, array_types
from tf_ganprune.graphs import signatures
from tf_ganprune.inputs import base, first_rows
from tf_ganprune.keras_compat import keras


@keras.utils.register_keras_serializable(package="tf_ganprune")
class Examples(base.Inputs):
  """Draws rows of a data set, none twice while there are others.

  A file that it is saved in has no data; what is loaded from it draws after
  `set_data`.

  Example:
    >>> given = tgp.inputs.Examples(photos)  # [n, 256, 256, 3]
    >>> gan.generate(16, seed=0)

  Attributes:
    num_rows: How many rows it draws from; 0 without data.
    max_rows: How many rows of a `tf.data.Dataset` are read at most.
  """

  def __init__(
    self,
    data: array_types.Arrays | tf.data.Dataset,
    value_range: tuple[float, float] | None = None,
    max_rows: int = 1024,
  ) -> None:
    """Takes the data over; of a `tf.data.Dataset` the first rows are read.

    Args:
      data: An array `[n, ...]`; or a list, tuple or dict of arrays, one for
        each input; or a `tf.data.Dataset` of batches of that, as `fit` takes
        it, which may be infinite. float64 becomes float32.
      value_range: Values of what the generator makes that mean black and white;
        by default what bounds its outputs says it.
      max_rows: How many rows of a `tf.data.Dataset` are read at most, and kept
        in memory. Of arrays all are used.

    Raises:
      ValueError: If an argument is none of that.
    """
    super().__init__(value_range)
    self.max_rows = arguments.whole("max_rows", max_rows, 1)
    self._data = self._read(data)
    self._specs = first_rows.specs_of(self._data)

  @property
  def specs(self) -> array_types.Specs:
    """Those of the data, batch None."""
    return self._specs

  @property
  def num_rows(self) -> int:
    """How many rows there are to draw from."""
    return 0 if self._data is None else first_rows.count(self._data)

  def set_data(self, data: array_types.Arrays | tf.data.Dataset) -> None:
    """Draws from other data of the same shapes and types from now on.

    Args:
      data: As of the constructor.

    Raises:
      ValueError: If it is anything else.
    """
    read = self._read(data)
    found = first_rows.specs_of(read)
    if base.text(found) != base.text(self._specs):
      raise ValueError(
        f"`data` must be as before, {base.text(self._specs)}; got"
        f" {base.text(found)}."
      )
    flat = tf.nest.flatten(read)
    self._data = tf.nest.pack_sequence_as(self._specs, flat)

  def _draw(self, n, seed, rng):
    if self._data is None:
      raise ValueError(
        "These tgp.inputs.Examples come from a file, which holds no data; call"
        " their `set_data(data)` before they draw, or pass `inputs=` to what"
        " draws."
      )
    seed = base.pair_of(seed, rng)
    order = tf.argsort(tf.random.stateless_uniform([self.num_rows], seed))
    places = tf.gather(order, tf.range(n) % self.num_rows)
    return tf.nest.map_structure(lambda x: tf.gather(x, places), self._data)

  def latents(self, drawn: array_types.Tensors) -> None:
    """Returns None: there are none in a data set."""

  def _read(self, data):
    if isinstance(data, tf.data.Dataset):
      data = _first(data, self.max_rows)
    return first_rows.tensors("data", data)

  def get_config(self) -> dict:
    """Returns the shapes and types of the data, and not the data."""
    specs = signatures.serialize(self._specs)
    more = {"specs": specs, "max_rows": self.max_rows}
    return more | super().get_config()

  @classmethod
  def from_config(cls, config: dict) -> "Examples":
    """Returns examples without data.

    Args:
      config: What `get_config` returned.
    """
    self = cls.__new__(cls)
    base.Inputs.__init__(self, config.get("value_range"))
    self.max_rows = config["max_rows"]
    self._specs = signatures.deserialize(config["specs"])
    self._data = None
    return self


def _first(data: tf.data.Dataset, most: int):
  """Returns the first rows of batches, as arrays in their structure."""
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
