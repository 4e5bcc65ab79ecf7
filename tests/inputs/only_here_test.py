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
"""Tests that only `inputs` draws what networks are given."""

import ast

import pytest

from tests import build_files

_PACKAGE = build_files.ROOT / "tf_ganprune"
_DISTRIBUTIONS = (
  *("normal", "truncated_normal", "standard_normal", "multivariate_normal"),
  *("randn", "uniform", "rand", "random", "random_sample", "sample"),
  *("integers", "randint", "choice", "categorical", "binomial", "poisson"),
)
_DRAWS = {
  *_DISTRIBUTIONS,
  *(f"stateless_{name}" for name in _DISTRIBUTIONS),
  *(f"random_{name}" for name in _DISTRIBUTIONS),
}
# By file or folder: what it draws, which are no inputs that a user would give.
_ALLOWED = {
  "channels/blocks.py": "scores of channels that go at random",
  "channels/channel_importance.py": "scores, and projections of outputs",
  "channels/rules/probing.py": "numbers that tell one function from another",
  "data/holes.py": "where images have holes",
  "data/photographs/photographs_dataset_builder.py": "where patches are cut",
  "distillation/discriminator_maps.py": "projections of hidden maps",
  "export/remedies.py": "nothing: asks whether an operator draws",
  "gan/image_pool.py": "which earlier images are shown",
  "gan/wgan_gp.py": "where between real and fake a gradient is taken",
  "metrics/held_out.py": "which features are compared where there are many",
  "metrics/classifier.py": "how images are augmented",
  "regularizers/diff_augment.py": "how images are augmented",
  "regularizers/gradient_penalty.py": "where a gradient is taken",
  "regularizers/pipeline.py": "how images are augmented",
  "sparsity/schedules/dynamic.py": "which weights grow",
  "sparsity/importance/random.py": "scores of weights that go at random",
  "sparsity/importance/spectral.py": "where a power iteration begins",
  "sparsity/training/initial_masks.py": "which weights are zero at first",
}


def _draws(code: str) -> list[str]:
  """Returns the calls that draw numbers, as they are written."""
  calls = [x for x in ast.walk(ast.parse(code)) if isinstance(x, ast.Call)]
  return [
    ast.unparse(call)
    for call in calls
    if isinstance(call.func, ast.Attribute) and call.func.attr in _DRAWS
  ]


def _found() -> dict[str, list[str]]:
  """Returns the calls of each file that has any."""
  found = {
    path.relative_to(_PACKAGE).as_posix(): _draws(path.read_text("utf-8"))
    for path in _PACKAGE.rglob("*.py")
  }
  return {name: calls for name, calls in found.items() if calls}


def test_nothing_else_draws():
  found = _found()
  assert any(name.startswith("inputs/") for name in found)
  others = {k: x for k, x in found.items() if not k.startswith("inputs/")}
  assert {k: x for k, x in others.items() if k not in _ALLOWED} == {}
  assert set(others) == set(_ALLOWED)  # nothing is allowed that is not there


@pytest.mark.parametrize(
  "code",
  [
    "tf.random.normal([n, dim])",
    "np.random.default_rng(0).standard_normal((n, 4))",
    "self._rng.uniform(shape)",
    "tf.random.stateless_truncated_normal(shape, seed)",
    "keras.backend.random_normal(shape)",
    "np.random.randn(n, 4)",
    "random.random()",
  ],
)
def test_what_draws_is_found(code):
  assert _draws(f"x = 2 * {code} + 1") == [code]
  assert not _draws(f'"""`{code}`"""')
