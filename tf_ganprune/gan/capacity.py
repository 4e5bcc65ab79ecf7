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
"""A discriminator that is as much smaller as its generator became."""

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
  """Returns a discriminator with the generator's share of its weights.

  A generator that became small against a discriminator that did not is no
  longer a match for it (Li et al. 2021, "Revisiting Discriminator in GAN
  Compression"). Here the discriminator keeps the share of its weights that the
  generator kept: channels go if the generator has fewer than `original`, else
  it gets the share of zeros that the generator has.

  Args:
    discriminator: The dense one. One that becomes sparse shares its weights,
      as with `prune_low_magnitude`; one with fewer channels has its own.
    generator: What became of the generator.
    original: What it was before channels were removed; None if none were.
    step: The discriminator's update at which it is pruned, if it gets zeros; 0
      stands for the first.
    **kwargs: As of `prune_channels` if there is `original`, such as
      `importance`, else of `prune_low_magnitude`.

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
      f" {_size(original):,}: there is nothing to match. Pass the generator as"
      " it was before channels were removed as `original`."
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
