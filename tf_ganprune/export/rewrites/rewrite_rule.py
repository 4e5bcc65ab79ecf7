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
"""Records of rewrites, which replace layers by others that do the same."""

import dataclasses
from collections.abc import Callable

from tf_ganprune.keras_compat import keras


@dataclasses.dataclass(frozen=True)
class Run:
  """Layers that are called one after the other, without branches between.

  Example:
    >>> run = Run((keras.layers.ReLU(), keras.layers.Dense(3)), (None, 5))
    >>> run.layers[0]

  Attributes:
    layers: The first layer, and all that follow it without a branch. Wrappers
      that do nothing at inference are taken off.
    input_shape: The input shape of the first layer, with the batch; sizes
      that are not known are None.
  """

  layers: tuple[keras.layers.Layer, ...]
  input_shape: tuple[int | None, ...]


@dataclasses.dataclass(frozen=True)
class Replacement:
  """The layers that are called in place of the first layers of a run.

  Example:
    >>> Replacement(1, [keras.layers.ZeroPadding2D(1), valid_convolution])

  Attributes:
    length: How many layers of the run are replaced.
    layers: The layers to call instead, one after the other: new ones or
      shallow copies, built if they have weights, with the same outputs at
      inference. They are renamed, and the last one gets the name of the last
      layer that is replaced.
  """

  length: int
  layers: list[keras.layers.Layer]


@dataclasses.dataclass(frozen=True)
class Rewrite:
  """A rule that replaces layers of one class when a network is exported.

  Example:
    >>> Rewrite("phases", keras.layers.Conv2DTranspose, replace, "Faster")

  Attributes:
    name: The name in tables and notes.
    finds: The class of the layers that runs begin with.
    replace: Takes a run, and returns the replacement for its beginning, or
      None if the run is to stay.
    note: The change and its reason, as the beginning of a sentence that ends
      with the layers' names.
    is_anywhere: Whether one layer replaces one layer, so that it can be done
      wherever the layer is called. `replace` then gets a run of one layer,
      and its replacement has the weights of that layer if it is built.
  """

  name: str
  finds: type[keras.layers.Layer]
  replace: Callable[[Run], Replacement | None]
  note: str
  is_anywhere: bool = False
