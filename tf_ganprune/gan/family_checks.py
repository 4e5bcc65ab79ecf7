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
"""What a family must be that a GAN trains by: names, losses, what it asks."""

from collections.abc import Mapping

import tensorflow as tf

_WAYS = {
  "augment": "score examples with `self.scorer(discriminator)`",
  "penalty": (
    "add `penalty(real, fake)` of `self.scorer(discriminator)` to its loss"
  ),
  "observe": (
    "call `observe(real, fake)` of `self.scorer(discriminator)` after its"
    " update"
  ),
  "select": (
    "score what a generator made with `self.scorer(discriminator, generator)`"
    " in the generator's loss"
  ),
}


def check_attributes(gan) -> None:
  """Raises if two parts of a GAN would be one attribute.

  Args:
    gan: A GAN that knows the names of its networks.
  """
  taken = {name: f"the network {name!r}" for name in gan._names}
  for name in gan._names:
    for what, attribute in (
      ("the optimizer", gan.optimizer_name(name)),
      ("the moving average", gan.average_name(name)),
      ("the regularizers", f"{name}_regularizers"),
    ):
      what = f"{what} of {name!r}"
      if attribute in taken:
        raise ValueError(
          f"`{attribute}` of {type(gan).__name__} would be {taken[attribute]}"
          f" and {what}; give one of them another name."
        )
      taken[attribute] = what


def check_exported(gan) -> None:
  """Raises unless a network ships, and all that do are there."""
  if not gan.exported:
    raise ValueError(
      f"{type(gan).__name__} has no network that ships: all of"
      f" {', '.join(gan._names)} judge or teach. Override `exported`, a tuple"
      " of names."
    )
  if isinstance(gan.exported, str):
    raise ValueError(
      f"`exported` of {type(gan).__name__} must be a tuple of names; got"
      f" {gan.exported!r}."
    )
  for name in gan.exported:
    gan.network(name)


def check_not_exchanged(gan) -> None:
  """Raises if a network's attribute was set to another network."""
  for name, network in gan._owned.networks.items():
    if getattr(gan, name, None) is not network:
      raise ValueError(
        f"`{name}` of {type(gan).__name__} was set to another network, and its"
        " optimizer, masks and moving average are of the one before; use"
        f" `gan.replaced({name}=network)`, which returns a GAN that goes on."
      )


def check_logs(gan, logs) -> None:
  """Raises unless `update` returned scalars by names that are its own."""
  if not isinstance(logs, Mapping):
    raise ValueError(
      f"`update` of {type(gan).__name__} must return what is logged, a dict of"
      f" scalars by name; got {type(logs).__name__}."
    )
  for distiller in gan._distillers.values():
    if both := sorted(set(logs) & set(distiller.logged)):
      raise ValueError(
        f"`update` of {type(gan).__name__} returns {', '.join(both)}, which"
        " `forward` logs already of what is learnt from a teacher; give it"
        " another name."
      )


def check_loss(gan, name, loss) -> None:
  """Raises unless a loss is a scalar that a tape can differentiate."""
  if not tf.is_tensor(loss):
    raise ValueError(
      f"The loss of {name!r} in {type(gan).__name__} is no tensor, so it was"
      f" not computed from weights; got {loss!r}."
    )
  if loss.shape.rank not in (0, None):
    raise ValueError(
      f"The loss of {name!r} in {type(gan).__name__} must be a scalar, and has"
      f" the shape {tuple(loss.shape)}; take its mean."
    )


def check_asked(gan) -> None:
  """Raises if `update` left out what the user asked for.

  Args:
    gan: A GAN that `update` was called for.
  """
  name = type(gan).__name__
  for student, distiller in gan._distillers.items():
    if not distiller.was_asked:
      raise ValueError(
        f"`distillation` of {student!r} is set, and `update` of {name} never"
        f" calls `self.forward({student!r}, inputs)`, so nothing is learnt from"
        " its teacher; call it, and add what it returns second to the loss."
      )
  for discriminator, combined in gan._regularizers.items():
    for method, way in _WAYS.items():
      lost = combined.overriding(method)
      if lost and method not in combined.asked:
        kinds = ", ".join(one.kind for one in lost)
        raise ValueError(
          f"`regularizers` has {kinds}, and `update` of {name} leaves it out"
          f" for {discriminator!r}: {way}."
        )
