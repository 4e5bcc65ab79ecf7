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
"""What lowered files give, beside what their networks give."""

import numpy as np
import pytest
from ai_edge_litert import interpreter as litert

from tf_ganprune.export import (
  adapters,
  convert,
  gpu_run,
  graph,
  lowering,
  number_formats,
  signature,
  targets,
)


def content(network) -> bytes:
  """Converts a network, and lowers nothing."""
  with convert.saved(network) as folder:
    return convert.convert(
      folder, number_formats.Setting(number_formats.FLOAT32), []
    )


def lowered(network) -> bytes:
  """Converts a network for GPUs."""
  return lowering.apply(content(network), lowering.FOR_GPUS).content


def findings(file: bytes, network) -> list:
  """Returns what the rules for GPUs say of a file."""
  read, plan = graph.read(file, network), targets.get("gpu")
  found = plan.limits.findings(read)
  return found + [x for rule in plan.rules for x in rule(read)]


def assert_right_on_gpu(network, rtol=1e-5) -> None:
  """Runs a network's file on a GPU, if there is one."""
  if adapters.software_folder() is None:
    pytest.skip("there is no SwiftShader: install Debian's package chromium")
  samples = _samples(network)
  _assert_equal(gpu_run.run(lowered(network), samples).outputs, network, rtol)


def assert_right_on_cpu(network, rtol=1e-5) -> None:
  """Runs a network's file with LiteRT."""
  interpreter = litert.Interpreter(model_content=lowered(network))
  run = interpreter.get_signature_runner()
  runs = [run(**one) for one in _samples(network)]
  found = {name: np.stack([one[name] for one in runs]) for name in runs[0]}
  _assert_equal(found, network, rtol)


def _samples(network) -> list[dict]:
  rng = np.random.default_rng(0)
  return [
    {
      name: rng.standard_normal(spec.shape).astype("float32")
      for name, spec in signature.input_specs(network).items()
    }
    for _ in range(2)
  ]


def _assert_equal(found, network, rtol) -> None:
  runs = [signature.call(network, one) for one in _samples(network)]
  for name in runs[0]:
    wanted = np.stack([one[name] for one in runs])
    atol = rtol * max(1.0, float(np.abs(wanted).max()))
    np.testing.assert_allclose(
      found[name], wanted, atol=atol, rtol=0, err_msg=name
    )
