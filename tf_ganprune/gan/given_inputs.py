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
"""What each of a GAN's networks is given: objects of `tgp.inputs` by name."""

import types
from collections.abc import Mapping

from tf_ganprune import inputs

_WAY_OUT = "tgp.inputs.Latents(64) or tgp.inputs.Examples(images)"


def by_name(gan, given) -> Mapping[str, inputs.Inputs]:
  """Returns what draws for a GAN's networks, by their names.

  Args:
    gan: A GAN that has its networks.
    given: An object of `tgp.inputs`, which is for all networks that ship and
      take what it draws; or such objects by name; or None.

  Raises:
    ValueError: If a name is not known, or what is drawn will not do.
  """
  if given is None:
    return types.MappingProxyType({})
  if isinstance(given, Mapping):
    for name, source in given.items():
      _check(source, gan.network(name), f"inputs[{name!r}]")
    return types.MappingProxyType(dict(given))
  first, *others = gan.exported
  _check(given, gan.network(first), "inputs")
  takers = [x for x in others if inputs.takes(gan.network(x), given)]
  return types.MappingProxyType(dict.fromkeys([first, *takers], given))


def of(gan, name: str | None = None) -> inputs.Inputs:
  """Returns what one of a GAN's networks is given.

  Args:
    gan: The GAN.
    name: Of the network; by default the first that ships.

  Raises:
    ValueError: If nobody said so.
  """
  name = gan.exported[0] if name is None else name
  if (found := gan.inputs_of(name)) is None:
    raise ValueError(
      f"{type(gan).__name__} does not know what its {name!r} is given; pass"
      f" `inputs` to its constructor, such as {_WAY_OUT}, or a dict of them by"
      " the networks' names."
    )
  return found


def _check(source, network, argument: str) -> None:
  """Raises unless an object draws any number of what a network takes."""
  fixed = isinstance(source, inputs.Rows | inputs.DrawnByFunction)
  if fixed or not inputs.is_inputs(source):
    raise ValueError(
      f"`{argument}` must be an object that draws any number, such as"
      f" {_WAY_OUT}; got {source!r}."
    )
  if network.built:
    inputs.check_takes(network, source)
