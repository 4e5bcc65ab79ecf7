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
"""The networks of a DCGAN that is small enough to train on two CPU cores.

The networks are those of Radford et al. 2016, "Unsupervised Representation
Learning with Deep Convolutional Generative Adversarial Networks", except:

- the generator uses LeakyReLU too, since GPU delegates fuse a ReLU into the
  transposed convolution before it and then refuse the operator;
- kernels of stride 2 are 4x4, not 5x5: a multiple of the stride, so that no
  pixel is written more often than its neighbour;
- the generator has one more convolution, at its smallest size;
- the discriminator has no batch normalization, so that its logit for an image
  does not depend on the rest of the batch, which gradient penalties assume; it
  ends in a hidden dense layer, and can shift its images at random, which keeps
  it from overfitting a small data set (Zhao et al. 2020,
  "Differentiable Augmentation for Data-Efficient GAN Training").
"""

from collections.abc import Callable

from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import network_arguments, parts


def dcgan_generator(
  image_shape: tuple[int, int, int] = (28, 28, 1),
  latent_dim: int = 64,
  width: int = 32,
  name: str = "generator",
) -> keras.Model:
  """Returns a DCGAN generator, which maps latents to images in [-1, 1].

  A dense layer makes the smallest image; transposed convolutions of stride 2
  double it up to `image_shape`, with half the channels each time. It differs
  from Radford et al. 2016, figure 1, as described in the module's docstring.

  Example:
    `dcgan_generator((32, 32, 3))(tf.random.normal((4, 64)))`

  Args:
    image_shape: `(height, width, channels)`. Sides are halved until both are at
      most 8 pixels, and must be even each time: 28, 32, 48, 64, 96, 128 fit.
    latent_dim: The length of a latent vector.
    width: The channels of the last hidden layer.
    name: The model's name.

  Returns:
    A functional model from `[n, latent_dim]` to `[n, *image_shape]`.

  Raises:
    ValueError: If an argument is not positive or the image cannot be halved.
  """
  network_arguments.positive(latent_dim=latent_dim)
  latents = keras.Input((latent_dim,), name="latents")
  return keras.Model(latents, images_of(latents, image_shape, width), name=name)


