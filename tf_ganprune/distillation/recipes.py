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
"""Recipes of distillation by the names of the papers' methods."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from tf_ganprune import keras_compat, registries
from tf_ganprune.distillation import (
  alignment,
  base,
  discriminator_maps,
  features,
  images,
  structure,
  style,
  variation,
  wavelets,
)
from tf_ganprune.graphs import clones
from tf_ganprune.keras_compat import keras

RECIPES = registries.FunctionRegistry(
  "`name` must be one of {names}, or a function of a network, or None, that"
  " returns a `tf_ganprune.distillation.Recipe`"
)


@dataclasses.dataclass(frozen=True)
class Recipe:
  """The losses of a paper's method, and who plays against the discriminator.

  Attributes:
    make: Returns new losses, with the weights of the paper.
    teacher_learns: Whether the teacher trains beside the student, for which
      `compile` must be given an optimizer of the teacher.
    student_competes: Whether the student plays against a discriminator.

  Example:
    >>> recipe = tgp.distillation.recipe("omgd")
    >>> gan = tgp.Pix2Pix(discriminator, small, **recipe.arguments(big))
    >>> gan.compile("adam", "adam", t_optimizer="adam")
  """

  make: Callable[[], list[base.Distillation]]
  teacher_learns: bool
  student_competes: bool

  def arguments(
    self, teachers: keras.Model | Mapping[str, keras.Model]
  ) -> dict[str, Any]:
    """Returns the arguments with which a GAN learns by this recipe.

    In a family with teachers by name a student whose teacher has an optimizer
    never plays itself.

    Args:
      teachers: The teacher, for `tgp.GAN`, `tgp.Pix2Pix` and others with an
        argument `teacher`; or teachers by the names of the networks that learn
        from them, for families such as `tgp.CycleGAN`.

    Returns:
      The arguments `teacher` and `distillation`, and `adversarial_weight` if it
      is 0; or `teachers` and `distillation`.
    """
    if isinstance(teachers, Mapping):
      lessons = {name: self.make() for name in teachers}
      return {"teachers": dict(teachers), "distillation": lessons}
    found: dict[str, Any] = {"teacher": teachers, "distillation": self.make()}
    return found if self.student_competes else found | {"adversarial_weight": 0}


def recipe(name: str, network: keras.Model | None = None) -> Recipe:
  """Returns the recipe of a name.

  Args:
    name: `"omgd"`, `"dcd"`, `"cat"`, `"wavelet"`, or another of `RECIPES`; or a
      function that returns a recipe.
    network: A functional model that maps images to features, such as the first
      blocks of VGG, for recipes with perceptual losses. Each loss gets a copy.
      Without it they compare pixels.

  Raises:
    ValueError: If there is no such recipe, `network` is no model, or the recipe
      has no use for it.

  Example:
    `tgp.distillation.recipe("omgd", network=vgg)`
  """
  if network is not None:
    keras_compat.check_model(network, "network")
  return RECIPES.find(name)(network)


@RECIPES.register("omgd")
def omgd(network: keras.Model | None = None) -> Recipe:
  """Returns the recipe of OMGD: a student without a discriminator.

  Ren et al. 2021, "Online Multi-Granularity Distillation for GAN Compression":
  SSIM 10, features 10, style 1e4, total variation 1e-5, channels 100 (the
  published scripts have 100 to 500, by data set), from a teacher that trains
  beside the student. Adapted: one teacher, not a wide and a deep one; an update
  of the student for each of the teacher; without a network, pixels in place of
  features and style; with one, all of its outputs are compared.

  Args:
    network: As in `recipe`.
  """

  def make() -> list[base.Distillation]:
    return [
      structure.StructuralDistance(weight=10.0),
      *_perceptual(network),
      features.FeatureMatching(pooled=True, weight=100.0, name="channels"),
      variation.TotalVariation(weight=1e-5),
    ]

  return Recipe(make, teacher_learns=True, student_competes=False)


@RECIPES.register("dcd")
def dcd(network: keras.Model | None = None) -> Recipe:
  """Returns the recipe of DCD: hidden maps as a discriminator sees them.

  Hu et al. 2023, "Discriminator-Cooperated Feature Map Distillation for GAN
  Compression": maps 1, features 10, style 1e4, beside the adversarial loss of
  the discriminator that trains with the student and compares the maps.
  Adapted: a teacher that stays as it is, where the published code trains it
  too (pass its optimizer to do so); without a network, pixels in place of
  features and style.

  Args:
    network: As in `recipe`.
  """

  def make() -> list[base.Distillation]:
    return [discriminator_maps.DiscriminatorMaps(), *_perceptual(network)]

  return Recipe(make, teacher_learns=False, student_competes=True)


@RECIPES.register("cat")
def cat(network: keras.Model | None = None) -> Recipe:
  """Returns the recipe of CAT: kernel alignment of hidden layers.

  Jin et al. 2021, "Teachers Do More Than Teach: Compressing Image-to-Image
  Models": alignment 1, images 5, beside the adversarial loss of a discriminator
  that begins as the teacher's. Adapted: Pix2Pix has the distance from the
  teacher's images beside that from the targets, where the paper has it for
  unpaired images only.

  Args:
    network: None, since the recipe has no perceptual loss.
  """
  _check_unused("cat", network)

  def make() -> list[base.Distillation]:
    return [
      alignment.KernelAlignment(),
      images.ImageDistance(weight=5.0),
    ]

  return Recipe(make, teacher_learns=False, student_competes=True)


@RECIPES.register("wavelet")
def wavelet(network: keras.Model | None = None) -> Recipe:
  """Returns the recipe of wavelet distillation: high frequencies of images.

  Zhang et al. 2022, "Wavelet Knowledge Distillation: Towards Efficient
  Image-to-Image Translation", beside the adversarial loss. The weight, 10, and
  the number of levels are ours.

  Args:
    network: None, since the recipe has no perceptual loss.
  """
  _check_unused("wavelet", network)

  def make() -> list[base.Distillation]:
    return [wavelets.WaveletDistance(weight=10.0)]

  return Recipe(make, teacher_learns=False, student_competes=True)


def _perceptual(network: keras.Model | None) -> list[base.Distillation]:
  """Returns losses on features and style, or on pixels without a network."""
  if network is None:
    return [images.ImageDistance(weight=10.0)]
  # Keras would save a network that two losses share only with the first.
  return [
    images.ImageDistance(
      network=_copy(network), weight=10.0, name="perceptual"
    ),
    style.StyleDistance(network=_copy(network), weight=1e4),
  ]


def _copy(network: keras.Model) -> keras.Model:
  copy = clones.clone(network)
  copy.set_weights(network.get_weights())
  return copy


def _check_unused(name: str, network: keras.Model | None) -> None:
  if network is not None:
    raise ValueError(
      f"`network` is set, and the recipe {name!r} has no perceptual loss; leave"
      " it out."
    )
