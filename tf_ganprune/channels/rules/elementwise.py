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
"""Rules of layers that work on each number, or each channel, by itself."""

from tf_ganprune.channels.call import Call, Rule
from tf_ganprune.channels.rules import probing, rule_lookup
from tf_ganprune.keras_compat import keras

_layers = keras.layers


@rule_lookup.channel_rule(
  _layers.ActivityRegularization,
  _layers.AlphaDropout,
  _layers.Dropout,
  _layers.ELU,
  _layers.GaussianDropout,
  _layers.GaussianNoise,
  _layers.Identity,
  _layers.LeakyReLU,
  _layers.ReLU,
  _layers.SpatialDropout1D,
  _layers.SpatialDropout2D,
  _layers.SpatialDropout3D,
  _layers.ThresholdedReLU,
)
def same(call: Call) -> Rule:
  """Rule of layers whose outputs have the axes of their inputs."""
  return Rule([call.inputs[0].axes])


@rule_lookup.channel_rule(_layers.Activation)
def activation(call: Call) -> Rule:
  """Rule of an Activation: as `same`; channels that it mixes stay."""
  fix_competing(call, call.inputs[0].axes)
  return same(call)


@rule_lookup.channel_rule(_layers.Softmax)
def softmax(call: Call) -> Rule:
  """Rule of a Softmax: as `same`; channels that it compares stay."""
  axes = call.layer.axis
  for axis in axes if isinstance(axes, list | tuple) else [axes]:
    fix_last(call, call.inputs[0].axes[: axis + 1 or None])
  return same(call)


@rule_lookup.channel_rule(_layers.UnitNormalization)
def unit_normalization(call: Call) -> Rule:
  """Rule of a UnitNormalization: as `same`; zeros add nothing to the norm."""
  return same(call)


@rule_lookup.channel_rule(_layers.Rescaling)
def rescaling(call: Call) -> Rule:
  """Rule of a Rescaling: as `same`; channels with numbers of their own stay."""
  for value in (call.layer.scale, call.layer.offset):
    if hasattr(value, "__len__"):
      fix_last(call, call.inputs[0].axes, "its scale has a number for each")
  return same(call)


def fix_competing(call: Call, axes) -> None:
  """Keeps channels of the outputs that the layer's activation mixes.

  Args:
    call: The call of a layer with an `activation`.
    axes: The axes of its output.
  """
  function, dtype = call.layer.activation, call.layer.compute_dtype
  for place, axis in enumerate(axes):
    if axis is not None and not probing.is_by_channel(
      function, call.output_shapes[0], place, dtype
    ):
      call.fix(axis, f"{call.layer.name!r}: its activation mixes them")


def fix_last(call: Call, axes, reason="a softmax compares them") -> None:
  """Keeps the channels of the last of some axes; `reason` is a clause."""
  if axes[-1] is not None:
    call.fix(axes[-1], f"{call.layer.name!r}: {reason}")


@rule_lookup.channel_rule(
  _layers.AveragePooling1D,
  _layers.AveragePooling2D,
  _layers.AveragePooling3D,
  _layers.CenterCrop,
  _layers.Cropping1D,
  _layers.Cropping2D,
  _layers.Cropping3D,
  _layers.GlobalAveragePooling1D,
  _layers.GlobalAveragePooling2D,
  _layers.GlobalAveragePooling3D,
  _layers.GlobalMaxPooling1D,
  _layers.GlobalMaxPooling2D,
  _layers.GlobalMaxPooling3D,
  _layers.MaxPooling1D,
  _layers.MaxPooling2D,
  _layers.MaxPooling3D,
  _layers.RandomCrop,
  _layers.RandomFlip,
  _layers.RandomRotation,
  _layers.RandomTranslation,
  _layers.RandomZoom,
  _layers.Resizing,
  _layers.UpSampling1D,
  _layers.UpSampling2D,
  _layers.UpSampling3D,
  _layers.ZeroPadding1D,
  _layers.ZeroPadding2D,
  _layers.ZeroPadding3D,
)
def per_channel(call: Call) -> Rule:
  """Rule of layers that move, pool or pad each channel by itself."""
  axis = channel_axis(call.layer)
  channels = call.channels(axis)
  rank = len(call.output_shapes[0])
  return Rule([call.with_channels(channels, min(axis, rank - 1))])


def channel_axis(layer) -> int:
  """Returns the index of a layer's channel axis, 1 or -1."""
  first = getattr(layer, "data_format", None) == "channels_first"
  return 1 if first else -1
