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
"""The decisions of adaptive pruning on trials of a sparsity."""

import dataclasses
from collections.abc import Sequence

from tf_ganprune.metrics import score_choice

KEPT, BACK, HELD = "kept", "stepped back", "held"


@dataclasses.dataclass(frozen=True)
class Decision:
  """The result of a trial of a sparsity, and the decision on it.

  Example:
    `Decision(3, 0.5, 2.4, "kept")`

  Attributes:
    epoch: The number of the epoch after which it was made, from 1; 0 is before
      training.
    sparsity: The sparsity that was tried.
    distance: The Fréchet distance, or the value of another score; NaN if
      training diverged.
    verdict: `'kept'`: within the budget, and a higher sparsity is tried next;
      `'stepped back'`: not, and the last good state was restored; `'held'`:
      within the budget, and no higher sparsity is tried.
    reason: The reason for stepping back.
    step: The number of training steps so far, those that were undone included.
    score: The name of the score.
  """

  epoch: int
  sparsity: float
  distance: float
  verdict: str
  reason: str = ""
  step: int = 0
  score: str = score_choice.DISTANCE

  def __str__(self) -> str:
    why = f" ({self.reason})" if self.reason else ""
    title = score_choice.title(self.score)
    return (
      f"Epoch {self.epoch}: sparsity {self.sparsity:.4g}, {title}"
      f" {self.distance:.4g}: {self.verdict}{why}."
    )


def columns(
  decisions: Sequence[Decision], score: str = score_choice.DISTANCE
) -> dict[str, list[float]]:
  """Returns decisions as columns: `step`, `sparsity`, and the score's name.

  Args:
    decisions: The decisions, in the order in which they were made.
    score: The name of the score.
  """
  return {
    "step": [x.step for x in decisions],
    "sparsity": [x.sparsity for x in decisions],
    score: [x.distance for x in decisions],
  }
