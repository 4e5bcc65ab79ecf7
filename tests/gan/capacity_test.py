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
"""Tests of discriminators that match their generators."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.sparsity.wrapping import wrapped_layers


def _sparse_generator():
  generator = tiny.generator()
  kernel = generator.layers[0].kernel
  value = kernel.numpy()
  value.ravel()[:146] = 0.0  # two thirds of 219
  kernel.assign(value)
  return generator


def test_as_many_zeros_as_the_generator():
  discriminator = tiny.discriminator()
  found = tgp.match_capacity(discriminator, _sparse_generator(), step=2)
  size = sum(row.size for row in tgp.sparsity_report(discriminator).layers)
  pruner = tgp.Pruner(found)
  pruner.advance()
  assert tgp.sparsity_report(found).overall == 0.0
  pruner.advance()
  zeros = tgp.sparsity_report(found).overall * size
  assert zeros == pytest.approx(size * 2 / 3, abs=1)
  layer = wrapped_layers.pruned_layers(found)[0].layer
  assert layer.kernel is discriminator.get_layer("conv").kernel


def test_arguments_go_on():
  found = tgp.match_capacity(
    tiny.discriminator(), _sparse_generator(), importance="random"
  )
  kinds = {x.importance.kind for x in wrapped_layers.pruned_layers(found)}
  assert kinds == {"random"}


@pytest.mark.slow
def test_as_few_weights_as_the_generator():
  whole = tiny.generator(width=8)
  small = tgp.prune_channels(whole, channels=0.5)
  share = small.count_params() / whole.count_params()
  discriminator = tgp.networks.dcgan_discriminator((8, 8, 1), 16)
  weights = discriminator.get_weights()
  found = tgp.match_capacity(discriminator, small, whole)
  kept = found.count_params() / discriminator.count_params()
  assert share - 0.1 < kept <= share
  for ours, theirs in zip(discriminator.get_weights(), weights, strict=True):
    np.testing.assert_array_equal(ours, theirs)
  gan = tgp.GAN(found, small, 4)
  gan.compile("adam", "adam")
  gan.fit(tiny.images(4), batch_size=4, verbose=0)


def test_nothing_to_match():
  whole = tiny.generator()
  with pytest.raises(ValueError, match="has 0% zeros: there is nothing"):
    tgp.match_capacity(tiny.discriminator(), whole)
  with pytest.raises(ValueError, match="there is nothing to match.*`original`"):
    tgp.match_capacity(tiny.discriminator(), whole, whole)
  with pytest.raises(ValueError, match="`generator`"):
    tgp.match_capacity(tiny.discriminator(), None)
