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
"""Tests of shares by measured sensitivity, against numbers by hand."""

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot
from hypothesis import strategies as st

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune import report
from tf_ganprune.sparsity.wrapping import wrapped_layers

layers = tgp.keras.layers
Sensitivity = tgp.allocation.Sensitivity
_GROWING = tfmot.sparsity.keras.PolynomialDecay(0.2, 0.8, 2, 6, frequency=2)
# The image layer costs ten times as much as the other.
_TINY = {"dense": [(0.9, 1.0)], "image": [(0.9, 10.0)]}


def _counts(table, kept, sizes=(100, 100)):
  scores = [tf.ones([size]) for size in sizes]
  return Sensitivity(table).counts(scores, tf.constant(kept)).numpy().tolist()


@pytest.mark.parametrize(
  ("kept", "expected"),
  [
    (200, [100, 100]),
    (140, [60, 80]),  # d = 0.4
    (80, [20, 60]),  # d = 0.8, where nothing more is known of the first
    (60, [20, 40]),
    (40, [20, 20]),
    (20, [10, 10]),  # beyond what was measured, in proportion
    (2, [1, 1]),
  ],
)
def test_layers_cost_the_same(kept, expected):
  # The first loses 100 d, the second 50 d.
  table = {"a": [(0.8, 0.8)], "b": [(0.4, 0.8), (0.8, 1.6)]}
  assert _counts(table, kept) == expected


def test_sizes_count():
  # d = 0.5: 0.5 of 400, and 0.25 of 100.
  table = {"a": [(0.8, 0.8)], "b": [(0.8, 1.6)]}
  assert _counts(table, 275, (400, 100)) == [200, 75]


@pytest.mark.parametrize(
  ("curve", "kept", "expected"),
  [
    # It costs nothing: it goes first, as far as was measured.
    ([(0.4, 0.0), (0.8, 0.0)], 160, [60, 100]),
    ([(0.4, 0.0), (0.8, 0.0)], 120, [20, 100]),
    ([(0.4, 0.0), (0.8, 0.0)], 100, [20, 80]),
    # Better than the whole network is as good as that.
    ([(0.5, -1.0), (0.8, 0.3)], 150, [50, 100]),
    # What falls again still costs what it did at less.
    ([(0.4, 0.4), (0.6, 0.1), (0.8, 0.6)], 120, [60, 60]),
    ([(0.4, 0.4), (0.6, 0.1), (0.8, 0.6)], 110, [50, 60]),
    ([(0.4, 0.4), (0.6, 0.1), (0.8, 0.6)], 100, [40, 60]),
    # No number, so nothing is known from there on.
    ([(0.4, 0.4), (0.6, float("nan")), (0.8, 0.5)], 80, [60, 20]),
    ([(0.4, float("inf"))], 120, [100, 20]),
    ([(0.4, float("inf"))], 60, [50, 10]),
  ],
)
def test_curves_that_do_not_rise(curve, kept, expected):
  assert _counts({"a": curve, "b": [(0.8, 0.8)]}, kept) == expected


def test_level_curves_go_together():
  # Where nothing costs anything: 40 and 80 to go, of which half are 20 and 40.
  table = {"a": [(0.4, 0.0), (0.8, 0.4)], "b": [(0.8, 0.0)]}
  assert _counts(table, 140) == [80, 60]


def _by_bisection(curves, sizes, kept):
  """Returns what stays if all cost the same, found by trying costs."""
  low, high = 0.0, max(costs[-1] for _, costs in curves)
  for _ in range(80):
    middle = (low + high) / 2
    shares = [np.interp(middle, costs, grid) for grid, costs in curves]
    if sum(n * (1 - s) for n, s in zip(sizes, shares, strict=True)) > kept:
      low = middle
    else:
      high = middle
  return [n * (1 - s) for n, s in zip(sizes, shares, strict=True)]


@hypothesis.settings(max_examples=25, deadline=None)
@hypothesis.given(st.data())
def test_any_curves(data):
  n = data.draw(st.integers(1, 4))
  sizes = [data.draw(st.integers(2, 300)) for _ in range(n)]
  grid = [0.3, 0.6, 0.95]
  steps = st.floats(1e-3, 10.0)
  costs = [np.cumsum([data.draw(steps) for _ in grid]) for _ in sizes]
  kept = data.draw(st.integers(n, sum(sizes)))
  table = {
    str(i): list(zip(grid, one, strict=True)) for i, one in enumerate(costs)
  }
  found = _counts(table, kept, sizes)
  assert sum(found) == kept
  assert all(1 <= x <= size for x, size in zip(found, sizes, strict=True))
  if kept > 0.05 * sum(sizes) + n:
    curves = [([0.0, *grid], [0.0, *one]) for one in costs]
    expected = _by_bisection(curves, sizes, kept)
    np.testing.assert_allclose(found, expected, atol=1.01 + n)


def _generator(table=_TINY, **kwargs):
  tgp.keras.utils.set_random_seed(0)
  return tgp.prune_low_magnitude(
    tiny.generator(), _GROWING, allocation=Sensitivity(table), **kwargs
  )


