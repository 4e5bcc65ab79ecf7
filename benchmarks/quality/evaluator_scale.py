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
"""Measures how an evaluator's time and memory grow with the number of images.

  python -m benchmarks.quality.evaluator_scale

prints a table for 1,000 to 50,000 real and as many generated images of 256x256
pixels in colour, which are made batch by batch (not counted), with the exponent
that fits each column: 1 is linear. Each number of images runs in a process of
its own, whose peak memory counts from where the feature network has seen a
batch, and whose processor seconds hardly depend on what else the machine does.
The feature network is small and random, and has as many features as
InceptionV3.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

import numpy as np
from absl import app, flags

import tf_ganprune as tgp
from benchmarks import result_files
from tf_ganprune import markdown_table

# Their names are no other program's, as tests import several in one process.
_COUNTS = flags.DEFINE_list(
  "image_counts",
  ["1000", "2000", "5000", "10000", "20000", "50000"],
  "Numbers of images.",
)
_COUNT = flags.DEFINE_integer(
  "only_count", None, "Only prints what so many images take."
)
_FEATURES = flags.DEFINE_integer("feature_count", 2048, "Of an image.", 1)
_SIZE = flags.DEFINE_integer("image_pixels", 256, "Of a side of an image.", 16)
_BATCH = 50
_SEED = 0
_GOAL = 2 * 2**30
_ROOT = pathlib.Path(__file__).resolve().parents[2]


def network(size: int, features: int) -> tgp.keras.Model:
  """Returns a feature network of one random layer on 16 times 16 means."""
  tgp.keras.utils.set_random_seed(_SEED)
  layers = tgp.keras.layers
  return tgp.keras.Sequential(
    [
      layers.Input((size, size, 3)),
      layers.AveragePooling2D(size // 16),
      layers.Flatten(),
      layers.Dense(features, activation="relu", use_bias=False),
    ]
  )


class Stream:
  """Batches of random images, and the time that making them took."""

  def __init__(self, count: int, size: int, seed: int):
    """Begins without images."""
    self.count, self.size = count, size
    self.times = np.zeros(2)
    self._random = np.random.default_rng(seed)

  def __len__(self) -> int:
    return -(-self.count // _BATCH)

  def __iter__(self) -> Iterator[np.ndarray]:
    for start in range(0, self.count, _BATCH):
      begun = _now()
      shape = (min(_BATCH, self.count - start), self.size, self.size, 3)
      # A colour for each image, so that images differ by more than noise.
      noise = self._random.random(shape, np.float32)
      noise *= self._random.random((shape[0], 1, 1, 3), np.float32)
      noise -= 0.5
      self.times += _now() - begun
      yield noise


def _now() -> np.ndarray:
  """Returns the seconds that the clock shows, and those of this process."""
  return np.array([time.perf_counter(), time.process_time()])


def measure(count: int, size: int, features: int) -> dict:
  """Returns seconds of each step, and the bytes that all of them need."""
  model = network(size, features)
  first = Stream(_BATCH, size, 2)
  tgp.metrics.Evaluator(model, first).evaluate(next(iter(first)))  # traces
  before = _reset_peak()
  times, found = {}, {}

  def take(step, function, stream=None):
    begun = _now()
    found[step] = function()
    times[step] = _now() - begun - (stream.times if stream else 0.0)

  real, generated = (Stream(count, size, seed) for seed in (0, 1))
  take("read", lambda: tgp.metrics.Evaluator(model, real), real)
  evaluator = found["read"]
  take("evaluate", lambda: evaluator.evaluate(generated), generated)
  with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder, "real.npz")
    take("save", lambda: evaluator.save(path))
    megabytes = path.stat().st_size / 1e6
    take("load", lambda: tgp.metrics.Evaluator.load(path, model))
  return {
    "images": count,
    "seconds": {step: float(x[0]) for step, x in times.items()},
    "cpu_seconds": {step: float(x[1]) for step, x in times.items()},
    "bytes": _status("VmHWM") - before,
    "file_megabytes": megabytes,
    "results": found["evaluate"],
  }


def _reset_peak() -> int:
  """Forgets the peak memory so far, and returns what is in use now."""
  pathlib.Path("/proc/self/clear_refs").write_text("5")
  return _status("VmRSS")


def _status(field: str) -> int:
  for line in pathlib.Path("/proc/self/status").read_text().splitlines():
    if line.startswith(field + ":"):
      return int(line.split()[1]) * 1024
  raise OSError(f"/proc/self/status has no {field}.")


def in_subprocess(count: int) -> dict:
  """Returns what `measure` does, in a process whose memory is its own."""
  done = subprocess.run(
    [
      *(sys.executable, "-m", "benchmarks.quality.evaluator_scale"),
      f"--only_count={count}",
      f"--feature_count={_FEATURES.value}",
      f"--image_pixels={_SIZE.value}",
    ],
    stdout=subprocess.PIPE,
    check=True,
    text=True,
    cwd=_ROOT,
    # glibc would keep freed memory for later.
    env=os.environ
    | {"TF_CPP_MIN_LOG_LEVEL": "3", "MALLOC_MMAP_THRESHOLD_": "65536"},
  )
  return json.loads(done.stdout.splitlines()[-1])


def exponents(results: list[dict]) -> dict[str, float]:
  """Returns the slope of each column over the images, both as logarithms."""
  counts = np.log([result["images"] for result in results])
  columns = {
    name: [result["cpu_seconds"][name] for result in results]
    for name in results[0]["cpu_seconds"]
  }
  columns["bytes"] = [result["bytes"] for result in results]
  return {
    name: float(np.polyfit(counts, np.log(np.maximum(values, 1e-3)), 1)[0])
    for name, values in columns.items()
  }


def format_results(results: list[dict]) -> str:
  """Returns a table of processor seconds and memory, in Markdown."""
  steps = list(results[0]["cpu_seconds"])
  header = [
    "images",
    *(f"{step}, CPU s" for step in steps),
    "peak, MiB",
    "file, MB",
  ]
  rows = [
    [
      f"{result['images']:,}",
      *(f"{result['cpu_seconds'][step]:.2f}" for step in steps),
      f"{result['bytes'] / 2**20:.0f}",
      f"{result['file_megabytes']:.0f}",
    ]
    for result in results
  ]
  if len(results) > 1:
    found = exponents(results)
    texts = [f"{found[name]:.2f}" for name in (*steps, "bytes")]
    rows.append(["exponent", *texts, ""])
  most = max(result["bytes"] for result in results)
  word = "met" if most <= _GOAL else "missed"
  return (
    markdown_table.text(header, rows)
    + f"\n\nGoal, at most 2 GiB beside the network: {word}."
  )


def main(argv):
  """Measures, prints and writes."""
  del argv
  if _COUNT.value:
    print(json.dumps(measure(_COUNT.value, _SIZE.value, _FEATURES.value)))
    return
  settings = {
    "seed": _SEED,
    "batch": _BATCH,
    "pixels": _SIZE.value,
    "features": _FEATURES.value,
  }
  file = result_files.opened("evaluator_scale", settings)
  results = [in_subprocess(int(count)) for count in _COUNTS.value]
  record = file.add({"results": results}, rows=["images"])
  if len(record["results"]) > 1:
    file.write(record | {"exponents": exponents(record["results"])})
  print(format_results(record["results"]))


if __name__ == "__main__":
  app.run(main)
