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
"""Exports Keras networks to `.tflite` files that are checked against Keras."""

from tf_ganprune.export import file_costs  # noqa: F401 (registers budgets)
from tf_ganprune.export.benchmark import Benchmark, benchmark_tflite
from tf_ganprune.export.check import check_target
from tf_ganprune.export.export_report import ExportReport
from tf_ganprune.export.finding import Finding
from tf_ganprune.export.policy import PruneForLatencyOnXNNPack
from tf_ganprune.export.targets import EXPORT_TARGETS
from tf_ganprune.export.tflite import export_tflite
from tf_ganprune.export.tiling import apply_tiled

__all__ = [
  "EXPORT_TARGETS",
  "Benchmark",
  "ExportReport",
  "Finding",
  "PruneForLatencyOnXNNPack",
  "apply_tiled",
  "benchmark_tflite",
  "check_target",
  "export_tflite",
]
