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
"""The one table of what each export target needs."""

import dataclasses

from tf_ganprune.export import rewrites, rules, settings
from tf_ganprune.export.rewrites import seam

_FLAG_FLOAT32 = settings.Setting(settings.FLOAT32, flag=True)
_PLAIN_FLOAT32 = settings.Setting(settings.FLOAT32)
_FLAG_FLOAT16 = settings.Setting(settings.FLOAT16, flag=True)
_PLAIN_FLOAT16 = settings.Setting(settings.FLOAT16)
_FLAG_DYNAMIC = settings.Setting(settings.DYNAMIC, flag=True)
_PLAIN_DYNAMIC = settings.Setting(settings.DYNAMIC)
_FLAG_INT8 = settings.Setting(settings.INT8, flag=True)
_PLAIN_INT8 = settings.Setting(settings.INT8)


@dataclasses.dataclass(frozen=True)
class Target:
  """What a network is converted to for one kind of device.

  Example:
    >>> Target("float32", (Setting(FLOAT32),))

  Attributes:
    summary: One line for users.
    settings: Ways to convert, the preferred one first.
    unless: What may speak against a setting for a given network, before it is
      tried.
    rewrites: What is replaced in the network before it is converted.
    smallest: Whether all settings are tried and the smallest file that is
      right is taken, rather than the first that is right.
  """

  summary: str
  settings: tuple[settings.Setting, ...]
  unless: tuple[rules.Rule, ...] = ()
  rewrites: tuple[seam.Rewrite, ...] = ()
  smallest: bool = False


# Full int8 and dynamic int8 go without the flag: with it LiteRT refuses to
# load most networks, and it runs some wrongly. 'cpu-small' may try.
EXPORT_TARGETS = {
  "cpu": Target(
    "float32",
    (_FLAG_FLOAT32, _PLAIN_FLOAT32),
    (rules.zeros_for_the_flag, rules.fast_blocks),
    (rewrites.PHASES_IN_FLOAT,),
  ),
  "cpu-fp16": Target(
    "float16 weights, float32 inside",
    (_FLAG_FLOAT16, _PLAIN_FLOAT16),
    (rules.zeros_for_the_flag,),
    (rewrites.PHASES_IN_FLOAT,),
  ),
  "cpu-dynamic": Target(
    "int8 weights, float32 between layers",
    (_PLAIN_DYNAMIC,),
    rewrites=(rewrites.PHASES,),
  ),
  "cpu-int8": Target(
    "int8 inside, float32 in and out",
    (_PLAIN_INT8,),
    rewrites=(rewrites.PHASES,),
  ),
  "cpu-small": Target(
    "the smallest file that is right",
    (
      _PLAIN_FLOAT32,
      _FLAG_FLOAT32,
      _PLAIN_FLOAT16,
      _FLAG_FLOAT16,
      _PLAIN_DYNAMIC,
      _FLAG_DYNAMIC,
      _PLAIN_INT8,
      _FLAG_INT8,
    ),
    (rules.zeros_for_the_flag,),
    smallest=True,
  ),
}


def get(target: str) -> Target:
  """Returns the target of that name.

  Args:
    target: A name from `EXPORT_TARGETS`.

  Raises:
    ValueError: If there is none.
  """
  if isinstance(target, str) and target in EXPORT_TARGETS:
    return EXPORT_TARGETS[target]
  known = "; ".join(f"{k!r} ({v.summary})" for k, v in EXPORT_TARGETS.items())
  raise ValueError(
    f"`target` {target!r} is not known; the targets are {known}."
  )
