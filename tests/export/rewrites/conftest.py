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
"""What the tests of the rewrites share."""

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune.export import rewrites
from tf_ganprune.keras_compat import keras


def _scramble(network):
  """Gives biases and statistics other values than zeros and ones."""
  rng = np.random.default_rng(0)
  for weight in network.weights:
    if weight.shape.rank == 1:
      weight.assign(rng.uniform(0.5, 1.5, weight.shape))
  return network


def _scrambled(model):
  for network in (x for x in model.submodules if isinstance(x, keras.Model)):
    _scramble(network)
  return _scramble(model)


def _rewritten(model, rewrite, tolerance=1e-5):
  """Applies a rewrite, and checks that outputs and the network stay."""
  _scrambled(model)
  inputs = [
    tf.random.stateless_normal([2, *x.shape[1:]], [0, i])
    for i, x in enumerate(model.inputs)
  ]
  inputs = inputs[0] if len(inputs) == 1 else inputs
  before = model.get_weights()
  expected = model(inputs)
  done = rewrites.apply(model, [rewrite])
  found = done.model(inputs)
  tf.nest.map_structure(
    lambda a, b: np.testing.assert_allclose(a, b, atol=tolerance),
    found,
    expected,
  )
  assert done.model.output_names == model.output_names
  assert done.model.input_names == model.input_names
  for layer in model.layers:
    assert len(layer._inbound_nodes) == 1
  for old, new in zip(before, model.get_weights(), strict=True):
    np.testing.assert_array_equal(old, new)
  return done


@pytest.fixture(scope="session")
def rewritten():
  return _rewritten
