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
"""Rules for clusters of 1x1 convolutions that XNNPACK runs sparsely on ARM.

XNNPACK stores the tensors inside of a cluster channel by channel (NCHW), and
skips the zeros of 1x1 convolutions there. A cluster begins at a convolution
that changes to that order, the stem, and ends at an operator that changes back.
"""

import math

import numpy as np

from tf_ganprune.export import finding, graph
from tf_ganprune.export.rules import dense_blocks

_VALID = 1  # in the schema of .tflite files
_INSIDE = {
  "ADD",
  "GELU",
  "HARD_SWISH",
  "LEAKY_RELU",
  "LOGISTIC",
  "MUL",
  "RELU",
  "RELU6",
  "RESIZE_BILINEAR",
  "TANH",
}
_SPARSE_GENERATOR = (
  "Build the network as Dense, Reshape((height, width, 3)), the stem, 1x1 and"
  " depthwise convolutions, and depth-to-space."
)
_STEM = (
  "Use a 3x3 convolution with strides of 2 and padding='valid' on exactly 3"
  " channels, after ZeroPadding2D(1)."
)


def structure(file: graph.Graph) -> list[finding.Finding]:
  """Finds layers that keep 1x1 convolutions from being in a cluster.

  Args:
    file: The network converted to float32, without the sparsity flag.
  """
  pointwise = _pointwise(file)
  if not pointwise:
    return [
      finding.Finding(
        file.network,
        "has no 1x1 convolution, and XNNPACK's sparse kernels are of that kind",
        _SPARSE_GENERATOR,
      )
    ]
  if not _stems(file):
    return [
      finding.Finding(
        pointwise[0].layer,
        "is a 1x1 convolution, and no 3x3 convolution with strides of 2 on 3"
        " channels begins a cluster before it",
        f"{_STEM} {_SPARSE_GENERATOR}",
      )
    ]
  found, inside = [], []
  for stem in _stems(file):
    if (problem := _padding_problem(file, stem)) is not None:
      found.append(problem)
    cluster, problems = _cluster(file, stem)
    found += problems
    inside += cluster
  return found + [_outside(x) for x in pointwise if x not in inside]


def zeros(file: graph.Graph) -> list[finding.Finding]:
  """Finds clusters that have too few zeros to be run sparsely.

  Args:
    file: The network converted to float32, without the sparsity flag.
  """
  clusters = [_cluster(file, stem)[0] for stem in _stems(file)]
  return [
    found
    for cluster in clusters
    for found in _too_few_zeros(file, [x for x in cluster if _is_pointwise(x)])
  ]


def _pointwise(file) -> list:
  return [x for x in file.operators if _is_pointwise(x)]


def _stems(file) -> list:
  return [x for x in file.operators if _is_like_a_stem(x)]


def _kernel(operator) -> graph.Tensor:
  return operator.inputs[1]


def _is_pointwise(operator) -> bool:
  return (
    operator.name == "CONV_2D"
    and tuple(_kernel(operator).shape[1:3]) == (1, 1)
    and _strides(operator) == (1, 1)
    and _kernel(operator).shape[-1] == operator.inputs[0].shape[-1]
  )


def _is_like_a_stem(operator) -> bool:
  return (
    operator.name == "CONV_2D"
    and tuple(_kernel(operator).shape[1:]) == (3, 3, 3)
    and _strides(operator) == (2, 2)
  )


def _strides(operator) -> tuple[int, int]:
  return operator.options.strideH, operator.options.strideW


def _padding_problem(file, stem) -> finding.Finding | None:
  before = file.producer(stem.inputs[0])
  if stem.options.padding == _VALID and _pads_by_one(before):
    return None
  return finding.Finding(
    stem.layer,
    "begins the cluster, and is not padded by one pixel on each side",
    _STEM,
  )


def _pads_by_one(operator) -> bool:
  if operator is None or operator.name != "PAD" or not operator.values:
    return False
  wanted = [[0, 0], [1, 1], [1, 1], [0, 0]]
  return operator.values[-1].tolist() == wanted


