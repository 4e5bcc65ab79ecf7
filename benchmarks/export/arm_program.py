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
"""Times `.tflite` files in turn; `arm_sparse.py` runs it under QEMU.

  python arm_program.py ROUNDS FILE...

It needs LiteRT and NumPy only, and prints a JSON object: of each file the
milliseconds of every round, and the outputs for one input.
"""

import json
import sys
import time

import numpy as np
from ai_edge_litert import interpreter

_SEED = 0


def load(path: str) -> interpreter.Interpreter:
  """Returns a file's interpreter on one thread, with an input drawn."""
  loaded = interpreter.Interpreter(path, num_threads=1)
  loaded.allocate_tensors()
  (given,) = loaded.get_input_details()
  latents = np.random.default_rng(_SEED).standard_normal(given["shape"])
  loaded.set_tensor(given["index"], latents.astype(np.float32))
  loaded.invoke()
  return loaded


def seconds(loaded: interpreter.Interpreter) -> float:
  """Returns how long one inference takes."""
  begun = time.perf_counter()
  loaded.invoke()
  return time.perf_counter() - begun


def outputs(loaded: interpreter.Interpreter) -> list[float]:
  """Returns what the file makes of the input, as a flat list."""
  (made,) = loaded.get_output_details()
  return loaded.get_tensor(made["index"]).ravel().tolist()


def main(rounds: str, *paths: str) -> None:
  """Times and prints."""
  loaded = {path: load(path) for path in paths}
  found = {
    path: {"seconds": [], "outputs": outputs(one)}
    for path, one in loaded.items()
  }
  for _ in range(int(rounds)):
    for path, one in loaded.items():
      found[path]["seconds"].append(seconds(one))
  print(json.dumps(found))


if __name__ == "__main__":
  main(*sys.argv[1:])
