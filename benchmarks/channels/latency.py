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
"""Measures what fewer channels save in LiteRT: milliseconds and bytes.

  python -m benchmarks.channels.latency --latency_generator=dense.keras

cuts a generator to fractions of its MACs, exports the dense one and what is
left in float32 and int8, and times all files in turn. The goals compare with
the dense float32 file; another column, with what TensorFlow's converter makes
of the dense generator by itself, in which nothing is rewritten. The flag may be
repeated; then means and standard deviations over the generators are printed.
The table is written as JSON.
"""

import dataclasses
import gzip
import pathlib
import statistics
import tempfile

import tensorflow as tf
from absl import app, flags

import tf_ganprune as tgp
from benchmarks import result_files, timing, verdicts
from benchmarks.export import plain_converter
from tf_ganprune import markdown_table
from tf_ganprune.experiments import (
  spread,
)

_GENERATORS = flags.DEFINE_multi_string(
  "latency_generator",
  None,
  "A trained generator's .keras file; may be repeated. By default one of the"
  " main job's size that is not trained.",
)
_RATIOS = flags.DEFINE_list(
  "latency_ratios", ["4", "8", "16", "24", "40"], "Times fewer MACs."
)
_ROUND_TO = flags.DEFINE_list(
  "latency_round_to",
  ["4", "8"],
  "Widths that are multiples of this as well, at the goal's ratio.",
)
_TARGETS = ("cpu", "cpu-int8")
_PLAIN = "converter's own float32"
_CUT = {"importance": "l2", "allocation": "equal"}
_GOAL_RATIO = 16
# The least times that it is faster and smaller than the dense float32 file.
_GOALS = {"times_faster": 10, "times_smaller": 20}
_LATENTS = 256
_RUNS = 50
_SEED = 0


@dataclasses.dataclass(frozen=True)
class Variant:
  """How much of a generator is left.

  Attributes:
    ratio: Times fewer MACs; 1 is the dense generator.
    round_to: Its widths are multiples of this.

  Example:
    `Variant(16, round_to=8).name`
  """

  ratio: float
  round_to: int = 1

  @property
  def name(self) -> str:
    """For the table."""
    if self.ratio == 1:
      return "dense"
    rounded = f", multiples of {self.round_to}" if self.round_to > 1 else ""
    return f"{self.ratio:g}{rounded}"


def plan() -> list[Variant]:
  """Returns what the flags ask for; the dense generator comes first."""
  ratios = [Variant(float(ratio)) for ratio in _RATIOS.value]
  rounded = [Variant(_GOAL_RATIO, int(width)) for width in _ROUND_TO.value]
  return [Variant(1), *ratios, *rounded]


def cut(generator: tgp.keras.Model, variant: Variant) -> tgp.keras.Model:
  """Returns what a variant leaves of a generator."""
  if variant.ratio == 1:
    return generator
  latents = tf.random.stateless_normal(
    [_LATENTS, *generator.input_shape[1:]], [_SEED, 1]
  )
  return tgp.prune_channels(
    generator,
    macs=1 / variant.ratio,
    round_to=variant.round_to,
    data=latents,
    **_CUT,
  )


def measure(
  generator: tgp.keras.Model, variants: list[Variant], rounds: int
) -> list[dict]:
  """Returns a row for each variant and target, the dense float32 file first.

  Args:
    generator: The dense one.
    variants: The dense one first.
    rounds: How often each file is timed at most.
  """
  with tempfile.TemporaryDirectory(prefix="tf_ganprune_") as folder:
    rows = []
    for variant in variants:
      rows += _exported(cut(generator, variant), variant, folder)
    plain = _plain(rows[0], generator, folder)
    rows.insert(1, plain)
    timings = timing.run(
      {row["file"]: _inference(row["file"]) for row in rows},
      max_rounds=rounds,
      timer=lambda inference: inference(),
    )
  for row in rows:
    row |= dataclasses.asdict(timings[row.pop("file")])
  dense = rows[0]
  for row in rows:
    row["times_faster"] = dense["median"] / row["median"]
    row["times_faster_than_plain"] = plain["median"] / row["median"]
    row["times_smaller"] = dense["num_bytes"] / row["num_bytes"]
  return rows


def _exported(network, variant, folder) -> list[dict]:
  profile = tgp.profile(network)
  numbers = {
    "macs": profile.macs,
    "params": profile.params,
    "widths": [x.output_shape[-1] for x in profile.layers if x.macs],
  }
  rows = []
  for target in _TARGETS:
    path = pathlib.Path(folder) / f"{variant.name}_{target}.tflite"
    report = tgp.export_tflite(network, path, target)
    rows.append(
      dataclasses.asdict(variant)
      | {"name": variant.name, "target": target, "file": str(path)}
      | numbers
      | {
        "num_bytes": report.num_bytes,
        "gzip_bytes": report.gzip_bytes,
        "max_abs_error": report.max_abs_error,
      }
    )
  return rows


