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
"""Ways to convert a network that are tried, and which of the files is taken."""

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
  """A setting that was tried: a file that is right, or the reason why not.

  Example:
    >>> Attempt(Setting(FLOAT32), reason="does not convert")

  Attributes:
    setting: What was tried.
    content: The file's content; None if it is not right.
    max_abs_error: The largest difference from Keras, if it is right.
    reason: Why there is no file, without a full stop.
    error: What was raised, if anything was.
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
  """Tries settings in order: all of them, or up to the first that is right.

  Args:
    model: The user's network, without wrappers.
    converted: Converts it.
    plan: The target.
    reference: What Keras computes.
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
  """Returns the smallest file that is right.

  Args:
    tried: What was tried; one is right.
  """
  right = [one for one in tried if one.content]
  return min(right, key=lambda one: len(one.content))


def refusal(tried: list[Attempt], target: str, advice: str) -> str:
  """Returns why there is no file, each reason once.

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
  """Returns a sentence on each.

  Args:
    taken: The one whose file is written.
    tried: All of them.
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
