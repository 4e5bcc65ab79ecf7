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
"""Channel rules of clustered and quantized layers, for `prune_channels`."""

from tf_ganprune.channels.call import Call, Rule
from tf_ganprune.channels.rules import elementwise, rule_lookup, wrappers
from tf_ganprune.compression import integers, weight_wrappers


@rule_lookup.channel_rule(weight_wrappers.ClusterWeights)
def clustered(call: Call) -> Rule:
  """Rule of a `ClusterWeights` wrapper: it must be stripped first."""
  return wrappers.must_be_stripped(call, "clustered", "tgp.strip_clustering")


@rule_lookup.channel_rule(weight_wrappers.QuantizeWeights)
def quantized(call: Call) -> Rule:
  """Rule of a `QuantizeWeights` wrapper: it must be stripped first."""
  return wrappers.must_be_stripped(call, "quantized", "tgp.strip_quantization")


rule_lookup.channel_rule(integers.FakeQuantize)(elementwise.same)
