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
"""Shrinks a discriminator by as much as its generator became smaller."""

from typing import Any

from tf_ganprune import deprecated
from tf_ganprune.channels import channel_pruning as channels
from tf_ganprune.graphs import network_checks
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, report, strip
from tf_ganprune.sparsity.schedules import decays


def match_capacity(
  discriminator: keras.Model,
  generator: keras.Model,
  original: keras.Model | None = None,
  step: int = 0,
  **kwargs: Any,
) -> keras.Model:
  """Returns a discriminator that is smaller by as much as its generator.

  A small generator loses against a discriminator that stayed large (Li et al.
  2021, "Revisiting Discriminator in GAN Compression"). The returned network
  keeps the share of the discriminator's weights that the generator kept of its
  own: it loses channels if `original` is given, else it gets the generator's
  share of zeros.

  Args:
    discriminator: The dense discriminator. If it gets zeros, it shares its
      weights with the result, as with `prune_low_magnitude`; if it loses
      channels, the result has weights of its own.
    generator: The generator with fewer channels, or with zeros.
    original: The generator before channels were removed; None if it has zeros
      instead.
    step: The discriminator's update at which it gets zeros; 0 stands for the
      first. Not used with `original`.
    **kwargs: Arguments of `prune_channels` with `original`, such as
      `importance`; else of `prune_low_magnitude`.

  Returns:
    A network for `tgp.GAN`.

  Raises:
    ValueError: If the generator is as large and as dense as it was, or the
      discriminator cannot be made so small.

  Example:
    >>> small = tgp.prune_channels(generator, macs=0.25)
    >>> critic = tgp.match_capacity(discriminator, small, original=generator)
  """
  if "whole" in kwargs:
    deprecated.warn("`whole` of match_capacity", "`original`")
    original = kwargs.pop("whole")
  for name, network in (
    ("discriminator", discriminator),
    ("generator", generator),
    *([] if original is None else [("original", original)]),
  ):
    network_checks.check_network(network, name)
  if original is None:
    return _with_zeros(discriminator, generator, step, kwargs)
  share = _size(generator) / _size(original)
  if share >= 1:
    raise ValueError(
      f"`generator` has {_size(generator):,} weights, and `original`"
      f" {_size(original):,}: there is nothing to match. Pass as `original` the"
      " generator from before its channels were removed."
    )
  return channels.prune_channels(
    discriminator, params=share, **{"allocation": "uniform"} | kwargs
  )


def _with_zeros(discriminator, generator, step, kwargs) -> keras.Model:
  zeros = report.sparsity_report(generator).overall
  if not 0 < zeros < 1:
    raise ValueError(
      f"`generator` has {zeros:.0%} zeros: there is nothing to match. Train it"
      " pruned first, give both networks the same schedule, or pass `original`"
      " if channels were removed."
    )
  schedule = decays.OneShot(zeros, step)
  return prune.prune_low_magnitude(discriminator, schedule, **kwargs)


def _size(network) -> int:
  return strip.strip_pruning(network).count_params()
