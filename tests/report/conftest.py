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
"""A comparison with known numbers for the tests of this folder."""

import dataclasses

import numpy as np
import pytest

from tf_ganprune import report, sparsity
from tf_ganprune.report import page

_SHARED = {"step": [1, 2], "d_loss": [1.0, 0.9], "g_loss": [0.7, 0.8]}


@pytest.fixture(scope="session")
def dense():
  return report.NetworkResult(
    "dense",
    {"frechet_distance": 10.0, "kernel_distance": 0.02, "recall": 0.5},
    zeros=0.0,
    parameters=1_234_567,
    files=[
      report.FileResult("cpu", 1_000_000, 800_000, 2.0, 1e-7),
      report.FileResult("cpu-small", 400_000, 380_000, 1.0, 2e-2),
    ],
    sparsity=[("stem", 0.0, 1000, ""), ("to_image", 0.0, 25, "")],
    history={"train": _SHARED, "continue": {"step": [3], "d_loss": [0.8]}},
  )


@pytest.fixture(scope="session")
def pruned():
  return report.NetworkResult(
    "pruned",
    {"frechet_distance": 12.5, "kernel_distance": None, "recall": 0.4},
    zeros=0.78,
    parameters=1_234_567,
    files=[
      report.FileResult("cpu", 1_000_000, 300_000, 2.1, 1e-7),
      report.FileResult("cpu-small", 100_000, 90_000, None, None, ["no flag"]),
    ],
    sparsity=[
      sparsity.LayerSparsity("stem", 0.8, 1000),
      sparsity.LayerSparsity("to_image", 0.0, 25, "not pruned"),
    ],
    history={
      "train": dict(_SHARED),
      "continue": {"step": [3], "d_loss": [0.85]},
    },
  )


@pytest.fixture(scope="session")
def comparison(dense, pruned):
  return report.Comparison(
    "Digits, dense and pruned",
    [dense, pruned],
    settings={"loss": "hinge", "steps": 3000},
    machine="two cores",
    notes=["few images"],
    samples_png=np.zeros((3, 5, 1), np.uint8),
  )


@pytest.fixture(scope="session")
def rendered(comparison):
  return page.render(comparison)


@pytest.fixture(scope="session")
def rename(comparison, pruned):
  """Returns the comparison with another name for the second contestant."""

  def replace(name):
    other = dataclasses.replace(pruned, name=name)
    contestants = [comparison.contestants[0], other]
    return dataclasses.replace(comparison, contestants=contestants, title=name)

  return replace
