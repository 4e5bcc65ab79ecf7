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
"""Replaces operators of a file by a table of lowerings."""

import collections
import dataclasses
from collections.abc import Sequence

from tf_ganprune.export.lowering import editor as editing
from tf_ganprune.export.lowering import scalars


@dataclasses.dataclass(frozen=True)
class Lowered:
  """A file in which operators were replaced.

  Example:
    >>> print(*apply(content, FOR_GPUS).notes)

  Attributes:
    content: The file's content.
    notes: The replacements, one sentence each.
  """

  content: bytes
  notes: tuple[str, ...] = ()


def apply(content: bytes, lowerings: Sequence[editing.Lowering]) -> Lowered:
  """Replaces operators of a file by others that compute the same.

  Each output is made a tensor of its own, since in Keras an output may be an
  input, or two outputs one tensor, and delegates lose one of these.

  Args:
    content: The content that the converter gave.
    lowerings: One for each kind of operator to replace. If there are none, the
      file is not changed.
  """
  if not lowerings:
    return Lowered(content)
  editor = editing.Editor(content)
  widened = scalars.widen(editor)
  table = {one.name: one for one in lowerings}
  done = collections.Counter()
  for operator in editor.operators:
    lowering = table.get(editor.name(operator))
    editor.at(operator)
    if lowering is not None and lowering.lower(editor, operator):
      done[lowering] += 1
    else:
      editor.keep(operator)
  copied = editor.separate_results()
  notes = [
    f"GPU delegates do not take or miscalculate some {x.name}: {n} became"
    f" {x.how}."
    for x, n in done.items()
  ]
  if widened:
    notes.append(
      "Given an axis of size 1, since GPU delegates do not take numbers without"
      f" axes: {len(widened)} tensors."
    )
  if copied:
    notes.append(
      "Copied, since GPU delegates lose an output that is an input, another"
      f" output, or used further: {', '.join(copied)}."
    )
  return Lowered(editor.content(), tuple(notes)) if notes else Lowered(content)
