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
"""Scores of a GAN's discriminators, with their regularizers."""

import types

import tensorflow as tf

from tf_ganprune import bounds, regularizers
from tf_ganprune.gan import optimizers
from tf_ganprune.graphs import calling


def begin(gan, given) -> None:
  """Gives each discriminator of a GAN its regularizers.

  The GAN gets attributes `<discriminator>_regularizers`, so that the variables
  of regularizers are saved with it.

  Args:
    gan: A GAN that has its networks.
    given: Regularizers, or their names.

  Raises:
    ValueError: If the GAN has no discriminator, or the regularizers do not fit
      together.
  """
  found = tuple(regularizers.get_all(given))
  # Past Keras, which would take them for layers of the GAN.
  object.__setattr__(gan, "regularizers", found)
  names = gan.discriminators if found else ()
  if found and not names:
    raise ValueError(
      f"`regularizers` are set, and {type(gan).__name__} has no network whose"
      " name begins with 'discriminator' or 'critic'; override"
      " `discriminators`."
    )
  combined = {}
  for name in names:
    combined[name] = regularizers.Combined(found, name, _value_range(gan, name))
    setattr(gan, f"{name}_regularizers", combined[name])
  gan._regularizers = types.MappingProxyType(combined)


def _value_range(gan, discriminator: str) -> tuple[float, float]:
  """Returns the lowest and highest value of a discriminator's inputs."""
  judged = [x for x in gan.exported if gan.judge_of(x) == discriminator]
  name = (judged or gan.exported)[0]
  said = getattr(gan.inputs_of(name), "value_range", None)
  return said or bounds.bounds(gan.networks[name])


def scorer(gan, discriminator: str, learner: str | None, function=None):
  """Returns the scorer of a discriminator; see `PrunedGAN.scorer`."""
  learner = learner or discriminator
  combined = gan._regularizers.get(discriminator) or _none()
  return combined.scorer(
    function or (lambda images: score(gan, discriminator, images)),
    gan._rng,
    gan.optimizer_of(learner).iterations,
    of_generator=learner != discriminator,
  )


def score(gan, discriminator: str, images):
  """Returns a discriminator's scores of images, without its regularizers.

  Args:
    gan: The GAN.
    discriminator: The discriminator's name.
    images: Inputs as the discriminator takes them.

  Returns:
    Logits, in float32 with mixed precision as well.
  """
  network = gan.network(discriminator)
  logits = calling.called(network, images, training=True)
  # Losses of half precision would overflow.
  return tf.nest.map_structure(lambda x: tf.cast(x, gan.variable_dtype), logits)


def take_over(gan, before) -> None:
  """Copies the variables of regularizers from another GAN.

  Only those of discriminators with the same weights are copied.

  Args:
    gan: The GAN whose regularizers are set.
    before: The GAN to copy from.
  """
  for name in set(gan._regularizers) & set(before._regularizers):
    networks = before.networks[name], gan.networks[name]
    if not optimizers.are_same_weights(*networks):
      continue  # the variables belong to another discriminator
    for one in gan._regularizers[name].regularizers:
      other = before._regularizers[name].of_kind(one.kind)
      if other is not None:
        one.set_weights(other.get_weights())


def _none() -> regularizers.Combined:
  return regularizers.Combined()
