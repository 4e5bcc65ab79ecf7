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
"""Tests of which of a GAN's networks is taken."""

import pytest

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.cli import saved


def _two(ships):
  """Returns a GAN of three networks, one of them averaged."""
  layers = tgp.keras.layers
  networks = {
    name: tgp.keras.Sequential([tgp.keras.Input((2,)), layers.Dense(2)], name)
    for name in ("there", "back", "critic")
  }
  kind = type("Two", (tgp.PrunedGAN,), {"exported": ships})
  gan = kind(networks, average=["back"], ema_decay=0.5)
  assert gan.averaged("back") is not gan.back
  return gan, {name: gan.averaged(name) for name in networks}


def _load(monkeypatch, gan, name=None):
  monkeypatch.setattr(saved, "_load", lambda path: gan)
  return saved.load("two.keras", name)


def test_several_that_ship_must_be_chosen_from(monkeypatch):
  gan, averaged = _two(("there", "back"))
  with pytest.raises(ValueError) as raised:
    _load(monkeypatch, gan)
  assert str(raised.value) == (
    "'two.keras' holds 2 networks to export, there, back; choose one with"
    " --network=NAME."
  )
  for name in ("there", "back", "critic"):
    assert _load(monkeypatch, gan, name) is averaged[name]
  with pytest.raises(
    ValueError,
    match="'two.keras' has no such network; it has there, back, critic",
  ):
    _load(monkeypatch, gan, "forth")


def test_the_only_one_that_ships_is_taken(monkeypatch):
  gan, averaged = _two(("back",))
  assert _load(monkeypatch, gan) is averaged["back"]


def test_of_a_gan(folder, saved_gan):
  path = str(folder / "gan.keras")
  assert (
    saved.load(path).count_params() == saved_gan.ema_generator.count_params()
  )
  judge = saved.load(path, "discriminator")
  assert judge.count_params() == saved_gan.discriminator.count_params()


def test_plain_networks_have_no_wrappers(folder):
  path = str(folder / "pruned.keras")
  names = [type(layer).__name__ for layer in saved.load_plain(path).layers]
  assert names == [type(layer).__name__ for layer in tiny.generator().layers]
