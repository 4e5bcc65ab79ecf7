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
"""Replaces PReLUs by two ReLUs.

LiteRT has no fast int8 kernel for PRELU, and GPU delegates take it with one
slope a channel only: `relu(x) - slope * relu(-x)` runs on both.
"""

import tensorflow as tf

from tf_ganprune.export.rewrites import file_layers, inference, rewrite_rule
from tf_ganprune.keras_compat import keras


def replace(run: rewrite_rule.Run) -> rewrite_rule.Replacement | None:
  """Replaces a `PReLU` by the difference of two ReLUs.

  Args:
    run: Layers of which a `PReLU` is the first.

  Returns:
    The replacement; None if the layer does not compute in float32.
  """
  layer = run.layers[0]
  if not inference.is_float32(layer):
    return None
  with tf.init_scope():  # in a trace, variables have no value
    slope = layer.alpha.numpy()
  return rewrite_rule.Replacement(1, [file_layers.TwoReLUs(slope)])


REWRITE = rewrite_rule.Rewrite(
  "two-relus",
  keras.layers.PReLU,
  replace,
  "Computed as relu(x) - slope * relu(-x), since LiteRT's int8 kernel for PReLU"
  " is slow and GPU delegates take only some of them",
  is_anywhere=True,
)
