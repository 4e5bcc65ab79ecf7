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
"""Removes random channels of a network, and says whether that was exact."""

import numpy as np
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.channels import groups, surgery, unit_costs, zeros
from tf_ganprune.channels import trace as traces


def randomize(model, seed: int = 0) -> None:
  """Gives every weight a number, batch statistics included."""
  rng = np.random.default_rng(seed)
  for weight in model.weights:
    if not weight.dtype.is_floating:
      continue
    values = rng.normal(0.0, 0.5, weight.shape)
    if "variance" in weight.name:
      values = 0.5 + np.abs(values)
    weight.assign(values)


def random_inputs(model, seed: int = 0):
  """Returns a batch of two for each of a network's inputs."""
  rng = np.random.default_rng(seed)
  batches = []
  for tensor in model.inputs:
    shape = [2, *tensor.shape[1:]]
    if tensor.dtype.is_integer:
      batches.append(tf.constant(rng.integers(0, 3, shape), tensor.dtype))
    else:
      batches.append(tf.constant(rng.normal(size=shape), tensor.dtype))
  return batches[0] if len(batches) == 1 else batches


def chosen(trace, share: float = 0.5, seed: int = 0) -> np.ndarray:
  """Returns random units of every group, never all of one."""
  rng = np.random.default_rng(seed)
  gone = [np.zeros(0, int)]
  for group in groups.of_trace(trace).removable:
    number = min(max(1, round(share * group.size)), group.size - 1)
    gone.append(rng.choice(group.units, number, replace=False))
  return np.concatenate(gone)


def cut(model, share: float = 0.5, seed: int = 0):
  """Returns a network without random channels, which are zero in `model`.

  Also checks that what the rules promise of costs is true.
  """
  randomize(model, seed)
  trace = traces.Trace(model)
  gone = chosen(trace, share, seed)
  zeros.set_zero(trace, gone)
  kept = np.ones(trace.num_units, bool)
  kept[gone] = False
  small = surgery.rebuild(trace, kept)
  assert small.count_params() == unit_costs.Costs(trace).params(kept)
  assert tgp.profile(small).macs == unit_costs.Costs(trace).macs(kept)
  return small


def difference(model, small, seed: int = 0) -> float:
  """Returns the largest difference of outputs, beside the largest output."""
  inputs = random_inputs(model, seed)
  pairs = zip(
    tf.nest.flatten(model(inputs, training=False)),
    tf.nest.flatten(small(inputs, training=False)),
    strict=True,
  )
  return max(
    float(tf.reduce_max(tf.abs(a - b)) / (1 + tf.reduce_max(tf.abs(a))))
    for a, b in pairs
  )


def small(**kwargs):
  """Returns a network of Dense layers a, b and c; the arguments are of a."""
  inputs = tgp.keras.Input((4,))
  x = tgp.keras.layers.Dense(8, activation="relu", name="a", **kwargs)(inputs)
  x = tgp.keras.layers.Dense(6, activation="relu", name="b")(x)
  return tgp.keras.Model(
    inputs, tgp.keras.layers.Dense(2, name="c")(x), name="net"
  )
