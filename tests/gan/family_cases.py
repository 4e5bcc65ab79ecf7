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
"""Pruned families other than `tgp.GAN`, and what is known of each of them."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests.gan import families, own_family, translations

_sparsity = tfmot.sparsity.keras


@dataclasses.dataclass(frozen=True)
class Case:
  """A family, and how its networks are trained.

  Attributes:
    make: Returns one, not compiled, for the arguments `schedules` and those of
      the family's constructor.
    schedules: How each network is pruned.
    updates: How often a batch updates each network.
    logged: What `fit` logs.
    averaged: Names of the networks that have a moving average.
    in_pairs: Whether a batch is (x, y), and not x.
    second: Names of the networks that get the second of two optimizers.
    taught: Arguments of the constructor that give a network a teacher.
  """

  make: Callable[..., tgp.PrunedGAN]
  schedules: Mapping
  updates: Mapping[str, int]
  logged: Sequence[str]
  averaged: Sequence[str]
  in_pairs: bool
  second: Sequence[str]
  taught: Callable[[], Mapping]

  def pruned(self, makes, options=None, **arguments) -> tgp.PrunedGAN:
    """Returns one that is pruned and compiled.

    Args:
      makes: Two functions that return an optimizer.
      options: Arguments of `compile`.
      **arguments: Of the constructor.
    """
    model = self.make(self.schedules, **{"ema_decay": 0.9} | arguments)
    found = {name: makes[name in self.second]() for name in self.schedules}
    options = options or {}
    if names := model.optimizer_names:
      model.compile(**{names[k]: x for k, x in found.items()}, **options)
    else:
      model.compile(found, **options)
    return model

  def data(self, n: int, batch_size: int = 4) -> tf.data.Dataset:
    """Returns `n` examples in batches."""
    pairs = families.pairs(n, batch_size)
    return pairs if self.in_pairs else pairs.map(lambda x, _: x)

  def inputs(self, n: int = 3) -> dict:
    """Returns what each network can be called with."""
    return {k: _ones(n, x) for k, x in self.make().networks.items()}


def _ones(n: int, network):
  found = [tf.ones([n, *x.shape[1:]]) for x in network.inputs]
  return found if len(found) > 1 else found[0]


_CYCLE = Case(
  families.cycle,
  schedules={
    "generator_G": _sparsity.PolynomialDecay(0.2, 0.8, 2, 8, frequency=2),
    "generator_F": _sparsity.ConstantSparsity(0.5, 3, frequency=1),
    "discriminator_X": _sparsity.PolynomialDecay(0.1, 0.5, 1, 6, frequency=1),
    "discriminator_Y": _sparsity.ConstantSparsity(0.75, 1, frequency=4),
  },
  updates=dict.fromkeys(families.CYCLE, 1),
  logged=("G_loss", "F_loss", "D_X_loss", "D_Y_loss"),
  averaged=("generator_G", "generator_F"),
  in_pairs=True,
  second=("discriminator_X", "discriminator_Y"),
  taught=lambda: {
    "teachers": {"generator_G": families.image_network("big")},
    "distillation": {"generator_G": ["image", "features"]},
  },
)
_AUTOENCODER = Case(
  own_family.autoencoder,
  schedules={
    "encoder": _sparsity.PolynomialDecay(0.2, 0.7, 3, 15, frequency=2),
    "decoder": _sparsity.PolynomialDecay(0.2, 0.8, 2, 8, frequency=2),
    "discriminator": _sparsity.ConstantSparsity(0.5, 3, frequency=1),
  },
  # The encoder learns to be decoded, and then to fool.
  updates={"encoder": 2, "decoder": 1, "discriminator": 1},
  logged=("reconstruction", "d_loss", "e_loss"),
  averaged=("decoder",),
  in_pairs=False,
  second=("encoder", "discriminator"),
  taught=lambda: {
    "teachers": {
      "decoder": families.vector_network(
        "big", (own_family.LATENT_DIM,), families.SHAPE, "tanh"
      )
    },
    "distillation": {"decoder": ["image"]},
  },
)
_CYCLE_GAN = dataclasses.replace(_CYCLE, make=translations.cycle_gan)
_DUAL_GAN = dataclasses.replace(
  _CYCLE,
  make=translations.dual_gan,
  updates=_CYCLE.updates | {"discriminator_X": 2, "discriminator_Y": 2},
)
_PIX2PIX = Case(
  translations.pix2pix,
  schedules={
    "generator": _sparsity.PolynomialDecay(0.2, 0.8, 2, 8, frequency=2),
    "discriminator": _sparsity.ConstantSparsity(0.5, 3, frequency=1),
  },
  updates={"generator": 1, "discriminator": 1},
  logged=("d_loss", "g_loss"),
  averaged=("generator",),
  in_pairs=True,
  second=("discriminator",),
  taught=lambda: {
    "teacher": families.image_network("big"),
    "distillation": ["image", "features"],
  },
)
CASES = {
  "four networks": _CYCLE,
  "autoencoder": _AUTOENCODER,
  "cycle_gan": _CYCLE_GAN,
  "dual_gan": _DUAL_GAN,
  "pix2pix": _PIX2PIX,
}
