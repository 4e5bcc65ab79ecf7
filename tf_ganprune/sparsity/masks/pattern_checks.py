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
"""Checks of the arguments for patterns: blocks, or m zeros in each n."""


def check(block_size, block_pooling_type: str, m_by_n) -> None:
  """Raises unless the arguments describe at most one pattern, and are valid."""
  if not _is_whole_pair(block_size) or min(block_size) < 1:
    raise ValueError(
      f"`block_size` must be two whole numbers above 0; got {block_size!r}."
    )
  if block_pooling_type not in ("AVG", "MAX"):
    raise ValueError(
      f"`block_pooling_type` must be 'AVG' or 'MAX'; got"
      f" {block_pooling_type!r}."
    )
  if m_by_n is not None:
    _check_m_by_n(block_size, m_by_n)


def _check_m_by_n(block_size, m_by_n):
  if not _is_whole_pair(m_by_n) or not 0 < m_by_n[0] < m_by_n[1]:
    raise ValueError(
      "`sparsity_m_by_n` must be (m, n) with 0 < m < n: m zeros in each n"
      f" weights; got {m_by_n!r}."
    )
  if tuple(block_size) != (1, 1):
    raise ValueError(
      f"`block_size` {tuple(block_size)} and `sparsity_m_by_n` {m_by_n} are two"
      " patterns; give one of them."
    )


def _is_whole_pair(value) -> bool:
  return (
    isinstance(value, tuple | list)
    and len(value) == 2
    and all(isinstance(n, int) and not isinstance(n, bool) for n in value)
  )


def check_kernels(layer, weights, block_size) -> None:
  """Raises unless a layer's kernels can be pruned in blocks.

  Args:
    layer: The layer, whose name is in the message.
    weights: The layer's kernels.
    block_size: Rows and columns of a block; `(1, 1)` fits any kernel.

  Raises:
    ValueError: If a kernel has another rank than 2.
  """
  if tuple(block_size) == (1, 1):
    return
  for weight in weights:
    if weight.shape.rank != 2:
      raise ValueError(
        f"`block_size` {tuple(block_size)} needs two-dimensional kernels, and"
        f" that of layer {layer.name!r} has shape {tuple(weight.shape)}. Use"
        " `pruning_policy` to leave the layer out, or wrap layers one by one."
      )


def check_ranks(layer, weights) -> None:
  """Raises unless a layer's kernels can be pruned in m by n patterns.

  Args:
    layer: The layer, whose name is in the message.
    weights: The layer's kernels.

  Raises:
    ValueError: If a kernel has another rank than 2 or 4.
  """
  for weight in weights:
    if weight.shape.rank not in (2, 4):
      raise ValueError(
        f"`sparsity_m_by_n` needs kernels of rank 2 or 4, and that of layer"
        f" {layer.name!r} has rank {weight.shape.rank}. Leave the layer out"
        " with `pruning_policy`."
      )
