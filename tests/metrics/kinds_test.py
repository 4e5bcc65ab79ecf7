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
"""Tests of what an evaluator says of images of another kind."""

import warnings

import numpy as np
import pytest

from tf_ganprune import metrics
from tf_ganprune.keras_compat import keras

layers = keras.layers


def _images(seed=0, n=40, low=-1.0, high=1.0, shape=(4, 4, 1)):
  rng = np.random.default_rng(seed)
  return rng.uniform(low, high, (n, *shape)).astype(np.float32)


def _evaluator(real=None, **kwargs):
  real = _images() if real is None else real
  network = keras.Sequential([keras.Input(real.shape[1:]), layers.Flatten()])
  return metrics.Evaluator(network, real, **kwargs)


def _said(function):
  with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    function()
  return [str(w.message) for w in seen if w.category is UserWarning]


def _unit(images):
  return (images + 1.0) / 2.0


def test_images_from_0_to_1_against_a_reference_from_minus_1_are_said():
  evaluator = _evaluator()
  (sentence,) = _said(lambda: evaluator.evaluate(_unit(_images(1))))
  assert "[0, 1]" in sentence and "`value_range=(0, 1)`" in sentence
  assert sentence in evaluator.notes


def test_rounding_below_0_is_still_from_0_to_1():
  evaluator = _evaluator()
  images = _unit(_images(1)) * 0.999 - 0.0005
  (sentence,) = _said(lambda: evaluator.evaluate(images))
  assert "[0, 1]" in sentence


def test_sketches_on_white_have_a_few_dark_values():
  real = np.ones((40, 10, 10, 1), np.float32)
  real[:, :2, :2] = -1.0
  evaluator = _evaluator(real)
  (sentence,) = _said(lambda: evaluator.evaluate(_unit(real)))
  assert "[0, 1]" in sentence


def test_a_reference_from_0_to_1_against_images_from_minus_1_is_said():
  evaluator = _evaluator(_unit(_images()))
  (sentence,) = _said(lambda: evaluator.evaluate(_images(1)))
  assert "`value_range=(0, 1)` to `Evaluator`" in sentence


@pytest.mark.parametrize(
  "images",
  [
    _images(1),
    _images(1, low=-1.0, high=-0.8),
    _images(1, low=-0.05, high=0.05),
    np.zeros((40, 4, 4, 1), np.float32),
    np.ones((40, 4, 4, 1), np.float32),
  ],
  ids=["alike", "dark", "of an early training", "grey", "white"],
)
def test_of_images_that_may_be_of_the_kind_nothing_is_said(images):
  assert not _said(lambda: _evaluator().evaluate(images))


def test_both_from_0_to_1_can_be_compared():
  evaluator = _evaluator(_unit(_images()))
  assert not _said(lambda: evaluator.evaluate(_unit(_images(1))))


def test_a_range_that_is_said_maps_both():
  real, images = _images(), _images(1)
  expected = _evaluator(real).evaluate(images)["frechet_distance"]
  for (low, high), scaled in {
    (0, 1): _unit,
    (0.0, 255.0): lambda x: 255.0 * _unit(x),
  }.items():
    evaluator = _evaluator(scaled(real), value_range=(low, high))
    assert not _said(lambda: evaluator.evaluate(images))  # noqa: B023
    found = evaluator.evaluate(scaled(images), value_range=(low, high))
    assert found["frechet_distance"] == pytest.approx(expected, rel=1e-3)


def test_bytes_are_taken_with_a_range_and_refused_without():
  evaluator = _evaluator()
  levels = np.round(255 * _unit(_images(1))).astype(np.uint8)
  with pytest.raises(ValueError, match=r"value_range=\(0, 255\)"):
    evaluator.evaluate(levels)
  found = evaluator.evaluate(levels, value_range=(0, 255))
  expected = evaluator.evaluate(_images(1))
  assert found["frechet_distance"] == pytest.approx(
    expected["frechet_distance"], rel=0.01
  )


def test_what_is_said_wrongly_is_refused():
  evaluator = _evaluator()
  with pytest.raises(ValueError, match=r"must lie in \[0, 1\].*from -0\.9"):
    evaluator.evaluate(_images(1), value_range=(0, 1))
  with pytest.raises(ValueError, match="NaN"):
    evaluator.evaluate(_images(1) * np.nan, value_range=(0, 1))


def test_bright_images_are_left_alone_if_that_is_said():
  bright = _unit(_images(1))
  evaluator = _evaluator()
  assert not _said(lambda: evaluator.evaluate(bright, value_range=(-1, 1)))


def test_another_size_is_said():
  network = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten()])
  evaluator = metrics.Evaluator(network, _images())
  (sentence,) = _said(lambda: evaluator.evaluate(_images(1, shape=(8, 8, 3))))
  assert "8x8x3" in sentence and "4x4x1" in sentence
