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
"""Reads the arguments `input_range` and `output_range` of an export."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from tf_ganprune import inputs
from tf_ganprune import value_range as value_ranges
from tf_ganprune.export import image_ends, samples
from tf_ganprune.keras_compat import keras

# Grey, colour, and colour with opacity.
_CHANNELS = (1, 3, 4)
# Images from resizing and from noise lie a little outside of their range.
_SLACK = 0.05

ImageRange: TypeAlias = tuple[float, float] | str
Ranges: TypeAlias = ImageRange | Mapping[str, ImageRange] | None


def ends(
  model: keras.Model,
  input_range: Ranges,
  output_range: Ranges,
  value_range: tuple[float, float] | None = None,
  source: inputs.Inputs | None = None,
) -> image_ends.Ends:
  """Returns the ends of a file whose range is not the network's.

  Args:
    model: A functional network.
    input_range: As of `export_tflite`, like those that follow.
    output_range: As well.
    value_range: As well.
    source: The object that draws its inputs, if the user gave one.

  Raises:
    ValueError: If a range is none, its input or output does not have images,
      or the network's own range is not known.
  """
  asked = _asked("input_range", input_range, model.input_names)
  wanted = _asked("output_range", output_range, model.output_names)
  if not (asked or wanted):
    return image_ends.NONE
  own = value_ranges.checked(value_range)
  if own is None and source is not None:
    own = value_ranges.checked(source.value_range)
  own = own or value_ranges.by_bounds(model)
  sides = (
    ("input_range", asked, model.input_names, model.inputs),
    ("output_range", wanted, model.output_names, model.outputs),
  )
  return image_ends.Ends(
    *(
      {
        name: _end(argument, name, given[name], tensor, own)
        for name, tensor in zip(names, tensors, strict=True)
        if name in given
      }
      for argument, given, names, tensors in sides
    )
  )


def check_samples(
  of: image_ends.Ends, given: list[samples.Sample] | None
) -> None:
  """Raises if the user's samples are not in the network's range.

  Args:
    of: The ends of the file.
    given: Samples of the network's inputs; None if the user gave none.

  Raises:
    ValueError: If an image has values outside of its range.
  """
  for name, end in of.inputs.items():
    values = [one[name] for one in given or ()]
    if not values:
      continue
    low, high = float(np.min(values)), float(np.max(values))
    slack = _SLACK * (end.network.high - end.network.low)
    if low < end.network.low - slack or high > end.network.high + slack:
      raise ValueError(
        f"`representative_data` has values from {low:.4g} to {high:.4g} for"
        f" input {name!r}, and the network's black and white are taken to be"
        f" {end.network.low:g} and {end.network.high:g}; pass images as the"
        " network was trained on, or their range as"
        " `value_range=(black, white)`."
      )


def _asked(argument, given, names) -> dict[str, ImageRange]:
  if given is None:
    return {}
  if isinstance(given, Mapping):
    if unknown := sorted(map(str, set(given) - set(names))):
      raise ValueError(
        f"`{argument}` has the names {unknown}, and the network's are"
        f" {sorted(names)}."
      )
    return {name: x for name, x in given.items() if x is not None}
  if len(names) > 1:
    raise ValueError(
      f"`{argument}` must be a dict by name for a network with several, such as"
      f" {{{names[0]!r}: {given!r}}}, since not all of {sorted(names)} need be"
      " images."
    )
  return {names[0]: given}


def _end(argument, name, given, tensor, own) -> image_ends.End:
  is_bytes = isinstance(given, str) and given == "uint8"
  file = (
    value_ranges.ValueRange(0.0, 255.0) if is_bytes else _range(argument, given)
  )
  shape = tuple(tensor.shape)
  if len(shape) != 4 or shape[-1] not in _CHANNELS:
    raise ValueError(
      f"`{argument}` is for images, [n, height, width, channels] of 1, 3 or 4"
      f" channels, and {name!r} is {shape}; leave it out."
    )
  if not tensor.dtype.is_floating:
    raise ValueError(
      f"`{argument}` is for images of floating point numbers, and {name!r} is"
      f" {tensor.dtype.name} already; leave it out."
    )
  if own is None:
    raise ValueError(
      f"`{argument}`: the network's own values of black and white in {name!r}"
      " are not known, since no activation, such as tanh, bounds its outputs to"
      " a range of images; pass `value_range=(black, white)`, such as (-1, 1)."
    )
  return image_ends.End(own, file, is_bytes)


def _range(argument, given) -> value_ranges.ValueRange:
  try:
    return value_ranges.checked(given)
  except ValueError:
    raise ValueError(
      f"`{argument}` must be (black, white), the lower of two numbers first,"
      f' such as (0, 1), or "uint8"; got {given!r}.'
    ) from None
