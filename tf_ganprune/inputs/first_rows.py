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
"""Inputs that are the first rows of arrays, and checks of arrays."""

import numpy as np
import tensorflow as tf

from tf_ganprune import array_types
from tf_ganprune.inputs import base


class Rows(base.Inputs):
  """Draws the first rows of arrays, whatever the seed.

  It is used for arrays that a user passes as `inputs=`.

  Example:
    >>> Rows(np.ones((16, 64), np.float32)).draw(4).shape
    TensorShape([4, 64])

  Attributes:
    num_rows: The number of rows of the arrays.
  """

  def __init__(
    self,
    data: array_types.Arrays,
    value_range: tuple[float, float] | None = None,
  ):
    """Sets the arrays.

    Args:
      data: An array `[n, ...]`, or a list, tuple or dict of them.
      value_range: As in `Inputs`.

    Raises:
      ValueError: If `data` is anything else, or numbers of rows differ.
    """
    super().__init__(value_range)
    self._data = tensors("inputs", data)
    self.num_rows = count(self._data)

  @property
  def specs(self) -> array_types.Specs:
    """The specs of the arrays, batch None."""
    return specs_of(self._data)

  def _draw(self, n, seed, rng):
    return tf.nest.map_structure(lambda x: x[:n], self._data)


def tensors(name: str, data):
  """Returns arrays as tensors, in their structure; float64 becomes float32.

  Args:
    name: The name of the argument, for messages.
    data: An array `[n, ...]`, or a list, tuple or dict of them.

  Raises:
    ValueError: If `data` is anything else, numbers of rows differ, or numbers
      are not finite.
  """
  flat = tf.nest.flatten(data)
  if not flat or not all(map(_is_array, flat)):
    kinds = ", ".join(dict.fromkeys(type(x).__name__ for x in flat))
    raise ValueError(
      f"`{name}` must be an array [n, ...], or a list, tuple or dict of arrays;"
      f" got {type(data).__name__}{f' of {kinds}' if kinds else ''}."
    )
  arrays = [np.asarray(x) for x in flat]
  lengths = {len(x) if x.ndim else 0 for x in arrays}
  if len(lengths) > 1 or 0 in lengths:
    shapes = ", ".join(str(list(x.shape)) for x in arrays)
    raise ValueError(
      f"`{name}` must have equally many rows in all arrays, and at least one;"
      f" got the shapes {shapes}."
    )
  with tf.init_scope():  # not a part of a graph that is being traced
    made = [_tensor(name, x) for x in arrays]
  return tf.nest.pack_sequence_as(data, made)


def specs_of(data):
  """Returns the specs of tensors, batch None, in the same structure."""
  return tf.nest.map_structure(
    lambda x: tf.TensorSpec([None, *x.shape[1:]], x.dtype), data
  )


def count(data) -> int:
  """Returns the number of rows of tensors, that of the first of them."""
  return int(tf.nest.flatten(data)[0].shape[0])


def _is_array(value) -> bool:
  return hasattr(value, "__array__")


def _tensor(name, array) -> tf.Tensor:
  if array.dtype.kind not in "fiub":
    raise ValueError(
      f"`{name}` must have numbers in its arrays; got {array.dtype}."
    )
  if array.dtype.kind == "f" and not np.isfinite(array).all():
    raise ValueError(
      f"`{name}` has numbers that are NaN or infinite; leave those rows out."
    )
  is_double = array.dtype == np.float64
  return tf.constant(array.astype(np.float32) if is_double else array)
