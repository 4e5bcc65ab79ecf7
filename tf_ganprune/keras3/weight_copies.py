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
"""Copies the weights of layers to their counterparts."""

from collections.abc import Callable

_SAME = {"depthwise_kernel": "kernel"}  # what DepthwiseConv2D calls it


def copy(counterparts, model, read: Callable) -> None:
  """Copies weights and `trainable` of layers to their counterparts.

  Args:
    counterparts: A `counterparts.Counterparts` whose layers are built.
    model: The network that is converted.
    read: A function from one of its weights to an array.

  Raises:
    ValueError: If a layer and its counterpart have different weights, or the
      network has weights that belong to no layer in its graph.
  """
  copied = set(counterparts.constants)
  written: set[int] = set()
  for source, target in counterparts.pairs:
    # Either Keras may copy an inner layer and never build the original.
    if id(source) in counterparts.networks or not target.built:
      continue
    sources = [w for w in source.weights if id(w) not in copied]
    targets = [w for w in target.weights if id(w) not in written]
    for old, new in _matched(source, sources, targets):
      new.assign(read(old))
    copied |= {id(w) for w in sources}
    written |= {id(w) for w in targets}
  _check_copied(model, copied)
  _freeze(counterparts)


def _freeze(counterparts) -> None:
  # Setting it for a layer sets it for those inside, which come before.
  for source, target in reversed(counterparts.pairs):
    if target.trainable != source.trainable:
      target.trainable = source.trainable
    if counterparts.to_tf_keras and not source.trainable:
      # In tf_keras alone, a frozen layer freezes those that are thawed inside.
      target._trainable = any(w.trainable for w in source.weights)


def _check_copied(model, copied: set[int]) -> None:
  lost = [
    getattr(w, "path", w.name) for w in model.weights if id(w) not in copied
  ]
  if lost:
    raise ValueError(
      f"`model` {model.name!r} has weights that belong to no layer in its"
      f" graph: {', '.join(lost)}. Call their layers between its inputs and"
      " outputs, or remove them from the model."
    )


def _matched(layer, sources: list, targets: list) -> list[tuple]:
  """Returns pairs of weights with equal names and shapes, or equal shapes."""
  left = list(targets)
  pairs = []
  for old in sources:
    alike = [new for new in left if _kind(new) == _kind(old)]
    if not alike:
      break
    pairs.append((old, alike[0]))
    left = [new for new in left if new is not alike[0]]
  if len(pairs) == len(sources) and not left:
    return pairs
  if [tuple(w.shape) for w in sources] == [tuple(w.shape) for w in targets]:
    return list(zip(sources, targets, strict=True))
  raise ValueError(
    f"Layer {layer.name!r} ({type(layer).__name__}) has the weights"
    f" {[_kind(w) for w in sources]}, and its counterpart has"
    f" {[_kind(w) for w in targets]}; return a layer with the same weights from"
    " the function in `custom`."
  )


def _kind(weight) -> tuple[str, tuple]:
  name = weight.name.rpartition("/")[-1].partition(":")[0]
  return _SAME.get(name, name), tuple(weight.shape)
