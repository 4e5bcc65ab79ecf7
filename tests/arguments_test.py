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
"""Tests of arguments."""

import math

import numpy as np
import pytest

from tf_ganprune import arguments


@pytest.mark.parametrize("value", [2, 7, np.int64(3)])
def test_whole_numbers(value):
  found = arguments.whole("steps", value, 2)
  assert found == value
  assert type(found) is int


@pytest.mark.parametrize("value", [1, 2.0, True, "2", None, math.nan])
def test_what_is_no_whole_number(value):
  with pytest.raises(ValueError, match="`steps` must be a whole number of at"):
    arguments.whole("steps", value, 2)


@pytest.mark.parametrize("value", [1, 5, True, 3.0, "3", None])
def test_what_is_not_between_two_whole_numbers(value):
  with pytest.raises(ValueError, match="`n` must be .* from 2 to 4;"):
    arguments.whole("n", value, 2, 4)
  assert arguments.whole("n", 4, 2, 4) == 4


@pytest.mark.parametrize("value", [0, 1, 0.5, np.float32(0.25)])
def test_real_numbers(value):
  found = arguments.real("share", value, 0, 1)
  assert found == value
  assert type(found) is float


@pytest.mark.parametrize("value", [-0.1, 1.1, True, "0", None, math.nan])
def test_what_is_no_real_number(value):
  with pytest.raises(ValueError, match="`share` must be a number from 0 to 1;"):
    arguments.real("share", value, 0, 1)


def test_without_a_highest_number():
  assert arguments.real("weight", 1e9, 0) == 1e9
  with pytest.raises(ValueError, match="from 0 up; got inf"):
    arguments.real("weight", math.inf, 0)


def test_true_and_false():
  assert arguments.boolean("exact", True) is True
  assert arguments.boolean("exact", False) is False


@pytest.mark.parametrize("value", ["no", 0, 1.0, None])
def test_what_is_neither_true_nor_false(value):
  with pytest.raises(ValueError, match="`exact` must be True or False; got"):
    arguments.boolean("exact", value)
