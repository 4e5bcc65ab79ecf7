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
"""Tests of the record of a compression's stages."""

import types

import tf_ganprune as tgp
from tests.compression import clustering_test
from tf_ganprune import compression


def _report(num_bytes, gzip_bytes):
  return types.SimpleNamespace(
    num_bytes=num_bytes, gzip_bytes=gzip_bytes, frechet_distance=None
  )


def test_a_stage_counts_zeros_and_values():
  generator = clustering_test.pruned_generator()
  clustered = tgp.cluster_weights(generator, 5)
  stage = compression.stage("clustered", clustered, _report(10, 5), 2.5)
  assert stage == compression.Stage(
    "clustered", tgp.sparsity_report(generator).overall, 5, 10, 5, 2.5
  )
  plain = compression.stage("plain", generator, _report(10, 5))
  assert plain.number_of_clusters > 5
  assert plain.frechet_distance is None


def test_a_table_compares_with_the_first_file():
  table = compression.table(
    [
      compression.Stage("dense", 0.0, 4000, 1000, 900, 2.0),
      compression.Stage("int8", 0.9, 16, 300, 25, 2.2),
      compression.Stage("unknown", 0.9, 16, 300, 25),
    ]
  )
  assert table.splitlines()[2:] == [
    "| dense | 0.0% | 4,000 | 1,000 | 900 | 1.1 | 2 | 1.00 |",
    "| int8 | 90.0% | 16 | 300 | 25 | 40.0 | 2.2 | 1.10 |",
    "| unknown | 90.0% | 16 | 300 | 25 | 40.0 |  |  |",
  ]
