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
"""Copies networks of mixed precision in float32, which the converter takes."""

from tf_ganprune.graphs import copier, shallow_copies
from tf_ganprune.keras_compat import keras

_HALVES = ("float16", "bfloat16")


def in_float32(model: keras.Model) -> tuple[keras.Model, tuple[str, ...]]:
  """Returns a network that computes in float32, and a note if it is a copy.

  Args:
    model: A functional network. A copy shares its weights, which are float32
      in mixed precision.

  Raises:
    ValueError: If weights are float16 or bfloat16; the message names the
      layer.
  """
  layers = [x for x in model._flatten_layers() if x.compute_dtype in _HALVES]
  if not layers:
    return model, ()
  for layer in layers:
    if layer.weights and layer.variable_dtype in _HALVES:
      raise ValueError(
        f"Layer {layer.name!r} of {model.name!r} has {layer.variable_dtype}"
        " weights, which LiteRT does not run. Build the network with the dtype"
        f" policy 'float32' or 'mixed_{layer.variable_dtype}', and pass the"
        " weights on with `set_weights`."
      )
  note = (
    "Converted from a float32 copy, since the network computes in"
    f" {layers[0].compute_dtype}."
  )
  twin = _Float32().model(model)
  twin.output_names = list(model.output_names)
  return twin, (note,)


class _Float32(copier.Copier):
  """Copies a network, with layers that compute in float32."""

  def copied(self, old):
    return _layer_in_float32(old)


def _layer_in_float32(old):
  twin = shallow_copies.copy(old, replace=_layer_in_float32)
  if old.compute_dtype in _HALVES:
    twin._set_dtype_policy(keras.mixed_precision.Policy("float32"))
  return twin
