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
"""Writes a `.tflite` file that was run and compared before it got its name."""

import dataclasses
import gzip
import os

from tf_ganprune import files, keras3
from tf_ganprune.export import (
  accelerators,
  attempts,
  check,
  conversions,
  prepare,
  quality,
  report,
  samples,
  signature,
  targets,
  verify,
)
from tf_ganprune.sparsity import report as sparsity_report

_COMPARED = 8
_CALIBRATED = 300
# Random inputs to calibrate with are others than those to compare with.
_CALIBRATION_SEED = 1


def export_tflite(
  model,
  path: str | os.PathLike,
  target: str = "cpu",
  representative_data=None,
  evaluator=None,
) -> report.ExportReport:
  """Exports a network to a file that runs as Keras does, where it is meant to.

  The file takes inputs of batch 1. Before it gets its name, it is run in LiteRT
  on eight samples and compared with `model(x, training=False)`; for `'gpu'` on
  LiteRT's GPU accelerator as well, where there is an adapter. A file that is
  not right is never written, and what was there before stays. Zeros of pruned
  networks are stored sparsely where that makes a smaller file which is right
  and not slower. Layers that the target runs slowly or wrongly are replaced, in
  a copy of the network, by others that compute the same.

  Args:
    model: A network, pruned or not, that is built. It is not changed. One of
      Keras 3 is converted by `tgp.from_keras3` first.
    path: The file to write. Its folder must exist.
    target: A name from `EXPORT_TARGETS`, which says what each needs.
    representative_data: Inputs as the network will see them, to calibrate int8
      and to compare with: an array `[n, ...]`; a tuple, list or dict of arrays
      for several inputs; or an iterable of such batches. Up to 512 are used. If
      None, they are drawn from N(0, 1), as a GAN's latents are, and integers
      from 0 and 1.
    evaluator: A `tgp.metrics.Evaluator`: the report then has the Frechet
      distance of the file's images, and of Keras's from the same inputs.

  Returns:
    Sizes, the largest difference from Keras, the share of the operators that
    the delegate runs, and notes on what was chosen.

  Raises:
    ValueError: If the network or an argument does not fit, the target does not
      take the network (see `check_target`), the folder is missing or not
      writable, or no file is right.
    OSError: If writing fails all the same, for example on a full disk.
  """
  plan = targets.get(target)
  model = keras3.as_tf_keras(model)
  signature.check(model)
  path = files.check(path)
  with prepare.prepared(model, plan) as ready:
    if evaluator is not None:
      quality.check(ready.model, evaluator)
    made = _make(ready, target, plan, representative_data, evaluator)
  files.write(path, made.content)
  return report.ExportReport(
    path=path,
    target=target,
    num_bytes=len(made.content),
    gzip_bytes=len(gzip.compress(made.content, 9, mtime=0)),
    max_abs_error=made.max_abs_error,
    notes=tuple(made.notes),
    delegated=made.delegated,
    frechet_distance=made.quality and made.quality.file,
    keras_frechet_distance=made.quality and made.quality.keras,
  )


@dataclasses.dataclass(frozen=True)
class _Made:
  """A file that is right, and what is known of it."""

  content: bytes
  max_abs_error: float
  delegated: float | None
  quality: quality.Quality | None
  notes: list[str]


def _make(ready, target, plan, representative_data, evaluator) -> _Made:
  specs = signature.input_specs(ready.model)
  given = _given(specs, representative_data)
  calibration = given or samples.draw(specs, _CALIBRATED, _CALIBRATION_SEED)
  reference = _reference(ready.model, given or samples.draw(specs, _COMPARED))
  ready, tried, advice = _try(ready, target, plan, calibration, reference)
  taken = attempts.choose(tried, target, plan)
  ran = accelerators.run(taken.content, target, plan, reference)
  measured = None
  if evaluator is not None:
    measured = quality.measure(
      ready.model, taken.content, specs, given, evaluator
    )
  return _Made(
    taken.content,
    max(taken.max_abs_error, ran.max_abs_error),
    ran.delegated,
    measured,
    [
      *_notes_on_inputs(specs, given),
      _note_on_zeros(ready.model),
      *ready.notes,
      *advice,
      *attempts.notes(taken, tried),
      ran.note,
      *([str(measured)] if measured else []),
    ],
  )


def _try(ready, target, plan, calibration, reference):
  """Returns what was converted, the files that were tried, and advice."""
  with conversions.of(
    ready.converted, calibration, plan.lowerings
  ) as converted:
    advice = _check(converted, target, plan)
    tried = attempts.attempt(ready.model, converted, plan, reference)
    advice += converted.notes
  if ready.is_rewritten and not any(one.content for one in tried):
    return _try(ready.as_it_was(), target, plan, calibration, reference)
  return ready, tried, advice


def _given(specs, representative_data) -> list[samples.Sample] | None:
  if representative_data is None:
    return None
  return samples.from_user(specs, representative_data)


def _reference(model, inputs) -> verify.Reference:
  return verify.refer(model, inputs[:: -(-len(inputs) // _COMPARED)])


def _check(converted, target, plan) -> list[str]:
  """Returns advice, and raises if the target does not take the network."""
  if not (plan.rules or plan.limits):
    return []
  found = check.findings(converted, plan)
  refused = [str(one) for one in found if one.refused]
  if refused:
    raise ValueError(
      f"Target {target!r} does not take this network, so no file was written:"
      f" {' '.join(refused)}"
    )
  return [str(one) for one in found]


def _notes_on_inputs(specs, given) -> list[str]:
  if given:
    return []
  kinds = {
    "0 and 1": [x for x, spec in specs.items() if not spec.dtype.is_floating],
    "N(0, 1), as latents are": [
      x
      for x, spec in specs.items()
      if spec.dtype.is_floating and spec.shape.rank > 2
    ],
  }
  return [
    f"Input {', '.join(map(repr, names))}: drawn from {kind}, to calibrate and"
    " to compare; pass representative_data to use its real range."
    for kind, names in kinds.items()
    if names
  ]


def _note_on_zeros(network) -> str:
  zeros = sparsity_report.sparsity_report(network).overall
  return f"{zeros:.1%} of the prunable weights are zero."
