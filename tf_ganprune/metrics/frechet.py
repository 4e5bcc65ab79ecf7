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
"""Fréchet distance between two sets of features."""

from tf_ganprune import array_types
from tf_ganprune.metrics import arrays, gaussian


def frechet_distance(
  real: array_types.Array, generated: array_types.Array
) -> float:
  """Returns the Fréchet distance of two sets of features; lower is better.

  It is |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)), the squared 2-Wasserstein
  distance between two Gaussians (Dowson and Landau 1982, equation 4) with the
  means and unbiased covariances of the features; on InceptionV3 features it is
  the FID of Heusel et al. 2017.

  The trace of the matrix root is the nuclear norm of R1 R2^T, where
  S = R^T R, so no covariance is formed, inverted or regularised: singular
  ones (fewer images than features) are as exact as any other. Features of
  float32 are converted block by block, so that large sets fit into memory.

  Biased upward at finite n, by an amount that depends on the generator (Chong
  and Forsyth 2020): compare only values from equally many images, and expect
  more than 0 even between two halves of one data set.

  Args:
    real: Features of real images, `[n, d]`, n at least 2.
    generated: Features of generated images, `[m, d]`, m at least 2.

  Returns:
    The distance, in squared units of the features, never below 0.

  Raises:
    ValueError: If a set is not a finite matrix of two or more rows, or the
      widths differ.
  """
  real, generated = arrays.check_features(real, generated, keep_float32=True)
  return gaussian.distance(gaussian.fit(real), gaussian.fit(generated))
