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
"""The same sparsity everywhere."""

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.allocation import base


@base.ALLOCATIONS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class Uniform(base.Allocation):
  """Each kernel has the schedule's sparsity.

  Zhu and Gupta 2017, "To Prune, or Not to Prune", section 3.

  Example:
    `tgp.prune_low_magnitude(generator, schedule, allocation="uniform")`
  """

  kind = "uniform"
  is_joint = False
