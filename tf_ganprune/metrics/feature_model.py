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
"""Computes features and logits of images with any Keras network."""

import hashlib
import os

import numpy as np
import tensorflow as tf

from tf_ganprune import keras_compat, keras_errors, saving, states
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import head


def load_feature_model(path: str | os.PathLike) -> keras.Model:
  """Loads a Keras network from a `.keras` file, as `tgp.load_model` does.

  The network is not compiled, so its loss and optimizer need not be known.

  Args:
    path: The path of the file. An `.h5` file or a SavedModel can run code when
      it is loaded, and is refused.

  Raises:
    ValueError: As in `tgp.load_model`.
  """
  return saving.load_model(path, compile=False)


# Names of tf.image.resize. Bicubic is as in PIL and clean-fid, whose kernel is
# that of Keys with a = -0.5.
RESIZE_METHODS = ("bilinear", "bicubic")


def check_resize(resize: str) -> str:
  """Returns the name of a method to resize images.

  Args:
    resize: One of `RESIZE_METHODS`.

  Raises:
    ValueError: If it is none of them.
  """
  if resize not in RESIZE_METHODS:
    known = " or ".join(map(repr, RESIZE_METHODS))
    raise ValueError(f"`resize` must be {known}; got {resize!r}.")
  return resize


def adapt_images(
  images: tf.Tensor, shape: tuple, resize: str = "bilinear"
) -> tf.Tensor:
  """Converts images to the height, width and channels that a network takes.

  They are first resized, with antialiasing when they shrink: "bilinear", or
  "bicubic" as clean-fid does it (Parmar et al. 2022, section 3), with PIL's
  filter on floats, clipped to [-1, 1] and not rounded to bytes. Then one
  channel is repeated three times, or three are converted to grey by
  `tf.image.rgb_to_grayscale`. The range [-1, 1] is kept.

  Args:
    images: `[n, height, width, channels]`.
    shape: `(height, width, channels)`; sizes that are None stay as they are.
    resize: The method, "bilinear" or "bicubic".

  Returns:
    float32 images of that shape.

  Raises:
    ValueError: If the channels are neither equal nor one and three.
  """
  height, width, channels = shape
  size = (height or images.shape[1], width or images.shape[2])
  images = tf.cast(images, tf.float32)
  if size != tuple(images.shape[1:3]):
    images = tf.image.resize(images, size, resize, antialias=True)
    if resize == "bicubic":  # which overshoots at edges
      images = tf.clip_by_value(images, -1.0, 1.0)
  have = images.shape[3]
  if channels in (None, have):
    return images
  if (have, channels) == (1, 3):
    return tf.image.grayscale_to_rgb(images)
  if (have, channels) == (3, 1):
    return tf.image.rgb_to_grayscale(images)
  raise ValueError(
    f"`images` have {have} channels and the feature network takes {channels};"
    " only 1 and 3 can be turned into each other."
  )


def _input_shape(network: keras.Model) -> tuple:
  if not network.inputs:
    return (None, None, None)
  (image,) = network.inputs
  if image.shape.rank != 4 or not image.dtype.is_floating:
    raise ValueError(
      f"`feature_model` ({network.name}) must take float images,"
      f" [n, height, width, channels]; it takes {image.dtype.name} of the shape"
      f" {list(image.shape)}."
    )
  return tuple(image.shape[1:])


