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
"""A generator that fills holes in images.

The network is pix2pix's U-Net (Isola et al. 2017) with the hole's mask as one
more channel; as in Yu et al. 2018, "Generative Image Inpainting with Contextual
Attention", section 3, what is outside of the hole stays as it was given.
"""

from tf_ganprune import arguments
from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import network_arguments, u_net


def inpainting_generator(
  image_shape: tuple[int, int, int] = (256, 256, 3),
  width: int = 64,
  num_downs: int = 6,
  normalization: str = "instance",
  name: str = "generator",
) -> keras.Model:
  """Returns a U-Net that makes up what is in a hole, and keeps the rest.

  Example:
    `inpainting_generator((64, 64, 3), 8)([images, masks])`

  Args:
    image_shape: `(height, width, channels)`; sides are multiples of
      `2**num_downs`.
    width: The channels of the first layer; they double up to 8 times as many.
    num_downs: The number of times that the image is halved, at least 2.
    normalization: `'instance'` or `'batch'`, as of `u_net_generator`.
    name: The model's name.

  Returns:
    A functional model from a list of images in [-1, 1], `[n, *image_shape]`,
    and masks, `[n, height, width, 1]`, which are 1 in the hole and 0 elsewhere,
    to images, `[n, *image_shape]`. What images have in the hole is not used.

  Raises:
    ValueError: If an argument is not positive, the image cannot be halved so
      often, or `normalization` is unknown.
  """
  height, columns = network_arguments.sides(image_shape)
  network_arguments.positive(width=width)
  arguments.whole("num_downs", num_downs, 2)
  network_arguments.halved(image_shape, num_downs, ", or lower `num_downs`")
  if normalization not in u_net.NORMS:
    raise ValueError(
      f"`normalization` must be one of {', '.join(u_net.NORMS)}; got"
      f" {normalization!r}."
    )
  images = keras.Input(tuple(image_shape), name="images")
  masks = keras.Input((height, columns, 1), name="masks")
  # Over all channels, as delegates multiply tensors of one shape.
  hole = keras.layers.Concatenate(name="hole")([masks] * image_shape[2])
  kept = keras.layers.Multiply(name="kept")([images, 1.0 - hole])
  x = keras.layers.Concatenate(name="join")([kept, masks])
  made = u_net.body(x, width, num_downs, 0.0, image_shape[2], normalization)
  filled = keras.layers.Multiply(name="filled")([made, hole])
  outputs = keras.layers.Add(name="image")([kept, filled])
  return keras.Model([images, masks], outputs, name=name)
