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
"""Prunes a generator with all strategies and sparsities, and compares them.

  python -m examples.sweep --strategies=magnitude,taylor --sparsities=0.8,0.9

writes a JSON line for each run to `--sweep_dir`, three charts, and a table.
Killed and started again with the same flags, it resumes; more strategies,
sparsities and seeds add runs. Started several times, its processes share the
runs. It also has the flags of `examples.mnist_dcgan`.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from absl import app  # noqa: E402

from tf_ganprune.experiments import dcgan_task, sweep_program  # noqa: E402

sweep_program.define_flags(dcgan_task.DCGAN)


def main(argv):
  """Runs the sweep, and writes lines, charts and table."""
  sweep_program.run(dcgan_task.DCGAN, argv)


if __name__ == "__main__":
  sweep_program.set_defaults(dcgan_task.DCGAN)
  app.run(main)
