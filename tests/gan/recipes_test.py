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
"""Recipes of distillation by name, in the families that translate images."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tests import tiny
from tests.gan import families, students, translations

keras = tgp.keras
_LOGGED = {
  "omgd": {"ssim", "image", "channels", "total_variation"},
  "dcd": {"discriminator_maps", "image"},
  "cat": {"kernel_alignment", "image"},
  "wavelet": {"wavelet"},
}
_FAMILIES = ("cycle_gan", "pix2pix")
_STUDENT = {"cycle_gan": "generator_G", "pix2pix": "generator"}


def _gan(family, name, network=None, **options):
  """Returns a compiled GAN whose student learns by a recipe."""
  keras.utils.set_random_seed(0)
  recipe = tgp.distillation.recipe(name, network)
  online = recipe.teacher_learns
  teacher = families.image_network("big")
  adam = lambda: keras.optimizers.Adam(3e-3)  # noqa: E731
  if family == "pix2pix":
    gan = translations.pix2pix(lambda_l1=0.0, **recipe.arguments(teacher))
    more = {"t_optimizer": adam()} if online else {}
    gan.compile(adam(), adam(), **more, **options)
    return gan
  gan = translations.cycle_gan(**recipe.arguments({"generator_G": teacher}))
  more = {"teacher_G_optimizer": adam()} if online else {}
  gan.compile(*(adam() for _ in range(4)), **more, **options)
  return gan


def _weights(network):
  return np.concatenate([x.numpy().ravel() for x in network.trainable_weights])


@pytest.mark.parametrize("family", _FAMILIES)
@pytest.mark.parametrize("name", tgp.distillation.RECIPES)
def test_a_student_learns_by_each_recipe(family, name):
  gan = _gan(family, name)
  student = gan.networks[_STUDENT[family]]
  before = _weights(student)
  logs = gan.fit(families.pairs(16), epochs=12, verbose=0).history
  assert set(logs) - {*gan.logged, "t_loss"} == (
    _LOGGED[name] | {"distillation_loss"}
  )
  found = logs["distillation_loss"]
  assert np.mean(found[-3:]) < np.mean(found[:2])
  assert np.abs(_weights(student) - before).max() > 1e-3
  learns = tgp.distillation.recipe(name).teacher_learns
  assert len(gan.optimizers) == len(gan.networks) - (not learns)


@pytest.mark.parametrize("family", _FAMILIES)
@pytest.mark.parametrize("name", tgp.distillation.RECIPES)
def test_only_students_who_compete_get_an_adversarial_gradient(family, name):
  gan = _gan(family, name, run_eagerly=True)
  student = gan.networks[_STUDENT[family]]
  lessons = gan.distillation
  for loss in lessons if family == "pix2pix" else lessons["generator_G"]:
    loss.weight = 0.0  # what is left is the adversarial loss
  before = _weights(student)
  gan.train_on_batch(*next(iter(families.pairs(4))))
  moved = np.abs(_weights(student) - before).max()
  competes = tgp.distillation.recipe(name).student_competes
  assert (moved > 0) == competes


def test_a_gan_of_latents_learns_by_a_recipe():
  recipe = tgp.distillation.recipe("cat")
  gan = tgp.GAN(
    tiny.discriminator(),
    tiny.generator(),
    4,
    **recipe.arguments(students.teacher()),
  )
  gan.compile("adam", "adam")
  assert _LOGGED["cat"] <= set(students.fit(gan))


def _features():
  image = keras.Input(families.SHAPE)
  first = keras.layers.Conv2D(3, 3, activation="relu", name="first")(image)
  second = keras.layers.Conv2D(2, 2, name="second")(first)
  return keras.Model(image, [first, second])


def test_networks_of_perceptual_losses_are_saved(tmp_path):
  network = _features()
  gan = _gan("cycle_gan", "omgd", network)
  gan.fit(families.pairs(8), verbose=0)
  tgp.save_model(gan, tmp_path / "gan.keras")
  loaded = tgp.load_model(tmp_path / "gan.keras")
  found = [
    loss
    for loss in loaded.distillation["generator_G"]
    if getattr(loss, "network", None) is not None
  ]
  assert [(x.name, x.weight) for x in found] == [
    ("perceptual", 10.0),
    ("style", 1e4),
  ]
  for loss in found:
    for a, b in zip(loss.network.weights, network.weights, strict=True):
      np.testing.assert_array_equal(a, b)


def test_arguments():
  omgd, cat = map(tgp.distillation.recipe, ("omgd", "cat"))
  assert omgd.arguments("big")["adversarial_weight"] == 0
  assert set(cat.arguments("big")) == {"teacher", "distillation"}
  by_name = omgd.arguments({"there": "big", "back": "large"})
  assert set(by_name) == {"teachers", "distillation"}
  assert by_name["teachers"] == {"there": "big", "back": "large"}
  there, back = by_name["distillation"].values()
  assert [x.name for x in there] == [x.name for x in back]
  assert not {id(x) for x in there} & {id(x) for x in back}


def test_a_recipe_of_ones_own():
  def mine(network):
    return tgp.distillation.Recipe(lambda: ["image"], False, True)

  recipe = tgp.distillation.recipe(mine)
  assert recipe.arguments("big")["distillation"] == ["image"]


@pytest.mark.parametrize(
  "name, network, words",
  [
    ("gan_compression", None, "`name`.*'cat', 'dcd', 'omgd', 'wavelet'.*got"),
    ("omgd", "vgg", "`network`"),
    ("cat", _features(), "`network` is set.*'cat' has no perceptual"),
  ],
)
def test_what_is_no_recipe(name, network, words):
  with pytest.raises(ValueError, match=words):
    tgp.distillation.recipe(name, network)
