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
"""Measures what every export target makes of dense and pruned generators.

  python -m benchmarks.export.targets

exports some generators, dense, with 80 % zeros and with a quarter of their
channels, for every target, and times the files of a generator in turn, on one
thread of the CPU. Then come the goals, as shares of what TensorFlow's converter
makes of the dense generator by itself. Results are written as JSON. The
weights are random, so that the errors say how exact a file is and not what its
images look like.
"""

import contextlib
import dataclasses
import gzip
import pathlib
import platform
import tempfile
import time
from collections.abc import Iterator
from unittest import mock

from absl import app, flags

import tf_ganprune as tgp
from benchmarks import result_files, timing, verdicts
from benchmarks.export import export_networks, goals, plain_converter
from tf_ganprune import markdown_table
from tf_ganprune.export import gpu_run

_NETWORKS = flags.DEFINE_multi_enum(
  "export_network",
  list(export_networks.NETWORKS),
  list(export_networks.NETWORKS),
  "What to export; may be repeated.",
)
_TARGETS = flags.DEFINE_multi_enum(
  "export_target",
  list(tgp.EXPORT_TARGETS),
  list(tgp.EXPORT_TARGETS),
  "What to export for; may be repeated.",
)
# What names a row of a network, and a goal.
_ROW = ("network", "variant", "target", "quantity")
_RUNS = 20
_SECONDS = 30.0
_PLAIN = "converter's own float32"
_GPU_GOAL = 5.0
_ON_CPU = "timed on the CPU"
_NOT_SPARSE = "x86 does not run it sparsely"


def measure(name: str, targets: list[str], rounds: int) -> dict:
  """Exports and times a network.

  Args:
    name: In `export_networks.NETWORKS`.
    targets: Names from `tgp.EXPORT_TARGETS`.
    rounds: How often each file is timed at most.

  Returns:
    A row for each variant and target, in which either the file's numbers are
    or why it was refused; and that of the converter's own dense file.
  """
  network = export_networks.build(name)
  with tempfile.TemporaryDirectory(prefix="tf_ganprune_") as folder:
    folder = pathlib.Path(folder)
    plain, file = _plain(network, folder)
    files = {None: file}
    rows = []
    for variant in (
      export_networks.DENSE,
      export_networks.ZEROS,
      export_networks.FEWER,
    ):
      cut = _Cut(network, variant)
      for target in targets:
        files[len(rows)] = folder / f"{len(rows)}.tflite"
        rows.append(_exported(cut, target, files[len(rows)]))
    timings = _timed({k: x for k, x in files.items() if x.exists()}, rounds)
  for index, found in timings.items():
    row = plain if index is None else rows[index]
    row |= dataclasses.asdict(found)
  return {"plain": plain, "rows": rows}


class _Cut:
  """What pruning leaves of a network, each made once."""

  def __init__(self, network, variant):
    self.variant = variant
    self._network = network
    self._made = {}

  def get(self, zeros: export_networks.Zeros) -> tgp.keras.Model:
    """Returns it.

    Args:
      zeros: Which zeros, where there are to be some.

    Raises:
      ValueError: If the network cannot be pruned so.
    """
    if zeros.name not in self._made:
      self._made[zeros.name] = self._make(zeros)
    return self._made[zeros.name]

  def _make(self, zeros):
    if self.variant == export_networks.DENSE:
      return self._network
    if self.variant == export_networks.ZEROS:
      return export_networks.with_zeros(self._network, zeros)
    return export_networks.with_fewer_channels(self._network)


def _plain(network, folder) -> tuple[dict, pathlib.Path]:
  path = folder / "plain.tflite"
  path.write_bytes(content := plain_converter.convert(network))
  return {
    "variant": export_networks.DENSE,
    "target": _PLAIN,
    "num_bytes": len(content),
    "gzip_bytes": len(gzip.compress(content, 9, mtime=0)),
  }, path


def _exported(cut: _Cut, target: str, path: pathlib.Path) -> dict:
  zeros = export_networks.ANYWHERE
  if cut.variant == export_networks.ZEROS:
    zeros = export_networks.FOR_TARGET.get(target, zeros)
  row = {"variant": cut.variant, "zeros": zeros.name, "target": target}
  begun = time.perf_counter()
  with _gpu_clock() as seconds:
    try:
      network = cut.get(zeros)
      report = tgp.export_tflite(network, path, target)
    except ValueError as error:
      return row | {"refused": str(error)}
  row["export_seconds"] = time.perf_counter() - begun
  if seconds:
    row["gpu_check_seconds"] = sum(seconds)
  return row | {
    "params": network.count_params(),
    "share_of_zeros": tgp.sparsity_report(network).overall,
    "num_bytes": report.num_bytes,
    "gzip_bytes": report.gzip_bytes,
    "max_abs_error": report.max_abs_error,
    "delegated": report.delegated,
    "notes": report.notes,
  }


