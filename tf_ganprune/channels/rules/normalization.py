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
"""Rules of normalizations, and of activations with a weight a channel."""

from tf_ganprune.channels.call import Call, Rule, Weight
from tf_ganprune.channels.rules import convolution, rule_lookup
from tf_ganprune.keras_compat import keras

_layers = keras.layers
_KINDS = {
  "gamma": "scale",
  "beta": "bias",
  "moving_mean": "statistics",
  "moving_variance": "statistics",
  "moving_stddev": "statistics",
  "renorm_mean": "statistics",
  "renorm_stddev": "statistics",
}


@rule_lookup.channel_rule(
  _layers.BatchNormalization, _layers.LayerNormalization
)
def by_axis(call: Call) -> Rule:
  """Rule of layers whose weights have the axes given by `axis`."""
  given = call.inputs[0]
  axes = call.layer.axis
  axes = axes if isinstance(axes, list | tuple) else [axes]
  normalized = tuple(given.axes[axis] for axis in axes)
  return Rule([given.axes], _weights(call.layer, normalized))


def _weights(layer, axes) -> dict:
  return {
    variable.ref(): Weight(axes, kind)
    for name, kind in _KINDS.items()
    if (variable := getattr(layer, name, None)) is not None
  }


@rule_lookup.channel_rule(_layers.GroupNormalization)
def group_normalization(call: Call) -> Rule:
  """Rule of a GroupNormalization: every group loses the same channels.

  With one channel a group (instance normalization) any channel can be removed.
  """
  given, layer, config = call.inputs[0], call.layer, {}
  channels = call.at(given, layer.axis % len(given.axes))
  # Keras sets the number of groups to the number of channels for -1.
  if layer.groups in (-1, len(channels)):
    config = {"groups": channels}
  elif layer.groups > 1:
    convolution.tie_places(call, channels, layer.groups)
  return Rule([given.axes], _weights(layer, (channels,)), config)


@rule_lookup.channel_rule(_layers.PReLU)
def prelu(call: Call) -> Rule:
  """Rule of a PReLU, with a slope for each number, shared along some axes."""
  axes, alpha = call.inputs[0].axes, call.layer.alpha
  pairs = zip(axes[1:], alpha.shape, strict=True)
  kept = tuple(axis if length > 1 else None for axis, length in pairs)
  return Rule([axes], {alpha.ref(): Weight(kept, "slope")})
