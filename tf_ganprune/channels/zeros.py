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
"""Sets channels to zero without removing them."""

import contextlib
from collections.abc import Iterator

import numpy as np

from tf_ganprune.channels import trace as traces

_KINDS = ("kernel", "bias", "scale")


def set_zero(trace: traces.Trace, units: np.ndarray) -> None:
  """Sets the kernels, biases and scales that produce some units to zero.

  Args:
    trace: The trace of a network, whose weights are changed.
    units: The numbers of the units.
  """
  for variable, position, where in _places(trace, units):
    value = np.moveaxis(variable.numpy(), position, 0).copy()
    value[where] = 0
    variable.assign(np.moveaxis(value, 0, position))


@contextlib.contextmanager
def without(trace: traces.Trace, units: np.ndarray) -> Iterator[None]:
  """Sets units to zero within a `with` block, and restores them afterwards.

  Args:
    trace: The trace of a network.
    units: The numbers of the units.
  """
  places = _places(trace, units)
  before = [variable.numpy() for variable, _, _ in places]
  set_zero(trace, units)
  try:
    yield
  finally:
    for (variable, _, _), value in zip(places, before, strict=True):
      variable.assign(value)


def _places(trace, units) -> list:
  places = []
  for _, variable, weight in trace.weights:
    if weight.kind not in _KINDS:
      continue
    for position in weight.produced():
      axis = weight.axes[position]
      where = np.isin(trace.of(axis), units)
      if where.any():
        places.append((variable, position, where))
  return places
