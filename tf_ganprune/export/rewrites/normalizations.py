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
"""Replaces Keras's normalizations by layers that need only four axes.

`GroupNormalization` reshapes to five axes, whatever its number of groups; GPU
delegates and NPUs take at most four.
"""

import functools

from tf_ganprune.export.rewrites import (
  file_layers,
  inference,
  normalize,
  rewrite_rule,
)
from tf_ganprune.graphs import shallow_copies
from tf_ganprune.keras_compat import keras


def group(
  run: rewrite_rule.Run, is_scaled: bool
) -> rewrite_rule.Replacement | None:
  """Replaces a `GroupNormalization` by the same function in four axes.

  Args:
    run: Layers of which a `GroupNormalization` is the first.
    is_scaled: Whether squares are kept below 1.

  Returns:
    The replacement; None if the input has more than five axes or an unknown
    size, or the layer does not compute in float32.
  """
  layer, shape = run.layers[0], run.input_shape
  last = layer.axis % len(shape)
  order = [axis for axis in range(len(shape)) if axis != last] + [last]
  sizes = _sizes([shape[axis] for axis in order])
  if sizes is None or not inference.is_float32(layer):
    return None
  view = normalize.View(
    sizes,
    (2, 1, 3) if layer.groups == 1 else (2, 1),
    None if layer.groups in (1, sizes[2]) else layer.groups,
    None if order == sorted(order) else tuple(order),
  )
  return _replaced(layer, view, (1, 1, 1, sizes[2]), is_scaled)


def along_axes(
  run: rewrite_rule.Run, is_scaled: bool
) -> rewrite_rule.Replacement | None:
  """Replaces a `LayerNormalization` by the same function in four axes.

  Args:
    run: Layers of which a `LayerNormalization` is the first.
    is_scaled: Whether squares are kept below 1.

  Returns:
    As in `group`.
  """
  layer, view = run.layers[0], _view(run)
  if view is None:
    return None
  parameters = [1, 1, 1, 1]
  for axis in view.axes:
    parameters[axis] = view.sizes[axis - 1]
  return _replaced(layer, view, tuple(parameters), is_scaled)


def unit(
  run: rewrite_rule.Run, is_scaled: bool
) -> rewrite_rule.Replacement | None:
  """Replaces a `UnitNormalization` by the same function in four axes.

  Args:
    run: Layers of which a `UnitNormalization` is the first.
    is_scaled: Whether squares are kept below 1. If not, a normalization over
      the channels stays, since LiteRT has an operator with an int8 kernel for
      it.

  Returns:
    As in `group`.
  """
  view = _view(run)
  if view is None or (not is_scaled and view.axes == (3,)):
    return None
  return rewrite_rule.Replacement(1, [normalize.UnitNormalize(view, is_scaled)])


def before_relu(run: rewrite_rule.Run) -> rewrite_rule.Replacement | None:
  """Replaces a ReLU after a `UnitNormalization` by one that is not fused.

  Args:
    run: Layers of which a `UnitNormalization` is the first.

  Returns:
    The replacement of all layers up to the ReLU; None if no ReLU follows.
  """
  found = inference.relu_after(run.layers, 1)
  if found is None or not inference.is_float32(run.layers[0]):
    return None
  end, limit = found
  before = [shallow_copies.copy(layer) for layer in run.layers[: end - 1]]
  return rewrite_rule.Replacement(
    end, [*before, file_layers.SeparateReLU(limit)]
  )


def _replaced(layer, view, parameters, is_scaled) -> rewrite_rule.Replacement:
  twin = normalize.Normalize(layer, view, layer.epsilon, parameters, is_scaled)
  return rewrite_rule.Replacement(1, [twin])


def _view(run) -> normalize.View | None:
  """Returns the four axes of a norm with an `axis`; None if they do not fit."""
  layer, rank = run.layers[0], len(run.input_shape)
  sizes = _sizes(run.input_shape)
  if sizes is None or not inference.is_float32(layer):
    return None
  given = [layer.axis] if isinstance(layer.axis, int) else layer.axis
  given = {axis % rank for axis in given}
  if 0 in given or (rank == 5 and len(given & {1, 2}) == 1):
    return None
  places = {_place(axis, rank) for axis in given}
  return normalize.View(
    sizes, tuple(axis for axis in (2, 1, 3) if axis in places)
  )


def _place(axis: int, rank: int) -> int:
  """Returns the number, 1 to 3, of the axis that `_sizes` makes of an axis."""
  if axis == rank - 1:
    return 3
  return axis if rank < 5 else max(1, axis - 1)


def _sizes(shape) -> tuple[int, int, int] | None:
  """Returns height, width and channels; None if a size is not known."""
  *sides, channels = shape[1:]
  if None in shape[1:] or len(sides) > 3:
    return None
  if len(sides) == 3:
    sides = [sides[0] * sides[1], sides[2]]
  height, width = [*sides, 1, 1][:2]
  return height, width, channels


_NOTE = "Computed in four axes, since GPU delegates and NPUs take no more"
_LARGE = f"{_NOTE}, and divided before it is squared, so that float16 holds it"


def _rewrites(is_scaled: bool, note: str) -> tuple[rewrite_rule.Rewrite, ...]:
  found = (
    ("group-norm", keras.layers.GroupNormalization, group),
    ("layer-norm", keras.layers.LayerNormalization, along_axes),
    ("unit-norm", keras.layers.UnitNormalization, unit),
  )
  return tuple(
    rewrite_rule.Rewrite(
      name,
      finds,
      functools.partial(replace, is_scaled=is_scaled),
      note,
      is_anywhere=True,
    )
    for name, finds, replace in found
  )


REWRITES = _rewrites(True, _LARGE)
_APART = rewrite_rule.Rewrite(
  "unit-norm-relu",
  keras.layers.UnitNormalization,
  before_relu,
  "Followed by a leaky ReLU of slope 0, since a ReLU would be fused into a part"
  " of the norm, which then has no int8 kernel",
)
# Division has no int8 kernel, and int8 tensors have scales of their own.
IN_INTEGERS = (*_rewrites(False, _NOTE), _APART)
