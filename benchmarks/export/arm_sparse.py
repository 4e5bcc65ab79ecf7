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
"""Measures how much faster zeros make a sparse generator on ARM, in emulation.

  python -m benchmarks.export.arm_sparse --arm_root=runs/arm_root

prunes the 1x1 convolutions of `tgp.networks.sparse_generator`, exports it for
'arm-sparse', and times it beside the dense one in LiteRT for aarch64, under
QEMU's user emulation. Milliseconds there say nothing about a phone; how many
times fewer the sparse one takes says something, since both go through the same
translation. The table is written as JSON.
"""

import dataclasses
import json
import pathlib
import sys
import tempfile

import numpy as np
import tensorflow as tf
from absl import app, flags

import tf_ganprune as tgp
from benchmarks import result_files, timing, verdicts
from benchmarks.export import arm_program, arm_root
from tf_ganprune import markdown_table

_FOLDER = flags.DEFINE_string(
  "arm_root", "runs/arm_root", "Where Python and LiteRT for ARM go, 300 MB."
)
_ZEROS = flags.DEFINE_list("arm_zeros", ["0.7", "0.8", "0.9"], "Shares.")
_SHAPES = {"28x28": (28, 28, 1), "32x32": (32, 32, 3), "64x64": (64, 64, 3)}
_PROGRAM = pathlib.Path(__file__).with_name("arm_program.py")
_TOLERANCE = 1e-4
_SEED = 0
# The least of what was seen with such networks at 70 to 90 % zeros.
_GOAL, _GOAL_ZEROS = 2.0, 0.8


def sparse(network: tgp.keras.Model, zeros: float) -> tgp.keras.Model:
  """Returns a copy in which a share of each 1x1 kernel is zero."""
  policy = tgp.PruneForLatencyOnXNNPack()
  copy = tgp.keras.models.clone_model(network)
  copy.set_weights(network.get_weights())
  for layer in filter(policy.allow_pruning, copy.layers):
    size = np.abs(layer.kernel)
    layer.kernel.assign(
      tf.where(size > np.quantile(size, zeros), layer.kernel, 0.0)
    )
  return copy


def build(shape: tuple[int, int, int]) -> tgp.keras.Model:
  """Returns a generator whose batch norms have something to do."""
  tgp.keras.utils.set_random_seed(_SEED)
  network = tgp.networks.sparse_generator(shape)
  random = np.random.default_rng(_SEED)
  for layer in network.layers:
    if isinstance(layer, tgp.keras.layers.BatchNormalization):
      layer.moving_mean.assign(0.1 * random.standard_normal(layer.gamma.shape))
      layer.moving_variance.assign(random.uniform(0.5, 1.5, layer.gamma.shape))
  return network


def export(network, shares: list[float], folder: pathlib.Path) -> dict:
  """Writes the dense file and the sparse ones; returns them by share."""
  made = {0.0: folder / "dense.tflite"}
  tgp.export_tflite(network, made[0.0], "cpu")
  for share in shares:
    made[share] = folder / f"sparse_{share:g}.tflite"
    tgp.export_tflite(sparse(network, share), made[share], "arm-sparse")
  return made


def measure(
  shape: tuple[int, int, int],
  shares: list[float],
  root: arm_root.ArmRoot,
  rounds: int,
) -> list[dict]:
  """Returns a row for the dense file and for each share of zeros.

  Args:
    shape: Of the images.
    shares: Of zeros in each 1x1 kernel.
    root: What runs the files.
    rounds: How often each file is timed.

  Raises:
    ArithmeticError: If a file computes something else there than here.
  """
  with tempfile.TemporaryDirectory(prefix="tf_ganprune_") as folder:
    paths = export(build(shape), shares, pathlib.Path(folder))
    names = [str(path) for path in paths.values()]
    found = json.loads(root.run(_PROGRAM, str(rounds), *names))
    rows = [
      _row(share, path, found[str(path)]) for share, path in paths.items()
    ]
  for row in rows:
    row["times_faster"] = rows[0]["median"] / row["median"]
  return rows


def _row(share, path, found) -> dict:
  here = arm_program.outputs(arm_program.load(str(path)))
  difference = float(np.max(np.abs(np.subtract(here, found["outputs"]))))
  if not difference < _TOLERANCE:
    raise ArithmeticError(
      f"{path.name} computes something else on ARM: {difference:.2g}."
    )
  summary = timing.Timing.of(found["seconds"])
  return {
    "zeros": share,
    "num_bytes": path.stat().st_size,
    "difference": difference,
  } | dataclasses.asdict(summary)


def goals(record: dict) -> dict[str, bool]:
  """Returns by image size whether the sparse file is as fast as it should."""
  return {
    f"{images}, {_GOAL_ZEROS:.0%} zeros": _is_met(row)
    for images, rows in record["results"].items()
    for row in rows
    if row["zeros"] == _GOAL_ZEROS
  }


def table(record: dict) -> str:
  """Returns what a machine's record has, in Markdown."""
  results = record["results"]
  header = ("images", "zeros", "ms, emulated", "times faster", "bytes", "goal")
  lines = [_line(n, row) for n, rows in results.items() for row in rows]
  return markdown_table.text(header, lines)


def _line(images: str, row: dict) -> list:
  milliseconds = f"{1e3 * row['median']:.3g} ± {1e3 * row['half_width']:.1g}"
  return [
    images,
    f"{row['zeros']:.0%}",
    milliseconds,
    f"{row['times_faster']:.2f}",
    f"{row['num_bytes']:,}",
    _verdict(row),
  ]


def _is_met(row: dict) -> bool:
  return row["times_faster"] >= _GOAL


def _verdict(row: dict) -> str:
  if row["zeros"] != _GOAL_ZEROS:
    return ""
  return f"{_GOAL:g}: {verdicts.word(_is_met(row))}"


def main(argv):
  """Measures, prints and writes."""
  del argv
  if (lacks := arm_root.missing()) is not None:
    sys.exit(f"arm_sparse: {lacks}")
  file = result_files.opened(
    "arm_sparse", {"seed": _SEED, "goal": _GOAL, "goal_zeros": _GOAL_ZEROS}
  )
  root = arm_root.ArmRoot(_FOLDER.value).make()
  shares = [float(share) for share in _ZEROS.value]
  for name, shape in _SHAPES.items():
    rows = measure(shape, shares, root, timing.ROUNDS.value)
    file.add({"results": {name: rows}}, rows=["zeros"])
  print(verdicts.text(file.machines(), table, goals))


if __name__ == "__main__":
  app.run(main)