def _kept(network):
  return {
    path: int(layer.pruning_vars[0][1].numpy().sum())
    for path, layer in wrapped_layers.by_path(network).items()
  }


def _gan(generator):
  gan = tgp.GAN(tiny.discriminator(), generator, 4, ema_decay=0.9)
  gan.compile("adam", "adam")
  return gan


@pytest.mark.slow
def test_a_measured_table_prunes_a_gan():
  rows = [
    report.LayerDistance("image", 27, 0.9, 12.0),
    report.LayerDistance("dense", 192, 0.9, 3.0),
    report.LayerDistance("not there", 5, 0.9, 3.0),
  ]
  gan = _gan(_generator(report.SensitivityTable(2.0, tuple(rows))))
  gan.fit(tiny.images(28), batch_size=4, verbose=0)
  # 175 of 219 go: the same part of 0.9 of the one, and of 0.09 of the other.
  kept = _kept(gan.generator)
  assert sum(kept.values()) == 44
  gone = 175 / (192 * 0.9 + 27 * 0.09)
  assert gone < 1
  assert kept["dense"] == pytest.approx(192 * (1 - 0.9 * gone), abs=1)
  assert abs(tgp.sparsity_report(gan.ema_generator).overall - 0.8) < 0.01


@pytest.mark.slow
def test_a_saved_gan_goes_on_as_it_would_have(tmp_path):
  whole, images = _gan(_generator()), tiny.images(28)
  whole.fit(images[:12], batch_size=4, verbose=0, shuffle=False)
  tgp.save_model(whole, tmp_path / "gan.keras")
  loaded = tgp.load_model(tmp_path / "gan.keras")
  for wrapper in wrapped_layers.pruned_layers(loaded.generator):
    name = wrapper.layer.name
    table = [[name, [list(_TINY[name][0])]]]
    assert wrapper.allocation.get_config() == {"table": table}
  loaded._rng.reset(whole._rng.state)
  for gan in (whole, loaded):
    gan.fit(images[12:], batch_size=4, verbose=0, shuffle=False)
  for ours, theirs in zip(whole.weights, loaded.weights, strict=True):
    np.testing.assert_array_equal(ours, theirs)
  assert sum(_kept(loaded.generator).values()) == 44


@pytest.mark.slow
def test_xla_agrees_with_eager():
  found = []
  for run in (lambda f: f, tf.function(jit_compile=True)):
    network = _generator()
    advance = run(tgp.Pruner(network).advance)
    for _ in range(4):
      advance()
    found.append(_kept(network))
  assert found[0] == found[1]


def test_frozen_layers_do_not_take_part():
  network = _generator()
  network.get_layer(index=0).trainable = False
  pruner = tgp.Pruner(network)
  for _ in range(6):
    pruner.advance()
  assert _kept(network) == {"dense": 192, "image": 5}


def test_layers_are_found_by_their_paths():
  inner = tgp.keras.Sequential(
    [tgp.keras.Input((4,)), layers.Dense(100, use_bias=False, name="same")],
    name="block",
  )
  network = tgp.keras.Sequential(
    [tgp.keras.Input((4,)), inner, layers.Dense(4, use_bias=False, name="same")]
  )
  # 400 weights each, of which the inner ones cost three times as much.
  table = {"same": [(0.9, 0.9)], "block/same": [(0.9, 2.7)]}
  schedule = tfmot.sparsity.keras.ConstantSparsity(0.5, 0, frequency=1)
  pruned = tgp.prune_low_magnitude(
    network, schedule, allocation=Sensitivity(table)
  )
  tgp.Pruner(pruned).advance()
  assert _kept(pruned) == {"block/same": 300, "same": 100}


def test_groups_can_have_it():
  allocation = {
    "image": None,
    "*": {"allocation": Sensitivity({"dense": [(0.9, 1.0)]})},
  }
  pruned = tgp.prune_low_magnitude(
    tiny.generator(), _GROWING, allocation=allocation
  )
  assert list(wrapped_layers.by_path(pruned)) == ["dense"]


def test_a_layer_that_was_not_measured():
  with pytest.raises(ValueError, match="'image'.* dense.*'image': None, '\\*'"):
    _generator({"dense": [(0.9, 1.0)]})


@pytest.mark.parametrize(
  "table",
  [
    None,
    {"a": 3},
    {"a": [(0.5,)]},
    {"a": [(1.0, 2.0)]},
    {"a": [(0.0, 2.0)]},
    {"a": [(0.5, 1.0), (0.5, 2.0)]},
    "table",
    {"dense": 2.4, "rows": []},
  ],
)
def test_tables_that_will_not_do(table):
  message = "`table` .*sensitivity.*SensitivityTable.from_dict"
  with pytest.raises(ValueError, match=message):
    Sensitivity(table)


def test_an_empty_table():
  with pytest.raises(ValueError, match="`table`"):
    Sensitivity(report.SensitivityTable(1.0, ()))


def test_blocks_are_not_single_weights():
  with pytest.raises(ValueError, match="'sensitivity'` .*`block_size`"):
    _generator(block_size=(1, 4))
