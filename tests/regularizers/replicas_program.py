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
"""Regularizers on two replicas: `-m tests.regularizers.replicas_program`.

A program of its own, since the devices of a process are set once.
"""

import numpy as np
import tensorflow as tf

from tests import tiny
from tf_ganprune import regularizers


def main():
  """Checks that both replicas have the state of the whole batch."""
  cpu = tf.config.list_physical_devices("CPU")[0]
  half = tf.config.LogicalDeviceConfiguration()
  tf.config.set_logical_device_configuration(cpu, [half, half])
  strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
  given = [
    "diff_augment",
    regularizers.AdaptiveAugmentation(images=16, interval=1),
    regularizers.LeCam(),
  ]
  with strategy.scope():
    combined = regularizers.Combined(given, "critic")
    critic = tiny.discriminator()
    rng = tf.random.Generator.from_seed(0)

  @tf.function
  def run():
    def step():
      replica = tf.distribute.get_replica_context().replica_id_in_sync_group
      value = tf.cast(replica, tf.float32) + 1.0
      combined.observe(tf.fill([2, 1], value), tf.fill([2, 1], -value))
      scorer = combined.scorer(critic, rng, 0)
      return scorer(tf.ones([2, 8, 8, 1]))

    return strategy.run(step)

  first, second = strategy.experimental_local_results(run())
  assert np.abs(first - second).max() > 0  # their own random numbers
  for variable, expected in (
    (combined.of_kind("adaptive_augmentation").probability, 4 / 16),
    (combined.of_kind("lecam").real_anchor, 1.5),
    (combined.of_kind("lecam").fake_anchor, -1.5),
    (combined.of_kind("lecam").num_updates, 1),
  ):
    copies = [x.numpy() for x in variable.values]
    assert copies == [expected, expected], (variable.name, copies)
  print("replicas agree")


if __name__ == "__main__":
  main()
