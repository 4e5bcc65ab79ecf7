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
"""Tests of the sensitivity of layers, against numbers computed by hand."""

import json
import math

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune import report

layers = tgp.keras.layers
_ONES = np.ones((4, 1), np.float32)


class _Sum:
  """The 'distance' is ten times the sum of |x| of an image."""

  def __init__(self):
    self.seen = []

  def evaluate(self, images):
    self.seen.append(images)
    return {"frechet_distance": 10.0 * float(np.abs(images[0]).sum())}


def _linear():
  """Makes one 2x2 image of each number, [0.11, -0.38, 0.23, 0.34] of 1."""
  network = tgp.keras.Sequential(
    [
      tgp.keras.Input((1,)),
      layers.Dense(2, use_bias=False, name="first"),
      layers.Dense(4, use_bias=False, name="last"),
      layers.Reshape((2, 2, 1)),
    ],
    name="linear",
  )
  last = np.array([[0.1, -0.4, 0.2, 0.3], [0.02, 0.04, 0.06, 0.08]])
  network.set_weights([np.array([[1.0, 0.5]]), last])
  return network


def _gan(**kwargs):
  tgp.keras.utils.set_random_seed(0)
  generator = tgp.prune_low_magnitude(tiny.generator())
  gan = tgp.GAN(tiny.discriminator(), generator, 4, **kwargs)
  gan.compile("adam", "adam")
  gan.fit(tiny.images(8), batch_size=4, verbose=0)
  return gan


def test_distances_are_those_of_one_layer_pruned():
  table = tgp.sensitivity(
    _linear(), _Sum(), sparsities=(0.75, 0.5), inputs=_ONES
  )
  assert table.dense == pytest.approx(10.6)
  assert [row[:3] for row in table.rows] == [
    ("first", 2, 0.5),
    ("first", 2, 0.75),
    ("last", 8, 0.5),
    ("last", 8, 0.75),
  ]
  # Without 0.5 the first row is left; it keeps one weight at least. Of the last
  # layer go 0.02 to 0.08, then also 0.1 and 0.2.
  expected = [10.0, 10.0, 10.0, 7.0]
  assert [row.distance for row in table.rows] == pytest.approx(expected)


def test_increases_are_against_the_whole_network():
  rows = [report.LayerDistance("a", 4, s, d) for s, d in ((0.5, 3), (0.9, 1.5))]
  table = report.SensitivityTable(2.0, tuple(rows))
  assert table.increases == {"a": ((0.5, 1.0), (0.9, -0.5))}


@pytest.mark.slow
@pytest.mark.parametrize("ema_decay", [None, 0.9])
def test_a_gan_stays_as_it_is_to_the_bit(ema_decay):
  gan = _gan(ema_decay=ema_decay)
  before = [np.array(weight) for weight in gan.weights]
  optimizer = [np.array(x) for x in gan.g_optimizer.variables]
  frozen = [layer.trainable for layer in gan._flatten_layers()]
  evaluator = _Sum()
  table = tgp.sensitivity(gan, evaluator, (0.5, 0.9), num_images=8, seed=3)
  assert [row.layer for row in table.rows] == ["dense"] * 2 + ["image"] * 2
  np.testing.assert_allclose(evaluator.seen[0], gan.generate(8, 3), atol=1e-6)
  now = [*gan.weights, *gan.g_optimizer.variables]
  for ours, theirs in zip(now, [*before, *optimizer], strict=True):
    np.testing.assert_array_equal(ours, theirs)
  assert frozen == [layer.trainable for layer in gan._flatten_layers()]


def test_a_layer_is_whole_again_when_the_next_is_measured():
  shares = (0.25, 0.5)
  one = tgp.sensitivity(_linear(), _Sum(), shares, ["last"], inputs=_ONES)
  both = tgp.sensitivity(_linear(), _Sum(), shares, inputs=_ONES)
  assert one.rows == both.rows[2:]


@pytest.mark.parametrize(
  ("patterns", "expected"),
  [
    (["im*"], ["image"]),
    ("dense", ["dense"]),
    (["image", "*"], ["dense", "image"]),
  ],
)
def test_patterns_choose_layers(patterns, expected):
  table = tgp.sensitivity(
    tiny.generator(), _Sum(), [0.5], patterns, num_images=4
  )
  assert [row.layer for row in table.rows] == expected


