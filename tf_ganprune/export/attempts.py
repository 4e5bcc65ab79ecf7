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
"""Tries the settings of an export target, and chooses one of their files."""

import collections
import dataclasses
from typing import Any

from tf_ganprune.export import (
  conversions,
  convert,
  number_formats,
  targets,
  verify,
)
from tf_ganprune.keras_compat import keras


@dataclasses.dataclass(frozen=True)
class Attempt:
  """The result of one conversion: a right file, or the reason for having none.

  Example:
    >>> Attempt(Setting(FLOAT32), reason="does not convert")

  Attributes:
    setting: The number format and the sparsity flag that were tried.
    content: The file's content; None if no file was made or it is not right.
    max_abs_error: The largest absolute difference from Keras's outputs, if
      there is a file.
    reason: Why there is no file, without a full stop.
    error: The exception of the conversion or of the comparison, if any.
  """

  setting: number_formats.Setting
  content: Any = None  # bytes, where there is a file
  max_abs_error: float = 0.0
  reason: str = ""
  error: Exception | None = None


def attempt(
  model: keras.Model,
  converted: conversions.Conversions,
  plan: targets.Target,
  reference: verify.Reference,
) -> list[Attempt]:
  """Converts with a target's settings in order, and compares each file.

  A target that wants the smallest file has all of its settings tried, others
  stop at the first right file.

  Args:
    model: The user's network, without wrappers.
    converted: Makes the files of the network.
    plan: The target.
    reference: Inputs, and Keras's outputs for them.

  Returns:
    One attempt for each setting that was tried, in their order.
  """
  tried = []
  for setting in plan.settings:
    reasons = filter(None, (rule(model, setting) for rule in plan.unless))
    reason = next(reasons, None)
    tried.append(
      Attempt(setting, reason=f"passed over, {reason}")
      if reason
      else _try(converted, setting, reference)
    )
    if tried[-1].content and not plan.smallest:
      break
  return tried


def _try(converted, setting, reference) -> Attempt:
  try:
    content = converted.content(setting)
    largest = verify.compare(content, reference, setting.numbers)
  except convert.ConversionError as error:
    return Attempt(setting, reason=f"does not convert ({error})", error=error)
  except verify.WrongFileError as error:
    return Attempt(setting, reason=str(error), error=error)
  return Attempt(setting, content, largest)


def choose(tried: list[Attempt]) -> Attempt:
  """Returns the attempt with the smallest right file.

  Args:
    tried: Attempts, of which one at least has a file.
  """
  right = [one for one in tried if one.content]
  return min(right, key=lambda one: len(one.content))


def refusal(tried: list[Attempt], target: str, advice: str) -> str:
  """Returns the message for an export that made no right file.

  Each reason is given once, with the settings that it is for.

  Args:
    tried: Attempts that all failed.
    target: The target's name.
    advice: What to do, in sentences.
  """
  reasons = collections.defaultdict(list)
  for one in tried:
    reasons[one.reason].append(str(one.setting))
  found = "; ".join(f"{', '.join(x)}: {y}" for y, x in reasons.items())
  return (
    f"No right file for target {target!r}, so none was written. {found}."
    f" {advice}".rstrip()
  )


def notes(taken: Attempt, tried: list[Attempt]) -> list[str]:
  """Returns a sentence on each attempt, for the report of an export.

  Args:
    taken: The attempt whose file is written.
    tried: All attempts, that one included.
  """
  found = [
    f"Taken: {taken.setting}, {len(taken.content):,} bytes; the sparsity flag"
    f" was {'' if taken.setting.flag else 'not '}used."
  ]
  for one in tried:
    if one.content is None:
      found.append(f"{one.setting}: {one.reason}.")
    elif one is not taken:
      found.append(f"{one.setting}: right, {len(one.content):,} bytes.")
  return found
