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
"""Fréchet distance against closed forms and scipy's matrix root."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from tf_ganprune import metrics


def gaussian(seed, n, mean, covariance):
  """Samples whose mean and unbiased covariance are exactly these."""
  noise = np.random.default_rng(seed).normal(size=(n, len(mean)))
  noise -= noise.mean(axis=0)
  white = np.linalg.qr(noise)[0] * np.sqrt(n - 1)
  return white @ np.linalg.cholesky(covariance).T + mean


def textbook(real, generated):
  gap = real.mean(axis=0) - generated.mean(axis=0)
  s1, s2 = np.cov(real, rowvar=False), np.cov(generated, rowvar=False)
  root = scipy.linalg.sqrtm(s1 @ s2)
  return gap @ gap + np.trace(s1 + s2 - 2 * np.real(root))


def test_diagonal_gaussians_have_the_closed_form():
  real = gaussian(0, 50, np.array([0.0, 1.0, 2.0]), np.diag([1.0, 4.0, 9.0]))
  fake = gaussian(1, 80, np.array([1.0, 1.0, 0.0]), np.diag([4.0, 1.0, 9.0]))
  # |m1 - m2|^2 = 1 + 4, and (s1 - s2)^2 = 1 + 1 + 0 for the deviations.
  assert metrics.frechet_distance(real, fake) == pytest.approx(7.0, abs=1e-9)


def test_two_by_two_covariances_have_the_closed_form():
  a, b = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([[3.0, 0.0], [0.0, 1.0]])
  real, fake = gaussian(0, 20, np.zeros(2), a), gaussian(1, 30, np.ones(2), b)
  # In two dimensions tr sqrt(M) = sqrt(tr M + 2 sqrt(det M)); here tr(AB) is
  # 8 and det(AB) is 9, so 2 + 4 + 4 - 2 sqrt(14).
  expected = 10.0 - 2.0 * np.sqrt(14.0)
  assert metrics.frechet_distance(real, fake) == pytest.approx(
    expected, abs=1e-9
  )


def test_commuting_covariances_turned_by_a_rotation():
  turn = np.linalg.qr(np.random.default_rng(3).normal(size=(6, 6)))[0]
  first, second = np.arange(1.0, 7.0) ** 2, np.arange(6.0, 0.0, -1.0) ** 2
  real = gaussian(0, 40, np.zeros(6), turn @ np.diag(first) @ turn.T)
  fake = gaussian(1, 40, np.zeros(6), turn @ np.diag(second) @ turn.T)
  # 25 + 9 + 1 + 1 + 9 + 25.
  assert metrics.frechet_distance(real, fake) == pytest.approx(70.0, abs=1e-9)


@pytest.mark.parametrize("d", [1, 2, 7, 32])
def test_agrees_with_sqrtm(d):
  rng = np.random.default_rng(d)
  real = rng.normal(size=(10 * d + 20, d)) @ rng.normal(size=(d, d))
  fake = rng.normal(size=(8 * d + 30, d)) @ rng.normal(size=(d, d)) + 0.5
  if d == 1:
    gap = real.mean() - fake.mean()
    expected = gap**2 + (real.std(ddof=1) - fake.std(ddof=1)) ** 2
  else:
    expected = textbook(real, fake)
  assert metrics.frechet_distance(real, fake) == pytest.approx(
    expected, rel=1e-6
  )


def test_fewer_samples_than_features():
  rng = np.random.default_rng(0)
  real, fake = rng.normal(size=(9, 40)), rng.normal(size=(6, 40)) + 0.2
  x = (real - real.mean(axis=0)) / np.sqrt(8)
  y = (fake - fake.mean(axis=0)) / np.sqrt(5)
  # S1 S2 = x'x y'y has the non-zero eigenvalues of the 6x6 matrix y x' x y'.
  roots = np.sqrt(
    np.clip(scipy.linalg.eigvals(y @ x.T @ x @ y.T).real, 0, None)
  )
  gap = np.square(real.mean(axis=0) - fake.mean(axis=0)).sum()
  expected = gap + np.square(x).sum() + np.square(y).sum() - 2 * roots.sum()
  assert metrics.frechet_distance(real, fake) == pytest.approx(
    expected, rel=1e-6
  )


def test_disjoint_supports_share_nothing():
  real, fake = np.zeros((4, 10)), np.zeros((3, 10))
  real[:, 0] = [0.0, 2.0, 0.0, 2.0]
  fake[:, 5] = [1.0, 4.0, 1.0]
  # Means 1 and 2 on different axes; variances 4/3 and 3; no common part.
  assert metrics.frechet_distance(real, fake) == pytest.approx(
    1.0 + 4.0 + 4.0 / 3.0 + 3.0, abs=1e-12
  )


def test_rank_one_covariances_on_one_line():
  line = np.array([3.0, 4.0]) / 5.0
  real = np.outer([0.0, 1.0, 2.0], line)
  fake = np.outer([0.0, 3.0, 6.0], line)
  # Deviations 1 and 3 along the line, means 1 and 3.
  assert metrics.frechet_distance(real, fake) == pytest.approx(8.0, abs=1e-12)


@pytest.mark.parametrize("shape", [(30, 5), (5, 30)])
def test_identical_sets_are_at_zero(shape):
  features = np.random.default_rng(0).normal(size=shape) * 10
  shuffled = features[::-1]
  assert metrics.frechet_distance(features, features) == pytest.approx(
    0.0, abs=1e-10
  )
  assert metrics.frechet_distance(features, shuffled) >= 0.0


def test_float32_far_from_the_origin_loses_nothing():
  steps = np.arange(8, dtype=np.float32)[:, None]
  real, fake = 65536.0 + steps, 65536.0 + 2 * steps
  # Means 3.5 and 7; deviations s and 2 s with s^2 = 6.
  assert metrics.frechet_distance(
    real.astype(np.float32), fake.astype(np.float32)
  ) == pytest.approx(3.5**2 + 6.0, rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(
  n=st.integers(2, 12),
  m=st.integers(2, 12),
  d=st.integers(1, 12),
  scale=st.floats(0.01, 100.0),
  seed=st.integers(0, 1000),
)
def test_symmetric_scales_and_never_negative(n, m, d, scale, seed):
  rng = np.random.default_rng(seed)
  a, b = rng.normal(size=(n, d)), rng.normal(size=(m, d))
  distance = metrics.frechet_distance(a, b)
  assert distance >= 0.0
  close = pytest.approx(distance, rel=1e-7, abs=1e-9)
  assert metrics.frechet_distance(b, a) == close
  turned = np.linalg.qr(rng.normal(size=(d, d)))[0]
  assert metrics.frechet_distance(a @ turned, b @ turned) == close
  assert metrics.frechet_distance(scale * a, scale * b) == pytest.approx(
    scale**2 * distance, rel=1e-7, abs=1e-9 * scale**2
  )
