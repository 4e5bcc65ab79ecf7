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
"""Random schedules, shapes and patterns: they hold, or a sentence says why."""

import math
import warnings

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot
from hypothesis import strategies as st

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune
from tf_ganprune.sparsity.training import ownership
from tf_ganprune.sparsity.wrapping import wrapper

sparsity = tfmot.sparsity.keras
layers = keras.layers
_STEPS = 6

_STEP = st.one_of(
  st.integers(0, 8), st.sampled_from([-5, -1, 0, 1, 2**31, 2**62])
)
_SHARE = st.one_of(
  st.floats(0, 1),
  st.sampled_from([0.0, 0.5, 0.999999, 1.0, 1.5, -0.1, math.nan, math.inf]),
)
_CONSTANT = st.fixed_dictionaries(
  {
    "target_sparsity": _SHARE,
    "begin_step": _STEP,
    "end_step": _STEP,
    "frequency": st.integers(-1, 4),
  }
)
_DECAY = st.fixed_dictionaries(
  {
    "initial_sparsity": _SHARE,
    "final_sparsity": _SHARE,
    "begin_step": _STEP,
    "end_step": _STEP,
    "power": st.one_of(
      st.integers(1, 4), st.sampled_from([0, -2, 0.5, math.nan])
    ),
    "frequency": st.integers(-1, 4),
  }
)
_SCHEDULE = st.one_of(
  st.tuples(st.just(sparsity.ConstantSparsity), _CONSTANT),
  st.tuples(st.just(sparsity.PolynomialDecay), _DECAY),
)
_PATTERN = st.one_of(
  st.just({}),
  st.just({}),
  st.fixed_dictionaries(
    {
      "block_size": st.tuples(st.integers(1, 5), st.integers(1, 5)),
      "block_pooling_type": st.sampled_from(["AVG", "MAX"]),
    }
  ),
  st.fixed_dictionaries(
    {"sparsity_m_by_n": st.tuples(st.integers(1, 4), st.integers(2, 8))}
  ),
  st.sampled_from(
    [
      {"block_size": (0, 1)},
      {"block_size": (2,)},
      {"block_size": (1.5, 2)},
      {"block_size": 4},
      {"block_size": None},
      {"block_size": ("a", 2)},
      {"block_size": (math.nan, 2)},
      {"block_size": (True, 2)},
      {"block_pooling_type": "SUM"},
      {"sparsity_m_by_n": (2, 2)},
      {"sparsity_m_by_n": (0, 4)},
      {"sparsity_m_by_n": (1.5, 4)},
      {"sparsity_m_by_n": 2},
      {"sparsity_m_by_n": ("a", "b")},
      {"sparsity_m_by_n": (2, 4), "block_size": (2, 2)},
      {"pruning_schedule": None},
      {"pruning_schedule": 0.5},
      {"pruning_schedule": sparsity.ConstantSparsity},
    ]
  ),
)


@st.composite
def _layer(draw):
  if draw(st.booleans()):
    inputs = draw(st.integers(1, 9))
    return layers.Dense(draw(st.integers(1, 9)), input_shape=(inputs,))
  kernel = draw(st.integers(1, 3))
  return layers.Conv2D(
    draw(st.integers(1, 5)),
    kernel,
    input_shape=(4, 4, draw(st.integers(1, 5))),
  )


def _check_sentence(message: str):
  assert "\n" not in message
  assert message.endswith(".") and len(message) < 600, message
  assert "`" in message or "never prunes" in message, message


def _schedule(kind, arguments):
  """Returns the schedule, or None where TF-MOT itself refuses the numbers."""
  try:
    return kind(**arguments)
  except (ValueError, TypeError, OverflowError):
    return None


def _wrap(layer, schedule, pattern):
  """Returns the pruned network, or None where one sentence refuses it."""
  network = keras.Sequential([layer])
  try:
    with warnings.catch_warnings():
      warnings.simplefilter("ignore")
      return prune.prune_low_magnitude(
        network, **{"pruning_schedule": schedule, **pattern}
      )
  except ValueError as error:
    _check_sentence(str(error))
    return None


