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
"""Exports a network to a `.tflite` file that was compared with Keras."""

import dataclasses
import functools
import gzip
import os
from collections.abc import Iterable

from tf_ganprune import array_types, files, inputs, keras3, metrics
from tf_ganprune import value_range as value_ranges
from tf_ganprune.export import (
  accelerators,
  attempts,
  check,
  conversions,
  export_report,
  finding,
  float16,
  image_ranges,
  image_ranges_file,
  labels_file,
  left_state,
  names,
  native,
  prepare,
  quality,
  remedies,
  samples,
  signature,
  single,
  targets,
  verify,
)
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import report as sparsity_report

_COMPARED = 8
_CALIBRATED = 300
# Random inputs to calibrate with are others than those to compare with.
_CALIBRATION_SEED = 1


def export_tflite(
  model: keras.Model,
  path: str | os.PathLike,
  target: str = "cpu",
  representative_data: array_types.Arrays
  | Iterable[array_types.Arrays]
  | inputs.Inputs
  | None = None,
  evaluator: metrics.Evaluator
  | metrics.ClassifierEvaluator
  | metrics.OutputEvaluator
  | None = None,
  input_shape: array_types.InputShape | None = None,
  value_range: tuple[float, float] | None = None,
  input_range: image_ranges.Ranges = None,
  output_range: image_ranges.Ranges = None,
) -> export_report.ExportReport:
  """Exports a network to a `.tflite` file that gives the same as Keras.

  The file takes inputs of batch 1. Before it is written to `path`, it is run in
  LiteRT on eight samples and compared with `model(x, training=False)`; for
  `'gpu'` on LiteRT's GPU accelerator as well, if a GPU is found. A file that is
  not right is never written, and a file that was at `path` before stays. Zeros
  of pruned networks are stored sparsely where that makes a smaller file which
  is right and not slower. The file of a generator of latents and labels says
  how many classes there are (`unzip -p file.tflite labels.txt`), if the network
  or `representative_data` does, and that of a network whose images are not in
  [-1, 1] which values mean black and white (`image_ranges.txt`). Layers that
  the target runs slowly or wrongly are replaced, in a copy of the network, by
  others that compute the same.

  Args:
    model: A built network, pruned or not. It is not changed. A network of
      Keras 3 is converted with `tgp.from_keras3` first.
    path: The file to write. Its folder must exist.
    target: A name from `EXPORT_TARGETS`; its entry says what it needs.
    representative_data: Inputs as the network will see them, to calibrate int8
      and to compare with: an array `[n, ...]`; a tuple, list or dict of arrays
      for several inputs; an iterable of such batches; or an object of
      `tgp.inputs`, such as a GAN's `input_source`. Up to 512 are used. If
      None, inputs are drawn: for an input that looks up rows, such as those of
      an embedding, numbers of rows; else floats from N(0, 1), as a GAN's
      latents are, `uint8` and `int8` from all their values, and other integers
      from 0 and 1.
    evaluator: A `tgp.metrics.Evaluator` of images; a `ClassifierEvaluator`; or
      an `OutputEvaluator`, which has a function of one's own. With it the
      report has `scores` of the file's outputs, and `keras_scores` of Keras's
      for the same inputs.
    input_shape: Sizes that the file takes, such as `(64, 64, 3)`, of a network
      that takes any; a list or a dict by name for several inputs.
    value_range: The values of the network's images that mean black and white,
      for the `evaluator`, the file and the ranges that follow; by default they
      follow from the activation at the network's end, such as (0, 1) for a
      sigmoid.
    input_range: The values of black and white in the images that the file
      takes, such as `(0, 1)` or `(0, 255)`, or `'uint8'` for bytes, if they are
      not the network's: the file then maps them to the network's itself. A dict
      by name for several inputs; those left out stay. `representative_data`
      stays as the network takes it.
    output_range: The same for the images that the file gives; bytes are rounded
      and clipped.

  Returns:
    The file's sizes, its largest difference from Keras, the share of the
    operators that the delegate runs, and notes on the choices made.

  Raises:
    ValueError: If the network or an argument does not fit, a range is asked for
      what is no image or whose own range is unknown, the target does not take
      the network (see `check_target`), the folder is missing or not writable,
      or no file is right.
    OSError: If writing fails all the same, for example on a full disk.
  """
  plan = targets.get(target)
  model = keras3.as_tf_keras(model)
  shapes = signature.sized(model, input_shape)
  value_ranges.checked(value_range)
  path = files.check(path)
  native.prepare()
  source = (
    representative_data if inputs.is_inputs(representative_data) else None
  )
  ends_of = functools.partial(
    image_ranges.ends,
    input_range=input_range,
    output_range=output_range,
    value_range=value_range,
    source=source,
  )
  with prepare.prepared(model, plan, shapes, ends_of) as ready:
    if evaluator is not None:
      quality.check(ready.own, evaluator)
    measure = None
    if evaluator is not None:
      measure = functools.partial(
        quality.measure,
        evaluator=evaluator,
        value_range=value_range,
        ends=ready.ends,
      )
    made = _make(ready, target, plan, representative_data, measure)
    ends = ready.ends
  classes = labels_file.number_of_classes(model, source)
  content = labels_file.appended(made.content, classes)
  shown = value_range or getattr(source, "value_range", None)
  content = image_ranges_file.appended(
    content, **image_ranges_file.of_file(model, ends, shown)
  )
  files.write(path, content)
  return export_report.ExportReport(
    path=path,
    target=target,
    num_bytes=len(content),
    gzip_bytes=len(gzip.compress(content, 9, mtime=0)),
    max_abs_error=made.max_abs_error,
    notes=tuple(made.notes),
    delegated=made.delegated,
    scores=made.quality.file if made.quality else {},
    keras_scores=made.quality.keras if made.quality else {},
  )