class FeatureModel:
  """Computes features of images and, if the network classifies, logits.

  Example:
    `features, logits = FeatureModel(classifier).compute(images)`

  Attributes:
    input_shape: The `(height, width, channels)` that the network takes, with
      None for sizes of which it takes any.
    num_classes: The number of logits; None without logits.
    resize: How images are resized, "bilinear" or "bicubic".
    notes: Sentences on the network for readers of the metrics.
  """

  def __init__(self, network: keras.Model, resize: str = "bilinear"):
    """Splits the network into features and logits, with `head.split_head`.

    Args:
      network: A network that takes images in [-1, 1]. Its weights are shared.
      resize: How images are resized to its input, "bilinear" or "bicubic"; see
        `adapt_images`.

    Raises:
      ValueError: If it is no Keras network, does not map one image to one
        tensor, or `resize` is no method.
    """
    keras_compat.check_model(network, "feature_model")
    self._network, self.num_classes, self.notes = head.split_head(network)
    self.input_shape = _input_shape(self._network)
    self.resize = check_resize(resize)
    self._runs = {}

  def _call(self, images):
    images = adapt_images(images, self.input_shape, self.resize)
    outputs = self._network(images, training=False)
    features, logits = outputs if self.num_classes else (outputs, None)
    if not tf.is_tensor(features):
      raise ValueError(
        f"`feature_model` ({self._network.name}) must return one tensor; it"
        f" returns a {type(features).__name__}."
      )
    features = tf.reshape(features, [tf.shape(images)[0], -1])
    return features, logits

  def compute(
    self, images: np.ndarray, batch_size: int = 256
  ) -> tuple[np.ndarray, np.ndarray | None]:
    """Returns features `[n, d]` and logits `[n, num_classes]` of images.

    Without a classifier None is returned in place of the logits.

    Args:
      images: `[n, height, width, channels]` in [-1, 1]; sizes and channels are
        converted by `adapt_images`.
      batch_size: The number of images in a batch of the network.

    Raises:
      ValueError: If the network cannot take the images.
    """
    starts = range(0, len(images), batch_size)
    with states.Kept(self._network):
      results = [self._batch(images[i : i + batch_size]) for i in starts]
    features = np.concatenate([result[0] for result in results])
    if not self.num_classes:
      return features, None
    return features, np.concatenate([result[1] for result in results])

  def _run_for(self, images: np.ndarray):
    # One function a shape: a trace relaxed over shapes knows no channels.
    spec = tf.TensorSpec([None, *images.shape[1:]], images.dtype)
    if spec not in self._runs:
      self._runs[spec] = tf.function(self._call, input_signature=[spec])
    return self._runs[spec]

  def _batch(self, images: np.ndarray) -> list:
    try:
      outputs = self._run_for(images)(images)
    except (ValueError, TypeError, tf.errors.InvalidArgumentError) as error:
      if own := keras_errors.own_sentence(error):
        raise ValueError(own) from error
      reason = " ".join(str(error).split())[-300:]
      raise ValueError(
        f"The feature network {self._network.name} cannot take images of the"
        f" shape {list(images.shape[1:])} ({reason}). Give it a fixed input"
        " shape, and images are resized to it."
      ) from error
    return [None if part is None else part.numpy() for part in outputs]

  def digest(self) -> str:
    """Returns a SHA-256 of the layers and weights, in hexadecimal digits.

    Names and what is frozen do not matter, so that a network has the same
    digest after it was saved and loaded, or built again from its weights.
    """
    sha = hashlib.sha256()
    for layer in self._network._flatten_layers():
      sha.update(repr((type(layer).__name__, _settings(layer))).encode())
      own = (*layer._trainable_weights, *layer._non_trainable_weights)
      for value in map(np.asarray, own):
        sha.update(repr((value.dtype.name, value.shape)).encode())
        sha.update(value.tobytes())
    return sha.hexdigest()


def _settings(layer) -> list[tuple]:
  """Returns the plain settings of a layer that its outputs depend on."""
  try:
    config = layer.get_config()
  except Exception:  # Layers of one's own may have none.
    return []
  plain = bool | int | float | str | None
  return [
    (name, value if isinstance(value, plain) else tuple(value))
    for name, value in sorted(config.items())
    if name not in ("name", "trainable")
    and (
      isinstance(value, plain)
      or isinstance(value, tuple | list)
      and all(isinstance(x, plain) for x in value)
    )
  ]
