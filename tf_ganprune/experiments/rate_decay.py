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
"""A callback that lowers learning rates towards the end of a phase."""

import tf_ganprune as tgp


class RateDecay(tgp.keras.callbacks.Callback):
  """Lowers the learning rates of a GAN's optimizers, epoch by epoch.

  They are constant for a share of the phase, and then fall evenly. Each rate is
  computed from that of the epoch before, so that a killed phase resumes with
  the right rate from the backup of an epoch's end. Rates that are schedules are
  not changed.

  Example:
    `gan.fit(images, epochs=16, callbacks=[RateDecay(16, 0.5, 0.1)])`
  """

  def __init__(self, epochs: int, decay_from: float, decay_to: float):
    """Creates the callback.

    Args:
      epochs: The number of epochs of the phase.
      decay_from: The share of the epochs in which the rates are constant.
      decay_to: The factor of the rates in the last epoch.
    """
    super().__init__()
    self._epochs, self._from, self._to = epochs, decay_from, decay_to

  def factor(self, epoch: int) -> float:
    """Returns the factor between the first rates and those of an epoch.

    Args:
      epoch: The number of the epoch, from 0.
    """
    first = self._from * (self._epochs - 1)
    last = max(self._epochs - 1, first + 1e-9)
    done = min(max((epoch - first) / (last - first), 0.0), 1.0)
    return 1.0 - (1.0 - self._to) * done

  def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
    """Sets the learning rates of an epoch."""
    before = self.factor(epoch - 1) if epoch else 1.0
    for optimizer in self.model.optimizers.values():
      rate = optimizer.learning_rate
      if hasattr(rate, "assign"):
        rate.assign(rate * (self.factor(epoch) / before))
