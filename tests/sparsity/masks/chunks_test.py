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
"""Tests of counting in chunks."""

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune.sparsity.masks import chunks


def _compiled(function, *arguments):
  return tf.function(function, jit_compile=True)(*arguments)


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 7, 8, 9, 16, 21])
def test_counts_and_places(size, monkeypatch):
  monkeypatch.setattr(chunks, "_SIZE", 8)
  values = np.random.default_rng(size).integers(0, 2, size).astype(np.int32)
  values[-1] = 1

  def is_one(part):
    return tf.equal(part, 1)

  number = int(_compiled(lambda x: chunks.count(x, is_one), values))
  assert number == values.sum()
  for n, place in enumerate(np.flatnonzero(values), start=1):
    found = _compiled(
      lambda x, n=n: chunks.place(x, is_one, tf.constant(n)), values
    )
    assert int(found) == place
