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
"""Rules that find operators which are right, but slow, in an int8 file."""

from tf_ganprune.export import finding, graph


def integers_on_separable(file: graph.Graph) -> list[finding.Finding]:
  """Advises to time int8 files of 1x1 and depthwise convolutions.

  They were 1.3 to 1.5 times slower than float32 on x86-64 with AVX2.

  Args:
    file: The operators of the converted network.
  """
  depthwise = [x for x in file.operators if x.name == "DEPTHWISE_CONV_2D"]
  if not depthwise:
    return []
  return [
    finding.Finding(
      depthwise[0].layer,
      "is a depthwise convolution, and networks of 1x1 and depthwise ones ran"
      " 1.3 to 1.5 times slower in int8 than in float32 on x86-64",
      "Time both: tgp.benchmark_tflite.",
      refused=False,
    )
  ]


def left_in_float(file: graph.Graph) -> list[finding.Finding]:
  """Finds operators that the converter silently left in float32.

  Args:
    file: The operators of the network converted to int8.
  """
  return [
    finding.Finding(
      operator.layer,
      f"stays in {operator.outputs[0].dtype} ({operator.name})",
      "Use a layer that LiteRT has an int8 kernel for.",
      refused=False,
    )
    for operator in file.operators
    if operator.name not in ("DEQUANTIZE", "QUANTIZE")
    and operator.outputs[0].dtype.startswith("float")
  ]
