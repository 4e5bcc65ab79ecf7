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
"""Bad features, logits and images get one clear sentence."""

import numpy as np
import pytest

from tf_ganprune import metrics
from tf_ganprune.metrics import arrays

GOOD = np.arange(20.0).reshape(5, 4) ** 2
PAIRED = [
  metrics.frechet_distance,
  metrics.kernel_distance,
  metrics.precision_recall,
]
NAN = GOOD.copy()
NAN[2, 1] = np.nan


@pytest.mark.parametrize("metric", PAIRED)
@pytest.mark.parametrize(
  "bad, message",
  [
    (np.zeros((5, 2, 2)), r"`{}` .*\[n, d\].*\[5, 2, 2\]"),
    (np.zeros(5), r"`{}` must have the shape"),
    (np.zeros((5, 0)), r"`{}` must have the shape"),
    (GOOD[:1], r"`{}` has 1 rows, and this metric needs at least"),
    (NAN, r"`{}` holds 1 values that are NaN or infinite, out of 20"),
    (np.full((5, 4), np.inf), r"`{}` holds 20 values"),
    ([["a", "b"]], r"`{}` must be an array of real numbers"),
    ([[1.0, 2.0], [3.0]], r"`{}` must be an array of real numbers"),
    (GOOD[:, :3], r"`real` has \d features and `generated` has \d"),
  ],
)
def test_bad_features(metric, bad, message):
  with pytest.raises(ValueError, match=message.replace("{}", "real")):
    metric(bad, GOOD)
  with pytest.raises(ValueError, match=message.replace("{}", "generated")):
    metric(GOOD, bad)


@pytest.mark.parametrize("k", [0, -1, 1.5, "3", True, None])
def test_k_must_be_a_positive_whole_number(k):
  with pytest.raises(ValueError, match="`k`"):
    metrics.precision_recall(GOOD, GOOD, k=k)


def test_k_must_be_below_the_number_of_rows():
  assert metrics.precision_recall(GOOD, GOOD, k=4) == (1.0, 1.0)
  with pytest.raises(ValueError, match="`real` has 5 rows.*at least 6"):
    metrics.precision_recall(GOOD, GOOD, k=5)


def test_logits_need_two_classes_and_two_rows():
  with pytest.raises(ValueError, match="`logits` has one column"):
    metrics.inception_score(GOOD[:, :1])
  with pytest.raises(ValueError, match="`logits` has 1 rows"):
    metrics.inception_score(GOOD[:1])
  with pytest.raises(ValueError, match="`logits` holds 1 values"):
    metrics.inception_score(NAN)


@pytest.mark.parametrize(
  "images, message",
  [
    (np.zeros((2, 4, 4), np.float32), r"`x` must have the shape"),
    (np.zeros((2, 4, 0, 1), np.float32), r"`x` must have the shape"),
    (np.zeros((2, 4, 4, 1), np.uint8), r"`x` .*uint8.*127.5"),
    (np.zeros((0, 4, 4, 1), np.float32), r"`x` holds 0 images"),
    (np.full((2, 4, 4, 1), 255.0), r"`x` .*\[-1, 1\].*255"),
    (np.full((2, 4, 4, 1), -1.1), r"`x` .*\[-1, 1\].*-1.1"),
    (np.full((1, 1, 1, 1), np.nan), r"`x` holds 1 values that are NaN"),
  ],
)
def test_bad_images(images, message):
  with pytest.raises(ValueError, match=message):
    arrays.check_images(images, "x")


@pytest.mark.parametrize("rows, columns", [(0, 3), (7, 1), (10, 2**21), (3, 0)])
def test_blocks_cover_every_row_once_and_stay_small(rows, columns):
  blocks = list(arrays.row_blocks(rows, columns))
  covered = [i for block in blocks for i in range(block.start, block.stop)]
  assert covered == list(range(rows))
  assert all((b.stop - b.start) * columns <= 2**22 for b in blocks)


def test_metrics_do_not_depend_on_the_block_size(monkeypatch):
  rng = np.random.default_rng(0)
  a, b = rng.normal(size=(30, 3)), rng.normal(size=(20, 3)) + 0.5
  whole = [metric(a, b) for metric in PAIRED]
  monkeypatch.setattr(arrays, "_BLOCK", 70)
  for metric, value in zip(PAIRED, whole, strict=True):
    assert metric(a, b) == pytest.approx(value, rel=1e-12)
