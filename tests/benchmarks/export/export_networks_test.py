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
"""Tests of the export benchmark's networks."""

import numpy as np
import pytest

import tf_ganprune as tgp
from benchmarks.export import export_networks


@pytest.fixture
def network(monkeypatch):
  tiny = {
    "mlp": lambda: export_networks.mlp(20, (4, 5, 1)),
    "dcgan": lambda: tgp.networks.dcgan_generator((8, 8, 1), 4, 8),
    "sparse": lambda: tgp.networks.sparse_generator(
      (8, 8, 1), 4, width=20, num_blocks=1
    ),
  }
  monkeypatch.setattr(export_networks, "NETWORKS", tiny)
  return export_networks.build


def _zeros(network) -> dict[str, float]:
  return {x.name: x.sparsity for x in tgp.sparsity_report(network).layers}


def test_statistics_are_those_of_what_flows(network):
  dcgan = network("dcgan")
  norm = dcgan.get_layer("norm_4x4")
  before = tgp.keras.Model(dcgan.input, norm.input)
  values = before(export_networks.latents(dcgan)).numpy()
  mean = values.mean(axis=(0, 1, 2))
  np.testing.assert_allclose(norm.moving_mean, mean, atol=1e-5)
  assert len(set(norm.gamma.numpy())) == norm.gamma.shape[0]
  assert norm.momentum == 0.9


def test_the_same_network_is_built_again(network):
  for one, other in zip(
    network("dcgan").get_weights(), network("dcgan").get_weights(), strict=True
  ):
    np.testing.assert_array_equal(one, other)


def test_the_smallest_weights_of_each_kernel_are_zero(network):
  dcgan = network("dcgan")
  pruned = export_networks.with_zeros(dcgan)
  assert list(_zeros(pruned).values()) == pytest.approx([0.8] * 3, abs=0.01)
  assert not any(_zeros(dcgan).values())
  kernel, old = (x.get_layer("dense").kernel.numpy() for x in (pruned, dcgan))
  assert np.abs(old[kernel == 0]).max() <= np.abs(old[kernel != 0]).min()
  np.testing.assert_array_equal(kernel[kernel != 0], old[kernel != 0])


def test_depthwise_kernels_count(network):
  pruned = export_networks.with_zeros(network("sparse"))
  kernel = pruned.get_layer("depthwise_4x4_1").depthwise_kernel.numpy()
  assert np.mean(kernel == 0) == pytest.approx(0.8)


def test_dense_layers_have_blocks_where_the_target_wants_them(network):
  zeros = export_networks.FOR_TARGET["cpu-block"]
  mlp = export_networks.with_zeros(network("mlp"), zeros)
  kernel = mlp.get_layer("hidden_1").kernel.numpy()
  blocks = kernel.reshape(5, 4, 20)
  assert np.mean((blocks == 0).all(axis=1)) == 0.8
  assert np.mean((blocks != 0).all(axis=1)) == pytest.approx(0.2)
  dcgan = export_networks.with_zeros(network("dcgan"), zeros)
  assert _zeros(dcgan)["conv_4x4"] == pytest.approx(0.8, abs=0.01)


def test_nothing_but_1x1_convolutions_is_pruned_for_arm(network):
  zeros = export_networks.FOR_TARGET["arm-sparse"]
  pruned = export_networks.with_zeros(network("sparse"), zeros)
  found = {k: x for k, x in _zeros(pruned).items() if x}
  assert list(found) == ["conv_4x4_1", "conv_out"]
  assert list(found.values()) == pytest.approx([0.8, 0.8], abs=0.01)
  kernel = pruned.get_layer("depthwise_4x4_1").depthwise_kernel.numpy()
  assert kernel.all()


def test_a_quarter_of_the_channels_is_left(network):
  fewer = export_networks.with_fewer_channels(network("mlp"))
  widths = [layer.units for layer in fewer.layers if hasattr(layer, "units")]
  assert widths == [5, 5, 5, 20]
