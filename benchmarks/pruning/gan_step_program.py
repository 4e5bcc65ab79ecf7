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
"""Trains a GAN, so many steps for each line of input.

It is started by its path, with the folder of a checkout in PYTHONPATH, so that
two states of the package can be compared. Answers each line with the seconds
that the steps took.
"""

import sys
import time

try:
  from benchmarks.pruning import train_step
except ImportError:  # a checkout from before benchmarks had folders
  from benchmarks import train_step


def main(name: str, width: int) -> None:
  """Trains as told by standard input.

  Args:
    name: `'dense'` or `'ours'`, a contestant of `train_step`.
    width: Of its networks.
  """
  networks = train_step.digits_networks(width)
  contestant = train_step.Contestant(name, *networks, frequency=100)
  for line in sys.stdin:
    begun = time.perf_counter()
    contestant.train(int(line))
    print(time.perf_counter() - begun, flush=True)


if __name__ == "__main__":
  main(sys.argv[1], int(sys.argv[2]))
