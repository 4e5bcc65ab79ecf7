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
"""Tests of what the values of images mean, for networks of many kinds."""

import inspect
import warnings

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune import bounds
from tf_ganprune import value_range as value_ranges

keras = tgp.keras
layers = keras.layers
_ANY = (-np.inf, np.inf)


def _conv(activation=None, channels=3):
  return layers.Conv2D(channels, 3, padding="same", activation=activation)


def _network(*after):
  return keras.Sequential([keras.Input((4, 4, 3)), *after], name="network")


def _functional(end):
  image = keras.Input((4, 4, 3))
  return keras.Model(image, end(image))


class _Subclassed(keras.Model):
  """Ends in an operation that no layer has."""

  def __init__(self, end):
    super().__init__()
    self.conv, self.end = _conv(), end
    self(tf.zeros([1, 4, 4, 3]))

  def call(self, x):
    return self.end(self.conv(x))


class _Outer(keras.Model):
  """Calls another model, within a function of its own."""

  def __init__(self):
    super().__init__()
    self.inner = _Subclassed(tf.sigmoid)
    self(tf.zeros([1, 4, 4, 3]))

  @tf.function
  def call(self, x):
    return 255.0 * self.inner(x)


def _from_keras3():
  import keras as keras3

  network = keras3.Sequential(
    [
      keras3.Input((4, 4, 3)),
      keras3.layers.Conv2D(3, 3, padding="same"),
      keras3.layers.Activation("sigmoid"),
      keras3.layers.Cropping2D(1),
    ]
  )
  return tgp.from_keras3(network)


class _OfTwo(keras.Model):
  def __init__(self):
    super().__init__()
    self.wide = layers.Dense(16, activation="sigmoid")

  def call(self, latents, label):
    return tf.reshape(self.wide(latents), [-1, 4, 4, 1])


def _of_two_arguments():
  network = _OfTwo()
  network(tf.zeros([1, 4]), tf.zeros([1, 1]))
  return network


def _images_and_features():
  inputs = keras.Input((4, 4, 3))
  features = layers.Conv2D(8, 1)(inputs)
  images = layers.Conv2D(3, 1, activation="sigmoid")(features)
  return keras.Model(inputs, {"features": features, "image": images})