def _cluster(file, stem) -> tuple[list, list[finding.Finding]]:
  """Returns the operators from a stem on, and those that break the cluster."""
  inside, found, ended = [stem], [], False
  waiting = [stem]
  while waiting:
    last = waiting.pop(0)
    for operator in _after(file, last):
      if _ends(operator):
        ended = True
      elif not _may_be_inside(file, operator):
        found.append(_breaks(operator))
      elif operator not in inside:
        inside.append(operator)
        waiting.append(operator)
  if not ended and not found:
    found.append(_endless(file))
  return inside, found + _strangers(file, inside)


def _after(file, operator) -> list:
  return [y for x in operator.outputs for y in file.consumers(x)]


def _ends(operator) -> bool:
  if operator.name == "MEAN":
    axes = operator.values[-1] if operator.values else ()
    return sorted(np.ravel(axes).tolist()) == [1, 2]
  return operator.name == "DEPTH_TO_SPACE"


def _may_be_inside(file, operator) -> bool:
  if operator.name == "PAD":
    after = _after(file, operator)
    return all(x.name == "DEPTHWISE_CONV_2D" for x in after)
  if operator.name == "DEPTHWISE_CONV_2D":
    return (
      tuple(_kernel(operator).shape[1:3]) in [(3, 3), (5, 5)]
      and operator.options.depthMultiplier == 1
    )
  return _is_pointwise(operator) or operator.name in _INSIDE


def _strangers(file, inside) -> list[finding.Finding]:
  """Finds operators in a cluster that take a tensor from outside of it."""
  return [
    finding.Finding(
      operator.layer,
      f"takes a tensor that was computed outside of the cluster"
      f" ({operator.name})",
      "Let both of its inputs come from the stem.",
    )
    for operator in inside[1:]
    for tensor in operator.inputs
    if tensor is not None
    and tensor.value is None
    and file.producer(tensor) not in inside
  ]


def _breaks(operator) -> finding.Finding:
  return finding.Finding(
    operator.layer,
    f"stands in the cluster ({operator.name}), which makes all of it dense",
    "Between the stem and depth-to-space, or a mean over height and width, use"
    " 1x1 and depthwise 3x3 or 5x5 convolutions, addition, multiplication,"
    " bilinear resizing, and ReLU, LeakyReLU, swish, gelu, tanh or sigmoid.",
  )


def _endless(file) -> finding.Finding:
  return finding.Finding(
    file.network,
    "has a cluster that does not end",
    "End it with tf.nn.depth_to_space, or a mean over height and width.",
  )


def _too_few_zeros(file, pointwise) -> list[finding.Finding]:
  """Finds a cluster with too few zeros, or else its kernels stored densely."""
  values = [(x, _kernel(x).value) for x in pointwise]
  kernels = [(x, value) for x, value in values if value is not None]
  weights = sum(kernel.size for _, kernel in kernels)
  alive = sum(int(np.count_nonzero(kernel)) for _, kernel in kernels)
  # Exactly 2/3, as 2:4 patterns and less have, is not enough.
  if weights and 3 * alive >= weights:
    share = math.floor(1000 * (1 - alive / weights)) / 1000
    return [
      finding.Finding(
        file.network,
        f"has {share:.1%} zeros in the 1x1 convolutions of a cluster, and"
        " XNNPACK runs it sparsely above two thirds",
        "Prune them to 80 % or more: tgp.prune_low_magnitude.",
      )
    ]
  shares = [(x, dense_blocks.share_of_zeros(kernel)) for x, kernel in kernels]
  return [
    finding.Finding(
      operator.layer,
      f"is a 1x1 convolution with {share:.0%} zeros, and the converter stores"
      f" it dense below {dense_blocks.FLAG_ACTS_FROM:.0%}",
      "Prune it as well: tgp.prune_low_magnitude.",
    )
    for operator, share in shares
    if share < dense_blocks.FLAG_ACTS_FROM
  ]


def _outside(operator) -> finding.Finding:
  return finding.Finding(
    operator.layer,
    "is a 1x1 convolution outside of the cluster, which runs as if dense",
    "Move it between the stem and the cluster's end.",
    refused=False,
  )
