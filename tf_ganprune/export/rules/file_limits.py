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
"""Limits of a target: versions of operators, axes, types, fixed sizes."""

import dataclasses
from collections.abc import Mapping

from tf_ganprune.export import finding, graph
from tf_ganprune.export.rules import group_norms

_ADVICE = {
  "DENSIFY": "Export without the sparsity flag.",
  "TRANSPOSE_CONV": (
    "An activation is fused into it: use LeakyReLU or ELU after it, or"
    " `tf.nn.leaky_relu(x, 0.0)`, which is ReLU and stays apart."
  ),
}
_FEWER_AXES = "Use two-dimensional layers, or take some axes together."
# Conversions of types, which the operators beside them cause.
_CONVERTING = ("DEQUANTIZE", "QUANTIZE")


@dataclasses.dataclass(frozen=True)
class Limits:
  """The limits of a target on operators and tensors.

  Example:
    >>> Limits(max_rank=4, versions={"TRANSPOSE_CONV": 3})

  Attributes:
    max_rank: The most axes of a tensor, with the batch; None for any number.
    versions: The newest version that runs of each operator named; 0 if none
      runs. Other operators are not limited.
    integers_only: Whether all tensors between operators must be integers.
  """

  max_rank: int | None = None
  versions: Mapping[str, int] = dataclasses.field(default_factory=dict)
  integers_only: bool = False

  def __bool__(self) -> bool:
    return self != Limits()

  def findings(self, file: graph.Graph) -> list[finding.Finding]:
    """Returns findings on operators and tensors that exceed the limits.

    Args:
      file: The operators of the converted network.
    """
    others = [x for x in file.operators if x.name not in _CONVERTING]
    norms = self._norms(file)
    found = [
      self._about(operator, tensor, operator in norms)
      for operator in others
      for tensor in operator.outputs
    ]
    return [
      *self._interface(file),
      *self._too_new(others),
      *filter(None, found),
    ]

  def _norms(self, file) -> frozenset[graph.Operator]:
    if self.max_rank is None:
      return frozenset()
    return group_norms.handwritten(file, self.max_rank)

  def _too_new(self, operators) -> list[finding.Finding]:
    found = [
      x for x in operators if x.version > self.versions.get(x.name, x.version)
    ]
    # A file has one version for all operators of a name, which the fused ones
    # among them raise.
    fused = {x.name for x in found if _is_fused(x)}
    return [
      self._newer(x) for x in found if x.name not in fused or _is_fused(x)
    ]

  def _newer(self, operator) -> finding.Finding:
    newest = self.versions[operator.name]
    wanted = f", and version {newest} is the newest that runs there"
    return finding.Finding(
      operator.layer,
      f"becomes {operator.name} version {operator.version}"
      + (wanted if newest else ", which does not run there"),
      _ADVICE.get(operator.name, "Use another layer."),
    )

  def _about(self, operator, tensor, is_norm) -> finding.Finding | None:
    """Returns the finding on one output of an operator, or None."""
    if -1 in tensor.shape:
      return finding.Finding(
        operator.layer,
        f"gives the shape {tensor.shape}, in which -1 is a size that varies",
        "Build the network with the sizes it will run at.",
      )
    if self.max_rank is not None and len(tensor.shape) > self.max_rank:
      return finding.Finding(
        operator.layer,
        f"gives {len(tensor.shape)} axes ({operator.name}), and"
        f" {self.max_rank} with the batch are the most",
        group_norms.REMEDY if is_norm else _FEWER_AXES,
      )
    if self.integers_only and tensor.dtype.startswith("float"):
      return finding.Finding(
        operator.layer,
        f"computes in {tensor.dtype} ({operator.name})",
        "Use a layer that LiteRT has an int8 kernel for.",
      )
    return None

  def _interface(self, file) -> list[finding.Finding]:
    if not self.integers_only:
      return []
    if not file.operators:
      return [
        finding.Finding(
          file.network,
          "gives the same output for all inputs, so that its file has no"
          " operators",
          "Look for the layer that loses its inputs, as a norm of maps of 1x1"
          " does.",
        )
      ]
    return [
      finding.Finding(
        file.network,
        f"takes or gives {tensor.name!r} as {tensor.dtype}",
        "Use integers or int8.",
      )
      for tensor in [*file.inputs, *file.outputs]
      if tensor.dtype.startswith("float")
    ]


def _is_fused(operator) -> bool:
  return bool(getattr(operator.options, "fusedActivationFunction", 0))
