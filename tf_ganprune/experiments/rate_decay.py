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
"""Learning rates that fall towards the end of a phase."""

import tf_ganprune as tgp


class RateDecay(tgp.keras.callbacks.Callback):
  """Lets the rates of a GAN's optimizers fall, epoch by epoch.

  They stay for a share of the phase, and fall evenly then. What is multiplied
  is the rate of the epoch before, so a phase that was killed goes on rightly
  from a backup that an epoch's end left. Rates that are schedules are left.

  Example:
    `gan.fit(images, epochs=16, callbacks=[RateDecay(16, 0.5, 0.1)])`
  """

  def __init__(self, epochs: int, decay_from: float, decay_to: float):
    """Sets the course.

    Args:
      epochs: Of the phase.
      decay_from: For which share of it the rates stay.
      decay_to: By what they are multiplied in the last epoch.
    """
    super().__init__()
    self._epochs, self._from, self._to = epochs, decay_from, decay_to

  def factor(self, epoch: int) -> float:
    """Returns by what the rates of the beginning are multiplied.

    Args:
      epoch: From 0.
    """
    first = self._from * (self._epochs - 1)
    last = max(self._epochs - 1, first + 1e-9)
    done = min(max((epoch - first) / (last - first), 0.0), 1.0)
    return 1.0 - (1.0 - self._to) * done

  def on_epoch_begin(self, epoch, logs=None):
    """Sets the rates of an epoch."""
    before = self.factor(epoch - 1) if epoch else 1.0
    for optimizer in self.model.optimizers.values():
      rate = optimizer.learning_rate
      if hasattr(rate, "assign"):
        rate.assign(rate * (self.factor(epoch) / before))
