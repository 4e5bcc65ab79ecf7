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
"""What a rewrite is: layers in a row, and others that do the same."""

import dataclasses
from collections.abc import Callable

from tf_ganprune.keras_compat import keras


@dataclasses.dataclass(frozen=True)
class Run:
  """Layers called one after the other, nothing else taking what is between.

  Example:
    >>> run = Run((keras.layers.ReLU(), keras.layers.Dense(3)), (None, 5))
    >>> run.layers[0]

  Attributes:
    layers: From some layer on, as many as there are in the row. Wrappers that
      do nothing at inference are taken off.
    input_shape: Of the first layer, batch included; None where not known.
  """

  layers: tuple[keras.layers.Layer, ...]
  input_shape: tuple[int | None, ...]


@dataclasses.dataclass(frozen=True)
class Replacement:
  """What is called in place of the first layers of a run.

  Example:
    >>> Replacement(1, [keras.layers.ZeroPadding2D(1), valid_convolution])

  Attributes:
    length: How many layers of the run go.
    layers: Layers to call instead, one after the other. They are new ones or
      shallow copies, built if they have weights, and give the same outputs at
      inference. They are given names: the last one that of the last one that
      goes.
  """

  length: int
  layers: list[keras.layers.Layer]


@dataclasses.dataclass(frozen=True)
class Rewrite:
  """One way to put a network right, or to make it faster, at export.

  Example:
    >>> Rewrite("phases", keras.layers.Conv2DTranspose, replace, "Faster")

  Attributes:
    name: What tables and notes call it.
    finds: The class of the layers that runs begin with.
    replace: Returns the replacement for the beginning of a run, or None if the
      run is to stay.
    note: What was done and why, a sentence up to the layers' names.
    is_anywhere: Whether it is for a layer wherever that is called, since one
      layer takes the place of one that computes by itself. The layer of a run
      of it alone then has its weights, if it is built.
  """

  name: str
  finds: type[keras.layers.Layer]
  replace: Callable[[Run], Replacement | None]
  note: str
  is_anywhere: bool = False
