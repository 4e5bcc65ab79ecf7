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
"""Tests of `shrink`: budgets, what is saved, and in which Keras."""

import pytest

import tf_ganprune as tgp


@pytest.mark.parametrize("name", ["dense", "pruned", "gan"])
def test_a_budget_is_met(name, run, tmp_path):
  ran = run(f"shrink {name}.keras --params=0.7 --output=small.keras")
  assert ran.code == 0, ran.err
  small = tgp.load_model(tmp_path / "small.keras")
  whole = 48 * 4 + 4 * 48 + 28  # Dense, normalization, transposed convolution
  assert small.count_params() <= 0.7 * whole
  assert f"{small.count_params():,} weights of {whole:,}" in ran.out
  assert run.written() == {"small.keras"}


def test_keras_3_stays_keras_3(run, tmp_path):
  ran = run("shrink keras3.keras --params=0.7 --output=small.keras")
  assert ran.code == 0, ran.err
  with pytest.raises(ValueError, match="was saved by Keras 3"):
    tgp.load_model(tmp_path / "small.keras")
  assert run("profile small.keras").code == 0


@pytest.mark.parametrize(
  ("flags", "reason"),
  [
    ("--output=x.keras", "exactly one budget, one of --macs, --params"),
    ("--macs=0.5 --params=0.5 --output=x.keras", "exactly one budget"),
    ("--macs=1.5 --output=x.keras", "--macs must be the fraction to keep"),
    ("--macs=1e-9 --output=x.keras", "--macs"),
    ("--macs=0.5 --output=x.h5", "must end in '.keras'"),
    ("--macs=0.5 --output=no/x.keras", "a folder that does not exist"),
    ("--macs=0.5 --importance=x --output=x.keras", "--importance"),
    ("--macs=0.5 --exclude=x --output=x.keras", "--exclude"),
  ],
)
def test_refused(flags, reason, run):
  ran = run(f"shrink dense.keras {flags}")
  assert ran.code == 1
  assert reason in ran.err and "Traceback" not in ran.err
  assert not run.written()
