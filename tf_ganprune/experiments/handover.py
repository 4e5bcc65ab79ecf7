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
"""What experiments ask of a GAN, whatever its networks are called.

Everything that knows how a GAN holds them stands here.
"""

from collections.abc import Mapping, Sequence

import tf_ganprune as tgp

_GENERATOR, _DISCRIMINATOR = "generator", "discriminator"


def networks(gan) -> dict[str, tgp.keras.Model]:
  """Returns a GAN's live networks by their names, without teachers."""
  if hasattr(gan, "networks"):
    teachers = _teachers(gan).values()
    return {k: x for k, x in gan.networks.items() if k not in teachers}
  return {name: getattr(gan, name) for name in (_GENERATOR, _DISCRIMINATOR)}


def exported_names(gan) -> tuple[str, ...]:
  """Returns the names of the networks that ship."""
  return tuple(getattr(gan, "exported", (_GENERATOR,)))


def discriminators(gan) -> tuple[str, ...]:
  """Returns the names of the networks that judge others."""
  return tuple(getattr(gan, "discriminators", (_DISCRIMINATOR,)))


def judge_of(gan, name: str) -> tgp.keras.Model:
  """Returns the network whose features tell how alike outputs are.

  Args:
    gan: The GAN.
    name: Of the network that makes the outputs.
  """
  judge = gan.judge_of(name) if hasattr(gan, "judge_of") else None
  return networks(gan)[judge or discriminators(gan)[0]]


def averaged(gan, name: str) -> tgp.keras.Model:
  """Returns a network's moving average, or else the live one.

  Args:
    gan: The GAN.
    name: Of the network.
  """
  if hasattr(gan, "averaged"):
    return gan.averaged(name)
  average = getattr(gan, f"ema_{name}", None)
  return getattr(gan, name) if average is None else average


def exported(gan) -> dict[str, tgp.keras.Model]:
  """Returns what ships: averages where there are some, without wrappers."""
  live, found = networks(gan), {}
  for name in exported_names(gan):
    network = averaged(gan, name)
    is_live = network is live[name]
    found[name] = tgp.strip_pruning(network) if is_live else network
  return found


def optimizers(gan) -> dict[str, tgp.keras.optimizers.Optimizer]:
  """Returns the optimizers of a compiled GAN by their networks' names."""
  if hasattr(gan, "optimizers"):
    return {k: x for k, x in gan.optimizers.items() if k in networks(gan)}
  return {_GENERATOR: gan.g_optimizer, _DISCRIMINATOR: gan.d_optimizer}


def _teachers(gan) -> Mapping[str, str]:
  """Returns the names of teachers by the names of those who learn."""
  return getattr(gan, "_teachers", {_GENERATOR: "teacher"})


def teacher(gan, name: str) -> tgp.keras.Model:
  """Returns the network that another learns from.

  Args:
    gan: The GAN.
    name: Of the network that learns.
  """
  return getattr(gan, _teachers(gan)[name])


def average_of_teacher(gan, name: str) -> tgp.keras.Model:
  """Returns the moving average of a teacher that learns, as `teacher`."""
  return averaged(gan, _teachers(gan)[name])


def optimizer_of_teacher(gan, name: str) -> tgp.keras.optimizers.Optimizer:
  """Returns the optimizer of a teacher that learns, as `teacher`."""
  if hasattr(gan, "optimizers"):
    return gan.optimizers[_teachers(gan)[name]]
  return gan.t_optimizer


def changed(gan, **arguments):
  """Returns a GAN that trains on where `gan` is, with other arguments.

  Weights, optimizers and moving averages go over; `gan` is used up.

  Args:
    gan: A compiled GAN.
    **arguments: Of its constructor, or networks by name, in place of what it
      has.
  """
  if hasattr(gan, "replaced"):
    return gan.replaced(**arguments)
  another = type(gan)(**gan.get_config() | networks(gan) | arguments)
  if gan.ema_generator is not None:
    another.ema_generator.set_weights(gan.ema_generator.get_weights())
  another.compile(gan.d_optimizer, gan.g_optimizer, loss=gan.loss_name)
  return another


def restarted(gan, **arguments):
  """Returns a GAN with other networks, whose own optimizers begin anew.

  Args:
    gan: A compiled GAN, which is used up.
    **arguments: Networks by name, and of its constructor.
  """
  if hasattr(gan, "replaced"):
    return gan.replaced(**arguments)
  another = type(gan)(**gan.get_config() | networks(gan) | arguments)
  optimizer = gan.g_optimizer
  anew = type(optimizer).from_config(optimizer.get_config())
  another.compile(gan.d_optimizer, anew, loss=gan.loss_name)
  return another


def pruned(
  gan,
  schedule,
  names: Sequence[str],
  policies: Mapping[str, object] | None = None,
  **kwargs,
):
  """Returns a GAN that trains on where `gan` is, and prunes networks.

  Args:
    gan: A compiled GAN, which is used up.
    schedule: The pruning schedule; its step 0 is now.
    names: Of the networks to prune.
    policies: The pruning policy of a network, if it has one.
    **kwargs: As of `tgp.prune_low_magnitude`, such as `allocation`.
  """
  live, policies = networks(gan), policies or {}
  wrapped = {
    name: tgp.prune_low_magnitude(
      live[name], schedule, pruning_policy=policies.get(name), **kwargs
    )
    for name in names
  }
  return changed(gan, **wrapped)
