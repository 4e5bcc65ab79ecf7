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
"""Drops whole residual blocks."""

import dataclasses
import math
import numbers
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_ganprune import arguments
from tf_ganprune.channels import graph, surgery
from tf_ganprune.channels import trace as traces
from tf_ganprune.keras_compat import keras


@dataclasses.dataclass(frozen=True)
class Block:
  """A residual block: `x + branch(x)`.

  Attributes:
    name: Of the layer that adds.
    node: Keras's node of the addition.
    skip: Which of the added tensors is `x`.
    layers: Those that only the branch has.
  """

  name: str
  node: object
  skip: int
  layers: tuple[keras.layers.Layer, ...]


def residual_blocks(model: keras.Model) -> list[Block]:
  """Finds the blocks of a network, those of nested networks included.

  Args:
    model: A built functional or Sequential network.

  Returns:
    Blocks in the order in which they run. A block with an operation on its skip
    connection is none.
  """
  graph.check(model)
  names = graph.names(model)
  blocks = []
  for node in graph.nodes(model):
    if graph.is_nested(node.layer):
      blocks += residual_blocks(node.layer)
    elif _adds(node.layer) and (found := _skip(node)) is not None:
      skip, layers = found
      name = names.get(id(node.layer), node.layer.name)
      blocks.append(Block(name, node, skip, layers))
  return blocks


def _adds(layer) -> bool:
  if isinstance(layer, keras.layers.Add):
    return True
  return type(layer).__name__ == "TFOpLambda" and layer.get_config()[
    "function"
  ] in ("math.add", "__operators__.add")


def _skip(node):
  """Returns which tensor is the skip, and the layers of the branch."""
  tensors = tf.nest.flatten(node.keras_inputs)
  if len(tensors) != 2 or tensors[0] is tensors[1]:
    return None
  for skip, branch in ((0, 1), (1, 0)):
    layers = _between(tensors[skip], tensors[branch])
    if layers and tensors[skip].shape == tensors[branch].shape:
      return skip, layers
  return None


def _between(start, end) -> tuple:
  """Returns the layers on the way from a tensor to another, if all are."""
  layers, waiting, seen = {}, [end], set()
  while waiting:
    tensor = waiting.pop()
    if tensor is start or id(tensor) in seen:
      continue
    seen.add(id(tensor))
    node = tensor.node
    if node.is_input:
      return ()
    layers[id(node.layer)] = node.layer
    waiting += tf.nest.flatten(node.keras_inputs)
  return tuple(layers.values())


def prune_blocks(
  model: keras.Model,
  *,
  keep: float | int,
  importance: str | Callable[[Block], float] = "l2",
  data=None,
  seed: int = 0,
) -> keras.Model:
  """Returns a network without some of its residual blocks.

  Huang et al. 2016, "Deep Networks with Stochastic Depth", show that such
  networks survive it; the importances are those of channels, for blocks.

  Args:
    model: A built functional or Sequential network, which is not changed.
    keep: The fraction of blocks to keep, in [0, 1], rounded to the nearest; or
      how many, if it is an integer above 1.
    importance: `'l2'`: root mean square of the branch's kernels;
      `'activation'`: how large what the branch adds is beside its sum, on
      `data`; `'random'`; or a function of a `Block`.
    data: A batch of inputs.
    seed: For `'random'`.

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
      " shapes and nothing on the skip connection. prune_channels makes it"
      " narrower."
    )
  trace = traces.Trace(model)
  trace.check_plain()
  number = _number(keep, len(blocks))
  arguments.whole("seed", seed, 0)
  scores = _checked(_scores(model, blocks, importance, data, seed), blocks)
  gone = np.argsort(scores, kind="stable")[: len(blocks) - number]
  bypassed = {id(blocks[i].node): blocks[i].skip for i in gone}
  kept = np.ones(trace.num_units, bool)
  return surgery.rebuild(trace, kept, bypassed)


def _number(keep, total: int) -> int:
  is_number = isinstance(keep, numbers.Real) and not isinstance(keep, bool)
  if not is_number or not 0 <= keep <= total:
    raise ValueError(
      f"`keep` is a fraction or a number of the {total} blocks; got {keep!r}."
    )
  if isinstance(keep, int) and keep > 1:
    return keep
  if keep > 1:
    raise ValueError(f"`keep` as a fraction is at most 1; got {keep!r}.")
  return round(keep * total)


def _checked(scores, blocks) -> list[float]:
  """Returns scores that can be compared."""
  for score, block in zip(scores, blocks, strict=True):
    if not isinstance(score, numbers.Real) or not math.isfinite(score):
      raise ValueError(
        f"The importance of block {block.name!r} must be a finite number; got"
        f" {score!r}. Its weights have a NaN, or the importance gave none."
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
      f"`importance` {importance!r} is unknown; take 'l2', 'activation',"
      " 'random', or a function of a block."
    )
  if data is None:
    raise ValueError("`importance='activation'` needs `data`, a batch.")
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
  """Returns the norm of each branch beside that of its sum."""
  places = {id(block.node): block.skip for block in blocks}
  found: dict[int, float] = {}

  def look(layer, args, kwargs, node):
    if graph.is_nested(layer):
      outputs = graph.walk(layer, graph.given(layer, args, kwargs), look)
      return tf.nest.pack_sequence_as(node.outputs, outputs)
    output = layer(*args, **kwargs)
    if id(node) in places:
      tensors = [x for x in tf.nest.flatten((args, kwargs)) if tf.is_tensor(x)]
      branch = tensors[1 - places[id(node)]]
      found[id(node)] = float(tf.norm(branch) / (tf.norm(output) + 1e-12))
    return output

  graph.walk(model, graph.batch(model, data), look)
  return [found[id(block.node)] for block in blocks]
