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
"""Tests of what is pruned for XNNPACK's sparse kernels, and what is refused."""

import pytest
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tf_ganprune.keras_compat import keras

_ALMOST_ALL = tfmot.sparsity.keras.ConstantSparsity(0.8, 0, frequency=1)


def _pruned(network):
  return tgp.prune_low_magnitude(
    network, _ALMOST_ALL, pruning_policy=tgp.PruneForLatencyOnXNNPack()
  )


def _trained(generator):
  """Makes one update, at which it is pruned."""
  pruner = tgp.Pruner(generator)
  pruner.advance()
  return generator


def _generator(**kwargs):
  keras.utils.set_random_seed(0)
  return tgp.networks.sparse_generator((8, 8, 1), 4, width=16, **kwargs)


@pytest.mark.slow
def test_the_sparse_generator_is_ready_for_the_sparse_kernels(tmp_path):
  generator = _trained(_pruned(_generator()))
  report = tgp.sparsity_report(generator)
  pruned = {x.name: x.sparsity for x in report.layers if x.sparsity}
  assert list(pruned) == ["conv_4x4_1", "conv_4x4_2", "conv_out"]
  assert all(abs(x - 0.8) < 0.01 for x in pruned.values())
  assert not tgp.check_target(generator, "arm-sparse")
  file = tgp.export_tflite(generator, tmp_path / "g.tflite", "arm-sparse")
  assert file.max_abs_error < 1e-5


@pytest.mark.slow
def test_fewer_channels_keep_the_cluster_if_the_dense_layer_stays():
  generator = _generator()
  small = tgp.prune_channels(generator, channels=0.5, exclude=["dense"])
  assert tgp.profile(small).macs < tgp.profile(generator).macs
  found = tgp.check_target(small, "arm-sparse")
  assert ["zeros" in x.reason for x in found] == [True]


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3)])
def test_nothing_but_zeros_is_missing_in_it(shape):
  found = tgp.check_target(
    tgp.networks.sparse_generator(shape, width=8), "arm-sparse"
  )
  assert [x.reason.split(" in ")[0] for x in found] == ["has 0.0% zeros"]


@pytest.mark.parametrize(
  ("arguments", "is_chosen"),
  [
    ({"kernel_size": 1}, True),
    ({"kernel_size": 1, "strides": 2}, False),
    ({"kernel_size": 1, "groups": 2}, False),
    ({"kernel_size": 3}, False),
  ],
)
def test_only_plain_1x1_convolutions_are_chosen(arguments, is_chosen):
  layer = keras.layers.Conv2D(4, **arguments)
  assert tgp.PruneForLatencyOnXNNPack().allow_pruning(layer) is is_chosen


@pytest.mark.slow
def test_a_network_without_a_cluster_is_refused_with_the_way_out():
  with pytest.raises(
    ValueError, match="not run 'generator' sparsely: .*no 1x1 convolution.*stem"
  ):
    _pruned(tgp.networks.dcgan_generator((8, 8, 1), 4, width=4))


def test_the_layer_that_breaks_the_cluster_is_named():
  generator = _generator()
  x = keras.layers.ELU(name="stranger")(generator.get_layer("act_stem").output)
  x = keras.layers.Conv2D(4, 1, name="one")(x)
  broken = keras.Model(generator.input, x, name="broken")
  with pytest.raises(ValueError, match="'broken' sparsely: 'stranger'"):
    _pruned(broken)
