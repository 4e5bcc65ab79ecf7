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
"""Inception Score against closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tf_ganprune import metrics


def test_a_classifier_that_cannot_tell_gives_one():
  assert metrics.inception_score(np.zeros((6, 10))) == pytest.approx(1.0)
  assert metrics.inception_score(np.full((6, 3), 7.5)) == pytest.approx(1.0)


def test_images_that_all_look_alike_give_one():
  logits = np.tile([3.0, -1.0, 0.5], (5, 1))
  assert metrics.inception_score(logits) == pytest.approx(1.0)


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_sure_of_every_class_equally_often(classes):
  logits = 1000.0 * np.tile(np.eye(classes), (4, 1))
  assert metrics.inception_score(logits) == pytest.approx(classes, rel=1e-12)


def test_a_case_by_hand():
  # p(y|x) is (3/4, 1/4) and (1/4, 3/4), p(y) is (1/2, 1/2): the divergence is
  # 3/4 ln(3/2) + 1/4 ln(1/2).
  logits = np.log([[3.0, 1.0], [1.0, 3.0]])
  expected = 1.5**0.75 * 0.5**0.25
  assert metrics.inception_score(logits) == pytest.approx(expected, rel=1e-12)


def test_unequal_classes_by_hand():
  # Sure of class 0 three times out of four: exp of the entropy of (3/4, 1/4).
  logits = 500.0 * np.eye(3)[[0, 0, 0, 1]]
  expected = (4 / 3) ** 0.75 * 4**0.25
  assert metrics.inception_score(logits) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("offset", [1e4, -1e4])
def test_huge_logits_neither_overflow_nor_matter(offset):
  logits = np.log([[3.0, 1.0], [1.0, 3.0]])
  assert metrics.inception_score(logits + offset) == pytest.approx(
    metrics.inception_score(logits), rel=1e-9
  )


@settings(max_examples=30, deadline=None)
@given(
  n=st.integers(2, 20), classes=st.integers(2, 12), seed=st.integers(0, 999)
)
def test_between_one_and_the_smaller_of_n_and_classes(n, classes, seed):
  logits = 5 * np.random.default_rng(seed).normal(size=(n, classes))
  score = metrics.inception_score(logits)
  assert 1 - 1e-12 <= score <= min(n, classes) + 1e-9
