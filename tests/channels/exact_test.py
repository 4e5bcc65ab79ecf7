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
"""Tests on random networks that channels of zeros go exactly."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

import tf_ganprune as tgp
from tests.channels import cutting, random_networks
from tf_ganprune.channels import surgery
from tf_ganprune.channels import trace as traces

keras = tgp.keras


@pytest.mark.slow
@hypothesis.settings(
  max_examples=40,
  deadline=None,
  derandomize=True,
  suppress_health_check=list(hypothesis.HealthCheck),
)
@hypothesis.given(
  st.data(), st.sampled_from([0.0, 0.3, 0.6, 0.9]), st.integers(0, 99)
)
def test_random_channels_of_random_networks_go_exactly(data, share, seed):
  keras.backend.clear_session()
  model = random_networks.Maker(data).model()
  try:
    _check(model, share, seed)
  except Exception:
    # Not before, because it takes long.
    hypothesis.note(str(tgp.profile(model)))
    hypothesis.note(str(tgp.channel_groups(model)))
    raise


def _check(model, share, seed):
  small = cutting.cut(model, share, seed)
  assert small.output_shape == model.output_shape
  assert cutting.difference(model, small, seed) < 1e-5
  trace = traces.Trace(model)
  same = surgery.rebuild(trace, np.ones(trace.num_units, bool))
  # Allocation by sensitivity numbers the units of a copy.
  np.testing.assert_array_equal(traces.Trace(same).units, trace.units)