_BOUNDS = {
  "tanh": (lambda: _network(_conv("tanh")), (-1, 1)),
  "sigmoid": (lambda: _network(_conv("sigmoid")), (0, 1)),
  "hard sigmoid": (lambda: _network(_conv("hard_sigmoid")), (0, 1)),
  "a layer": (lambda: _network(_conv(), layers.Activation("tanh")), (-1, 1)),
  "ReLU(1)": (lambda: _network(_conv(), layers.ReLU(1.0)), (0, 1)),
  "rescaled": (
    lambda: _network(_conv("tanh"), layers.Rescaling(127.5, 127.5)),
    (0, 255),
  ),
  "cropped, resized": (
    lambda: _network(
      _conv("sigmoid"),
      layers.Cropping2D(1),
      layers.UpSampling2D(2, interpolation="bilinear"),
      layers.Reshape((4, 4, 3)),
      layers.Dropout(0.5),
    ),
    (0, 1),
  ),
  "nested": (lambda: _network(_network(_conv("sigmoid"))), (0, 1)),
  "wrapped": (
    lambda: tgp.prune_low_magnitude(_network(_conv("sigmoid"))),
    (0, 1),
  ),
  "time distributed": (
    lambda: _network(
      layers.TimeDistributed(layers.Dense(3, activation="sigmoid"))
    ),
    (0, 1),
  ),
  "clustered": (
    lambda: tgp.cluster_weights(_network(_conv("sigmoid")), 4),
    (0, 1),
  ),
  "tf.nn.tanh": (
    lambda: _functional(lambda x: tf.nn.tanh(_conv()(x))),
    (-1, 1),
  ),
  "operations": (
    lambda: _functional(lambda x: (tf.tanh(_conv()(x)) + 1.0) / 2.0),
    (0, 1),
  ),
  "residual": (
    lambda: _functional(lambda x: tf.clip_by_value(x + _conv()(x), -1.0, 1.0)),
    (-1, 1),
  ),
  "joined": (
    lambda: _functional(
      lambda x: layers.concatenate([_conv("tanh")(x), _conv("sigmoid")(x)])
    ),
    (-1, 1),
  ),
  "pixel shuffle": (
    lambda: _functional(
      lambda x: tf.nn.depth_to_space(_conv("sigmoid", 12)(x), 2)
    ),
    (0, 1),
  ),
  "bytes": (
    lambda: _functional(
      lambda x: tf.cast(tf.round(255.0 * tf.sigmoid(_conv()(x))), tf.uint8)
    ),
    (0, 255),
  ),
  "lambda": (
    lambda: _network(
      _conv(), layers.Lambda(lambda x: tf.clip_by_value(x, 0, 1))
    ),
    (0, 1),
  ),
  "subclassed": (lambda: _Subclassed(tf.sigmoid), (0, 1)),
  "a function within": (_Outer, (0, 255)),
  "keras 3": (_from_keras3, (0, 1)),
  "ensemble": (
    lambda: tgp.Ensemble([tiny.generator(activation="sigmoid")] * 2),
    (0, 1),
  ),
  "branches": (
    lambda: _functional(lambda x: layers.CenterCrop(2, 2)(_conv("sigmoid")(x))),
    (0, 1),
  ),
  "power": (
    lambda: _functional(lambda x: tf.pow(_conv("sigmoid")(x), 2.2)),
    (0, 1),
  ),
  "arc tangent": (
    lambda: _functional(lambda x: tf.atan(_conv("relu")(x))),
    (0, np.arctan(np.inf)),
  ),
  "several arguments": (_of_two_arguments, (0, 1)),
  "images among features": (_images_and_features, (0, 1)),
  "relu": (lambda: _network(_conv("relu")), (0, np.inf)),
  "nothing": (lambda: _network(_conv()), _ANY),
  "not the last": (lambda: _network(_conv("tanh"), _conv()), _ANY),
}


@pytest.mark.parametrize("name", _BOUNDS)
def test_bounds_are_those_of_the_operations(name):
  make, expected = _BOUNDS[name]
  network = make()
  before = network.get_weights()
  assert bounds.bounds(network) == expected
  for ours, theirs in zip(network.get_weights(), before, strict=True):
    np.testing.assert_array_equal(ours, theirs)


def test_bounds_hold_in_the_middle_of_a_trace():
  network, found = _network(_conv("sigmoid")), []

  @tf.function
  def step():
    found.append(bounds.bounds(network))

  step()
  assert found == [(0, 1)]


@pytest.mark.parametrize(
  ("black", "white"),
  [(-1, 1), (0, 1), (0, 255), (-0.5, 0.5), (-127.5, 127.5)],
)
def test_all_ranges_give_the_same_pictures(black, white):
  half, middle = (white - black) / 2, (white + black) / 2
  network = _network(_conv("tanh"), layers.Rescaling(half, middle))
  images = network(tiny.images(48).reshape(-1, 4, 4, 3)[:16])
  expected = (np.asarray(images) - middle) / half
  found = tgp.standard_images(network, images)
  np.testing.assert_allclose(found, expected, atol=1e-5)
  # pixels of both are the same, within one step of rounding
  ours = tgp.report.image_grid(images, value_range=(black, white))
  theirs = tgp.report.image_grid(found)
  assert np.abs(ours.astype(int) - theirs).max() <= 1


def test_bytes_are_from_0_to_255_whoever_made_them():
  images = np.uint8([[[[0], [255]]]])
  found = value_ranges.of_network(None, images).to_standard(images)
  np.testing.assert_array_equal(found.ravel(), [-1, 1])