def test_another_importance():
  def measured(importance):
    table = tgp.sensitivity(
      _linear(), _Sum(), (0.5,), ["last"], importance, inputs=_ONES
    )
    return table.rows[0].distance

  class Reversed(tgp.importance.Importance):
    def scores(self, weight, slot):
      return 1.0 / tf.abs(weight)

  # The second row of the last layer is left, of which each image has half.
  assert measured(Reversed()) == pytest.approx(10 * 0.1)
  assert measured("random") == measured("random")


class _Composite(tgp.keras.Model):
  """A subclassed generator, with a layer in a layer."""

  def __init__(self):
    super().__init__(name="composite")
    self.block = tgp.keras.Sequential(
      [layers.Dense(3, name="inner")], name="block"
    )
    self.last = layers.Dense(4, name="outer")

  def call(self, latents, training=None):
    return tf.reshape(self.last(self.block(latents)), [-1, 2, 2, 1])

  def get_config(self):
    return {}

  @classmethod
  def from_config(cls, config, custom_objects=None):
    return cls()


def test_a_subclassed_generator():
  network = _Composite()
  network(np.zeros((1, 5), np.float32))
  before = network.get_weights()
  table = tgp.sensitivity(network, _Sum(), [0.5], ["block/*"], num_images=4)
  assert [row.layer for row in table.rows] == ["block/inner"]
  for ours, theirs in zip(network.get_weights(), before, strict=True):
    np.testing.assert_array_equal(ours, theirs)
  assert type(network) is _Composite


def test_a_copy_that_cannot_be_made_is_said():
  class Plain(tgp.keras.Model):
    def __init__(self, width):
      super().__init__()
      self.dense = layers.Dense(width)

    def call(self, latents):
      return tf.reshape(self.dense(latents), [-1, 2, 2, 1])

    def get_config(self):
      raise NotImplementedError

  network = Plain(4)
  network(np.zeros((1, 5), np.float32))
  with pytest.raises(ValueError, match="do without `sensitivity`"):
    tgp.sensitivity(network, _Sum(), num_images=4)


def test_images_that_are_not_finite_have_no_distance():
  class Breaking(_Sum):
    def evaluate(self, images):
      assert np.isfinite(images).all()
      return super().evaluate(images)

  network = _linear()
  # Infinite where all that makes a number of the image is gone.
  image = layers.Lambda(lambda x: 0.1 / x, name="image")
  broken = tgp.keras.Sequential([network, image], name="broken")
  broken.build((None, 1))
  table = tgp.sensitivity(
    broken, Breaking(), (0.25, 0.75), ["*last"], inputs=_ONES
  )
  distances = [row.distance for row in table.rows]
  assert np.isfinite(distances[0]) and math.isnan(distances[1])
  again = report.SensitivityTable.from_dict(
    json.loads(json.dumps(table.as_dict(), allow_nan=False))
  )
  assert again.rows[0] == table.rows[0] and again.dense == table.dense
  assert math.isnan(again.rows[1].distance)


_TABLE = report.SensitivityTable(
  2.0,
  (
    report.LayerDistance("dense", 48000, 0.5, 2.125),
    report.LayerDistance("dense", 48000, 0.9, 30.0),
    report.LayerDistance("$block$/image", 27, 0.5, 2.0),
    report.LayerDistance("$block$/image", 27, 0.9, 2.5),
  ),
)


def test_text_is_a_table():
  assert str(_TABLE).splitlines() == [
    "layer             weights       50%       90%",
    "dense              48,000     2.125        30",
    "$block$/image          27         2       2.5",
    "Fréchet distance with nothing pruned: 2",
  ]


def test_json_there_and_back():
  content = json.loads(json.dumps(_TABLE.as_dict(), allow_nan=False))
  assert report.SensitivityTable.from_dict(content) == _TABLE
  for bad in ({}, {"dense": 1.0, "rows": [{"layer": "a"}]}, None, {"rows": 3}):
    with pytest.raises(ValueError, match="`content` .*as_dict"):
      report.SensitivityTable.from_dict(bad)


