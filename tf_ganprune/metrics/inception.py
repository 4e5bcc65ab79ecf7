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
"""Computes the Inception Score from a classifier's logits."""

import numpy as np

from tf_ganprune import array_types
from tf_ganprune.metrics import arrays


def inception_score(logits: array_types.Array) -> float:
  """Returns the Inception Score of images' logits; higher is better.

  It is exp(E[KL(p(y|x) || p(y))]) (Salimans et al. 2016), between 1 (all images
  get the same or no clear class) and the number of classes. It does not depend
  on real images: a generator that makes one perfect image of each class gets
  the best score.

  Biased downward at finite n, because p(y) is estimated from the same images
  (Chong and Forsyth 2020); it can never exceed n. Not split into ten parts as
  in the paper's code, which adds to the bias.

  Args:
    logits: Class scores before the softmax, `[n, classes]`, n at least 2 and
      at least two classes.

  Returns:
    The score.

  Raises:
    ValueError: If `logits` is not such a matrix.
  """
  logits = arrays.check_matrix(logits, "logits", keep_float32=True)
  if logits.shape[1] < 2:
    raise ValueError(
      "`logits` has one column, and the Inception Score needs at least two"
      " classes. For a binary classifier with logit z pass the columns [0, z]."
    )
  log_mean = _log_mean_probabilities(logits)
  total = 0.0
  for block in arrays.row_blocks(*logits.shape):
    log_p = _log_probabilities(logits[block])
    total += (np.exp(log_p) * (log_p - log_mean)).sum()
  return float(np.exp(total / len(logits)))


def _log_probabilities(logits: np.ndarray) -> np.ndarray:
  logits = logits.astype(np.float64, copy=False)
  shifted = logits - logits.max(axis=1, keepdims=True)
  return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _log_mean_probabilities(logits: np.ndarray) -> np.ndarray:
  """Returns log p(y), `[classes]`, in blocks of images."""
  total = np.full(logits.shape[1], -np.inf)
  for block in arrays.row_blocks(*logits.shape):
    log_p = _log_probabilities(logits[block])
    total = np.logaddexp(total, np.logaddexp.reduce(log_p, axis=0))
  return total - np.log(len(logits))
