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
"""Collects the parts that cannot be converted, for one error about all."""

_REMEDIES = {
  True: (
    "Map each of them with `custom={Class: function}`, where the function takes"
    " the Keras 3 object and returns the one of `tgp.keras` (or the operation"
    " on its tensors) in its place, or build the network without them."
  ),
  False: (
    "Map each of them with `custom={Class: function}`, where the function takes"
    " the object and returns the one of Keras 3 (or the operation on its"
    " tensors) in its place, or build the network without them."
  ),
}


class Problems:
  """The parts of a network that have no counterpart in the other Keras.

  Example:
    >>> problems = Problems("generator", to_tf_keras=True)
    >>> problems.add("layer 'x' (MyLayer)")
    >>> problems.check()  # a ValueError that names all of them
  """

  def __init__(self, network: str, to_tf_keras: bool):
    self._network = network
    self._to_tf_keras = to_tf_keras
    self._found: list[str] = []

  def __bool__(self) -> bool:
    return bool(self._found)

  def add(self, problem: str) -> None:
    """Adds a part without a counterpart, unless it was added before."""
    if problem not in self._found:
      self._found.append(problem)

  def check(self) -> None:
    """Raises a `ValueError` with all problems, if there are any."""
    if not self._found:
      return
    target = "tf_keras" if self._to_tf_keras else "Keras 3"
    raise ValueError(
      f"`model` {self._network!r} has parts without a counterpart in {target}:"
      f" {'; '.join(self._found)}. {_REMEDIES[self._to_tf_keras]}"
    )


def check_graph(model, is_graph: bool) -> None:
  """Raises unless a network is a built functional or Sequential one.

  Args:
    model: A network of either Keras.
    is_graph: Whether it is functional or Sequential.

  Raises:
    ValueError: If it is subclassed, or not built.
  """
  if not is_graph:
    raise ValueError(
      f"`model` {model.name!r} ({type(model).__name__}) is subclassed, so the"
      " connections between its layers are unknown. Build it from functional"
      " calls, keras.Model(inputs, outputs), or as keras.Sequential."
    )
  if not model.built or not model.inputs:
    raise ValueError(
      f"`model` {model.name!r} is a Sequential that is not built; begin it with"
      " `keras.Input(shape)`, or call it once."
    )
