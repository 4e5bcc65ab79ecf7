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
"""A conditional that costs a train step little when its branch is not taken.

TensorFlow lowers a conditional into operations of the surrounding graph, and
runs such a graph with an executor that checks of each operation whether it is
dead (`PropagatorState`; `SimplePropagatorState` is for graphs without
branches). A train step has thousands of small operations, so the checks cost
more than most branches. They are avoided where the conditional stays one
operation.
"""

from collections.abc import Callable

import tensorflow as tf
from tensorflow.python.ops import control_flow_util_v2


def run(is_time: tf.Tensor, function: Callable[[], object]) -> None:
  """Calls a function in a train step if a condition holds.

  Args:
    is_time: The condition, a boolean scalar.
    function: The function, called for its effects; its result is not used.
  """

  def call():
    function()
    return tf.constant(True)

  result = tf.cond(is_time, call, lambda: tf.constant(False))
  if not tf.executing_eagerly() and not tf.config.list_logical_devices("GPU"):
    _keep_whole(result)


def _keep_whole(result: tf.Tensor) -> None:
  # On a GPU it would be a single operation of that device, which cannot do
  # everything that a branch does.
  branch = result.op.inputs[0].op
  if branch.type == "If":
    control_flow_util_v2.maybe_set_lowering_attr(branch, False)