def test_the_chart_has_a_curve_for_each_layer(tmp_path):
  path = _TABLE.chart(tmp_path / "chart.svg")
  svg = path.read_text(encoding="utf-8")
  assert svg == report.sensitivity_chart(_TABLE)
  for text in ("$block$/image", "dense", "nothing pruned", "Fréchet distance"):
    assert text in svg
  assert "10" in svg  # a logarithmic axis
  png = _TABLE.chart(tmp_path / "chart.png").read_bytes()
  assert png.startswith(b"\x89PNG")
  with pytest.raises(ValueError, match="must end in '.svg' or '.png'"):
    _TABLE.chart(tmp_path / "chart.jpg")
  with pytest.raises(ValueError, match="`table`"):
    report.sensitivity_chart(report.SensitivityTable(1.0, ()))


@pytest.mark.parametrize(
  ("arguments", "match"),
  [
    ({"evaluator": None}, "`evaluator` .*`evaluate"),
    ({"evaluator": tiny.discriminator()}, "`evaluator` .*`evaluate"),
    ({"layers": []}, r"`layers` .*got \[\]"),
    ({"layers": [1]}, r"`layers` .*got \[1\]"),
    ({"layers": 1}, "`layers` .*got 1"),
    ({"inputs": "latents"}, "`inputs` .*'generator' takes.*got"),
    ({"inputs": np.zeros((8, 5))}, r"takes, \(None, 4\); got \(8, 5\)"),
    ({"inputs": [np.zeros((8, 4))] * 2}, r"got \(8, 4\), \(8, 4\)"),
    ({"sparsities": ()}, "`sparsities` must be a list"),
    ({"sparsities": 0.5}, "`sparsities` must be a list"),
    ({"sparsities": (0.5, 1.5)}, "`sparsities` .*0 to 1"),
    ({"sparsities": (0.0,)}, "above 0 and below 1; got 0.0"),
    ({"sparsities": (1,)}, "above 0 and below 1; got 1"),
    ({"layers": ["conv_*"]}, r"'conv_\*' matches no .* of dense, image"),
    ({"importance": "taylor"}, r"needs gradients.*'magnitude', 'random'"),
    ({"importance": "size"}, "`importance`"),
    ({"num_images": 2}, "`num_images` .*4"),
    ({"seed": -1}, "`seed`"),
  ],
)
def test_bad_arguments(arguments, match):
  arguments = {"evaluator": _Sum(), "num_images": 4} | arguments
  with pytest.raises(ValueError, match=match):
    tgp.sensitivity(tiny.generator(), **arguments)


def test_only_generators_can_be_measured():
  with pytest.raises(ValueError, match=r"'discriminator' .*\(None, 1\)"):
    tgp.sensitivity(tiny.discriminator(), _Sum(), num_images=4)
  with pytest.raises(ValueError, match="gan_or_generator"):
    tgp.sensitivity("generator", _Sum(), num_images=4)


def test_more_than_latents_must_be_given():
  image = tgp.keras.Input((4, 4, 1))
  network = tgp.keras.Model(image, layers.Conv2D(1, 3, name="conv")(image))
  with pytest.raises(ValueError, match="pass `inputs=`"):
    tgp.sensitivity(network, _Sum(), num_images=4)
  evaluator = _Sum()
  inputs = np.ones((5, 4, 4, 1), np.float32)
  tgp.sensitivity(network, evaluator, [0.5], inputs=inputs)
  assert [x.shape for x in evaluator.seen] == [(5, 2, 2, 1)] * 2


def test_a_network_with_nothing_to_prune():
  network = tgp.keras.Sequential(
    [tgp.keras.Input((4,)), layers.Reshape((2, 2, 1)), layers.PReLU()]
  )
  with pytest.raises(ValueError, match=r"PReLU.*`get_prunable_weights\(\)`"):
    tgp.sensitivity(network, _Sum(), num_images=4)


def test_a_network_that_is_not_finite_is_refused():
  network = _linear()
  network.layers[0].set_weights([np.full((1, 2), np.nan)])
  with pytest.raises(ValueError, match="'linear.*' .*nan"):
    tgp.sensitivity(network, _Sum(), inputs=_ONES)


@pytest.mark.slow
def test_a_real_evaluator():
  classifier = tgp.keras.Sequential(
    [tgp.keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(3)]
  )
  evaluator = tgp.metrics.Evaluator(classifier, tiny.images(16))
  gan = _gan(ema_decay=0.5)
  table = tgp.sensitivity(gan, evaluator, (0.5,), num_images=16)
  expected = evaluator.evaluate(gan.generate(16, seed=0).numpy())
  assert table.dense == pytest.approx(expected["frechet_distance"], rel=1e-4)
  assert all(np.isfinite(row.distance) for row in table.rows)