@contextlib.contextmanager
def _gpu_clock() -> Iterator[list[float]]:
  """Times the runs on a GPU inside of an export, where a first one is cold."""
  seconds, run = [], gpu_run.run

  def timed(*args):
    begun = time.perf_counter()
    try:
      return run(*args)
    finally:
      seconds.append(time.perf_counter() - begun)

  with mock.patch.object(gpu_run, "run", timed):
    yield seconds


def _timed(files, rounds) -> dict:
  return timing.run(
    {key: _inference(path) for key, path in files.items()},
    max_rounds=rounds,
    max_seconds=_SECONDS,
    timer=lambda inference: inference(),
  )


def _inference(path):
  """Returns what gives the median seconds of some inferences with a file."""
  return lambda: tgp.benchmark_tflite(path, runs=_RUNS).median_ms / 1e3


_HEADER = (
  "variant",
  "target",
  "ms",
  "bytes",
  "gzip",
  "max abs error",
  "delegated",
  "remarks",
)


def table(result: dict) -> str:
  """Returns a network's rows in Markdown.

  Args:
    result: From `measure`.
  """
  return markdown_table.text(
    _HEADER, [_line(row) for row in (result["plain"], *result["rows"])]
  )


def _line(row) -> list:
  if "refused" in row:
    empty = [""] * (len(_HEADER) - 4)
    return [row["variant"], row["target"], "refused", *empty, _remarks(row)]
  delegated, error = row.get("delegated"), row.get("max_abs_error")
  return [
    row["variant"],
    row["target"],
    f"{1e3 * row['median']:.3g} ± {1e3 * row['half_width']:.1g}",
    f"{row['num_bytes']:,}",
    f"{row['gzip_bytes']:,}",
    "" if error is None else f"{error:.1g}",
    "" if delegated is None else f"{delegated:.0%}",
    _remarks(row),
  ]


def _remarks(row) -> str:
  found = [row.get("zeros")]
  if "refused" not in row:
    target = tgp.EXPORT_TARGETS.get(row["target"])
    if target and target.accelerator != "cpu":
      found.append(_ON_CPU)
    if row["target"] == "arm-sparse" and platform.machine() == "x86_64":
      found.append(_NOT_SPARSE)
  return "; ".join(filter(None, found))


def gpu_check(results: dict[str, dict]) -> dict:
  """Returns the most seconds that a check on a GPU added to an export.

  Args:
    results: From `measure`, by the networks' names.
  """
  seconds = [
    row["gpu_check_seconds"]
    for result in results.values()
    for row in result["rows"]
    if row.get("gpu_check_seconds") and row["delegated"] is not None
  ]
  if not seconds:
    return {"goal": _GPU_GOAL, "seconds": None}
  return {"goal": _GPU_GOAL, "seconds": max(seconds), "checks": len(seconds)}


def _gpu_sentence(check) -> str:
  if check["seconds"] is None:
    return "No file was checked on a GPU."
  verdict = verdicts.word(check["seconds"] <= check["goal"])
  return (
    f"The check on a GPU added {check['seconds']:.1f} s to an export at most"
    f" ({check['checks']} exports). Goal {check['goal']:g} s: {verdict}"
  )


def _met(record: dict) -> dict[str, bool]:
  """Returns whether each goal is met, by its name."""
  check = record["gpu_check"]
  found = {goals.name(one): one["is_met"] for one in record["goals"]}
  if check["seconds"] is not None:
    found["check on a GPU"] = check["seconds"] <= check["goal"]
  return found


def _text(record: dict) -> str:
  """Returns what a machine's record has, in Markdown."""
  networks = [f"{x}\n\n{table(y)}" for x, y in record["results"].items()]
  compared = goals.table(record["goals"])
  return "\n\n".join([*networks, compared, _gpu_sentence(record["gpu_check"])])


def main(argv):
  """Measures, prints and writes."""
  del argv
  file = result_files.opened(
    "export_targets",
    {
      "seed": export_networks.SEED,
      "runs": _RUNS,
      "sparsity": export_networks.SPARSITY,
      "channels": export_networks.CHANNELS,
      "architecture": platform.machine(),
    },
  )
  for name in _NETWORKS.value:
    result = measure(name, _TARGETS.value, timing.ROUNDS.value)
    print(f"Measured {name}.", flush=True)
    found = {"goals": goals.compare(name, **result), "results": {name: result}}
    record = file.add(found, levels=2, rows=_ROW)
    file.write(record | {"gpu_check": gpu_check(record["results"])})
  print(f"\n{verdicts.text(file.machines(), _text, _met)}")


if __name__ == "__main__":
  app.run(main)
