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
"""Tests of the table of targets and of what is passed over untried."""

import numpy as np
import pytest

from tf_ganprune.export import number_formats, targets
from tf_ganprune.export.rules import flag
from tf_ganprune.keras_compat import keras

_FLAG = number_formats.Setting(number_formats.FLOAT32, flag=True)


def _dense(kernel):
  network = keras.Sequential(
    [keras.Input((len(kernel),)), keras.layers.Dense(kernel.shape[1])]
  )
  network.layers[0].kernel.assign(kernel)
  return network


def test_the_quantized_targets_go_without_the_flag():
  for name in ("cpu-dynamic", "cpu-int8"):
    assert not any(way.flag for way in targets.get(name).settings)


def test_an_unknown_target_lists_the_known():
  for name in ("tpu", None, ["cpu"]):
    with pytest.raises(ValueError, match=r"'cpu' \(float32\).*'cpu-small'"):
      targets.get(name)


@pytest.mark.parametrize(("zeros", "useless"), [(2, True), (3, False)])
def test_the_flag_acts_from_30_percent(zeros, useless):
  kernel = np.ones((10, 4))
  kernel[:zeros] = 0
  reason = flag.zeros_for_the_flag(_dense(kernel), _FLAG)
  assert (reason is not None) == useless
  plain = number_formats.Setting(number_formats.FLOAT32)
  assert flag.zeros_for_the_flag(_dense(kernel), plain) is None


@pytest.mark.parametrize(
  ("blocks", "slow"), [(2, False), (3, True), (6, True), (7, False)]
)
def test_blocks_are_slow_from_30_to_70_percent(blocks, slow):
  kernel = np.ones((40, 2))
  kernel[: 4 * blocks] = 0
  reason = flag.fast_blocks(_dense(kernel), _FLAG)
  assert (reason is not None) == slow


def test_only_float32_blocks_along_the_inputs_are_slow():
  scattered = np.tile([[1.0], [0.0]], (20, 4))
  assert flag.fast_blocks(_dense(scattered), _FLAG) is None
  along_units = np.ones((40, 8))
  along_units[::2] = 0
  assert flag.fast_blocks(_dense(along_units), _FLAG) is None
  along_inputs = np.ones((8, 8))
  along_inputs[:4] = 0
  assert flag.fast_blocks(_dense(along_inputs), _FLAG)
  half = number_formats.Setting(number_formats.FLOAT16, flag=True)
  assert flag.fast_blocks(_dense(along_inputs), half) is None


def test_settings_print_as_in_the_notes():
  assert str(_FLAG) == "flag + float32"
  assert str(number_formats.Setting(number_formats.DYNAMIC)) == "dynamic int8"
