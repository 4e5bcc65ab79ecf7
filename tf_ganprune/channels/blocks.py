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
"""Removes whole residual blocks from a network."""

import dataclasses
import math
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tf_ganprune import arguments, array_types, states
from tf_ganprune.channels import surgery
from tf_ganprune.channels import trace as traces
from tf_ganprune.graphs import walks
from tf_ganprune.inputs import network_batch
from tf_ganprune.keras_compat import keras


@dataclasses.dataclass(frozen=True)
class Block:
  """A residual block: `x + branch(x)`.

  Attributes:
    name: The name of the layer that adds.
    node: Keras's node of the addition.
    skip: The index of `x` among the two added tensors.
    layers: The layers of the branch.
  """

  name: str
  node: Any
  skip: int
  layers: tuple[keras.layers.Layer, ...]


def residual_blocks(model: keras.Model) -> list[Block]:
  """Returns the residual blocks of a network, nested networks included.

  A block with an operation on its skip connection does not count as one.

  Args:
    model: A built functional or Sequential network.

  Returns:
    Blocks in the order in which they run. If a nested network is called several
    times, its blocks are listed once.
  """
  walks.check(model)
  names = walks.names(model)
  blocks: dict[int, Block] = {}
  for node in walks.nodes(model):
    if walks.is_nested(node.layer):
      inner = {id(x.node): x for x in residual_blocks(node.layer)}
      blocks |= inner  # once, however often the nested network is called
    elif _adds(node.layer) and (found := _skip(node)) is not None:
      skip, layers = found
      name = names.get(id(node.layer), node.layer.name)
      blocks[id(node)] = Block(name, node, skip, layers)
  return list(blocks.values())


def _adds(layer) -> bool:
  if isinstance(layer, keras.layers.Add):
    return True
  return type(layer).__name__ == "TFOpLambda" and layer.get_config()[
    "function"
  ] in ("math.add", "__operators__.add")


def _skip(node):
  """Returns an addition's skip index and branch layers, None if no block."""
  tensors = tf.nest.flatten(node.keras_inputs)
  if len(tensors) != 2 or tensors[0] is tensors[1]:
    return None
  for skip, branch in ((0, 1), (1, 0)):
    layers = _between(tensors[skip], tensors[branch])
    if layers and tensors[skip].shape == tensors[branch].shape:
      return skip, layers
  return None


def _between(start, end) -> tuple:
  """Returns the layers between two tensors, none if an input is among them."""
  nodes = _nodes(start, end).values()
  if any(node.is_input for node in nodes):
    return ()
  return tuple({id(x.layer): x.layer for x in nodes}.values())


def _nodes(start, end) -> dict[int, Any]:
  """Returns the calls between two tensors, by their nodes' `id`."""
  found, waiting, seen = {}, [end], set()
  while waiting:
    tensor = waiting.pop()
    if tensor is start or id(tensor) in seen:
      continue
    seen.add(id(tensor))
    found[id(tensor.node)] = tensor.node
    if not tensor.node.is_input:
      waiting += tf.nest.flatten(tensor.node.keras_inputs)
  return found


def prune_blocks(
  model: keras.Model,
  *,
  keep: float | int,
  importance: str | Callable[[Block], float] = "l2",
  data: array_types.Arrays | None = None,
  seed: int = 0,
) -> keras.Model:
  """Returns a network without some of its residual blocks.

  Huang et al. 2016, "Deep Networks with Stochastic Depth", show that residual
  networks work without some of their blocks; the importances are those of
  channels, computed for blocks.

  Args:
    model: A built functional or Sequential network, which is not changed.
    keep: The fraction of blocks to keep, in [0, 1], rounded to the nearest
      number; or the number of blocks, if it is an integer above 1. Blocks in
      the branch of a block count, and are removed with it.
    importance: The score of a block; the lowest are removed. `'l2'`: the root
      mean square of the branch's kernels; `'activation'`: the norm of the
      branch's output relative to that of the sum, on `data`; `'random'`; or a
      function that maps a `Block` to a number.
    data: A batch of inputs, for `'activation'`.
    seed: The seed for `'random'`.

  Returns:
    A new network with the kept weights.

  Raises:
    ValueError: If there is no residual block, the network is pruned, clustered
      or quantized, or an argument is wrong.

  Example:
    >>> small = tgp.prune_blocks(resnet_generator, keep=0.5)
  """
  blocks = residual_blocks(model)
  if not blocks:
    raise ValueError(
      f"Network {model.name!r} has no residual block, x + branch(x) with equal"
      " shapes and nothing on the skip connection. Use tgp.prune_channels to"
      " make it narrower."
    )
  with states.Kept(model):  # users' layers are run
    trace = traces.Trace(model)
  trace.check_can_shrink()
  number = _number(keep, len(blocks))
  arguments.whole("seed", seed, 0)
  scores = _checked(_scores(model, blocks, importance, data, seed), blocks)
  bypassed = {
    id(blocks[i].node): blocks[i].skip
    for i in _gone(blocks, scores, len(blocks) - number)
  }
  kept = np.ones(trace.num_units, bool)
  return surgery.rebuild(trace, kept, bypassed)


