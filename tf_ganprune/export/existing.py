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
"""Reads and checks `.tflite` files that exist already, from any converter."""

import collections
import dataclasses
import os
import pathlib

from tf_ganprune.export import delegates, finding, graph, runtime, targets

_IDENTIFIER = b"TFL3"


@dataclasses.dataclass(frozen=True)
class Contents:
  """The contents of a `.tflite` file that LiteRT loads.

  Example:
    >>> print(read("generator.tflite"))

  Attributes:
    num_bytes: The size of the file in bytes.
    graph: The operators of the file.
    delegation: The operators that XNNPACK, the CPU's delegate, runs.
  """

  num_bytes: int
  graph: graph.Graph
  delegation: delegates.Delegation

  def __str__(self) -> str:
    """Returns inputs, outputs and kinds of operators as text, a line each."""
    rows = [("Operator", "Count", "Constants, bytes"), *self._counts()]
    rows.append(("Together", f"{len(self.graph.operators):,}", ""))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
      [
        *(f"Input {_described(x)}" for x in self.graph.inputs),
        *(f"Output {_described(x)}" for x in self.graph.outputs),
        "",
        *(_line(row, widths) for row in rows),
        "",
        f"{self.num_bytes:,} bytes. On CPUs XNNPACK runs {self.delegation}.",
      ]
    )

  def _counts(self) -> list[tuple[str, str, str]]:
    kinds: dict[str, list[int]] = collections.defaultdict(list)
    for one in self.graph.operators:
      kinds[one.name].append(sum(x.nbytes for x in one.values))
    return [(k, f"{len(x):,}", f"{sum(x):,}") for k, x in kinds.items()]


def _described(tensor: graph.Tensor) -> str:
  sizes = ", ".join("?" if n < 0 else str(n) for n in tensor.shape)
  return f"{tensor.name!r}: {tensor.dtype} [{sizes}]"


def _line(row, widths) -> str:
  first, *others = row
  cells = [x.rjust(n) for x, n in zip(others, widths[1:], strict=True)]
  return "  ".join([first.ljust(widths[0]), *cells]).rstrip()


def read(path: str | os.PathLike) -> Contents:
  """Reads a `.tflite` file, and loads it in LiteRT in a process of its own.

  Args:
    path: The path of the file.

  Raises:
    ValueError: If the file cannot be read, is no `.tflite` file, is damaged, or
      LiteRT does not load it.
  """
  content = _content(path)
  try:
    found = graph.read(content)
    delegation = delegates.xnnpack(content)
  except runtime.NotRunError as error:
    raise ValueError(f"{os.fspath(path)!r} {error}; export it anew.") from error
  except Exception as error:  # flatbuffers reads damaged files without checks
    raise ValueError(
      f"{os.fspath(path)!r} is damaged: it is no graph of operators"
      f" ({type(error).__name__}); export it anew."
    ) from error
  return Contents(len(content), found, delegation)


def _content(path) -> bytes:
  try:
    content = pathlib.Path(path).read_bytes()
  except OSError as error:
    raise ValueError(
      f"{os.fspath(path)!r} cannot be read ({error.strerror}); pass the path of"
      " a .tflite file."
    ) from error
  if content[4:8] != _IDENTIFIER:
    raise ValueError(f"{os.fspath(path)!r} is no .tflite file.")
  return content


def findings(contents: Contents, target: str) -> list[finding.Finding]:
  """Finds operators of a file that a target refuses, or runs wrongly or slowly.

  Args:
    contents: The contents of the file.
    target: A name from `EXPORT_TARGETS`.

  Returns:
    As in `check_target`, with the operators' names in place of the layers'.

  Raises:
    ValueError: If there is no such target, or the target needs zeros in
      weights, which a file may store packed.
  """
  plan = targets.get(target)
  if plan.rules and any(setting.flag for setting in plan.settings):
    raise ValueError(
      f"Target {target!r} asks for zeros in the weights of layers, which a"
      " .tflite file may store packed; check the network's .keras file."
    )
  found = plan.limits.findings(contents.graph)
  found += [x for rule in plan.rules for x in rule(contents.graph)]
  return sorted(dict.fromkeys(found), key=lambda one: not one.refused)