@dataclasses.dataclass(frozen=True)
class _Made:
  """The content of a right file, its error, and notes on it."""

  content: bytes
  max_abs_error: float
  delegated: float | None
  quality: quality.Quality | None
  notes: list[str]


def _make(ready, target, plan, representative_data, measure) -> _Made:
  is_given, source = representative_data is not None, None
  if inputs.is_inputs(representative_data):
    source, representative_data = representative_data, None
  given = _given(ready.own, representative_data)
  image_ranges.check_samples(ready.ends, given)
  calibration = ready.calibration(
    given or samples.draw(ready.own, _CALIBRATED, _CALIBRATION_SEED, source)
  )
  compared = given or samples.draw(ready.own, _COMPARED, source=source)
  reference = _reference(
    ready.model, [ready.ends.to_file(one) for one in compared]
  )
  ready, tried, advice = _try(
    ready, target, plan, calibration, reference, is_given
  )
  taken = attempts.choose(tried)
  ran = accelerators.run(taken.content, target, plan, reference)
  measured = measure and measure(ready.own, taken.content, given, source=source)
  return _Made(
    taken.content,
    max(taken.max_abs_error, ran.max_abs_error),
    ran.delegated,
    measured,
    [
      *([] if is_given else _notes_on_inputs(ready.own)),
      *names.notes(taken.content, ready.model),
      _note_on_zeros(ready.model),
      *ready.notes,
      *advice,
      *attempts.notes(taken, tried),
      *left_state.notes(taken.content),
      ran.note,
      *_notes_on_float16(ready, plan, reference),
      *([str(measured)] if measured else []),
    ],
  )


def _try(ready, target, plan, calibration, reference, is_given):
  """Returns the converted network, the attempts to convert it, and advice."""
  network = ready.converted
  with conversions.saved(
    network,
    calibration,
    is_given,
    plan.lowerings,
    plan.graph_rewrites,
    ready.anywhere,
    ready.byte_ends,
  ) as converted:
    advice = _check(converted, ready.model, target, plan, reference)
    tried = attempts.attempt(ready.model, converted, plan, reference)
    is_right = any(one.content for one in tried)
    if not (is_right or ready.is_rewritten):
      advice = remedies.advise(tried, ready.model, converted, plan, reference)
      raise ValueError(attempts.refusal(tried, target, advice))
    advice += converted.notes
  if not is_right:
    again = ready.without_replacements()
    return _try(again, target, plan, calibration, reference, is_given)
  return ready, tried, advice


def _given(model, representative_data) -> list[samples.Sample] | None:
  if representative_data is None:
    return None
  return samples.split_for(model, representative_data)


def _reference(model, inputs) -> verify.Reference:
  with single.running(model):
    return verify.refer(model, inputs[:: -(-len(inputs) // _COMPARED)])


def _check(converted, model, target, plan, reference) -> list[str]:
  """Returns advice, and raises if the target does not take the network."""
  if not (plan.rules or plan.limits):
    return []
  found = check.findings(converted, plan)
  refused = [one for one in found if one.refused]
  if refused:
    reasons = finding.summary(refused)
    separator = "\n" if "\n" in reasons else " "
    other = remedies.other_target(plan, model, converted, reference)
    if other.split(" takes")[0].lower() in reasons:
      other = ""
    raise ValueError(
      f"Target {target!r} does not take this network, so no file was written:"
      f"{separator}{reasons}{separator}{other}".rstrip()
    )
  return finding.summary(found).splitlines()


def _notes_on_inputs(model) -> list[str]:
  kinds = {}
  for name, words in inputs.described(model).items():
    kinds.setdefault(words, []).append(repr(name))
  return [
    f"Input {', '.join(names)}: drawn from {words}, to calibrate and to"
    " compare; pass representative_data if it takes anything else, such as"
    " latents joined with a label."
    for words, names in kinds.items()
  ]


def _notes_on_float16(ready, plan, reference) -> list[str]:
  if plan.accelerator != "gpu":
    return []
  return [float16.note(ready.converted, reference, ready.anywhere)]


def _note_on_zeros(network) -> str:
  # A sentence about a file that is made and measured must not cost the file: a
  # layer's own `get_prunable_weights()` may raise anything.
  try:
    zeros = sparsity_report.sparsity_report(network).overall
  except Exception as error:  # noqa: BLE001
    said = str(error).partition("\n")[0][:200]
    return f"Zeros were not counted: {type(error).__name__}: {said}"
  return f"{zeros:.1%} of the prunable weights are zero."
