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
"""Tests networks of Keras 3 that computes with something else."""

import importlib.util
import os
import subprocess
import sys

import pytest

_PROGRAM = """
import keras
import numpy as np
import tf_ganprune as tgp
from tests.keras3 import nets
assert keras.backend.backend() == {backend!r}
for model in (nets.dcgan_generator(), nets.conditional_generator()):
  theirs = tgp.from_keras3(model)
  given = nets.inputs(model)
  made = model([keras.ops.convert_to_tensor(x) for x in given])
  theirs = theirs(given[0] if len(given) == 1 else given)
  for one, other in zip(
    keras.tree.flatten(made), keras.tree.flatten(theirs), strict=True
  ):
    one = keras.ops.convert_to_numpy(one)
    np.testing.assert_allclose(one, other, atol=1e-4)
"""


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_weights_of_another_backend(backend):
  if importlib.util.find_spec(backend) is None:
    pytest.skip(f"{backend} is not installed")
  result = subprocess.run(
    [sys.executable, "-c", _PROGRAM.format(backend=backend)],
    env=os.environ | {"KERAS_BACKEND": backend},
    capture_output=True,
    text=True,
    check=False,
  )
  assert not result.returncode, result.stderr
