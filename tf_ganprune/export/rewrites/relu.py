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
"""Replaces ReLUs after transposed convolutions by ReLUs that are not fused.

The converter fuses a ReLU into the transposed convolution before it, which then
becomes an operator version that GPU delegates refuse.
"""

from tf_ganprune.export.rewrites import file_layers, inference, rewrite_rule
from tf_ganprune.graphs import shallow_copies
from tf_ganprune.keras_compat import keras


def replace(run: rewrite_rule.Run) -> rewrite_rule.Replacement | None:
  """Replaces the ReLU after a `Conv2DTranspose` by one that is not fused.

  Args:
    run: Layers of which a `Conv2DTranspose` is the first.

  Returns:
    The replacement up to the ReLU, which is the layer's own activation, or
    follows it or a batch normalization after it; None if there is no ReLU.
  """
  layer = run.layers[0]
  if not inference.is_float32(layer):
    return None
  if inference.is_linear(layer):
    return _after(run.layers)
  limit = inference.own_relu_limit(layer)
  if limit is None:
    return None
  linear = shallow_copies.copy(layer)
  linear.activation = keras.activations.linear
  return rewrite_rule.Replacement(1, [linear, file_layers.SeparateReLU(limit)])


def _after(row) -> rewrite_rule.Replacement | None:
  """Returns the replacement up to a ReLU layer, or None if there is none."""
  length, _ = inference.norm_after(row)
  found = inference.relu_after(row, length)
  if found is None:
    return None
  end, limit = found
  before = [shallow_copies.copy(layer) for layer in row[: end - 1]]
  return rewrite_rule.Replacement(
    end, [*before, file_layers.SeparateReLU(limit)]
  )


REWRITE = rewrite_rule.Rewrite(
  "separate-relu",
  keras.layers.Conv2DTranspose,
  replace,
  "Followed by a leaky ReLU of slope 0, since a ReLU would be fused into the"
  " transposed convolution, which GPU delegates then refuse",
)
