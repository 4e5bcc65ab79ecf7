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
"""Rules that find convolutions which GPU delegates compute wrongly."""

from tf_ganprune.export import finding, graph
from tf_ganprune.export.lowering import grouped_convolution
from tf_ganprune.export.rewrites import transposed

_SAME = 0  # in the schema of .tflite files


def transposed_convolutions(file: graph.Graph) -> list[finding.Finding]:
  """Finds transposed convolutions whose output GPU delegates shift.

  A delegate works out 'same' padding from the kernel and the stride alone;
  TensorFlow uses the input's size as well. If both agree, the output is right.

  Args:
    file: The operators of the converted network.
  """
  found = []
  for operator in file.operators:
    if operator.name != "TRANSPOSE_CONV" or operator.options.padding != _SAME:
      continue
    _, kernel, image = operator.given[:3]
    strides = operator.options.strideH, operator.options.strideW
    sides = zip(image.shape[1:3], kernel.shape[1:3], strides, strict=True)
    if any(transposed.is_shifted(*side) for side in sides):
      found.append(_shifted(operator, kernel, strides, image))
  return found


def _shifted(operator, kernel, strides, image) -> finding.Finding:
  sizes = [
    "x".join(map(str, pair))
    for pair in (kernel.shape[1:3], strides, image.shape[1:3])
  ]
  return finding.Finding(
    operator.layer,
    f"is a transposed convolution with padding 'same', a kernel of {sizes[0]}"
    f" and strides {sizes[1]} on {sizes[2]}, whose output GPU delegates shift"
    " by a pixel",
    "Use padding='valid' and crop (kernel - stride) // 2 pixels before and the"
    " rest after, or an even kernel with strides of 2.",
  )


def grouped_convolutions(file: graph.Graph) -> list[finding.Finding]:
  """Finds grouped convolutions that GPU delegates refuse or compute wrongly.

  Args:
    file: The operators of the converted network.
  """
  found = []
  for operator in file.operators:
    if operator.name != "CONV_2D":
      continue
    image, kernel = operator.given[:2]
    inputs = kernel.shape[-1]
    groups = image.shape[-1] // inputs
    outputs = kernel.shape[0] // groups
    if not grouped_convolution.is_taken(groups, inputs, outputs):
      found.append(_grouped(operator, groups, inputs, outputs))
  return found


def _grouped(operator, groups, inputs, outputs) -> finding.Finding:
  return finding.Finding(
    operator.layer,
    f"is a convolution in {groups} groups of {inputs} channels, to {outputs}"
    " each, which GPU delegates refuse or compute wrongly",
    "Take and give a multiple of 4 channels a group, or use no groups.",
  )
