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
"""Tests of what the page says of discriminators, whatever they are called."""

import types

import pytest

from tf_ganprune import experiments
from tf_ganprune.experiments import (
  contestants,
  fields,
  slim,
  sweep_program,
  zeros_settings,
)

_GAN = types.SimpleNamespace(
  exported=("there", "back"), discriminators=("critic",)
)


def _experiment(names=None, discriminator="kept"):
  zeros = zeros_settings.Settings(discriminator=discriminator)
  return types.SimpleNamespace(
    settings=experiments.Settings(zeros=zeros),
    task=types.SimpleNamespace(pruned_names=lambda: names),
  )


@pytest.mark.parametrize(
  ("names", "said"),
  [
    (None, "kept whole"),
    (("there",), "kept whole"),
    (
      ("critic", "there"),
      "pruned to 80.0% zeros, step by step with its own",
    ),
    (("critic",), "with its own updates, and its generator kept"),
  ],
)
def test_what_became_of_a_critic(names, said):
  found = contestants.Pruned(_experiment(names)).discriminator(_GAN)
  assert said in found
  assert ("generator kept" in found) == (names == ("critic",))


def test_a_new_critic():
  way = contestants.Pruned(_experiment(discriminator="new"))
  assert way.discriminator(_GAN) == "a new one"


def test_nothing_is_said_where_no_network_judges():
  gan = types.SimpleNamespace(exported=("decoder",), discriminators=())
  ways = [contestants.Pruned(_experiment()), slim.Slim(_experiment())]
  assert [way.discriminator(gan) for way in ways] == ["", ""]
  assert slim.Slim(_experiment()).discriminator(_GAN) == "a new one"


def test_sweeps_know_no_settings_of_one_family():
  every = {*fields.flat(experiments.Settings), "output_dir"}
  assert {*sweep_program.DEFAULTS, *sweep_program._NOT_HERE} <= every
  family = {*fields.flat(experiments.DCGAN.Settings)}
  task = experiments.DCGAN
  assert {*task.sweep_defaults, *task.not_in_sweeps} <= family
