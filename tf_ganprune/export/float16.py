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

Also of files with float32 weights. What an operator takes and gives is rounded
to float16, and of a mean its sum as well; numbers beyond 65,504 are infinite.
Products of convolutions are summed in float32, as GPUs mostly do.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tf_ganprune.export import convert, halved_graph, signature, verify
from tf_ganprune.export.rewrites import rewrite_rule
from tf_ganprune.keras_compat import keras

# Of an output's spread: a difference that is seen.
_FAR = 0.05
_ASK = (
  "Let the app ask for float32 (CompiledModel.GpuOptions.Precision.FP32), or"
  " keep numbers"
)
_WAYS_OUT = {
  False: f"{_ASK} before that layer smaller.",
  True: (
    f"{_ASK} there below 65,504, squares and sums among them."
    " GroupNormalization (groups=-1 is an instance norm), LayerNormalization,"
    " UnitNormalization, and roots of sums of squares over up to four axes are"
    " exported in a way that does."
  ),
}


@dataclasses.dataclass(frozen=True)
class Float16:
  """What a network computes in float16.

  Example:
    >>> print(run(generator, reference))

  Attributes:
    output: The output that is furthest off, in shares of its spread.
    error: How far, infinity if a number is not finite.
    spread: Of that output in float32, its largest less its smallest number.
    layer: Where that begins, if it is far off: what is first infinite, or else
      far off itself; the empty text if it is not.
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
      f" {_WAYS_OUT[self.is_infinite]}"
    )


def run(
  model: keras.Model,
  reference: verify.Reference,
  anywhere: Sequence[rewrite_rule.Rewrite] = (),
) -> Float16 | None:
  """Computes a network in float16 on the samples of a reference.

  Args:
    model: What is converted, with the inputs and outputs of the reference.
    reference: What Keras computes in float32.
    anywhere: Which layers are replaced wherever they are called.

  Returns:
    The output that is furthest off; None if no output is a float.
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
  """Returns a sentence on a network in float16.

  Args:
    model: As of `run`.
    reference: As of `run`.
    anywhere: As of `run`.
  """
  try:
    found = run(model, reference, anywhere)
  except (TypeError, ValueError, tf.errors.OpError) as error:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return f"Not computed in float16 ({reason[:160].rstrip('.')})."
  return str(found) if found else "No output is a floating point number."


def _frozen(model, anywhere) -> halved_graph.Frozen:
  function, _ = convert.traced(model, True, anywhere)
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
  """Returns the layer with which it begins, and whether that is infinite."""
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
  """Returns the layer that an operation is of, by its name."""
  layers = {
    x.name
    for x in model.submodules
    if isinstance(x, keras.layers.Layer) and not isinstance(x, keras.Model)
  }
  parts = name.split("/")
  found = [x for x in parts if x in layers]
  return found[-1] if found else "/".join(parts[1:] or parts)
