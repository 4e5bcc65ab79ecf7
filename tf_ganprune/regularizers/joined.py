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
"""Joins a nest of images to one tensor, to take a gradient by it."""

from collections.abc import Callable

import tensorflow as tf

from tf_ganprune.regularizers import base


def score_of_joined(
  score: Callable[[base.Images], tf.Tensor], images: base.Images
) -> Callable[[tf.Tensor], tf.Tensor]:
  """Returns a function that scores images which `join` has joined.

  Args:
    score: A function that maps images to scores.
    images: Images with the structure and shapes of those to be joined.
  """
  if tf.is_tensor(images):
    return score
  flat = tf.nest.flatten(images)
  sizes = [_size(x) for x in flat]

  def score_joined(joined):
    parts = tf.split(joined, sizes, axis=1)
    shaped = [
      tf.reshape(part, [-1, *x.shape[1:]])
      for part, x in zip(parts, flat, strict=True)
    ]
    return score(tf.nest.pack_sequence_as(images, shaped))

  return score_joined


def join(images: base.Images) -> tf.Tensor:
  """Joins a nest of images to one tensor `[n, numbers]`; a tensor stays.

  Args:
    images: A tensor, or a nest of tensors with equal first axes.
  """
  if tf.is_tensor(images):
    return images
  flat = [tf.reshape(x, [-1, _size(x)]) for x in tf.nest.flatten(images)]
  return tf.concat(flat, axis=1)


def _size(images: tf.Tensor) -> int:
  size = images.shape[1:].num_elements()
  if size is None:
    raise ValueError(
      "A gradient penalty on several images needs their height, width and"
      f" channels; got the shape {images.shape}."
    )
  return size
