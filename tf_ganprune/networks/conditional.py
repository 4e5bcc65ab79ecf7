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
"""Networks of a conditional GAN: DCGANs that are told a class.

The networks are those of `dcgan`, with labels: in the generator joined with
the latents (Mirza & Osindero 2014, "Conditional Generative Adversarial Nets"),
as a factor of the latents (Odena et al. 2017, "Conditional Image Synthesis with
Auxiliary Classifier GANs"), or in batch normalizations (de Vries et al. 2017,
"Modulating early visual processing by language", equation 4); in the
discriminator joined with the images, as a projection (Miyato & Koyama 2018,
"cGANs with Projection Discriminator", equation 6), or as what it has to say
itself (Odena et al. 2017).
"""

from collections.abc import Callable

import tensorflow as tf

from tf_ganprune import arguments, registries
from tf_ganprune.graphs import signatures
from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import dcgan, network_arguments, parts

_layers = keras.layers
GENERATOR_CONDITIONINGS = registries.FunctionRegistry(
  "`conditioning` of a generator must be one of {names}"
)
DISCRIMINATOR_CONDITIONINGS = registries.FunctionRegistry(
  "`conditioning` of a discriminator must be one of {names}"
)


def conditional_generator(
  image_shape: tuple[int, int, int] = (28, 28, 1),
  latent_dim: int = 64,
  num_classes: int = 10,
  conditioning: str = "concat",
  width: int = 32,
  name: str = "generator",
) -> keras.Model:
  """Returns a network that maps latents and labels to images in [-1, 1].

  Example:
    `conditional_generator((32, 32, 3), num_classes=4)([latents, labels])`

  Args:
    image_shape: As of `dcgan_generator`.
    latent_dim: Length of a latent vector.
    num_classes: How many classes there are.
    conditioning: How it is told the class: `'concat'`, one-hot behind the
      latent; `'embedding'`, the latent times a vector of the class;
      `'batch_norm'`, factors and offsets of each class in each normalization.
    width: Channels of the last hidden layer.
    name: The model's name.

  Returns:
    A functional model from latents, `[n, latent_dim]`, and int32 labels, `[n]`,
    to `[n, *image_shape]`.

  Raises:
    ValueError: If an argument will not do.
  """
  network_arguments.positive(latent_dim=latent_dim, num_classes=num_classes)
  condition = GENERATOR_CONDITIONINGS.find(conditioning)
  latents = keras.Input((latent_dim,), name="latents")
  labels = keras.Input((), dtype="int32", name="labels")
  x, normalize = condition(latents, labels, num_classes)
  images = dcgan.images_of(x, image_shape, width, normalize)
  return keras.Model([latents, labels], images, name=name)


def _one_hot(labels, num_classes: int):
  """Returns one-hot labels; in int8 a look-up is exact, and ONE_HOT is not."""
  return tf.gather(tf.eye(num_classes), labels)


@GENERATOR_CONDITIONINGS.register("concat")
def _concat(latents, labels, num_classes: int) -> tuple:
  """Returns latents with one-hot labels behind them."""
  columns = _one_hot(labels, num_classes)
  joined = _layers.Concatenate(name="joined")([latents, columns])
  return joined, parts.normalize


@GENERATOR_CONDITIONINGS.register("embedding")
def _embedding(latents, labels, num_classes: int) -> tuple:
  """Returns latents times a vector of their class."""
  vectors = _layers.Embedding(num_classes, latents.shape[-1], name="embedding")
  product = _layers.Multiply(name="told")([latents, vectors(labels)])
  return product, parts.normalize


@GENERATOR_CONDITIONINGS.register("batch_norm")
def _batch_norm(latents, labels, num_classes: int) -> tuple:
  """Returns latents, and normalizations that are told the class."""

  def normalize(x, name: str):
    channels = x.shape[-1]

    def told(what: str, initializer: str):
      table = _layers.Embedding(
        num_classes,
        channels,
        embeddings_initializer=initializer,
        name=f"{what}_{name}",
      )
      return _layers.Reshape((1, 1, channels), name=f"{what}_map_{name}")(
        table(labels)
      )

    x = _layers.BatchNormalization(
      momentum=0.9, center=False, scale=False, name=f"norm_{name}"
    )(x)
    scale, offset = told("scale", "ones"), told("offset", "zeros")
    x = _layers.Multiply(name=f"scaled_{name}")([x, scale])
    x = _layers.Add(name=f"told_{name}")([x, offset])
    return _layers.LeakyReLU(parts.SLOPE, name=f"act_{name}")(x)

  return latents, normalize


