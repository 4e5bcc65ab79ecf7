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
"""What a call of `prune_low_magnitude` asks for, layer by layer."""

import fnmatch
import uuid
from typing import Any

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import allocation, importance, regularization
from tf_ganprune.sparsity.masks import pattern_checks
from tf_ganprune.sparsity.schedules import dynamic, schedule_checks
from tf_ganprune.sparsity.wrapping import prunable


def checked(arguments: dict) -> dict:
  """Returns arguments of wrappers that are pruned together.

  Args:
    arguments: As of `prune_low_magnitude`.

  Raises:
    ValueError: If one is wrong, or two do not go together.
  """
  found = dict(arguments)
  schedule_checks.validate(found["pruning_schedule"])
  names = ("block_size", "block_pooling_type", "sparsity_m_by_n")
  pattern_checks.check(*(found[name] for name in names))
  found["block_size"] = tuple(found["block_size"])
  found["importance"] = importance.get(found["importance"])
  found["allocation"] = allocation.get(found["allocation"])
  shrinks = regularization.get(found["regularization"])
  _check_joint(found)
  if isinstance(found["pruning_schedule"], dynamic.DynamicSparsity):
    _check_dynamic(found)
  found["regularization"] = shrinks and shrinks.fitted(
    found["pruning_schedule"]
  )
  found["group"] = uuid.uuid4().hex if found["allocation"].is_joint else ""
  return found


def _check_joint(found: dict) -> None:
  """Raises if an allocation that is joint cannot do what else is asked."""
  share, rule = found["allocation"], found["importance"]
  if not share.is_joint:
    return
  name = share.kind or type(share).__name__
  if found["block_size"] != (1, 1) or found["sparsity_m_by_n"]:
    raise ValueError(
      f"`allocation={name!r}` counts single weights, so it does not go with"
      " `block_size` or `sparsity_m_by_n`; leave those out, or take"
      " `allocation='uniform'`."
    )
  if rule.is_signed and not share.takes_signed:
    raise ValueError(
      f"`allocation={name!r}` squares scores, and those of"
      f" `importance={rule.kind or type(rule).__name__!r}` have a sign; take"
      " another of the two."
    )


def _check_dynamic(found: dict) -> None:
  """Raises if zeros cannot move about with what else is asked."""
  schedule, share = found["pruning_schedule"], found["allocation"]
  name = type(schedule).__name__
  if found["block_size"] != (1, 1) or found["sparsity_m_by_n"]:
    raise ValueError(
      f"{name} moves single weights, so it does not go with `block_size` or"
      " `sparsity_m_by_n`; leave those out."
    )
  rule = found["importance"]
  if type(rule) is not importance.Magnitude:
    raise ValueError(
      f"{name} drops by magnitude, and `importance` is"
      f" {rule.kind or type(rule).__name__!r}; leave it out, or take a schedule"
      " that only prunes."
    )
  if found["regularization"] is not None:
    raise ValueError(
      f"{name} decides at each turn what goes, so there is nothing that"
      " `regularization` could shrink before; leave it out."
    )
  if share.is_joint and not share.goes_by_shape:
    raise ValueError(
      f"{name} begins with random masks, and `allocation="
      f"{share.kind or type(share).__name__!r}` goes by scores, which do not"
      " matter then; take 'erk' or 'uniform'."
    )


class Plan:
  """With which arguments each layer is wrapped.

  Example:
    `Plan(network, arguments, {"conv_*": {"importance": "taylor"}}).of(layer)`
  """

  def __init__(self, to_prune, arguments: dict, by_pattern: dict | None = None):
    """Checks all arguments.

    Args:
      to_prune: A layer, a list of them, or a model.
      arguments: As of `prune_low_magnitude`, all but `allocation` if
        `by_pattern` is given.
      by_pattern: By patterns of layer names, what differs for those layers: a
        dict of arguments, a schedule, or None to leave them dense.

    Raises:
      ValueError: If one is wrong.
    """
    self._rest = checked(arguments)
    self._by_pattern = {
      pattern: _checked_group(pattern, arguments, given)
      for pattern, given in (by_pattern or {}).items()
    }
    self._unused = set(self._by_pattern)
    self._names = _names(to_prune)

  @property
  def leaves_some(self) -> bool:
    """Whether layers are left dense on request."""
    return None in self._by_pattern.values()

  def of(self, layer) -> dict | None:
    """Returns a layer's arguments; None if it is to be left dense.

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

  def of_parts(self, layer, parts: list) -> dict:
    """Returns the arguments of a layer that is pruned in its parts.

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


def _checked_group(pattern, arguments, given) -> dict | None:
  if not isinstance(pattern, str):
    raise ValueError(
      "`allocation` must have patterns of layer names, such as 'conv_*', as"
      f" its keys; got {pattern!r}."
    )
  if given is None:
    return None
  if not isinstance(given, dict):
    given = {"pruning_schedule": given}
  unknown = sorted(set(given) - set(arguments))
  if unknown:
    raise ValueError(
      f"`allocation[{pattern!r}]` has unknown arguments {unknown}; there are"
      f" {sorted(arguments)}."
    )
  try:
    return checked(arguments | given)
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
