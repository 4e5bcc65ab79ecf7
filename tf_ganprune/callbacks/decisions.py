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
"""What became of the trials of a sparsity."""

import dataclasses
from collections.abc import Sequence

KEPT, BACK, HELD = "kept", "stepped back", "held"


@dataclasses.dataclass(frozen=True)
class Decision:
  """What was measured, and what followed.

  Example:
    `Decision(3, 0.5, 2.4, "kept")`

  Attributes:
    epoch: After which one, from 1; 0 is before training.
    sparsity: That was tried.
    distance: The Fréchet distance, NaN where training diverged.
    verdict: `'kept'`: good enough, and more is tried next; `'stepped back'`:
      not, and weights and masks are those of the last good state again;
      `'held'`: good enough, and no more is tried.
    reason: Why it stepped back.
    step: How many steps were made by then, those that were taken back included.
  """

  epoch: int
  sparsity: float
  distance: float
  verdict: str
  reason: str = ""
  step: int = 0

  def __str__(self) -> str:
    why = f" ({self.reason})" if self.reason else ""
    return (
      f"Epoch {self.epoch}: sparsity {self.sparsity:.4g}, Fréchet distance"
      f" {self.distance:.4g}: {self.verdict}{why}."
    )


def columns(decisions: Sequence[Decision]) -> dict[str, list[float]]:
  """Returns decisions as the history of a phase.

  Args:
    decisions: In the order in which they were made.
  """
  return {
    "step": [x.step for x in decisions],
    "sparsity": [x.sparsity for x in decisions],
    "frechet_distance": [x.distance for x in decisions],
  }
