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
"""How far a network of images sees, from its layers.

The pixel `i` of a tensor depends on the pixels of the input from
`i * jump + first` to `i * jump + last` (Dumoulin and Visin 2016, "A guide to
convolution arithmetic for deep learning").
"""

import dataclasses
import fractions
import math

import tensorflow as tf

from tf_ganprune.graphs import signatures, walks
from tf_ganprune.keras_compat import keras

Fraction = fractions.Fraction
_layers = keras.layers
_CONVOLUTIONS = (
  _layers.Conv2D,
  _layers.DepthwiseConv2D,
  _layers.SeparableConv2D,
)
_POOLS = (_layers.AveragePooling2D, _layers.MaxPooling2D)
# Each pixel by itself.
_POINTWISE = (
  _layers.Activation,
  _layers.Add,
  _layers.AlphaDropout,
  _layers.Average,
  _layers.BatchNormalization,
  _layers.Dense,
  _layers.Dropout,
  _layers.ELU,
  _layers.GaussianDropout,
  _layers.GaussianNoise,
  _layers.LeakyReLU,
  _layers.Maximum,
  _layers.Minimum,
  _layers.Multiply,
  _layers.ReLU,
  _layers.Rescaling,
  _layers.SpatialDropout2D,
  _layers.Subtract,
)
# Functions of TensorFlow among layers, by the ends of their names.
_POINTWISE_FUNCTIONS = (
  "abs",
  "add",
  "cast",
  "clip_by_value",
  "leaky_relu",
  "multiply",
  "relu",
  "relu6",
  "sigmoid",
  "subtract",
  "tanh",
  "truediv",
)


@dataclasses.dataclass(frozen=True)
class Field:
  """How far a network sees, and which shifts of a picture it follows.

  Example:
    >>> of_network(tgp.networks.resnet_generator((64, 64, 3), 8, 2))

  Attributes:
    radius: How many pixels away a pixel that it makes depends on at most; None
      if it sees all of the picture, or layers are not known.
    multiple: A picture shifted by a multiple of this, in pixels, gives what it
      gave, as much shifted.
  """

  radius: int | None
  multiple: int


@dataclasses.dataclass(frozen=True)
class _Reach:
  """Of a tensor, one axis; `most` is the largest jump up to there."""

  jump: Fraction = Fraction(1)
  first: Fraction = Fraction(0)
  last: Fraction = Fraction(0)
  most: int = 1
  is_whole: bool = False

  def moved(self, scale, first, last) -> "_Reach":
    """Of a layer whose pixel `i` takes `i * scale + first` to `+ last`."""
    jump = self.jump * scale
    return dataclasses.replace(
      self,
      jump=jump,
      first=self.first + self.jump * first,
      last=self.last + self.jump * last,
      most=math.lcm(self.most, math.ceil(jump)),
    )

  def whole(self, scale=1) -> "_Reach":
    return dataclasses.replace(self.moved(scale, 0, 0), is_whole=True)


@dataclasses.dataclass(frozen=True)
class _Reaches:
  """Of a tensor, both axes. `tf.nest` does not take it apart, as a tuple."""

  height: _Reach = _Reach()
  width: _Reach = _Reach()

  def __iter__(self):
    return iter((self.height, self.width))


def of_network(model: keras.Model) -> Field | None:
  """Returns how far a network sees; None if its layers are not known.

  Args:
    model: A network with one input and one output of images of a fixed size.
  """
  if not signatures.is_graph(model):
    return None
  (reaches,) = walks.walk(model, [_Reaches()], _visit)
  radius = max(math.ceil(max(-one.first, one.last)) for one in reaches)
  is_whole = any(one.is_whole for one in reaches)
  multiple = math.lcm(*(one.most for one in reaches))
  return Field(None if is_whole else radius, multiple)


def _visit(layer, args, kwargs, node):
  taken = [x for x in tf.nest.flatten((args, kwargs)) if _is_reached(x)]
  if walks.is_nested(layer):
    found = walks.walk(layer, taken, _visit)
    return found[0] if len(found) == 1 else found
  shapes = [tuple(x.shape) for x in tf.nest.flatten(node.input_tensors)]
  made = tf.nest.flatten(node.outputs)
  if len(made) > 1 or any(len(x) != 4 for x in shapes):
    whole = _Reach(is_whole=True)
    return tf.nest.map_structure(lambda _: _Reaches(whole, whole), node.outputs)
  sides = zip(*taken, strict=True)
  return _Reaches(
    *(
      _axis(layer, side, axis, shapes, tuple(made[0].shape), (args, kwargs))
      for axis, side in enumerate(sides)
    )
  )


