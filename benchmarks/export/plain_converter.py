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
"""What TensorFlow's converter makes of a network by itself."""

import tensorflow as tf

from tf_ganprune.keras_compat import keras


def convert(network: keras.Model) -> bytes:
  """Returns the content of a float32 file, in which nothing is rewritten.

  Args:
    network: With one input. The file takes batches of 1.
  """
  shape = [1, *network.input_shape[1:]]
  run = tf.function(
    lambda x: network(x, training=False),
    input_signature=[tf.TensorSpec(shape, tf.float32)],
  )
  converter = tf.lite.TFLiteConverter.from_concrete_functions(
    [run.get_concrete_function()], network
  )
  return converter.convert()
