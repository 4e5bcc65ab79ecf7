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
"""Rules of Keras 3's operations that move numbers: reshape, concat, take."""

import numpy as np
import tensorflow as tf

from tf_ganprune.keras3.ops import operation


def _axes(axis) -> list[int]:
  return [axis] if isinstance(axis, int) else list(axis)


@operation.rule("Reshape")
def _reshape(op, x):
  shape = op.newshape
  shape = [shape] if isinstance(shape, int) else list(shape)
  return tf.reshape(x, [-1 if n is None else n for n in shape])


@operation.rule("Ravel")
def _ravel(op, x):
  return tf.reshape(x, [-1])


@operation.rule("Transpose")
def _transpose(op, x):
  return tf.transpose(x, None if op.axes is None else list(op.axes))


@operation.rule("Swapaxes")
def _swapaxes(op, x):
  order = list(range(x.shape.rank))
  order[op.axis1], order[op.axis2] = order[op.axis2], order[op.axis1]
  return tf.transpose(x, order)


@operation.rule("Moveaxis")
def _moveaxis(op, x):
  rank = x.shape.rank
  taken = [axis % rank for axis in _axes(op.source)]
  order = [axis for axis in range(rank) if axis not in taken]
  places = [axis % rank for axis in _axes(op.destination)]
  for place, axis in sorted(zip(places, taken, strict=True)):
    order.insert(place, axis)
  return tf.transpose(x, order)


@operation.rule("ExpandDims")
def _expand_dims(op, x):
  rank = x.shape.rank + len(_axes(op.axis))
  for axis in sorted(one % rank for one in _axes(op.axis)):
    x = tf.expand_dims(x, axis)
  return x


@operation.rule("Squeeze")
def _squeeze(op, x):
  return tf.squeeze(x, None if op.axis is None else _axes(op.axis))


@operation.rule("Concatenate")
def _concatenate(op, xs):
  return tf.concat(operation.common(*xs), axis=op.axis)


@operation.rule("Hstack", "Vstack")
def _joined(op, xs):
  if min(x.shape.rank for x in xs) < 2:
    raise ValueError("stacking of vectors; give them two axes")
  axis = 1 if type(op).__name__ == "Hstack" else 0
  return tf.concat(operation.common(*xs), axis=axis)


@operation.rule("Append")
def _append(op, x1, x2):
  x1, x2 = operation.common(x1, x2)
  if op.axis is None:
    x1, x2 = tf.reshape(x1, [-1]), tf.reshape(x2, [-1])
  return tf.concat([x1, x2], axis=op.axis or 0)


@operation.rule("Stack")
def _stack(op, x):
  return tf.stack(operation.common(*x), axis=op.axis)


@operation.rule("Unstack")
def _unstack(op, x):
  return tf.unstack(x, num=op.num, axis=op.axis)


@operation.rule("Split")
def _split(op, x):
  places = op.indices_or_sections
  if not isinstance(places, int):
    ends = [0, *(int(place) for place in places), x.shape[op.axis]]
    places = np.diff(ends).tolist()
  return tf.split(x, places, axis=op.axis)


@operation.rule("Tile")
def _tile(op, x):
  repeats = np.atleast_1d(op.repeats).tolist()
  missing = x.shape.rank - len(repeats)
  if missing < 0:
    raise ValueError(f"repeats={op.repeats} has more axes than its input")
  return tf.tile(x, [1] * missing + repeats)


@operation.rule("Repeat")
def _repeat(op, x):
  repeats = op.repeats
  repeats = (
    repeats if isinstance(repeats, int) else np.asarray(repeats).tolist()
  )
  return tf.repeat(x, repeats, axis=op.axis)


@operation.rule("Flip")
def _flip(op, x):
  axes = range(x.shape.rank) if op.axis is None else _axes(op.axis)
  return tf.reverse(x, [axis % x.shape.rank for axis in axes])


@operation.rule("Roll")
def _roll(op, x):
  if op.axis is None:
    raise ValueError("roll without an axis; pass `axis`")
  return tf.roll(x, op.shift, op.axis)


@operation.rule("Pad")
def _pad(op, x, constant_values=None):
  width = np.broadcast_to(np.asarray(op.pad_width), (x.shape.rank, 2)).tolist()
  if constant_values is None:
    return tf.pad(x, width, mode=op.mode.upper())
  return tf.pad(x, width, mode=op.mode.upper(), constant_values=constant_values)


@operation.rule("BroadcastTo")
def _broadcast_to(op, x):
  return tf.broadcast_to(x, list(op.shape))


@operation.rule("GetItem")
def _get_item(op, x, key):
  if isinstance(key, list):
    raise ValueError("indexing by a list; use keras.ops.take")
  parts = key if isinstance(key, tuple) else (key,)
  if any(hasattr(part, "shape") for part in parts):
    raise ValueError("indexing by an array; use keras.ops.take")
  return x[key]


@operation.rule("Take")
def _take(op, x, indices):
  axis = op.axis
  if axis is None:
    x, axis = tf.reshape(x, [-1]), 0
  indices = operation.constant(
    np.asarray(indices) if isinstance(indices, int | list | tuple) else indices
  )
  size = x.shape[axis]
  if size is None:
    raise ValueError("take along an axis of unknown length")
  if isinstance(indices, tf.Tensor):
    return tf.gather(x, indices.numpy() % size, axis=axis)
  return tf.gather(x, tf.where(indices < 0, indices + size, indices), axis=axis)


@operation.rule("OneHot")
def _one_hot(op, x):
  if op.sparse:
    raise ValueError("sparse=True")
  return tf.one_hot(
    operation.cast(x, "int32"),
    op.num_classes,
    axis=op.axis,
    dtype=op.dtype or "float32",
  )


@operation.rule("DepthToSpace", "SpaceToDepth")
def _depth_to_space(op, x):
  if op.data_format != "channels_last":
    raise ValueError(f"data_format={op.data_format!r}")
  is_depth = type(op).__name__ == "DepthToSpace"
  move = tf.nn.depth_to_space if is_depth else tf.nn.space_to_depth
  return move(x, op.block_size)


@operation.rule("Resize")
def _resize(op, images):
  if op.data_format != "channels_last":
    raise ValueError(f"data_format={op.data_format!r}")
  if op.crop_to_aspect_ratio or op.pad_to_aspect_ratio:
    raise ValueError("keeping the aspect ratio; crop or pad with layers")
  return tf.image.resize(
    images, list(op.size), method=op.interpolation, antialias=op.antialias
  )
