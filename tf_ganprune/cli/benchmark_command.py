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
"""The command `benchmark`, which times `.tflite` files on this machine."""

import pathlib

from absl import flags

from tf_ganprune.cli import command


def _define(values: flags.FlagValues) -> None:
  flags.DEFINE_integer(
    "threads", 1, "Threads on the CPU.", lower_bound=1, flag_values=values
  )
  flags.DEFINE_integer(
    "runs", 50, "Runs to time of each file.", lower_bound=1, flag_values=values
  )
  flags.DEFINE_enum(
    "accelerator",
    "cpu",
    ["cpu", "gpu"],
    "The processor to run on: cpu or gpu.",
    flag_values=values,
  )


def _run(files: list[str], values: flags.FlagValues) -> int:
  for path in files:
    if pathlib.Path(path).suffix == ".keras":
      raise ValueError(
        f"{path!r} is no .tflite file; export it first: {command.PROGRAM}"
        f" export {path} --output={pathlib.Path(path).with_suffix('.tflite')}"
      )
  from tf_ganprune.export import benchmark  # noqa: PLC0415

  timed = [
    benchmark.benchmark_tflite(
      path, values.threads, values.runs, values.accelerator
    )
    for path in files
  ]
  width = max(map(len, files))
  for path, one in zip(files, timed, strict=True):
    ratio = ""
    if one is not timed[0]:
      ratio = f", ×{one.median_ms / timed[0].median_ms:.2f}"
    print(
      f"{path:<{width}}  {one.median_ms:.3f} ms (95th percentile"
      f" {one.p95_ms:.3f} ms){ratio}"
    )
  threads = f", {values.threads} thread{'s' * (values.threads > 1)}"
  on_cpu = threads if values.accelerator == "cpu" else ""
  print(f"Medians of {values.runs} runs on {timed[0].device}{on_cpu}.")
  return 0


COMMAND = command.Command(
  name="benchmark",
  summary="Times .tflite files in LiteRT on this machine",
  usage="FILE.tflite...",
  examples=(
    "benchmark generator.tflite --threads=2 --runs=50\n"
    "benchmark dense.tflite pruned.tflite small.tflite"
  ),
  details=(
    "Each file runs five times to warm up. Ratios are to the first file. A"
    " phone is another machine: docs/guides/devices.md says how to measure"
    " there."
  ),
  define=_define,
  run=_run,
  files=(1, float("inf")),
)