def _is_reached(value) -> bool:
  return isinstance(value, _Reaches)


def _axis(layer, reaches, axis, shapes, out, arguments) -> _Reach:
  """Returns the reach of a layer's output along one axis."""
  reach = _joined(reaches)
  size, made = shapes[0][1 + axis], out[1 + axis] if len(out) == 4 else None
  while hasattr(layer, "layer") and isinstance(layer.layer, _layers.Layer):
    layer = layer.layer  # of pruning and spectral normalization
  if getattr(layer, "data_format", "channels_last") != "channels_last":
    return reach.whole()
  if _is_pointwise(layer):
    return reach
  found = _window(layer, axis, size) or _moved(layer, axis, arguments)
  if found is not None:
    return reach.moved(*found)
  return reach.whole(Fraction(size, made) if made else Fraction(1))


def _joined(reaches) -> _Reach:
  first, *others = reaches
  # A map of another size, as of a gate, has another jump.
  return dataclasses.replace(
    first,
    first=min(x.first for x in reaches),
    last=max(x.last for x in reaches),
    most=math.lcm(*(x.most for x in reaches)),
    is_whole=any(x.is_whole or x.jump != first.jump for x in (first, *others)),
  )


def _is_pointwise(layer) -> bool:
  if isinstance(layer, _layers.Concatenate):
    return layer.axis in (-1, 3)
  if isinstance(layer, _layers.LayerNormalization | _layers.UnitNormalization):
    axes = tf.nest.flatten(layer.axis)
    return all(axis % 4 == 3 for axis in axes)
  if isinstance(layer, _layers.PReLU):
    return {1, 2} <= set(layer.shared_axes or ())
  return isinstance(layer, _POINTWISE) or _function(layer).endswith(
    _POINTWISE_FUNCTIONS
  )


def _function(layer) -> str:
  """Returns the name of the function of TensorFlow that a layer is, if any."""
  return getattr(layer, "symbol", "") or ""


def _window(layer, axis, size) -> tuple | None:
  """Returns scale, first and last of layers with windows; None of others."""
  if isinstance(layer, _layers.Conv2DTranspose):
    width, stride = layer.kernel_size[axis], layer.strides[axis]
    is_plain = layer.dilation_rate[axis] == 1 and layer.output_padding is None
    if not is_plain:
      return None
    before = max(width - stride, 0) // 2 if layer.padding == "same" else 0
    first = Fraction(before - width + 1, stride)
    return Fraction(1, stride), first, Fraction(before, stride)
  if isinstance(layer, _CONVOLUTIONS):
    width = (layer.kernel_size[axis] - 1) * layer.dilation_rate[axis] + 1
  elif isinstance(layer, _POOLS):
    width = layer.pool_size[axis]
  else:
    return None
  stride, before = layer.strides[axis], 0
  if layer.padding == "same":
    missing = (math.ceil(size / stride) - 1) * stride + width - size
    before = max(missing, 0) // 2
  return Fraction(stride), -before, width - 1 - before


def _moved(layer, axis, arguments) -> tuple | None:
  """Returns the same of layers that move or repeat pixels."""
  if isinstance(layer, _layers.ZeroPadding2D):
    return Fraction(1), -layer.padding[axis][0], -layer.padding[axis][0]
  if isinstance(layer, _layers.Cropping2D):
    return Fraction(1), layer.cropping[axis][0], layer.cropping[axis][0]
  if isinstance(layer, _layers.UpSampling2D):
    return _repeated(layer.size[axis], layer.interpolation)
  args, kwargs = arguments
  if _function(layer).endswith("depth_to_space"):
    block = kwargs.get("block_size", args[1] if len(args) > 1 else None)
    return _repeated(int(block), "nearest") if block else None
  if _function(layer).endswith("pad"):
    sides = kwargs.get("paddings", args[1] if len(args) > 1 else None)
    before = int(tf.get_static_value(tf.convert_to_tensor(sides))[1 + axis][0])
    return Fraction(1), -before, -before
  return None


def _repeated(times, interpolation) -> tuple | None:
  if interpolation == "nearest":
    return Fraction(1, times), Fraction(1 - times, times), Fraction(0)
  if interpolation == "bilinear":
    return Fraction(1, times), Fraction(-1), Fraction(1)
  return None
