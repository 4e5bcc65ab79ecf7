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
"""Prints the table of export targets that is in the guide to exports.

Print it with `python -m tf_ganprune.export.targets_table`.
"""

from tf_ganprune import markdown_table
from tf_ganprune.export import targets

_HEAD = ("Target", "File", "Needs", "Gains", "Largest difference")


def markdown() -> str:
  """Returns the table of `EXPORT_TARGETS` in Markdown."""
  plans = targets.EXPORT_TARGETS.items()
  return markdown_table.text(_HEAD, [_row(name, plan) for name, plan in plans])


def _row(name, plan) -> tuple[str, ...]:
  flags = {setting.flag for setting in plan.settings}
  flag = {
    (True,): "sparsity flag on",
    (False,): "sparsity flag off",
  }.get(tuple(flags), "sparsity flag where it helps")
  return (
    f"`{name}`",
    f"{plan.summary}; {flag}",
    _needs(plan),
    plan.gains,
    _tolerance(plan),
  )


def _needs(plan) -> str:
  limits = plan.limits
  needs = [plan.needs] if plan.needs else []
  if limits.max_rank is not None:
    needs.append(f"at most {limits.max_rank} axes")
  absent = [x for x, version in limits.versions.items() if not version]
  if absent:
    needs.append(f"no {' or '.join(absent)}")
  needs += [
    f"{x} up to version {version}"
    for x, version in limits.versions.items()
    if version
  ]
  return "; ".join(needs) or "nothing"


def _tolerance(plan) -> str:
  numbers = {setting.numbers.max_error for setting in plan.settings}
  if plan.accelerator_numbers is not None:
    numbers.add(plan.accelerator_numbers.max_error)
  return " to ".join(f"{x:g}" for x in sorted({min(numbers), max(numbers)}))


if __name__ == "__main__":
  print(markdown())
