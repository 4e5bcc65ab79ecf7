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
"""Rules of Dense and embedding layers."""

from tf_ganprune.channels.call import Call, Product, Rule, Weight
from tf_ganprune.channels.rules import elementwise, rule_lookup
from tf_ganprune.keras_compat import keras


@rule_lookup.channel_rule(keras.layers.Dense)
def dense(call: Call) -> Rule:
  """Rule of a Dense layer: `[..., in]` times a kernel `[in, units]`."""
  layer, given = call.layer, call.inputs[0]
  channels = call.at(given, len(given.axes) - 1)
  units = call.own("units", layer.units)
  weights = {layer.kernel.ref(): Weight((channels, units), "kernel", 1)}
  if layer.use_bias:
    weights[layer.bias.ref()] = Weight((units,), "bias")
  outputs = (*given.axes[:-1], units)
  elementwise.fix_competing(call, outputs)
  others = given.axes[:-1]
  pairs = zip(given.shape, others, strict=False)
  sides = [n if axis is None else 1 for n, axis in pairs]
  axes = [axis for axis in others if axis is not None]
  macs = Product(call.positions((*sides, 1)), (*axes, channels, units))
  return Rule([outputs], weights, {"units": units}, [macs])


@rule_lookup.channel_rule(keras.layers.Embedding)
def embedding(call: Call) -> Rule:
  """Rule of an Embedding with a table `[input_dim, output_dim]`."""
  layer = call.layer
  units = call.own("units", layer.output_dim)
  weights = {layer.embeddings.ref(): Weight((None, units), "kernel", 1)}
  return call.rule(units, weights, {"output_dim": units})