def _gone(blocks: list[Block], scores, number: int) -> set[int]:
  """Returns the indices of `number` blocks to remove, the lowest scores first.

  The blocks in a block's branch are removed with it, so a block is skipped as
  long as that would remove too many.
  """
  inside = _inside(blocks)
  gone: set[int] = set()
  for i in np.argsort(scores, kind="stable"):
    more = gone | {int(i)} | inside[i]
    if len(more) <= number:
      gone = more
  return gone


def _inside(blocks: list[Block]) -> list[set[int]]:
  """Returns for each block the indices of the blocks in its branch."""
  places = {id(block.node): i for i, block in enumerate(blocks)}
  return [
    {places[node] for node in _branch(block) if node in places} - {i}
    for i, block in enumerate(blocks)
  ]


def _branch(block: Block) -> set[int]:
  """Returns the `id` of each call in a branch, of nested networks as well."""
  tensors = tf.nest.flatten(block.node.keras_inputs)
  found: set[int] = set()
  waiting = list(_nodes(tensors[block.skip], tensors[1 - block.skip]).values())
  while waiting:
    node = waiting.pop()
    if id(node) not in found:
      found.add(id(node))
      waiting += walks.nodes(node.layer) if walks.is_nested(node.layer) else []
  return found


def _number(keep: Any, total: int) -> int:
  is_number = isinstance(keep, numbers.Real) and not isinstance(keep, bool)
  if not is_number or not 0 <= keep <= total:
    raise ValueError(
      f"`keep` must be a fraction, or a number, of the {total} blocks; got"
      f" {keep!r}."
    )
  if isinstance(keep, numbers.Integral) and int(keep) > 1:
    return int(keep)
  if keep > 1:
    raise ValueError(f"`keep` as a fraction must be at most 1; got {keep!r}.")
  return round(keep * total)


def _checked(scores, blocks) -> list[float]:
  """Returns the scores of blocks; raises unless all are finite numbers."""
  for score, block in zip(scores, blocks, strict=True):
    if not isinstance(score, numbers.Real) or not math.isfinite(score):
      raise ValueError(
        f"The importance of block {block.name!r} must be a finite number; got"
        f" {score!r}. Either the block's weights have a NaN, or the function"
        " passed as `importance` returned no number."
      )
  return scores


def _scores(model, blocks, importance, data, seed) -> list[float]:
  if callable(importance):
    return [importance(block) for block in blocks]
  if importance == "random":
    return list(np.random.default_rng(seed).random(len(blocks)))
  if importance == "l2":
    return [_root_mean_square(block) for block in blocks]
  if importance != "activation":
    raise ValueError(
      f"`importance` {importance!r} is unknown; use 'l2', 'activation',"
      " 'random', or a function of a block."
    )
  if data is None:
    raise ValueError(
      "`importance='activation'` needs `data`, a batch of inputs."
    )
  return _added(model, blocks, data)


def _root_mean_square(block: Block) -> float:
  weights = [
    w.numpy().ravel()
    for x in block.layers
    for w in x.weights
    if w.shape.rank > 1
  ]
  if not weights:
    return 0.0
  return float(np.sqrt(np.mean(np.square(np.concatenate(weights)))))


def _added(model, blocks, data) -> list[float]:
  """Returns the norm of each branch's output divided by that of the sum."""
  places = {id(block.node): block.skip for block in blocks}
  found: dict[int, float] = {}

  def look(layer, args, kwargs, node):
    if walks.is_nested(layer):
      outputs = walks.walk(layer, walks.given(layer, args, kwargs), look)
      return tf.nest.pack_sequence_as(node.outputs, outputs)
    output = layer(*args, **kwargs)
    if id(node) in places:
      tensors = [x for x in tf.nest.flatten((args, kwargs)) if tf.is_tensor(x)]
      branch = tensors[1 - places[id(node)]]
      found[id(node)] = float(tf.norm(branch) / (tf.norm(output) + 1e-12))
    return output

  walks.walk(model, network_batch.batch(model, data), look)
  return [found[id(block.node)] for block in blocks]
