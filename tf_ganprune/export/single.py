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
"""Checks that a network runs at batch 1, as its file does."""

import contextlib
import re
from collections.abc import Iterator

from tf_ganprune import keras_errors
from tf_ganprune.graphs import walks
from tf_ganprune.keras_compat import keras

_OF_SHAPES = re.compile(r"[Ss]hape|[Dd]imension|\bsize\b")
_BATCH = (
  "If a batch size is written into it, as in tf.reshape(x, [16, ...]), write -1"
  " or tf.shape(x)[0] instead."
)
_INPUTS = "Pass inputs that it takes as `representative_data`."


@contextlib.contextmanager
def running(model: keras.Model) -> Iterator[None]:
  """Turns errors of a network that runs at batch 1 into one sentence.

  Args:
    model: The network that is run within the `with` statement.

  Raises:
    ValueError: If a layer raises an error in the `with` statement; the message
      names the layer and the remedy.
  """
  try:
    yield
  except Exception as error:
    if not keras_errors.is_of_a_layer(error):
      raise
    short = keras_errors.short(error)
    is_of_inputs = keras_errors.is_of_a_look_up(short)
    is_of_inputs = is_of_inputs or not _OF_SHAPES.search(short)
    raise ValueError(
      f"`model` {model.name!r} does not run on one sample, as a file does"
      f" ({short}). {_INPUTS if is_of_inputs else _BATCH}"
    ) from None


def check(model: keras.Model) -> None:
  """Raises if a network always gives a batch of a size other than 1.

  Args:
    model: A network that passed `signature.check`, with inputs that Keras
      knows.

  Raises:
    ValueError: If it does; the message names the layer that a batch size is
      written into.
  """
  if any(x.shape.rank and x.shape[0] is not None for x in model.inputs):
    return
  for name, x in zip(model.output_names, model.outputs, strict=True):
    rows = x.shape[0] if x.shape.rank else None
    if rows not in (None, 1):
      layer = _first_with(rows, model) or name
      raise ValueError(
        f"`model` {model.name!r} gives {rows} rows in its output {name!r},"
        f" whatever its batch is, and a file takes one sample: layer {layer!r}"
        f" has that number written into it. {_BATCH}"
      )


def _first_with(rows, model) -> str | None:
  for node in walks.nodes(model):
    shape = getattr(node.outputs, "shape", None)
    if shape is not None and shape.rank and shape[0] == rows:
      return node.layer.name
  return None
