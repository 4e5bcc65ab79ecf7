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
"""What experiments ask of a GAN, whatever its networks are called."""

from collections.abc import Iterable, Mapping, Sequence

import tf_ganprune as tgp
from tf_ganprune.gan import scaling


def networks(gan: tgp.PrunedGAN) -> dict[str, tgp.keras.Model]:
  """Returns a GAN's live networks by their names, without teachers."""
  teachers = {gan.teacher_of(name) for name in gan.networks}
  return {k: x for k, x in gan.networks.items() if k not in teachers}


def judge_of(gan: tgp.PrunedGAN, name: str) -> tgp.keras.Model:
  """Returns the network whose features tell how alike outputs are.

  Args:
    gan: The GAN.
    name: Of the network that makes the outputs.
  """
  return gan.networks[gan.judge_of(name) or gan.discriminators[0]]


def exported(gan: tgp.PrunedGAN) -> dict[str, tgp.keras.Model]:
  """Returns what ships: averages where there are some, without wrappers."""
  return {
    name: gan.averages.get(name) or tgp.strip_pruning(gan.networks[name])
    for name in gan.exported
  }


def inputs(task, gan: tgp.PrunedGAN, name: str, n: int, seed: int):
  """Returns what a network is given: as the task says, or else as the GAN does.

  Args:
    task: The family's `Task`.
    gan: The GAN.
    name: Of the network.
    n: How many examples.
    seed: Of what is drawn.

  Returns:
    A batch, or None where neither says it.
  """
  found = task.inputs(name, n, seed)
  source = gan.inputs_of(name) if found is None else None
  # With one seed, `generate` would draw the same.
  return found if source is None else source.draw(n, seed=(seed, 1))


def calibration(task, gan: tgp.PrunedGAN, name: str, n: int, seed: int):
  """Returns what `tgp.export_tflite` takes as `representative_data`.

  Args:
    task: As of `inputs`.
    gan: As of `inputs`.
    name: As of `inputs`.
    n: As of `inputs`, where the task says what the network is given.
    seed: As well.

  Returns:
    A batch, the object that draws it, or None.
  """
  found = task.inputs(name, n, seed)
  return gan.inputs_of(name) if found is None else found


def wrapped(
  networks: Mapping[str, tgp.keras.Model],
  schedule,
  names: Sequence[str],
  policies: Mapping[str, object] | None = None,
  **kwargs,
) -> dict[str, tgp.keras.Model]:
  """Returns networks that get zeros.

  Args:
    networks: By name; weights are shared with these.
    schedule: The pruning schedule; its step 0 is now.
    names: Of the networks to prune.
    policies: The pruning policy of a network, if it has one.
    **kwargs: As of `tgp.prune_low_magnitude`, such as `allocation`.
  """
  policies = policies or {}
  return {
    name: tgp.prune_low_magnitude(
      networks[name], schedule, pruning_policy=policies.get(name), **kwargs
    )
    for name in names
  }


def pruned(
  gan: tgp.PrunedGAN, schedule, names: Sequence[str], **kwargs
) -> tgp.PrunedGAN:
  """Returns a GAN that trains on where `gan` is, and prunes networks.

  Args:
    gan: A compiled GAN, which is used up.
    schedule: As of `wrapped`.
    names: As of `wrapped`.
    **kwargs: As of `wrapped`.
  """
  return gan.replaced(**wrapped(gan.networks, schedule, names, **kwargs))


def renewed(gan: tgp.PrunedGAN, names: Iterable[str], learning_rate=None):
  """Returns new optimizers like those of a GAN, whose count begins at 0.

  Args:
    gan: The GAN.
    names: Of the networks.
    learning_rate: A number or a Keras schedule; None for the rate that is.

  Returns:
    Optimizers by the networks' names, as `PrunedGAN.replaced` takes them.
  """
  rate = {} if learning_rate is None else {"learning_rate": learning_rate}
  return {name: scaling.another(gan.optimizers[name], **rate) for name in names}
