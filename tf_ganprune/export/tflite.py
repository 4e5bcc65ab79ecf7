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
"""Exports a network to a `.tflite` file that is known to be right."""

import contextlib
import dataclasses
import gzip
import os
import pathlib
from collections.abc import Iterator

from tf_ganprune import files, keras3, signatures
from tf_ganprune.export import (
  convert,
  rewrites,
  samples,
  settings,
  signature,
  targets,
  verify,
)
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import ownership, strip
from tf_ganprune.sparsity import report as sparsity_report

_COMPARED = 8
_CALIBRATED = 300
# Random inputs to calibrate with are others than those to compare with.
_CALIBRATION_SEED = 1
_NOT_REWRITTEN = (
  "No layer was replaced by faster ones: of the network with these, no file was"
  " right."
)


@dataclasses.dataclass(frozen=True)
class ExportReport:
  """What `export_tflite` wrote.

  Example:
    >>> report = tgp.export_tflite(generator, "generator.tflite")
    >>> print(report.num_bytes, *report.notes)

  Attributes:
    path: The file.
    target: The target's name.
    num_bytes: The file's size.
    gzip_bytes: Its size after gzip at level 9, about what a download costs.
    max_abs_error: The largest absolute difference from Keras, of any output.
    notes: What was chosen and why, one sentence each.
  """

  path: pathlib.Path
  target: str
  num_bytes: int
  gzip_bytes: int
  max_abs_error: float
  notes: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class _Attempt:
  """A setting that was tried: a file that is right, or the reason why not."""

  setting: settings.Setting
  content: bytes | None = None
  max_abs_error: float = 0.0
  reason: str = ""


def export_tflite(
  model,
  path: str | os.PathLike,
  target: str = "cpu",
  representative_data=None,
) -> ExportReport:
  """Exports a network to a file that LiteRT runs as Keras does.

  The file takes inputs of batch 1. Before it gets its name, it is run in LiteRT
  on eight samples and compared with `model(x, training=False)`; a file that
  is not right is never written, and what was there before stays. Zeros of
  pruned networks are stored sparsely where that makes a smaller file which is
  right and not slower. Layers that the target runs slowly or wrongly are
  replaced, in a copy of the network, by others that compute the same.

  Args:
    model: A network, pruned or not, that is built. It is not changed. One of
      Keras 3 is converted by `tgp.from_keras3` first.
    path: The file to write. Its folder must exist.
    target: `'cpu'` (float32), `'cpu-fp16'` (float16 weights), `'cpu-dynamic'`
      (int8 weights), `'cpu-int8'` (int8 inside, float32 in and out) or
      `'cpu-small'` (the smallest of all that are right).
    representative_data: Inputs as the network will see them, to calibrate int8
      and to compare with: an array `[n, ...]`; a tuple, list or dict of arrays
      for several inputs; or an iterable of such batches. Up to 512 are used. If
      None, they are drawn from N(0, 1), and integers from 0 and 1.

  Returns:
    Sizes, the largest difference from Keras, and notes on what was chosen.

  Raises:
    ValueError: If the network or an argument does not fit, the folder is
      missing or not writable, or no file is right.
    OSError: If writing fails all the same, for example on a full disk.
  """
  plan = targets.get(target)
  model = keras3.as_tf_keras(model)
  signature.check(model)
  path = files.check(path)
  with _stripped(model) as network:
    specs = signature.input_specs(network)
    user_samples = (
      None
      if representative_data is None
      else samples.from_user(specs, representative_data)
    )
    rewritten = rewrites.apply(network, plan.rewrites)
    attempts = _try_settings(network, rewritten, plan, specs, user_samples)
    if rewritten.model is not network and not _right(attempts):
      rewritten = rewrites.Rewritten(network, (_NOT_REWRITTEN,))
      attempts = _try_settings(network, rewritten, plan, specs, user_samples)
    notes = _notes_on_inputs(specs, user_samples)
    notes.append(_note_on_zeros(network))
    notes += rewritten.notes
  taken = _choose(attempts, target, plan)
  files.write(path, taken.content)
  return ExportReport(
    path=path,
    target=target,
    num_bytes=len(taken.content),
    gzip_bytes=len(gzip.compress(taken.content, 9, mtime=0)),
    max_abs_error=taken.max_abs_error,
    notes=tuple(notes + _notes_on_attempts(taken, attempts)),
  )


