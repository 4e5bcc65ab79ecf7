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
"""Tests of which of a model's networks are its generators."""

import pytest

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune import model_generators, value_range

keras = tgp.keras


class _Foreign(keras.Model):
  """Holds networks wherever it is told."""

  def __init__(self, **held):
    super().__init__()
    for name, value in held.items():
      setattr(self, name, value)

  def train_step(self, data):
    return {}


def _plain(name):
  return keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)], name=name)


_G, _F, _D = map(_plain, ("generator_g", "generator_f", "critic"))


class _Base(_Foreign):
  exported = ("photo", "painting")

  def averaged(self, name):
    return {"photo": _G, "painting": _F}[name]


_FOUND = {
  "the base": (_Base(generator=_D), {"photo": _G, "painting": _F}),
  "attribute": (_Foreign(generator=_G, d=_D), {"generator": _G}),
  "average": (
    _Foreign(generator=_F, ema_generator=_G),
    {"generator": _G},
  ),
  "names": (
    _Foreign(generator_G=_G, generator_F=_F, discriminator_X=_D),
    {"generator_G": _G, "generator_F": _F},
  ),
  "short names": (
    _Foreign(gen_AB=_G, disc_A=_D, genetics=_D),
    {"gen_AB": _G},
  ),
  "averages": (
    _Foreign(generator_G=_D, ema_generator_G=_G, generator_F=_F),
    {"generator_G": _G, "generator_F": _F},
  ),
  "a dict": (
    _Foreign(nets={"generator_G": _G, "discriminator": _D}),
    {"generator_G": _G},
  ),
  "a dict of generators": (
    _Foreign(generators={"photo": _G, "art": _F}, critic=_D),
    {"photo": _G, "art": _F},
  ),
  "a list": (_Foreign(nets=[_D, _G]), {"nets_1": _G}),
  "a list of generators": (
    _Foreign(generators=[_G, _F], critic=_D),
    {"generators_0": _G, "generators_1": _F},
  ),
  "itself": (_G, {"generator_g": _G}),
  "none": (_Foreign(g=_G, d=_D), {}),
  "no model": ("generator", {}),
}


@pytest.mark.parametrize("case", _FOUND)
def test_generators_are_found(case):
  model, expected = _FOUND[case]
  found = model_generators.by_name(model)
  assert list(found) == list(expected)
  assert all(found[name] is expected[name] for name in found)
  first = next(iter(expected.values()), None)
  assert model_generators.find_generator(model) is first
  assert value_range.generator_of(model) is first


def test_an_ensemble_is_a_network_and_not_its_members():
  model = tgp.Ensemble([tiny.generator(), tiny.generator()])
  assert model_generators.find_generator(model) is model


def test_a_gan_of_ours():
  gan = tgp.GAN(tiny.discriminator(), tiny.generator(), 4, ema_decay=0.9)
  assert model_generators.find_generator(gan) is gan.ema_generator