def conditional_discriminator(
  image_shape: tuple[int, int, int] = (28, 28, 1),
  num_classes: int = 10,
  conditioning: str = "projection",
  width: int = 32,
  translation: float = 0.0,
  name: str = "discriminator",
) -> keras.Model:
  """Returns a network that judges images of given classes.

  Example:
    `conditional_discriminator((32, 32, 3), num_classes=4)([images, labels])`

  Args:
    image_shape: As of `dcgan_discriminator`.
    num_classes: How many classes there are.
    conditioning: How it is told the class: `'concat'`, as another channel for
      each class; `'projection'`, the features' product with a vector of the
      class, added to the logit; or `'auxiliary'`: it is not told, and says it.
    width: Channels of the first layer.
    translation: As of `dcgan_discriminator`.
    name: The model's name.

  Returns:
    A functional model from images and int32 labels, `[n]`, to logits, `[n, 1]`;
    with `'auxiliary'` from images to `[n, 1]` and logits of the classes,
    `[n, num_classes]`.

  Raises:
    ValueError: If an argument will not do.
  """
  network_arguments.positive(num_classes=num_classes)
  condition = DISCRIMINATOR_CONDITIONINGS.find(conditioning)
  images = keras.Input(tuple(image_shape), name="images")
  labels = keras.Input((), dtype="int32", name="labels")

  def features(x):
    return dcgan.features_of(x, image_shape, width)

  shifted = dcgan.shifted(images, translation)
  is_told, outputs = condition(shifted, labels, num_classes, features)
  given = [images, labels] if is_told else images
  return keras.Model(given, outputs, name=name)


@DISCRIMINATOR_CONDITIONINGS.register("concat")
def _channels(images, labels, num_classes: int, features: Callable) -> tuple:
  """Judges images with a channel of ones for their class."""
  height, width = images.shape[1:3]
  maps = _layers.Reshape((1, 1, num_classes), name="one_hot")(
    _one_hot(labels, num_classes)
  )
  maps = _layers.UpSampling2D((height, width), name="maps")(maps)
  joined = _layers.Concatenate(name="joined")([images, maps])
  return True, _layers.Dense(1, name="logit")(features(joined))


@DISCRIMINATOR_CONDITIONINGS.register("projection")
def _projection(images, labels, num_classes: int, features: Callable) -> tuple:
  """Adds the product of features and a vector of the class to the logit."""
  x = features(images)
  vector = _layers.Embedding(num_classes, x.shape[-1], name="class_vector")
  product = _layers.Dot(1, name="projection")([x, vector(labels)])
  logit = _layers.Dense(1, name="logit")(x)
  return True, _layers.Add(name="judged")([logit, product])


@DISCRIMINATOR_CONDITIONINGS.register("auxiliary")
def _auxiliary(images, labels, num_classes: int, features: Callable) -> tuple:
  """Returns a logit, and logits of the classes."""
  del labels
  x = features(images)
  logit = _layers.Dense(1, name="logit")(x)
  return False, [logit, _layers.Dense(num_classes, name="class_logits")(x)]


def of_class(generator: keras.Model, label: int) -> keras.Model:
  """Returns a conditional generator of one class, which takes latents alone.

  Its file has the label folded in.

  Args:
    generator: Maps a list of latents, `[n, latent_dim]`, and labels, `[n]`, to
      images.
    label: The class, from 0 on.

  Returns:
    A functional model from `[n, latent_dim]`; it shares the weights.

  Raises:
    ValueError: If the generator does not take latents and labels.
  """
  label = arguments.whole("label", label, 0)
  specs = [x for x in tf.nest.flatten(signatures.call_specs(generator)) if x]
  if len(specs) != 2 or not specs[1].dtype.is_integer:
    raise ValueError(
      f"`generator` {generator.name!r} must take latents and whole labels, and"
      f" takes {len(specs)} inputs."
    )
  latents = keras.Input(specs[0].shape[1:], name="latents")
  labels = tf.fill(tf.shape(latents)[:1], tf.cast(label, specs[1].dtype))
  labels = tf.reshape(labels, [-1, *specs[1].shape[1:]])
  name = f"{generator.name}_{label}"
  return keras.Model(latents, generator([latents, labels]), name=name)
