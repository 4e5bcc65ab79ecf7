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
"""An experiment with a task of the tests', in a process of its own.

`python -m tests.experiments.mapping_program FOLDER run` runs it, or what is
left; with `train` it only trains.
"""

import sys

import tensorflow as tf

from tests.experiments import mapping
from tf_ganprune import experiments
from tf_ganprune.experiments import slim_settings

SETTINGS = mapping.Settings(
  phases=("pruned", "slim"),
  prune_epochs=4,
  slim=slim_settings.Settings(
    macs=0.6, distillation=(), weights=(), generator_batch_size=None
  ),
)

if __name__ == "__main__":
  tf.config.run_functions_eagerly(True)  # tracing would take most of the time
  _folder, _what = sys.argv[1:]
  _job = experiments.Experiment(mapping.Mapping, SETTINGS, _folder).open()
  getattr(_job, _what)()
