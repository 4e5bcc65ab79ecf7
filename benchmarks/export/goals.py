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
"""The goals of the export benchmark: which shares of a dense file are reached.

They are what TensorFlow's converter and LiteRT gave by hand, before there were
targets: sizes and times of a DCGAN for 28x28 images and of an MLP, against the
dense float32 file of the same converter.
"""

import dataclasses
from collections.abc import Iterable

from benchmarks import verdicts
from benchmarks.export import export_networks
from tf_ganprune import markdown_table

_DENSE = export_networks.DENSE
_ZEROS = export_networks.ZEROS
_FEWER = export_networks.FEWER
_DIGITS, _FACES, _MLP = "DCGAN 28x28", "DCGAN 64x64", "MLP 3x1024"
# What is compared, and how the table names it.
QUANTITIES = {"median": "time", "num_bytes": "bytes", "gzip_bytes": "gzip"}


@dataclasses.dataclass(frozen=True)
class Goal:
  """The share of the converter's own dense float32 file that is to be reached.

  Attributes:
    network: In `export_networks.NETWORKS`.
    variant: What pruning left of it.
    target: In `tgp.EXPORT_TARGETS`.
    quantity: In `QUANTITIES`; gzip is compared with the bytes before it.
    most: The share; known to two digits, and compared so.

  Example:
    `Goal("MLP 3x1024", "80 % zeros", "cpu-block", "median", 0.62)`
  """

  network: str
  variant: str
  target: str
  quantity: str
  most: float

  def is_met(self, share: float) -> bool:
    """Tells whether a share is small enough."""
    return round(share, 2) <= self.most


def _sizes(variant, shares) -> list[Goal]:
  return [
    Goal(_DIGITS, variant, target, quantity, most)
    for target, of_target in shares.items()
    for quantity, most in zip(
      ("num_bytes", "gzip_bytes"), of_target, strict=False
    )
  ]


# Raw, then gzip.
_SIZES = [
  *_sizes(
    _DENSE,
    {
      "cpu": (1.00, 0.92),
      "cpu-fp16": (0.50, 0.46),
      "cpu-dynamic": (0.27, 0.26),
      "cpu-int8": (0.29, 0.26),
    },
  ),
  # The sparsity flag is on for cpu, cpu-fp16 and cpu-small. With it, int8 files
  # would be smaller still, were they not refused by LiteRT.
  *_sizes(
    _ZEROS,
    {
      "cpu": (0.26, 0.23),
      "cpu-fp16": (0.16, 0.13),
      "cpu-dynamic": (0.27, 0.10),
      "cpu-int8": (0.29, 0.11),
      "cpu-small": (0.16, 0.13),
      "gpu": (1.00, 0.31),
    },
  ),
  *_sizes(
    _FEWER,
    {
      "cpu": (0.17,),
      "cpu-fp16": (0.08,),
      "cpu-dynamic": (0.05,),
      "cpu-int8": (0.05,),
    },
  ),
]
_TIMES = [
  *(
    Goal(network, variant, target, "median", most)
    for network in (_DIGITS, _FACES)
    for variant, target, most in (
      (_ZEROS, "cpu", 1.07),
      (_FEWER, "cpu", 0.09),
      (_FEWER, "cpu-int8", 0.05),
    )
  ),
  Goal(_MLP, _ZEROS, "cpu", "median", 1.07),
  Goal(_MLP, _ZEROS, "cpu-block", "median", 0.62),
]
GOALS = (*_SIZES, *_TIMES)


def compare(
  network: str, rows: list[dict], plain: dict, goals: Iterable[Goal] = GOALS
) -> list[dict]:
  """Returns for each goal of a network what was reached.

  Args:
    network: Its name.
    rows: Of the benchmark, each of a variant and a target.
    plain: Of the converter's own dense float32 file.
    goals: Of all networks.

  Returns:
    The goal, the share of the converter's own file and of our dense one, None
    where there is no file, and whether the goal is met.
  """
  files = {(x["variant"], x["target"]): x for x in rows if "num_bytes" in x}
  found = []
  for goal in goals:
    if goal.network != network or not _is_asked_for(goal, rows):
      continue
    row = files.get((goal.variant, goal.target))
    share = _share(row, plain, goal.quantity)
    found.append(
      dataclasses.asdict(goal)
      | {
        "share": share,
        "share_of_ours": _share(row, files.get((_DENSE, "cpu")), goal.quantity),
        "is_met": share is not None and goal.is_met(share),
      }
    )
  return found


def _is_asked_for(goal, rows) -> bool:
  return any(
    (x["variant"], x["target"]) == (goal.variant, goal.target) for x in rows
  )


def _share(row, dense, quantity) -> float | None:
  if row is None or dense is None:
    return None
  of = "median" if quantity == "median" else "num_bytes"
  return row[quantity] / dense[of]


def name(one: dict) -> str:
  """Returns what a goal is called.

  Args:
    one: Of `compare`.
  """
  quantity = QUANTITIES[one["quantity"]]
  return f"{one['network']}, {one['variant']}, {one['target']}: {quantity}"


def table(compared: list[dict]) -> str:
  """Returns the goals in Markdown.

  Args:
    compared: From `compare`.
  """
  header = (
    "network",
    "variant",
    "target",
    "share of dense",
    "of the converter's own",
    "of ours",
    "goal",
  )
  return markdown_table.text(header, map(_line, compared))


def _line(one) -> list:
  verdict = verdicts.word(one["is_met"])
  return [
    one["network"],
    one["variant"],
    one["target"],
    QUANTITIES[one["quantity"]],
    _number(one["share"]),
    _number(one["share_of_ours"]),
    f"{one['most']:g}: {verdict}",
  ]


def _number(share) -> float | str:
  return "no file" if share is None else share
