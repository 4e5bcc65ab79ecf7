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
"""Finds and prunes the networks of any GAN for experiments, by their roles."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tf_ganprune import array_types
from tf_ganprune.experiments import protocols
from tf_ganprune.gan import scaling


def networks(gan: tgp.PrunedGAN) -> dict[str, tgp.keras.Model]:
  """Returns the networks that a GAN trains, by name, without teachers."""
  teachers = {gan.teacher_of(name) for name in gan.networks}
  return {k: x for k, x in gan.networks.items() if k not in teachers}


def judge_of(gan: tgp.PrunedGAN, name: str) -> tgp.keras.Model:
  """Returns the discriminator whose features compare a network's outputs.

  Args:
    gan: The GAN.
    name: The name of the network that makes the outputs.
  """
  return gan.networks[gan.judge_of(name) or gan.discriminators[0]]


def exported(gan: tgp.PrunedGAN) -> dict[str, tgp.keras.Model]:
  """Returns the networks to export by name: averages, without wrappers."""
  return {
    name: gan.averages.get(name) or tgp.strip_pruning(gan.networks[name])
    for name in gan.exported
  }


def inputs(
  task: protocols.InputTask,
  gan: tgp.PrunedGAN,
  name: str,
  n: int,
  seed: int,
) -> array_types.Arrays | None:
  """Draws inputs for a network from the task, or else from the GAN.

  Args:
    task: The family's `Task`.
    gan: The GAN.
    name: The name of the network.
    n: How many examples to draw.
    seed: The seed of the inputs.

  Returns:
    A batch; None if neither task nor GAN can draw inputs for the network.
  """
  found = task.inputs(name, n, seed)
  source = gan.inputs_of(name) if found is None else None
  # With one seed, `generate` would draw the same.
  return found if source is None else source.draw(n, seed=(seed, 1))


def calibration(
  task: protocols.InputTask,
  gan: tgp.PrunedGAN,
  name: str,
  n: int,
  seed: int,
) -> array_types.Arrays | tgp.inputs.Inputs | None:
  """Returns `representative_data` of a network for `tgp.export_tflite`.

  Args:
    task: As in `inputs`.
    gan: As in `inputs`.
    name: As in `inputs`.
    n: How many examples to draw, if the task draws them.
    seed: The seed of the inputs, if the task draws them.

  Returns:
    A batch, the object that draws it, or None.
  """
  found = task.inputs(name, n, seed)
  return gan.inputs_of(name) if found is None else found


def wrapped(
  networks: Mapping[str, tgp.keras.Model],
  schedule: tfmot.sparsity.keras.PruningSchedule,
  names: Sequence[str],
  policies: Mapping[str, object] | None = None,
  **kwargs: Any,
) -> dict[str, tgp.keras.Model]:
  """Wraps networks for pruning, and returns them by name.

  Args:
    networks: The networks by name, with which weights are shared.
    schedule: The pruning schedule; its step 0 is now.
    names: The names of the networks to prune.
    policies: Pruning policies by the networks' names.
    **kwargs: Arguments of `tgp.prune_low_magnitude`, such as `allocation`.
  """
  policies = policies or {}
  return {
    name: tgp.prune_low_magnitude(
      networks[name], schedule, pruning_policy=policies.get(name), **kwargs
    )
    for name in names
  }


def pruned(
  gan: tgp.PrunedGAN,
  schedule: tfmot.sparsity.keras.PruningSchedule,
  names: Sequence[str],
  **kwargs: Any,
) -> tgp.PrunedGAN:
  """Returns a GAN that continues the training of one, and prunes networks.

  Args:
    gan: A compiled GAN, which must not be used further.
    schedule: As in `wrapped`.
    names: As in `wrapped`.
    **kwargs: As in `wrapped`.
  """
  return gan.replaced(**wrapped(gan.networks, schedule, names, **kwargs))


def renewed(
  gan: tgp.PrunedGAN,
  names: Iterable[str],
  learning_rate: float
  | tgp.keras.optimizers.schedules.LearningRateSchedule
  | None = None,
) -> dict[str, tgp.keras.optimizers.Optimizer]:
  """Returns new optimizers with the settings of a GAN's, whose steps are 0.

  Args:
    gan: The GAN.
    names: The names of the networks.
    learning_rate: A number or a Keras schedule; None to keep the rate.

  Returns:
    Optimizers by the networks' names, as `PrunedGAN.replaced` takes them.
  """
  rate = {} if learning_rate is None else {"learning_rate": learning_rate}
  return {name: scaling.another(gan.optimizers[name], **rate) for name in names}
