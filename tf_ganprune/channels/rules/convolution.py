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
"""Rules of convolutions: plain, grouped, transposed, depthwise, separable."""

import math

import numpy as np

from tf_ganprune.channels.call import Axis, Call, Product, Rule, Weight
from tf_ganprune.channels.rules import elementwise, rule_lookup
from tf_ganprune.keras_compat import keras

_layers = keras.layers


@rule_lookup.channel_rule(_layers.Conv1D, _layers.Conv2D, _layers.Conv3D)
def convolution(call: Call) -> Rule:
  """Rule of a convolution with a kernel `[..., in / groups, filters]`."""
  layer, axis = call.layer, elementwise.channel_axis(call.layer)
  channels = call.channels(axis)
  if layer.groups == 1:
    taken, filters, config = channels, call.own("filters", layer.filters), {}
  else:
    taken, filters, config = _grouped(call, channels)
  sides = [None] * (layer.kernel.shape.rank - 2)
  kernel = Weight((*sides, taken, filters), "kernel", len(sides) + 1)
  size = math.prod(layer.kernel_size)
  macs = size * call.positions(call.output_shapes[0], axis)
  products = [Product(macs, (filters,) if taken is None else (taken, filters))]
  config |= {"filters": filters}
  return _rule(call, filters, {layer.kernel.ref(): kernel}, config, products)


def _grouped(call: Call, channels: Axis):
  """Returns the input and output axes of a grouped kernel, and a config.

  Groups must stay equally large. Groups of one channel are removed whole; of
  larger ones, the channels at the same index in every group are.
  """
  groups, filters = call.layer.groups, call.layer.filters
  if len(channels) == groups:
    produced = Axis(np.repeat(channels.channels, filters // groups))
    return None, produced, {"groups": channels}
  produced = call.own("filters", filters)
  for axis in (channels, produced):
    tie_places(call, axis, groups)
  return Axis(channels.channels[: len(channels) // groups]), produced, {}


def tie_places(call: Call, axis: Axis, groups: int) -> None:
  """Ties the channels that have the same index in each group.

  Args:
    call: The call of a layer.
    axis: The channels.
    groups: The number of groups.
  """
  places = axis.channels.reshape(groups, -1)
  call.space.tie_channels(places[:1], places)
  if places.shape[1] == 1:
    call.fix(axis, f"{call.layer.name!r} needs one in each of its groups")


@rule_lookup.channel_rule(
  _layers.Conv1DTranspose, _layers.Conv2DTranspose, _layers.Conv3DTranspose
)
def transposed(call: Call) -> Rule:
  """Rule of a transposed convolution with a kernel `[..., filters, in]`."""
  layer, axis = call.layer, elementwise.channel_axis(call.layer)
  channels = call.channels(axis)
  filters = call.own("filters", layer.filters)
  sides = [None] * (layer.kernel.shape.rank - 2)
  kernel = Weight((*sides, filters, channels), "kernel", len(sides))
  macs = math.prod(layer.kernel_size)
  macs *= call.positions(call.inputs[0].shape, axis)
  config, products = {"filters": filters}, [Product(macs, (channels, filters))]
  return _rule(call, filters, {layer.kernel.ref(): kernel}, config, products)


@rule_lookup.channel_rule(_layers.DepthwiseConv1D, _layers.DepthwiseConv2D)
def depthwise(call: Call) -> Rule:
  """Rule of a depthwise convolution with a kernel `[..., in, multiplier]`."""
  layer, axis = call.layer, elementwise.channel_axis(call.layer)
  channels = call.channels(axis)
  filters = Axis(np.repeat(channels.channels, layer.depth_multiplier))
  variable = layer.depthwise_kernel
  sides = [None] * (variable.shape.rank - 2)
  kernel = Weight((*sides, channels, None), "kernel", len(sides))
  macs = math.prod(layer.kernel_size)
  macs *= call.positions(call.output_shapes[0], axis)
  products = [Product(macs, (filters,))]
  return _rule(call, filters, {variable.ref(): kernel}, {}, products)


@rule_lookup.channel_rule(_layers.SeparableConv1D, _layers.SeparableConv2D)
def separable(call: Call) -> Rule:
  """Rule of a separable convolution: a depthwise and a pointwise kernel."""
  layer, axis = call.layer, elementwise.channel_axis(call.layer)
  channels = call.channels(axis)
  middle = Axis(np.repeat(channels.channels, layer.depth_multiplier))
  filters = call.own("filters", layer.filters)
  sides = [None] * (layer.depthwise_kernel.shape.rank - 2)
  weights = {
    layer.depthwise_kernel.ref(): Weight((*sides, channels, None), "kernel"),
    layer.pointwise_kernel.ref(): Weight(
      (*sides, middle, filters), "kernel", len(sides) + 1
    ),
  }
  positions = call.positions(call.output_shapes[0], axis)
  depthwise_macs = positions * math.prod(layer.kernel_size)
  products = [
    Product(depthwise_macs, (middle,)),
    Product(positions, (middle, filters)),
  ]
  return _rule(call, filters, weights, {"filters": filters}, products)


def _rule(call: Call, filters: Axis, weights, config, products) -> Rule:
  if call.layer.use_bias:
    weights[call.layer.bias.ref()] = Weight((filters,), "bias")
  axis = elementwise.channel_axis(call.layer)
  outputs = call.with_channels(filters, axis)
  elementwise.fix_competing(call, outputs)
  return Rule([outputs], weights, config, products)
