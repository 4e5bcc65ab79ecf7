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
"""Checks of families of several networks on two replicas."""

import numpy as np
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny, watch
from tests.gan import family_cases

keras = tgp.keras
_BATCHES = 8


def check_case(strategy, check_replicas, name: str, **arguments) -> None:
  """Asserts that a family of one's own is pruned alike, and logged.

  Args:
    strategy: Of two replicas.
    check_replicas: Asserts that a network is the same on each.
    name: Of the family, one of `family_cases.CASES`.
    **arguments: Of its constructor.
  """
  case = family_cases.CASES[name]
  with strategy.scope():
    model = case.pruned((lambda: "adam",) * 2, ema_decay=0.5, **arguments)
  history = model.fit(case.data(8 * _BATCHES, 8), verbose=0).history
  assert list(history) == list(case.logged)
  assert all(np.isfinite(x).all() for x in history.values())
  for network_name, network in model.networks.items():
    updates = _BATCHES * case.updates[network_name]
    watch.check(network, case.schedules[network_name], updates)
    check_replicas(network)
    assert model.optimizers[network_name].iterations.numpy() == updates
  for averaged in case.averaged:
    zeros = watch.sparsity_at(case.schedules[averaged], _BATCHES)
    found = tgp.sparsity_report(model.averaged(averaged)).overall
    assert abs(found - zeros) < 0.02, (averaged, found)


class _OwnTape(tgp.PrunedGAN):
  """The gradients of both networks are 1, and come from a tape of its own."""

  def update(self, batch):
    del batch
    with tf.GradientTape(persistent=True) as tape:
      losses = {
        name: tf.add_n([tf.reduce_sum(x) for x in network.trainable_variables])
        for name, network in self.networks.items()
      }
    gradients = {
      name: tape.gradient(losses[name], network.trainable_variables)
      for name, network in self.networks.items()
    }
    self.apply(gradients, losses)
    return losses


def check_own_tape(strategy) -> None:
  """Asserts that `apply` takes the gradients of a replica's mean loss.

  Args:
    strategy: Of two replicas.
  """
  with strategy.scope():
    networks = {"critic": tiny.discriminator(), "generator": tiny.generator()}
    model = _OwnTape(networks)
    sgd = keras.optimizers.SGD
    model.compile({"critic": sgd(1.0), "generator": sgd(1.0)})
  before = [x.trainable_weights[0].numpy() for x in model.networks.values()]
  model.fit(tiny.images(8), batch_size=8, verbose=0)
  for network, weight in zip(model.networks.values(), before, strict=True):
    after = network.trainable_weights[0].numpy()
    np.testing.assert_allclose(after, weight - 1.0, atol=1e-6)
