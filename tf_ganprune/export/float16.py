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
"""Computes a network in float16, as most phones' GPUs do.

Phones' GPUs do so for files with float32 weights, too. The inputs and outputs
of each operator are rounded to float16, and so is the sum within a mean;
numbers beyond 65,504 become infinite.
Products of convolutions are summed in float32, as GPUs mostly do.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tf_ganprune.export import (
  convert,
  graph_rewrite,
  halved_graph,
  signature,
  verify,
)
from tf_ganprune.export.rewrites import rewrite_rule
from tf_ganprune.keras_compat import keras

# A difference that can be seen, as a share of an output's spread.
_FAR = 0.05
_ASK = (
  "Let the app ask for float32 (CompiledModel.GpuOptions.Precision.FP32), or"
  " keep numbers"
)
_REMEDIES = {
  False: f"{_ASK} before that layer smaller.",
  True: (
    f"{_ASK} there below 65,504, and their squares and sums as well."
    " GroupNormalization (groups=-1 is an instance norm), LayerNormalization,"
    " UnitNormalization, and roots of sums of squares over up to four axes are"
    " exported in a way that keeps to that."
  ),
}


@dataclasses.dataclass(frozen=True)
class Float16:
  """The largest error of a network in float16, and the layer it begins at.

  Example:
    >>> print(run(generator, reference))

  Attributes:
    output: The output with the largest error relative to its spread.
    error: The error, an absolute difference; infinity if a number is not
      finite.
    spread: The largest less the smallest number of that output in float32.
    layer: If the error is above 5 % of the spread, the first layer that is
      infinite, or else the first with such an error; otherwise the empty text.
    is_infinite: Whether that layer gives infinity or NaN.
  """

  output: str
  error: float
  spread: float
  layer: str = ""
  is_infinite: bool = False

  def __str__(self) -> str:
    begin = "Computed in float16, as many GPUs do, output"
    if not np.isfinite(self.error):
      seen = f"{begin} {self.output!r} is infinite or NaN"
    else:
      seen = (
        f"{begin} {self.output!r} is up to {self.error:.2g} off, of a spread of"
        f" {self.spread:.3g}"
      )
    if not self.layer:
      return f"{seen}."
    first = "becomes infinite" if self.is_infinite else "is far off"
    return (
      f"{seen}; layer {self.layer!r} is the first that {first}."
      f" {_REMEDIES[self.is_infinite]}"
    )


def run(
  model: keras.Model,
  reference: verify.Reference,
  anywhere: Sequence[rewrite_rule.Rewrite] = (),
) -> Float16 | None:
  """Computes a network in float16 on the samples of a reference.

  Args:
    model: The network that is converted, with the reference's inputs and
      outputs.
    reference: Samples, and Keras's outputs for them in float32.
    anywhere: Replacements of layers that are made wherever these are called.

  Returns:
    The error of the worst output; None if no output is a float.
  """
  graph = _frozen(model, anywhere)
  compute = halved_graph.function(graph)
  runs = [compute(sample) for sample in reference.inputs]
  worst = _worst(runs, reference)
  if worst is None or worst.error <= _FAR * worst.spread:
    return worst
  layer, is_infinite = _first(graph, runs, model)
  return dataclasses.replace(worst, layer=layer, is_infinite=is_infinite)


def note(
  model: keras.Model,
  reference: verify.Reference,
  anywhere: Sequence[rewrite_rule.Rewrite] = (),
) -> str:
  """Returns a sentence on the error of a network in float16.

  Args:
    model: As in `run`.
    reference: As in `run`.
    anywhere: As in `run`.
  """
  try:
    found = run(model, reference, anywhere)
  except (TypeError, ValueError, tf.errors.OpError) as error:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return (
      "The error in float16 is not known: the network was not computed in it"
      f" ({reason[:160].rstrip('.')})."
    )
  return str(found) if found else "No output is a floating point number."


def _frozen(model, anywhere) -> halved_graph.Frozen:
  function, _ = convert.traced(model, [graph_rewrite.scaled_squares], anywhere)
  return halved_graph.freeze(function, list(signature.input_specs(model)))


def _worst(runs, reference) -> Float16 | None:
  found = []
  for name, expected in reference.outputs.items():
    if expected.dtype.kind != "f":
      continue
    halves = np.stack([one.outputs[name] for one in runs])
    error = np.abs(halves - expected).max()
    error = float(error) if np.isfinite(error) else float("inf")
    spread = float(expected.max() - expected.min())
    found.append(Float16(name, error, spread))
  return max(found, key=lambda x: x.error / max(x.spread, 1e-6), default=None)


def _first(graph, runs, model) -> tuple[str, bool]:
  """Returns the first layer with a large error, and whether it is infinite."""
  seen = np.stack([one.seen for one in runs])
  errors, lows, highs = seen[..., 0], seen[..., 1], seen[..., 2]
  errors = np.where(np.isnan(errors), np.inf, errors).max(0)
  spreads = highs.max(0) - lows.min(0)
  infinite = np.isinf(errors) & np.isfinite(spreads)
  for found, kind in ((infinite, True), (errors > _FAR * spreads, False)):
    if found.any():
      return _layer(graph.names[int(np.argmax(found))], model), kind
  return model.name, False


def _layer(name, model) -> str:
  """Returns the name of an operation's layer, or the operation's own."""
  layers = {
    x.name
    for x in model.submodules
    if isinstance(x, keras.layers.Layer) and not isinstance(x, keras.Model)
  }
  parts = name.split("/")
  found = [x for x in parts if x in layers]
  return found[-1] if found else "/".join(parts[1:] or parts)
