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
"""Measures saved networks, and makes the comparison for `report`."""

import dataclasses
import pathlib
import tempfile

from absl import flags

from tf_ganprune import channels, files, inputs
from tf_ganprune.cli import command, outcomes, saved
from tf_ganprune.export import benchmark, targets, tflite
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import scores
from tf_ganprune.report import comparison, machine, optional_imports
from tf_ganprune.sparsity import report as sparsity_report
from tf_ganprune.sparsity import strip

# The most images to measure; fewer if there are fewer real ones.
_MOST_MEASURED = 1000


@dataclasses.dataclass(frozen=True)
class _Entry:
  """A network in the comparison, with its inputs and outputs."""

  name: str
  network: keras.Model
  source: object | None  # draws its inputs
  outcome: outcomes.Outcome


def compare(
  paths: list[str], values: flags.FlagValues
) -> comparison.Comparison:
  """Loads, runs, measures and exports networks, and compares them.

  Args:
    paths: The paths of `.keras` files, the base first.
    values: The flags of `report`.

  Raises:
    ValueError: If a file cannot be loaded, or a flag has a wrong value.
    ImportError: If jinja2 or matplotlib is not installed.
  """
  for module in ("jinja2", "matplotlib"):
    optional_imports.need(module)
  _check(values)
  saved.import_modules(values["import"].value)
  evaluator = saved.evaluator(values.reference, values.feature_model)
  named = dict(zip(_names(paths), _networks(paths, values), strict=True))
  entries = [
    _entry(name, network, _source(network, named), values, evaluator)
    for name, (network, _) in named.items()
  ]
  notes = [x.outcome.note for x in entries if x.outcome.note]
  exported = _files(entries, values, notes)
  contestants = [
    dataclasses.replace(
      _contestant(x, entries[0], values, evaluator, notes),
      files=exported[x.name],
    )
    for x in entries
  ]
  shown = outcomes.sections(
    {x.name: x.outcome for x in entries},
    values.num_samples,
    saved.read_arrays("truth", values.truth),
    values.sample_rate,
    notes,
  )
  return comparison.Comparison(
    values.title or " and ".join(named),
    contestants,
    settings=_settings(paths, values),
    machine=machine.text(),
    notes=[command.in_flags(x, values) for x in dict.fromkeys(notes)],
    scores=_scores(entries, evaluator),
    sections=shown,
  )


def _check(values) -> None:
  files.check(values.output)
  if values.truth is not None and values.samples is None:
    raise ValueError("--truth needs --samples, the inputs of the true outputs.")


def _names(paths: list[str]) -> list[str]:
  """Returns the names of files without suffix, or paths if names are equal."""
  stems = [pathlib.Path(path).stem for path in paths]
  if len(set(stems)) == len(stems):
    return stems
  if len(set(paths)) == len(paths):
    return paths
  raise ValueError(f"A file is given twice: {', '.join(paths)}; give it once.")


def _networks(paths: list[str], values) -> list[tuple]:
  """Loads networks, each with the object that draws its inputs, or None.

  --network is used for files with several networks.
  """
  found, alone = [], []
  for path in paths:
    try:
      found.append(saved.load_with_inputs(path, values.network))
    except saved.OneNetworkError as error:
      alone.append(error)
      found.append((error.network, None))
  if len(alone) == len(paths):
    raise alone[0]
  return [(strip.strip_pruning(network), source) for network, source in found]


def _source(network, named):
  """Returns the object that draws a network's inputs; None if no file has one.

  It is the first one whose inputs the network takes, so that networks with the
  same kind of inputs get the same inputs.
  """
  own = next(source for one, source in named.values() if one is network)
  for _, source in named.values():
    if source is not None and inputs.takes(network, source):
      return source
  return own


def _entry(name, network, source, values, evaluator) -> _Entry:
  count = values.num_samples
  if evaluator is not None:
    real = len(evaluator.real_features)
    count = max(count, min(real, _MOST_MEASURED))
  outcome = outcomes.outcome(
    name,
    network,
    saved.read_arrays("samples", values.samples),
    count,
    values.seed,
    values.input_shape,
    values.value_range,
    source,
  )
  return _Entry(name, network, source, outcome)


def _contestant(
  entry, base, values, evaluator, notes
) -> comparison.NetworkResult:
  sparsity = sparsity_report.sparsity_report(entry.network)
  return comparison.NetworkResult(
    entry.name,
    _metrics(entry, base, evaluator),
    zeros=sparsity.overall,
    parameters=entry.network.count_params(),
    macs=_macs(entry, values.input_shape, notes),
    sparsity=sparsity.layers,
  )


def _macs(entry, input_shape, notes) -> int | None:
  try:
    return channels.profile(entry.network, input_shape).macs
  except ValueError as error:
    notes.append(f"{entry.name}: no MACs were counted: {error}")
    return None


def _metrics(entry, base, evaluator) -> dict:
  metrics = {}
  images = entry.outcome.images
  if evaluator is not None:
    if images is None:
      raise ValueError(
        f"--reference: {entry.name!r} makes no images that could be measured;"
        " leave --reference and --feature_model out."
      )
    found = evaluator.evaluate(images)
    metrics |= {k: x for k, x in found.items() if k != "num_classes"}
  if entry is not base:
    metrics["difference"] = outcomes.difference(base.outcome, entry.outcome)
  return metrics


def _scores(entries, evaluator) -> list[scores.Score]:
  known = list(scores.KNOWN) if evaluator is not None else []
  if len(entries) == 1:
    return known
  title = f"Mean difference from {entries[0].name}"
  return [*known, scores.Score("difference", title, "lower")]


def _files(entries, values, notes) -> dict[str, list[comparison.FileResult]]:
  """Exports all networks, and times the files for CPUs in turn."""
  found = {entry.name: [] for entry in entries}
  with tempfile.TemporaryDirectory() as folder:
    for target in dict.fromkeys(values.target):
      reports = _reports(entries, pathlib.Path(folder), target, values, notes)
      for name, exported in reports.items():
        found[name].append(_result(exported, values))
  return found


def _reports(entries, folder, target, values, notes) -> dict:
  """Returns the reports of the exports, and adds notes on those that failed."""
  reports = {}
  given = saved.read_arrays("samples", values.samples)
  for i, entry in enumerate(entries):
    try:
      reports[entry.name] = tflite.export_tflite(
        entry.network,
        folder / f"{i}_{target}.tflite",
        target,
        entry.source if given is None else given,
        input_shape=values.input_shape,
      )
    except ValueError as error:
      notes.append(f"{entry.name}, {target}: {error}")
  return reports


def _result(exported, values) -> comparison.FileResult:
  median = None
  if targets.get(exported.target).accelerator == "cpu":
    timed = benchmark.benchmark_tflite(exported.path, runs=values.runs)
    median = timed.median_ms
  return comparison.FileResult(
    exported.target,
    exported.num_bytes,
    exported.gzip_bytes,
    median,
    exported.max_abs_error,
    [command.in_flags(note, values) for note in exported.notes],
  )


def _settings(paths, values) -> dict[str, object]:
  """Returns the paths, and the flags that were given, for the page."""
  given = {
    f"--{name}": values[name].value
    for name in values
    if values[name].name == name and values[name].present
  }
  return {"networks": ", ".join(paths)} | given
