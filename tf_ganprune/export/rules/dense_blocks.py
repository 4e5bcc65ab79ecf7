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
"""Rules for Dense kernels with 1x4 blocks of zeros, which CPUs run faster."""

import numpy as np

from tf_ganprune.export import finding, graph

# Below this share of zeros the converter leaves a kernel dense.
FLAG_ACTS_FROM = 0.3
# A Dense kernel with fewer zeros than this, in 1x4 blocks, ran 2 to 2.5 times
# slower than a dense one (x86-64 with AVX2, at 50 %); at 80 % it ran faster.
BLOCKS_PAY_FROM = 0.7
# The converter stores blocks if they hold this share of the zeros.
_BLOCK_SHARE = 0.9
_PRUNE = (
  "Prune it with tgp.prune_low_magnitude(..., block_size=(4, 1)) to at least"
  " 80 % zeros"
)


def share_of_zeros(kernel: np.ndarray) -> float:
  """Returns the share of zeros in a kernel, from 0 to 1."""
  return 1.0 - np.count_nonzero(kernel) / max(1, kernel.size)


def has_blocks(kernel: np.ndarray) -> bool:
  """Whether the zeros of a Dense kernel lie in blocks of four inputs.

  Args:
    kernel: A kernel `[inputs, units]`, as in Keras. Inputs after the last whole
      block do not count.
  """
  whole = kernel[: len(kernel) // 4 * 4]
  if not whole.size:
    return False
  blocks = np.abs(whole).reshape(len(whole) // 4, 4, -1).max(axis=1)
  return share_of_zeros(blocks) > _BLOCK_SHARE * share_of_zeros(whole)


def dense_layers(file: graph.Graph) -> list[finding.Finding]:
  """Finds Dense layers that the sparsity flag breaks or slows down.

  Args:
    file: The network converted to float32, without the sparsity flag.

  Returns:
    Findings on those layers; if no layer is made faster, findings on all Dense
    layers.
  """
  found, fast, slow = [], [], []
  for operator in file.operators:
    if operator.name != "FULLY_CONNECTED" or not operator.values:
      continue
    kernel = operator.values[0].T
    if (problem := _problem(operator.layer, kernel)) is not None:
      found.append(problem)
    elif _zeros_in_blocks(kernel) >= BLOCKS_PAY_FROM:
      fast.append(operator.layer)
    else:
      slow.append(_without_blocks(operator.layer, kernel))
  if fast or found:
    return found
  return slow or [
    finding.Finding(
      file.network,
      "has no Dense layer, and only those run 1x4 blocks of zeros",
      "Use target 'cpu', or fewer channels: tgp.prune_channels.",
    )
  ]


def _zeros_in_blocks(kernel) -> float:
  zeros = share_of_zeros(kernel)
  return zeros if zeros >= FLAG_ACTS_FROM and has_blocks(kernel) else 0.0


def _problem(layer, kernel) -> finding.Finding | None:
  zeros = _zeros_in_blocks(kernel)
  if zeros and len(kernel) % 4:
    return finding.Finding(
      layer,
      f"has {len(kernel)} inputs, and LiteRT silently ignores those after the"
      " last whole block of 4",
      "Give it inputs that are a multiple of 4, or use target 'cpu'.",
    )
  if 0 < zeros < BLOCKS_PAY_FROM:
    return finding.Finding(
      layer,
      f"has {zeros:.0%} zeros in 1x4 blocks, which LiteRT runs slower than"
      f" dense below {BLOCKS_PAY_FROM:.0%}",
      f"{_PRUNE}, or use target 'cpu', which stores it dense.",
    )
  return None


def _without_blocks(layer, kernel) -> finding.Finding:
  return finding.Finding(
    layer,
    f"has {share_of_zeros(kernel):.0%} zeros, not in 1x4 blocks along its"
    " inputs",
    f"{_PRUNE}, or use target 'cpu'.",
  )