def _expected_sparsity(schedule, step, before):
  """What the schedule says of the masks after an update."""
  due, share = schedule(tf.constant(step, tf.int64))
  return float(share) if bool(due) else before


def _check_blocks(mask, block_size):
  rows, columns = mask.shape
  for row in range(0, rows, block_size[0]):
    for column in range(0, columns, block_size[1]):
      block = mask[row : row + block_size[0], column : column + block_size[1]]
      assert block.min() == block.max()
      yield block.flat[0]


def _check_groups(mask, m, n):
  """Each n weights along the input channels lose m, a last group fewer."""
  channels = np.swapaxes(mask, -2, -1)
  for start in range(0, channels.shape[-1], n):
    group = channels[..., start : start + n]
    kept = group.sum(axis=-1)
    assert (kept == min(n - m, group.shape[-1])).all()


def _check_share(values, share):
  """As many are left as the share says, and one at least."""
  left = sum(values)
  size = len(values)
  assert left == max(1, left)
  assert abs(left - max(1.0, size * (1.0 - share))) <= 0.5 + 1e-5 * size


def _check_mask(mask, share, pattern):
  if share is None:
    assert mask.min() == 1.0
  elif "block_size" in pattern and tuple(pattern["block_size"]) != (1, 1):
    _check_share(list(_check_blocks(mask, pattern["block_size"])), share)
  else:
    _check_share(list(mask.flat), share)


def _follow(network, schedule, pattern):
  """Makes some updates, and holds each against the schedule."""
  pruned = ownership.claim(network, owner=network)
  (layer,) = [x for x in pruned if isinstance(x, wrapper.TFMOTWrapper)]
  ((weight, mask, _),) = layer.pruning_vars
  rng = np.random.default_rng(0)
  share = None
  first = max(1, getattr(schedule, "begin_step", 0))
  for step in range(1, _STEPS + 1):
    # Ties, zeros and what an optimizer would bring back to life.
    weight.assign(rng.integers(-3, 4, weight.shape).astype(np.float32))
    ownership.advance(pruned)
    assert int(layer.pruning_step) == step
    values = mask.numpy()
    assert (weight.numpy()[values == 0] == 0).all()
    if "sparsity_m_by_n" in pattern:
      if step >= first:
        _check_groups(values, *pattern["sparsity_m_by_n"])
    else:
      share = _expected_sparsity(schedule, step, share)
      _check_mask(values, share, pattern)


_seen = {"held": 0, "refused": 0, "no schedule": 0}


@hypothesis.settings(
  max_examples=600,
  derandomize=True,
  deadline=None,
  database=None,
  phases=[
    hypothesis.Phase.generate
  ],  # looking for a shorter case takes minutes
  suppress_health_check=list(hypothesis.HealthCheck),
)
@hypothesis.given(_SCHEDULE, _layer(), _PATTERN)
def _fuzz(described, layer, pattern):
  schedule = _schedule(*described)
  if schedule is None:
    _seen["no schedule"] += 1
    return
  network = _wrap(layer, schedule, pattern)
  if network is None:
    _seen["refused"] += 1
    return
  _seen["held"] += 1
  asked = pattern.get("pruning_schedule", schedule)
  if asked is None:
    asked = sparsity.ConstantSparsity(0.5, 0)
  _follow(network, asked, pattern)


@pytest.mark.slow
def test_random_schedules_layers_and_patterns():
  _seen.update(dict.fromkeys(_seen, 0))
  tf.config.run_functions_eagerly(True)
  try:
    _fuzz()
  finally:
    tf.config.run_functions_eagerly(False)
  # Each way out is taken often, so that each is tested.
  assert min(_seen.values()) >= 20, _seen


@pytest.mark.parametrize("sparsity_", [0.3, 0.5, 0.9])
def test_a_mask_that_is_off_by_one_would_be_seen(sparsity_):
  values = [0.0] * round(20 * sparsity_) + [1.0] * round(20 * (1 - sparsity_))
  _check_share(values, sparsity_)
  for wrong in (values[1:] + [1.0], values[:-1] + [0.0]):
    with pytest.raises(AssertionError):
      _check_share(wrong, sparsity_)
