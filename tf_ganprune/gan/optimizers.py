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
"""The optimizers of a GAN's networks, one for each."""

import itertools

from tf_ganprune import keras_compat
from tf_ganprune.gan import freezing, scaling
from tf_ganprune.keras_compat import keras

_OPTIONAL = ("t_optimizer",)


def built(**given) -> list:
  """Returns optimizers that are ready to update a network each.

  Args:
    **given: By the arguments' names, a network and its optimizer, which may be
      a name; where one may be left out, None stays None.

  Raises:
    ValueError: If two are the same object, one is of Keras 3 or would not do,
      or one is for a network that is not there.
  """
  for name, (_, optimizer) in given.items():
    keras_compat.check_same(optimizer, name)
  found = {
    name: (network, keras.optimizers.get(optimizer))
    for name, (network, optimizer) in given.items()
    if optimizer is not None or name not in _OPTIONAL
  }
  for one, other in itertools.combinations(found, 2):
    if found[one][1] is found[other][1]:
      raise ValueError(
        f"`{one}` and `{other}` are the same object; each network needs an"
        " optimizer of its own."
      )
  for name, (network, optimizer) in found.items():
    _check(name, network, optimizer)
  ready = {name: _built(*of_one) for name, of_one in found.items()}
  return [ready.get(name) for name in given]


def _check(name: str, network, optimizer) -> None:
  if network is None:
    raise ValueError(
      f"`{name}` is set, and the GAN has no network to update with it; leave it"
      " out, or pass `teacher` and `distillation` to the constructor."
    )
  if not hasattr(optimizer, "build"):
    raise ValueError(
      f"`{name}` is of the legacy kind ({type(optimizer).__name__}); use one"
      " from `tf_ganprune.keras.optimizers`."
    )
  if getattr(optimizer, "use_ema", False):
    raise ValueError(
      f"`{name}` has use_ema=True, with which Keras overwrites weights after"
      " training; use the GAN's `ema_decay`."
    )


def _built(network, optimizer):
  optimizer = scaling.optimizer_for(network, optimizer)
  with freezing.unfrozen(network):
    optimizer.build(network.trainable_variables)
  return optimizer
