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
"""Exports a network several times in a process that does nothing before.

It is started by its path, with the folder of a checkout in PYTHONPATH, so that
two states of the package can be compared. Prints JSON: the seconds of each
export, in order.
"""

import json
import pathlib
import sys
import tempfile
import time

import tf_ganprune as tgp


def seconds(target: str, exports: int, width: int) -> list[float]:
  """Returns the seconds of each export of a DCGAN generator of digits.

  Args:
    target: A name from `tgp.EXPORT_TARGETS`.
    exports: How many.
    width: The generator's.
  """
  tgp.keras.utils.set_random_seed(0)
  generator = tgp.networks.dcgan_generator((28, 28, 1), 64, width)
  found = []
  with tempfile.TemporaryDirectory() as folder:
    for _ in range(exports):
      begun = time.perf_counter()
      tgp.export_tflite(generator, pathlib.Path(folder) / "g.tflite", target)
      found.append(time.perf_counter() - begun)
  return found


if __name__ == "__main__":
  print(json.dumps(seconds(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
