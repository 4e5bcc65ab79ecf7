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
"""Finds the object of `tgp.inputs` that draws each network's inputs."""

import types
from collections.abc import Mapping

from tf_ganprune import inputs

_EXAMPLES = "tgp.inputs.Latents(64) or tgp.inputs.Examples(images)"


def by_name(gan, given) -> Mapping[str, inputs.Inputs]:
  """Returns the objects that draw the inputs of a GAN's networks, by name.

  Args:
    gan: A GAN that has its networks.
    given: An object of `tgp.inputs`, for all exported networks that take its
      inputs; or such objects by the networks' names; or None.

  Raises:
    ValueError: If a name is not known, or a network does not take the inputs.
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


def source_of(gan, name: str | None = None) -> inputs.Inputs:
  """Returns the object that draws the inputs of a network.

  Args:
    gan: The GAN.
    name: The name of the network; by default `gan.sampled`.

  Raises:
    ValueError: If the GAN was made without inputs for it.
  """
  name = gan.sampled if name is None else name
  if (found := gan.inputs_of(name)) is None:
    raise ValueError(
      f"{type(gan).__name__} has no inputs for its network {name!r}; pass"
      " `inputs` to its constructor, such as"
      f" {_EXAMPLES}, or a dict of such objects by the networks' names."
    )
  return found


def _check(source, network, argument: str) -> None:
  """Raises unless an object draws any number of inputs that a network takes."""
  fixed = isinstance(source, inputs.Rows | inputs.DrawnByFunction)
  if fixed or not inputs.is_inputs(source):
    raise ValueError(
      f"`{argument}` must be an object that draws any number of inputs, such as"
      f" {_EXAMPLES}; got {source!r}."
    )
  if network.built:
    inputs.check_takes(network, source)
