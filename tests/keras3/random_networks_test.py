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
"""Tests on random graphs of layers and operations."""

import hypothesis
import keras as keras3
import pytest
from hypothesis import strategies as st

from tests.keras3 import nets
from tf_ganprune.keras3 import from_keras3, to_keras3

layers, ops = keras3.layers, keras3.ops

# Each takes a tensor [n, 4, 4, 4] to another one.
_ONE = [
  lambda: layers.Conv2D(4, 3, padding="same", activation="leaky_relu"),
  lambda: layers.DepthwiseConv2D(3, padding="same"),
  lambda: layers.SpectralNormalization(layers.Dense(4)),
  lambda: layers.LeakyReLU(0.2),
  lambda: layers.PReLU(),
  lambda: layers.Permute((2, 1, 3)),
  lambda: layers.Dropout(0.5),
  lambda: lambda x: ops.reshape(x, (-1, 4, 4, 4)) * 0.5,
  lambda: lambda x: ops.flip(x, axis=1) + 1.0,
  lambda: lambda x: ops.roll(x, 1, axis=-1),
  lambda: lambda x: ops.concatenate([x[..., :2], -x[..., 2:]], axis=-1),
  lambda: lambda x: ops.pad(x[:, 1:-1], ((0, 0), (1, 1), (0, 0), (0, 0))),
  lambda: keras3.Sequential(
    [keras3.Input((4, 4, 4)), layers.Dense(4), layers.ReLU()]
  ),
]
_TWO = [
  lambda: lambda a, b: layers.Add()([a, b]),
  lambda: lambda a, b: layers.Dense(4)(layers.Concatenate()([a, b])),
  lambda: lambda a, b: a - b,
  lambda: lambda a, b: ops.maximum(a, b),
  lambda: lambda a, b: ops.where(a > b, a, 0.5 * b),
]


@st.composite
def _networks(draw):
  """Draws a network whose parts are used once, twice, or not at all."""
  given = [keras3.Input((4, 4, 4)) for _ in range(draw(st.integers(1, 2)))]
  tensors, parts = list(given), []
  for _ in range(draw(st.integers(1, 7))):
    a, b = draw(st.sampled_from(tensors)), draw(st.sampled_from(tensors))
    if draw(st.booleans()):
      tensors.append(draw(st.sampled_from(_TWO))()(a, b))
      continue
    if not parts or draw(st.booleans()):
      parts.append(draw(st.sampled_from(_ONE))())
    tensors.append(draw(st.sampled_from(parts))(a))
  made = tensors[len(given) :]
  outputs = draw(st.lists(st.sampled_from(made), min_size=1, max_size=3))
  used = [x for x in given if _is_used(x, outputs)]
  hypothesis.assume(used)
  return nets.randomize(keras3.Model(used, outputs))


def _is_used(tensor, outputs) -> bool:
  left, seen = list(outputs), set()
  while left:
    one = left.pop()
    if one is tensor:
      return True
    if id(one) in seen:
      continue
    seen.add(id(one))
    history = one._keras_history
    left += history.operation._inbound_nodes[history.node_index].input_tensors
  return False


@pytest.mark.slow
@hypothesis.settings(max_examples=25, deadline=None)
@hypothesis.given(_networks())
def test_random_networks_compute_the_same_there_and_back(model):
  given = nets.inputs(model)
  theirs = from_keras3(model)
  assert nets.difference(model, theirs, given) <= 1e-5
  again = to_keras3(theirs)
  assert nets.difference(model, again, given) <= 1e-5
  names = {x.name for x in model.layers}
  assert names <= {x.name for x in theirs.layers}
  assert names <= {x.name for x in again.layers}
