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
"""Operators as the converter writes them, without converting."""

import types

import numpy as np

from tf_ganprune.export import graph

SAME, VALID = 0, 1


def tensor(*shape, dtype="float32", value=None, name="x"):
  if value is not None:
    shape = value.shape
  return graph.Tensor(name, tuple(shape), dtype, value)


def operator(name, inputs, output, version=1, layer=None, **options):
  return graph.Operator(
    name,
    version,
    layer or name.lower(),
    tuple(inputs),
    (output,),
    types.SimpleNamespace(**options),
  )


def chain(first, *makers):
  """Gives each maker what the one before it made."""
  last, operators = first, []
  for make in makers:
    operators.append(make(last))
    last = operators[-1].outputs[0]
  return network(operators, first)


def network(operators, *inputs):
  last = operators[-1].outputs if operators else ()
  return graph.Graph("net", tuple(operators), inputs, last)


def convolution(kernel, strides=1, padding=VALID, layer="conv"):
  """Makes a convolution with a kernel `[outputs, height, width, inputs]`."""

  def make(x):
    side = -(-x.shape[1] // strides)
    return operator(
      "CONV_2D",
      [x, tensor(value=kernel)],
      tensor(1, side, side, len(kernel)),
      layer=layer,
      strideH=strides,
      strideW=strides,
      padding=padding,
      fusedActivationFunction=0,
    )

  return make


def depthwise(size=3, multiplier=1):
  def make(x):
    kernel = np.ones((1, size, size, x.shape[-1] * multiplier), "f")
    return operator(
      "DEPTHWISE_CONV_2D",
      [x, tensor(value=kernel)],
      tensor(*x.shape[:3], kernel.shape[-1]),
      depthMultiplier=multiplier,
    )

  return make


def pad(*sides):
  value = np.array([[0, 0], *sides, [0, 0]], "int32")

  def make(x):
    height, width = (
      n + sum(p) for n, p in zip(x.shape[1:3], sides, strict=True)
    )
    shape = 1, height, width, x.shape[3]
    return operator("PAD", [x, tensor(value=value)], tensor(*shape))

  return make


def same_shape(name, layer=None):
  return lambda x: operator(name, [x], tensor(*x.shape), layer=layer)


def depth_to_space(x):
  _, height, width, channels = x.shape
  shape = 1, height * 2, width * 2, channels // 4
  return operator("DEPTH_TO_SPACE", [x], tensor(*shape))


def dense(kernel, layer="dense"):
  """Makes a Dense layer with a kernel as in Keras, `[inputs, units]`."""

  def make(x):
    weights = tensor(value=np.ascontiguousarray(kernel.T))
    output = tensor(1, kernel.shape[1])
    return operator("FULLY_CONNECTED", [x, weights, None], output, layer=layer)

  return make
