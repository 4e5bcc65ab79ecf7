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
"""Which layers of a network are pruned, and each with which arguments."""

import fnmatch
from typing import Any

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.wrapping import prunable, pruning_config


class Plan:
  """The `PruningConfig` of each layer of a network.

  Example:
    `Plan(network, config, {"conv_*": {"importance": "taylor"}}).of(layer)`
  """

  def __init__(
    self,
    to_prune,
    config: pruning_config.PruningConfig,
    by_pattern: dict | None = None,
  ):
    """Checks all arguments.

    Args:
      to_prune: A layer, a list of them, or a model.
      config: What the user asks for, without `allocation` if `by_pattern` is
        given.
      by_pattern: By patterns of layer names, what differs for those layers: a
        dict of arguments, a schedule, or None to leave them dense.

    Raises:
      ValueError: If one is wrong.
    """
    self._rest = config.checked()
    self._by_pattern = {
      pattern: _checked_group(pattern, config, given)
      for pattern, given in (by_pattern or {}).items()
    }
    self._unused = set(self._by_pattern)
    self._names = _names(to_prune)

  @property
  def leaves_some(self) -> bool:
    """Whether layers are left dense on request."""
    return None in self._by_pattern.values()

  def of(self, layer) -> pruning_config.PruningConfig | None:
    """Returns a layer's config; None if it is to be left dense.

    Args:
      layer: One that can be pruned.
    """
    pattern = self._pattern(layer)
    return self._rest if pattern is None else self._by_pattern[pattern]

  def path(self, layer) -> str:
    """Returns a layer's name, behind those of what it is part of.

    Args:
      layer: As of `of`.
    """
    return self._names.get(id(layer), [layer.name])[-1]

  def use(self, layer) -> None:
    """Notes that a layer is treated as asked.

    Args:
      layer: As of `of`.
    """
    self._unused.discard(self._pattern(layer))

  def _pattern(self, layer) -> str | None:
    """Returns the first pattern that matches a layer."""
    names = self._names.get(id(layer), [layer.name])
    for pattern in self._by_pattern:
      if any(fnmatch.fnmatchcase(name, pattern) for name in names):
        return pattern
    return None

  def of_parts(self, layer, parts: list) -> pruning_config.PruningConfig:
    """Returns the config of a layer that is pruned in its parts.

    Args:
      layer: What one wrapper is for.
      parts: The layers in it that are pruned.

    Raises:
      ValueError: If parts fall into different groups.
    """
    found: dict[int, Any] = {id(x): x for x in map(self.of, parts)}
    if len(found) == 1:
      return next(iter(found.values()))
    names = ", ".join(part.name for part in parts)
    raise ValueError(
      f"`allocation` gives the parts of layer {layer.name!r} ({names})"
      " different arguments, and one wrapper prunes them all; let one pattern"
      " match them all, such as '*'."
    )

  def check_used(self) -> None:
    """Raises if a pattern matched nothing.

    Raises:
      ValueError: With the patterns and the names of layers.
    """
    if self._unused:
      unused = ", ".join(repr(x) for x in self._by_pattern if x in self._unused)
      names = sorted({name for x in self._names.values() for name in x})
      raise ValueError(
        f"`allocation`: {unused} matches no layer that can be pruned, and that"
        f" no pattern before it matches. There are {', '.join(names)}."
      )


def _checked_group(pattern, config, given):
  if not isinstance(pattern, str):
    raise ValueError(
      "`allocation` must have patterns of layer names, such as 'conv_*', as"
      f" its keys; got {pattern!r}."
    )
  if given is None:
    return None
  if not isinstance(given, dict):
    given = {"pruning_schedule": given}
  unknown = sorted(set(given) - set(pruning_config.NAMES))
  if unknown:
    raise ValueError(
      f"`allocation[{pattern!r}]` has unknown arguments {unknown}; there are"
      f" {', '.join(pruning_config.NAMES)}."
    )
  try:
    return config.replace(**given).checked()
  except ValueError as error:
    raise ValueError(f"`allocation[{pattern!r}]`: {error}") from error


def _names(to_prune) -> dict[int, list[str]]:
  """Returns by what names patterns find each layer.

  These are its own, its path, and those of the layers that it is part of.
  """
  layers = to_prune if isinstance(to_prune, list) else [to_prune]
  names = {id(one): [one.name] for one in layers}
  for one in layers:
    prefix = "" if isinstance(one, keras.Model) else f"{one.name}/"
    for path, leaf in prunable.leaves(one, prefix):
      parts = path.split("/")
      paths = ["/".join(parts[: i + 1]) for i in range(len(parts))]
      found = names.setdefault(id(leaf), [])
      found += [x for x in [leaf.name, *paths] if x not in found]
  return names
