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
"""Tests of the sparsity report."""

import numpy as np
import pytest

from tests import tiny
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, report


def _half_zero():
  model = tiny.classifier()
  kernel = model.layers[0].kernel
  kernel.assign(np.where(np.arange(48).reshape(6, 8) < 24, 0.0, 1.0))
  return model


@pytest.mark.parametrize("wrap", [lambda m: m, prune.prune_low_magnitude])
def test_counts_zeros_of_kernels_alone(wrap):
  result = report.sparsity_report(wrap(_half_zero()))
  assert [layer.size for layer in result.layers] == [48, 24]
  assert [layer.sparsity for layer in result.layers] == [0.5, 0.0]
  assert not any(row.name.startswith("prune_low") for row in result.layers)
  assert result.overall == pytest.approx(24 / 72)


def test_names_nested_models_and_counts_shared_layers_once():
  inner = keras.Sequential(
    [keras.Input((4,)), keras.layers.Dense(4, name="a")], name="inner"
  )
  x = keras.Input((4,))
  y = keras.layers.Dense(2, name="b")(inner(inner(x)))
  result = report.sparsity_report(keras.Model(x, y))
  assert [layer.name for layer in result.layers] == ["inner/a", "b"]


def test_prints_a_table():
  lines = str(report.sparsity_report(_half_zero())).splitlines()
  assert lines[0].split() == ["layer", "zeros", "weights"]
  assert lines[1].split()[1:] == ["50.00%", "48"]
  assert lines[-1].split() == ["overall", "33.33%", "72"]
  assert len({len(line) for line in lines}) == 1


def test_refuses_what_has_no_weights_yet():
  model = keras.Sequential([keras.layers.Dense(2)], name="unbuilt")
  with pytest.raises(ValueError, match="'unbuilt.*' "):
    report.sparsity_report(model)