def _plain(dense: dict, generator, folder) -> dict:
  """Returns a row like the dense one of a file that is not ours."""
  content = plain_converter.convert(generator)
  path = pathlib.Path(folder) / "plain.tflite"
  path.write_bytes(content)
  return dense | {
    "target": _PLAIN,
    "file": str(path),
    "num_bytes": len(content),
    "gzip_bytes": len(gzip.compress(content, 9, mtime=0)),
    "max_abs_error": 0.0,
  }


def _inference(path: str):
  """Returns what gives the median seconds of some inferences with a file."""
  return lambda: tgp.benchmark_tflite(path, runs=_RUNS).median_ms / 1e3


def goals(record: dict) -> dict[str, bool]:
  """Returns whether goals are met, by the rows' names and the quantities."""
  return {
    f"{rows[0]['name']}, {rows[0]['target']}: {_goal(name)}": is_met
    for rows in _lines(record)
    if rows[0]["ratio"] == _GOAL_RATIO
    for name, is_met in _met(rows).items()
  }


def table(record: dict) -> str:
  """Returns what a machine's record has, in Markdown."""
  header = (
    "times fewer MACs",
    "target",
    "ms",
    "times faster",
    "than the converter's own",
    "bytes",
    "gzip",
    "times smaller",
    "max abs error",
    "goals",
  )
  return markdown_table.text(header, map(_line, _lines(record)))


def _lines(record: dict) -> list[list[dict]]:
  """Returns for each line of the table a row of every generator."""
  lines = {}
  for rows in record["results"].values():
    for row in rows:
      lines.setdefault((row["name"], row["target"]), []).append(row)
  return list(lines.values())


def _line(rows) -> list:
  """Returns a line of the table from one row of each generator."""
  means = {
    name: statistics.fmean(row[name] for row in rows)
    for name in ("num_bytes", "gzip_bytes", "max_abs_error")
  }
  return [
    rows[0]["name"],
    rows[0]["target"],
    _milliseconds(rows),
    _with_spread([row["times_faster"] for row in rows]),
    _with_spread([row["times_faster_than_plain"] for row in rows]),
    f"{means['num_bytes']:,.0f}",
    f"{means['gzip_bytes']:,.0f}",
    _with_spread([row["times_smaller"] for row in rows]),
    f"{means['max_abs_error']:.1g}",
    _verdicts(rows),
  ]


def _milliseconds(rows) -> str:
  if len(rows) > 1:
    return _with_spread([1e3 * row["median"] for row in rows])
  (row,) = rows
  return f"{1e3 * row['median']:.3g} ± {1e3 * row['half_width']:.1g}"


def _with_spread(values: list[float]) -> str:
  return spread.text(spread.over_seeds(values), ".3g", ".1g")


def _met(rows) -> dict[str, bool]:
  """Returns by quantity whether the generators' mean reaches the goal."""
  return {
    name: statistics.fmean(row[name] for row in rows) >= goal
    for name, goal in _GOALS.items()
  }


def _goal(name: str) -> str:
  return f"{_GOALS[name]} {name.replace('_', ' ')}"


def _verdicts(rows) -> str:
  if rows[0]["ratio"] != _GOAL_RATIO:
    return ""
  return ", ".join(
    f"{_goal(name)}: {verdicts.word(is_met)}"
    for name, is_met in _met(rows).items()
  )


def generators() -> dict[str, tgp.keras.Model]:
  """Returns the dense generators by their files, or one that is not trained."""
  if _GENERATORS.value:
    load = tgp.load_model
    paths = [pathlib.Path(path) for path in _GENERATORS.value]
    # The JSON is for others, who have no such folders.
    return {f"{path.parent.name}/{path.name}": load(path) for path in paths}
  tgp.keras.utils.set_random_seed(_SEED)
  shape, latent_dim = (28, 28, 1), 64
  return {"not trained": tgp.networks.dcgan_generator(shape, latent_dim)}


def main(argv):
  """Measures, prints and writes."""
  del argv
  file = result_files.opened(
    "channel_latency",
    {
      "seed": _SEED,
      "runs": _RUNS,
      "cut": _CUT,
      "goals": _GOALS | {"ratio": _GOAL_RATIO},
    },
  )
  for name, generator in generators().items():
    rows = measure(generator, plan(), timing.ROUNDS.value)
    file.add({"results": {name: rows}}, rows=["name", "target"])
  print(verdicts.text(file.machines(), table, goals))


if __name__ == "__main__":
  app.run(main)