@pytest.mark.parametrize(
  ("values", "expected"),
  [
    ((-1.1, 1.05), (-1, 1)),
    ((-0.05, 0.05), (-1, 1)),
    ((-0.03, 1.04), (0, 1)),
    ((-4.0, 260.0), (0, 255)),
    ((-40.0, 40.0), (-1, 1)),
  ],
)
def test_without_bounds_images_are_measured_and_guesses_are_said(
  values, expected
):
  images = np.linspace(*values, 64).reshape(4, 4, 4, 1)
  with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    found = value_ranges.of_network(_network(_conv()), images)
  assert (found.low, found.high) == expected
  texts = [str(w.message) for w in seen if "`value_range=" in str(w.message)]
  assert len(texts) == (expected != (-1, 1))
  assert all("'network'" in x and "value_range" in x for x in texts)


def test_what_the_user_says_counts():
  images = np.linspace(0.0, 1.0, 16).reshape(1, 4, 4, 1)
  found = tgp.standard_images(_network(_conv("tanh")), images, (0, 1))
  assert (found.min(), found.max()) == (-1, 1)


@pytest.mark.parametrize("bad", [(1, 0), (0, 0), 3, "ab", (0, np.nan), (1,)])
def test_a_range_must_be_one(bad):
  with pytest.raises(ValueError, match="`value_range`"):
    value_ranges.checked(bad)


class _Seen:
  """Keeps what it is given to measure."""

  def __init__(self):
    self.images = []

  def evaluate(self, images):
    self.images.append(images)
    return {"frechet_distance": 1.0}

  def collapse(self, results, num_images, when=""):
    return None


def _gans():
  """Returns GANs of one function in two ranges."""
  found = []
  for scale, offset in ((1.0, 0.0), (0.5, 0.5)):
    keras.utils.set_random_seed(1)
    inner = tiny.generator()
    generator = keras.Sequential([inner, layers.Rescaling(scale, offset)])
    found.append(tgp.GAN(tiny.discriminator(), generator, 4))
  return found


def _sensitivity(gan, seen):
  tgp.sensitivity(gan, seen, (0.5,), num_images=8)


def _measured_distance(gan, seen):
  from tf_ganprune.callbacks import quality_budget

  quality_budget.DistanceMeter(seen, 8, 0).measure(gan)


def _drawing(gan, seen):
  from tf_ganprune.callbacks import drawing

  found = drawing.Drawing()
  found.begin("GANMonitor", gan)
  seen.evaluate(found(8, 0))


def _pairs(gan, seen):
  from tf_ganprune.interpretation import pairs

  latents = np.ones((8, 4), np.float32)
  found = pairs.images(gan.generator, gan.generator, latents)
  seen.evaluate(found.dense)


def _public(gan, seen):
  seen.evaluate(tgp.standard_images(gan, gan.generate(8, 0)))


@pytest.mark.parametrize(
  "measure", [_sensitivity, _measured_distance, _drawing, _pairs, _public]
)
def test_whoever_measures_takes_one_range(measure):
  first, second = _Seen(), _Seen()
  for gan, seen in zip(_gans(), (first, second), strict=True):
    measure(gan, seen)
  assert len(first.images) == len(second.images) > 0
  for ours, theirs in zip(first.images, second.images, strict=True):
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_whoever_takes_a_range_calls_it_by_one_name():
  for function in (
    tgp.GANMonitor,
    tgp.ModeCollapse,
    tgp.AdaptivePruning,
    tgp.sensitivity,
    tgp.standard_images,
    tgp.metrics.Evaluator,
    tgp.report.image_grid,
    tgp.report.comparison_grid,
  ):
    assert "value_range" in inspect.signature(function).parameters


def test_bright_images_that_nothing_bounds_are_said():
  network = _network(_conv())
  images = np.full((4, 4, 4, 3), 0.1, "float32")
  images[0] = 0.4
  with pytest.warns(UserWarning, match=r"below 0.*`value_range=\(0, 1\)`"):
    made = tgp.standard_images(network, images)
  np.testing.assert_array_equal(made, images)


def test_powers_beyond_all_numbers_have_no_bound():
  network = _functional(lambda x: tf.pow(255.0 * _conv("sigmoid")(x), 200.0))
  assert bounds.bounds(network) == (0, np.inf)