def images_of(
  x,
  image_shape: tuple[int, int, int],
  width: int,
  normalize: Callable = parts.normalize,
):
  """Adds the layers of a DCGAN's generator.

  Args:
    x: What they make images of, `[n, numbers]`.
    image_shape: As of `dcgan_generator`.
    width: As well.
    normalize: Adds a normalization and an activation to feature maps of a name.

  Returns:
    Images, `[n, *image_shape]`.
  """
  halvings = parts.num_halvings(image_shape)
  network_arguments.positive(width=width)
  height, columns = (side // 2**halvings for side in image_shape[:2])
  channels = width * 2 ** (halvings - 1)
  x = keras.layers.Dense(
    height * columns * channels, use_bias=False, name="dense"
  )(x)
  x = keras.layers.Reshape((height, columns, channels), name="reshape")(x)
  x = normalize(x, parts.size(x))
  x = keras.layers.Conv2D(
    channels, 3, padding="same", use_bias=False, name=f"conv_{parts.size(x)}"
  )(x)
  x = normalize(x, f"conv_{parts.size(x)}")
  for _ in range(halvings - 1):
    channels //= 2
    size = f"{2 * x.shape[1]}x{2 * x.shape[2]}"
    x = keras.layers.Conv2DTranspose(
      channels,
      4,
      strides=2,
      padding="same",
      use_bias=False,
      name=f"conv_transpose_{size}",
    )(x)
    x = normalize(x, size)
  return keras.layers.Conv2DTranspose(
    image_shape[2],
    4,
    strides=2,
    padding="same",
    activation="tanh",
    name=f"conv_transpose_{image_shape[0]}x{image_shape[1]}",
  )(x)


def dcgan_discriminator(
  image_shape: tuple[int, int, int] = (28, 28, 1),
  width: int = 32,
  translation: float = 0.0,
  name: str = "discriminator",
) -> keras.Model:
  """Returns a DCGAN discriminator, which maps images to one logit each.

  It has convolutions of stride 2 with twice the channels each time, as many as
  the generator has doublings, and a hidden dense layer. It differs from Radford
  et al. 2016 as described in the module's docstring.

  Example:
    `dcgan_discriminator((32, 32, 3))(tf.zeros((4, 32, 32, 3)))`

  Args:
    image_shape: `(height, width, channels)`, as for `dcgan_generator`.
    width: The channels of the first layer; the hidden layer has four times as
      many units.
    translation: The largest random shift of images in training, as a share of
      their size; borders are filled with -1, and 0 is no shift. TF-MOT's own
      `prune_low_magnitude` refuses the layer for it.
    name: The model's name.

  Returns:
    A functional model from `[n, *image_shape]` to `[n, 1]`, no activation.

  Raises:
    ValueError: If an argument is not positive or the image cannot be halved.
  """
  images = keras.Input(tuple(image_shape), name="images")
  x = features_of(shifted(images, translation), image_shape, width)
  logits = keras.layers.Dense(1, name="logit")(x)
  return keras.Model(images, logits, name=name)


def dcgan_classifier(
  image_shape: tuple[int, int, int] = (28, 28, 1),
  num_classes: int = 10,
  width: int = 32,
  translation: float = 0.0,
  name: str = "classifier",
) -> keras.Model:
  """Returns a network that maps images to a logit for each class.

  It is `dcgan_discriminator` with another last layer.

  Example:
    `dcgan_classifier((32, 32, 3))(tf.zeros((4, 32, 32, 3)))`

  Args:
    image_shape: As of `dcgan_discriminator`.
    num_classes: How many classes there are.
    width: As of `dcgan_discriminator`.
    translation: As well.
    name: The model's name.

  Returns:
    A functional model from `[n, *image_shape]` to `[n, num_classes]`.

  Raises:
    ValueError: If an argument is not positive or the image cannot be halved.
  """
  network_arguments.positive(num_classes=num_classes)
  images = keras.Input(tuple(image_shape), name="images")
  x = features_of(shifted(images, translation), image_shape, width)
  logits = keras.layers.Dense(num_classes, name="logits")(x)
  return keras.Model(images, logits, name=name)


def shifted(images, translation: float):
  """Adds the layer that shifts a discriminator's images in training.

  Args:
    images: `[n, height, width, channels]`.
    translation: As of `dcgan_discriminator`.

  Raises:
    ValueError: If `translation` is out of range.
  """
  if not 0.0 <= translation < 1.0:
    raise ValueError(f"`translation` must be in [0, 1); got {translation!r}.")
  if not translation:
    return images
  return keras.layers.RandomTranslation(
    translation, translation, "constant", fill_value=-1.0, name="shift"
  )(images)


def features_of(x, image_shape: tuple[int, int, int], width: int):
  """Adds the layers of a DCGAN's discriminator, all but the last.

  Args:
    x: Images, `[n, height, width, channels]`.
    image_shape: As of `dcgan_discriminator`.
    width: As well.

  Returns:
    Features, `[n, 4 * width]`.
  """
  halvings = parts.num_halvings(image_shape)
  network_arguments.positive(width=width)
  for stage in range(halvings):
    size = f"{-(-x.shape[1] // 2)}x{-(-x.shape[2] // 2)}"
    x = keras.layers.Conv2D(
      width * 2**stage, 4, strides=2, padding="same", name=f"conv_{size}"
    )(x)
    x = keras.layers.LeakyReLU(parts.SLOPE, name=f"act_{size}")(x)
  x = keras.layers.Flatten(name="flatten")(x)
  x = keras.layers.Dense(4 * width, name="hidden")(x)
  return keras.layers.LeakyReLU(parts.SLOPE, name="act_hidden")(x)