@contextlib.contextmanager
def _stripped(model) -> Iterator[keras.Model]:
  """Gives the network as a graph without wrappers, and restores the weights.

  Stripping applies the masks to weights that it shares with `model`, whose
  pruned weights may be alive in the middle of training.
  """
  if not ownership.pruned_layers(model):
    # Cloned layers would get a second call node, and `layer.output` fail.
    yield signatures.as_functional(model)
    return
  weights = model.get_weights()
  try:
    yield signatures.as_functional(strip.strip_pruning(model))
  finally:
    model.set_weights(weights)


def _try_settings(
  network, rewritten, plan, specs, user_samples
) -> list[_Attempt]:
  """Tries settings in order: all of them, or up to the first that is right."""
  calibration = user_samples or samples.draw(
    specs, _CALIBRATED, _CALIBRATION_SEED
  )
  compared = user_samples or samples.draw(specs, _COMPARED)
  reference = verify.refer(network, compared[:: -(-len(compared) // _COMPARED)])
  attempts = []
  with convert.saved(rewritten.model) as folder:
    for setting in plan.settings:
      reasons = filter(None, (rule(network, setting) for rule in plan.unless))
      reason = next(reasons, None)
      attempts.append(
        _Attempt(setting, reason=f"passed over, {reason}")
        if reason
        else _try(folder, setting, calibration, reference)
      )
      if attempts[-1].content and not plan.smallest:
        break
  return attempts


def _try(folder, setting, calibration, reference) -> _Attempt:
  try:
    content = convert.convert(folder, setting, calibration)
    error = verify.compare(content, reference, setting.numbers)
  except convert.ConversionError as error:
    return _Attempt(setting, reason=f"does not convert ({error})")
  except verify.WrongFileError as error:
    return _Attempt(setting, reason=str(error))
  return _Attempt(setting, content, error)


def _right(attempts) -> list[_Attempt]:
  return [attempt for attempt in attempts if attempt.content]


def _choose(attempts, target, plan) -> _Attempt:
  if right := _right(attempts):
    return min(right, key=lambda attempt: len(attempt.content))
  found = "; ".join(f"{a.setting}: {a.reason}" for a in attempts)
  raise ValueError(
    f"No right file for target {target!r}, so none was written. {found}."
    f" {plan.settings[-1].numbers.way_out}"
  )


def _notes_on_inputs(specs, user_samples) -> list[str]:
  drawn = [name for name, spec in specs.items() if not spec.dtype.is_floating]
  if user_samples or not drawn:
    return []
  return [
    f"Input {', '.join(map(repr, drawn))}: drawn from 0 and 1, to calibrate and"
    " to compare; pass representative_data to use its real range."
  ]


def _note_on_zeros(network) -> str:
  zeros = sparsity_report.sparsity_report(network).overall
  return f"{zeros:.1%} of the prunable weights are zero."


def _notes_on_attempts(taken, attempts) -> list[str]:
  notes = [
    f"Taken: {taken.setting}, {len(taken.content):,} bytes; the sparsity flag"
    f" was {'' if taken.setting.flag else 'not '}used."
  ]
  for attempt in attempts:
    if attempt.content is None:
      notes.append(f"{attempt.setting}: {attempt.reason}.")
    elif attempt is not taken:
      notes.append(f"{attempt.setting}: right, {len(attempt.content):,} bytes.")
  return notes
