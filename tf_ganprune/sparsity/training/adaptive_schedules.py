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
"""Adaptive schedules in a model, and a check of the callbacks that set them."""

import warnings
from collections.abc import Sequence

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.schedules import adaptive
from tf_ganprune.sparsity.wrapping import wrapped_layers


def schedules_of(model) -> list[adaptive.AdaptiveSparsity]:
  """Returns the `AdaptiveSparsity` schedules in a model, each once.

  Args:
    model: A network or a GAN.
  """
  found = {
    id(layer.pruning_schedule): layer.pruning_schedule
    for layer in wrapped_layers.pruned_layers(model)
    if isinstance(layer.pruning_schedule, adaptive.AdaptiveSparsity)
  }
  return list(found.values())


def check_setters(model, callbacks: Sequence[keras.callbacks.Callback]) -> None:
  """Warns if no callback sets the adaptive schedules of a model.

  Args:
    model: A GAN that is about to be trained.
    callbacks: The callbacks of its `fit`.

  Raises:
    ValueError: If several callbacks would set them.
  """
  schedules = schedules_of(model)
  setters = [x for x in callbacks if getattr(x, "sets_sparsity", False)]
  if schedules and len(setters) > 1:
    names = " and ".join(type(x).__name__ for x in setters)
    raise ValueError(
      f"`callbacks` has {names}, which would set the sparsity of the same"
      " networks; train with one of them."
    )
  if not setters and any(x.sparsity == 0 for x in schedules):
    warnings.warn(
      "A network has the pruning schedule AdaptiveSparsity, and no callback"
      " sets its sparsity, so nothing will be pruned: add"
      " tgp.AdaptivePruning(...) or tgp.LotteryTicket(...) to `callbacks`.",
      stacklevel=3,
    )
