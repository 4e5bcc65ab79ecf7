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
"""The channel rule of multi-head attention, which removes whole heads."""

import math

from tf_ganprune.channels.call import Call, Product, Rule, Weight
from tf_ganprune.channels.rules import rule_lookup
from tf_ganprune.keras_compat import keras

_PARTS = {"query": "_query_dense", "key": "_key_dense", "value": "_value_dense"}


@rule_lookup.channel_rule(keras.layers.MultiHeadAttention)
def attention(call: Call) -> Rule:
  """Rule of multi-head attention: whole heads are removed.

  Kernels are projections `[in, heads, size]`, and one back, `[heads, size,
  out]`; Vaswani et al. 2017, section 3.2.2. Heads are pruned as in Michel et
  al. 2019,
  "Are Sixteen Heads Really Better than One?"; their size, which scales the
  scores, stays.
  """
  layer = call.layer
  given = _inputs(call)
  shapes = [call.output_shapes[0], *(x.shape for x in given.values())]
  if any(len(shape) != 3 for shape in shapes):
    return rule_lookup.whole(call, "attention over several axes has no rule")
  _fix_steps(call, given)
  heads = call.own("heads", layer._num_heads)
  weights = {}
  for name, part in _PARTS.items():
    dense = getattr(layer, part)
    channels = call.at(given[name], 2)
    weights[dense.kernel.ref()] = Weight((channels, heads, None), "kernel", 1)
    if dense.bias is not None:
      weights[dense.bias.ref()] = Weight((heads, None), "bias")
  out, back = layer._output_dense, call.own("out", call.output_shapes[0][-1])
  weights[out.kernel.ref()] = Weight((heads, None, back), "kernel", 2)
  if out.bias is not None:
    weights[out.bias.ref()] = Weight((back,), "bias")
  # The shapes are those of the old inputs; Keras takes them from the call.
  unknown = dict.fromkeys(("query_shape", "key_shape", "value_shape"))
  config = {"num_heads": heads, "output_shape": (back,)} | unknown
  axes = [call.with_channels(back)]
  scores = (None, heads, None, None)
  outputs = axes if len(call.output_shapes) == 1 else [*axes, scores]
  return Rule(outputs, weights, config, _macs(call, given, heads, back))


def _fix_steps(call: Call, given) -> None:
  """Keeps all channels on other axes than the inputs' last, and in masks."""
  for labelled in call.inputs:
    taken = any(labelled is x for x in given.values())
    for axis in labelled.axes[:2] if taken else labelled.axes:
      if axis is not None:
        call.fix(axis, f"{call.layer.name!r} takes them for steps")


def _inputs(call: Call) -> dict:
  """Returns the inputs by name; without a key, the value is the key."""
  given = dict(zip(("query", "value", "key"), call.args, strict=False))
  given |= {k: v for k, v in call.kwargs.items() if k in _PARTS}
  if given.get("key") is None:
    given["key"] = given["value"]
  return {name: given[name] for name in _PARTS}


def _macs(call: Call, given, heads, back) -> list[Product]:
  layer = call.layer
  times = {name: call.positions(x.shape) for name, x in given.items()}
  sizes = {
    "query": layer._key_dim,
    "key": layer._key_dim,
    "value": layer._value_dim,
  }
  products = [
    Product(times[name] * sizes[name], (call.at(x, 2), heads))
    for name, x in given.items()
  ]
  pairs = math.prod([times["query"], times["key"]])
  products.append(Product(pairs * (sizes["key"] + sizes["value"]), (heads,)))
  products.append(Product(times["query"] * sizes["value"], (heads, back)))
  return products
