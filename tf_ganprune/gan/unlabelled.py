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
"""Images of which few have a label: checks, and the loss of those that do."""

import numpy as np
import tensorflow as tf

from tf_ganprune import arguments
from tf_ganprune.distillation import observer
from tf_ganprune.gan import image_checks, label_checks, means
from tf_ganprune.graphs import signatures

NONE = -1  # in place of a label


def check_networks(discriminator, generator, latent_dim, num_classes) -> None:
  """Raises unless a classifier judges what a generator makes.

  Args:
    discriminator: As of `SemiSupervisedGAN`.
    generator: As well.
    latent_dim: As well.
    num_classes: As well.

  Raises:
    ValueError: With what does not fit.
  """
  arguments.whole("num_classes", num_classes, 2)
  image_checks.check_networks(discriminator, generator, latent_dim)
  (made,) = tf.nest.flatten(signatures.shapes(discriminator)[1:])[-1:]
  if made != num_classes:
    raise ValueError(
      f"The discriminator {discriminator.name!r} makes {made} logits, and"
      f" `num_classes` is {num_classes}; it must make one for each class."
    )


def feature_layer(discriminator, asked: bool | str) -> str | None:
  """Returns the name of the layer whose outputs the generator matches.

  Args:
    discriminator: The network.
    asked: As `feature_matching` of `SemiSupervisedGAN`.

  Raises:
    ValueError: If there is no such layer.
  """
  if asked is False:
    return None
  outputs = {id(x) for x in discriminator.outputs or ()}
  hidden = [
    name
    for name, tensor in observer.hidden(discriminator).items()
    if id(tensor) not in outputs
  ]
  if isinstance(asked, str):
    observer.check_names(discriminator, [asked], "feature_matching")
    return asked
  if not hidden:
    raise ValueError(
      f"`feature_matching` needs a hidden layer of {discriminator.name!r}, and"
      " it shows none; pass `feature_matching=False`."
    )
  return hidden[-1]


def check_data(gan, x, y) -> None:
  """Raises where `fit` can see beforehand that the data will not do.

  Args:
    gan: A `SemiSupervisedGAN`.
    x: As of its `fit`.
    y: As well.
  """
  label_checks.check_data(gan, x, y, lowest=NONE)
  image_checks.check_data(gan, x)
  if y is None or isinstance(x, tf.data.Dataset):
    return
  labels = np.asarray(y).ravel()
  missing = sorted(set(range(gan.num_classes)) - set(labels.tolist()))
  if missing:
    raise ValueError(
      f"No image has the label {', '.join(map(str, missing))}, of"
      f" {gan.num_classes} classes: each needs a labelled image at least."
    )


def supervised(logits, labels) -> tuple[tf.Tensor, dict]:
  """Returns the cross entropy of the labelled images, and values to log.

  Args:
    logits: `[n, num_classes]`.
    labels: `[n]`, -1 where there is none.

  Returns:
    A scalar, 0 where no image of the batch has a label; and cross entropy and
    accuracy of each image, in which those without a label do not count.
  """
  known = tf.cast(labels != NONE, logits.dtype)
  each = tf.nn.sparse_softmax_cross_entropy_with_logits(
    tf.maximum(labels, 0), logits
  )
  right = tf.cast(tf.argmax(logits, 1, labels.dtype) == labels, logits.dtype)
  loss = tf.math.divide_no_nan(
    tf.reduce_sum(each * known), tf.reduce_sum(known)
  )
  return loss, {
    "supervised_loss": means.Weighted(each, known),
    "accuracy": means.Weighted(right, known),
  }
