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
"""Trains, prunes and exports a GAN that translates images without pairs.

  python -m examples.cycle_gan

leaves networks, `.tflite` files, pictures, numbers and `report.html` in
`--output_dir`. Killed and started again with the same flags, it goes on.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from tf_ganprune.experiments import cycle_gan_task, programs  # noqa: E402

if __name__ == "__main__":
  programs.start(cycle_gan_task.CycleGAN, cycle_gan_task.BEST)
