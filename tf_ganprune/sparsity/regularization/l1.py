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
"""What is to go is pulled to zero at the same speed."""

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.regularization import base


@base.REGULARIZATIONS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class L1(base.Regularization):
  """The penalty strength |w|: |w| becomes smaller by the strength, down to 0.

  Tibshirani 1996, "Regression Shrinkage and Selection via the Lasso"; the
  proximal step is soft thresholding, Parikh and Boyd 2014, "Proximal
  Algorithms", section 6.5.2.

  Example:
    `tgp.prune_low_magnitude(generator, schedule, regularization="l1")`
  """

  kind = "l1"

  def shrinkage(self, weight, strength, group_mean):
    """Returns w, at most strength from 0."""
    del group_mean
    return tf.clip_by_value(weight, -strength, strength)
