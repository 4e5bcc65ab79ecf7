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
"""Tests of channels that are scored on latents with labels."""

import numpy as np
import pytest

import tf_ganprune as tgp

_SHAPE, _CLASSES = (8, 8, 1), 3


def _same(one, other):
  for ours, theirs in zip(one.weights, other.weights, strict=True):
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("conditioning", ["concat", "embedding", "batch_norm"])
@pytest.mark.parametrize(
  "how",
  [
    {"importance": "taylor"},
    {"importance": "activation"},
    {"allocation": "sensitivity"},
  ],
)
def test_what_a_gan_draws_is_a_batch(conditioning, how):
  tgp.keras.utils.set_random_seed(0)
  generator = tgp.networks.conditional_generator(
    _SHAPE, 4, _CLASSES, conditioning, width=4
  )
  drawn = tgp.inputs.LabelledLatents(4, _CLASSES).draw(16, seed=0)
  one, listed = (
    tgp.prune_channels(generator, macs=0.5, data=data, **how)
    for data in (drawn, [drawn])
  )
  assert one.count_params() < generator.count_params()
  _same(one, listed)
  by_name = dict(zip(generator.input_names, drawn, strict=True))
  _same(one, tgp.prune_channels(generator, macs=0.5, data=by_name, **how))


def test_a_list_for_one_input_is_of_batches():
  generator = tgp.networks.dcgan_generator(_SHAPE, 4, width=4)
  batches = [tgp.inputs.Latents(4).draw(8, seed=x) for x in (0, 1)]
  found = tgp.prune_channels(
    generator, macs=0.5, data=batches, importance="taylor"
  )
  assert found.count_params() < generator.count_params()
