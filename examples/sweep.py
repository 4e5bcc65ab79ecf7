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
"""Prunes a generator with every strategy, sparsity and seed, and compares.

  python -m examples.sweep --strategies=magnitude,taylor --sparsities=0.8,0.9

leaves a JSON line a run in `--sweep_dir`, three charts, and a table. Killed and
started again with the same flags, it goes on; more strategies, sparsities and
seeds are added to what is there. Started several times, its processes share the
runs. The main job's flags are its flags, too.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from absl import app  # noqa: E402

from tf_ganprune.experiments import dcgan_task, sweep_program  # noqa: E402

sweep_program.define_flags(dcgan_task.DCGAN)


def main(argv):
  """Runs the grid, and writes what it comes to."""
  sweep_program.run(dcgan_task.DCGAN, argv)


if __name__ == "__main__":
  sweep_program.set_defaults(dcgan_task.DCGAN)
  app.run(main)
