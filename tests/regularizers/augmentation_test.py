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
"""Augmentations against numpy, and what all of them keep."""

import math

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune import regularizers
from tf_ganprune.regularizers import geometry, pipeline

_IDENTITY = {
  "mirror": 0.0,
  "turns": 0.0,
  "shift_y": 0.0,
  "shift_x": 0.0,
  "scale": 1.0,
  "angle": 0.0,
  "stretch": 1.0,
  "second_angle": 0.0,
  "move_y": 0.0,
  "move_x": 0.0,
  "brightness": 0.0,
  "contrast": 1.0,
  "inversion": 0.0,
  "hue": 0.0,
  "saturation": 1.0,
}


def _images(shape=(3, 8, 6, 3), seed=0):
  uniform = np.random.default_rng(seed).uniform(-1, 1, shape)
  return uniform.astype(np.float32)


def _drawn(n, **values):
  return {
    name: tf.fill([n], float(value))
    for name, value in (_IDENTITY | values).items()
  }


def _always(**kwargs):
  regularizer = regularizers.AdaptiveAugmentation(**kwargs)
  regularizer.build()
  regularizer.probability.assign(1.0)
  return regularizer


def _rng(seed=0):
  return tf.random.Generator.from_seed(seed)


def _diff(images, policy, **uniform):
  n = images.shape[0]
  drawn = {name: tf.fill([n], value) for name, value in uniform.items()}
  return regularizers.DiffAugment([policy]).apply(images, drawn).numpy()


def test_colors_are_those_of_the_paper():
  images = _images()
  found = _diff(
    images, "color", brightness=0.9, saturation=0.25, contrast=0.125
  )
  x = images + 0.4
  grey = x.mean(axis=3, keepdims=True)
  x = (x - grey) * 0.5 + grey
  mean = x.mean(axis=(1, 2, 3), keepdims=True)
  np.testing.assert_allclose(found, (x - mean) * 0.625 + mean, atol=1e-6)


def test_translation_moves_whole_pixels_and_zeros_come_in():
  images = _images((2, 16, 8, 1))
  # Up to 2 of 16 rows and 1 of 8 columns: 5 and 3 possible places.
  found = _diff(images, "translation", shift_y=0.0, shift_x=0.99)
  expected = np.zeros_like(images)
  expected[:, :-2, 1:] = images[:, 2:, :-1]
  np.testing.assert_array_equal(found, expected)
  same = _diff(images, "translation", shift_y=0.5, shift_x=0.5)
  np.testing.assert_array_equal(same, images)


def test_a_number_that_rounds_up_to_1_moves_no_further():
  images = _images((1, 16, 8, 1))
  found = [
    _diff(images, "translation", shift_y=y, shift_x=0.5) for y in (0.99, 1.0)
  ]
  np.testing.assert_array_equal(*found)


def test_cutout_is_a_hole_of_half_the_size():
  images = np.ones((1, 8, 6, 1), np.float32)
  # Centres 0 to 8 of even holes, 4 high; 0 to 5 of odd ones, 3 wide.
  found = _diff(images, "cutout", hole_y=0.5, hole_x=0.5)
  expected = images.copy()
  expected[:, 2:6, 2:5] = 0.0
  np.testing.assert_array_equal(found, expected)
  found = _diff(images, "cutout", hole_y=0.0, hole_x=0.0)
  expected = images.copy()
  expected[:, :2, :2] = 0.0
  np.testing.assert_array_equal(found, expected)


def test_flip_mirrors_columns():
  images = _images()
  found = _diff(images, "flip", mirror=0.4)
  np.testing.assert_array_equal(found, images[:, :, ::-1])
  np.testing.assert_array_equal(_diff(images, "flip", mirror=0.6), images)


def test_blits_copy_pixels():
  images = _images((2, 8, 8, 3))
  flipped = pipeline.moved(images, _drawn(2, mirror=1))
  np.testing.assert_array_equal(flipped, images[:, :, ::-1])
  for turns in range(4):
    turned = pipeline.moved(images, _drawn(2, turns=turns))
    expected = np.rot90(images, turns, axes=(1, 2))
    np.testing.assert_array_equal(turned, expected)
  moved = pipeline.moved(images, _drawn(2, shift_y=0.125, shift_x=-0.1))
  expected = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)), "reflect")
  np.testing.assert_array_equal(moved, expected[:, :-2, 2:])


def test_a_turn_comes_after_the_mirror_and_before_the_shift():
  images = _images((1, 8, 8, 1))
  found = pipeline.moved(images, _drawn(1, mirror=1, turns=1, shift_y=-0.125))
  expected = np.rot90(images[:, :, ::-1], axes=(1, 2))
  np.testing.assert_array_equal(found[:, :-1], expected[:, 1:])


def _bilinear(image, matrix):
  """Samples one image through a matrix, pixel by pixel."""
  height, width, _ = image.shape
  centre = np.array([(height - 1) / 2, (width - 1) / 2])
  padded = np.pad(image, ((99, 99), (99, 99), (0, 0)), "reflect")
  result = np.zeros_like(image)
  for i in range(height):
    for j in range(width):
      place = matrix @ [*([i, j] - centre), 1.0]
      y, x = place[:2] + centre + 99
      y0, x0 = int(np.floor(y)), int(np.floor(x))
      part_y, part_x = y - y0, x - x0
      for row, of_row in ((y0, 1 - part_y), (y0 + 1, part_y)):
        for column, of_column in ((x0, 1 - part_x), (x0 + 1, part_x)):
          result[i, j] += of_row * of_column * padded[row, column]
  return result


def test_geometry_is_sampled_through_the_inverse_in_the_papers_order():
  images = _images((1, 9, 7, 2))
  drawn = {
    "mirror": 1,
    "turns": 3,
    "shift_y": 0.125,
    "shift_x": -0.125,
    "scale": 1.3,
    "angle": 0.4,
    "stretch": 0.8,
    "second_angle": -1.1,
    "move_y": 0.05,
    "move_x": -0.2,
  }
  found = pipeline.moved(images, _drawn(1, **drawn))

  def turn(angle):
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])

  def move(y, x):
    return np.array([[1, 0, y], [0, 1, x], [0, 0, 1.0]])

  forward = [
    np.diag([1.0, -1.0, 1.0]),
    turn(1.5 * math.pi),
    move(1, -1),  # an eighth of 9 and of 7, rounded
    np.diag([1.3, 1.3, 1.0]),
    turn(0.4),
    np.diag([1 / 0.8, 0.8, 1.0]),
    turn(-1.1),
    move(0.05 * 9, -0.2 * 7),
  ]
  matrix = np.eye(3)
  for step in forward:
    matrix = step @ matrix
  expected = _bilinear(images[0], np.linalg.inv(matrix))
  np.testing.assert_allclose(found[0], expected, atol=2e-5)


def test_warping_mirrors_as_often_as_it_must():
  images = _images((1, 3, 1, 1))
  matrix = geometry.translation(tf.constant([7.0]), tf.constant([5.0]))
  found = geometry.warped(images, matrix)
  expected = np.pad(images, ((0, 0), (0, 9), (0, 0), (0, 0)), "reflect")
  np.testing.assert_array_equal(found, expected[:, 7:10])


def test_colors_of_the_pipeline_are_products_of_matrices():
  images = _images()
  drawn = {
    "brightness": 0.3,
    "contrast": 1.4,
    "inversion": 1,
    "hue": 0.7,
    "saturation": 0.6,
  }
  found = pipeline.recolored(images, _drawn(3, **drawn))
  axis = np.full((3, 1), 1 / math.sqrt(3))
  onto = axis @ axis.T
  cross = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / math.sqrt(3)
  hue = onto + math.cos(0.7) * (np.eye(3) - onto) + math.sin(0.7) * cross
  saturation = onto + 0.6 * (np.eye(3) - onto)
  matrix = saturation @ hue @ (np.eye(3) - 2 * onto) * 1.4
  expected = (images + 0.3) @ matrix.T
  np.testing.assert_allclose(found, expected, atol=1e-5)


def test_grey_images_keep_hue_and_saturation():
  images = _images((2, 4, 4, 1))
  drawn = {"contrast": 2.0, "inversion": 1, "hue": 2.0, "saturation": 0.1}
  found = pipeline.recolored(images, _drawn(2, **drawn))
  np.testing.assert_allclose(found, -2.0 * images, atol=1e-6)


def test_nothing_changes_at_probability_0():
  regularizer = regularizers.AdaptiveAugmentation()
  regularizer.build()
  for shape in ((3, 8, 6, 3), (1, 5, 9, 1)):
    images = _images(shape)
    found = regularizer.augment(tf.constant(images), _rng())
    np.testing.assert_allclose(found, images, atol=1e-6)


def test_each_change_has_its_probability():
  draws = pipeline.Draws(20_000, _rng(), tf.constant(0.36))
  drawn = {**draws.blit(), **draws.geometry(), **draws.color()}
  assert set(drawn) == set(_IDENTITY)
  changed = {
    name: float(np.mean(value != _IDENTITY[name]))
    for name, value in drawn.items()
  }
  for name, expected in {
    "mirror": 0.18,
    "turns": 0.27,
    "shift_y": 0.36,
    "scale": 0.36,
    "angle": 0.2,
    "second_angle": 0.2,
    "stretch": 0.36,
    "move_x": 0.36,
    "contrast": 0.36,
    "inversion": 0.18,
    "hue": 0.36,
  }.items():
    assert changed[name] == pytest.approx(expected, abs=0.015), name
  np.testing.assert_array_equal(drawn["shift_y"] != 0, drawn["shift_x"] != 0)
  strengths = np.log2(drawn["scale"][drawn["scale"] != 1.0])
  assert np.std(strengths) == pytest.approx(0.2, abs=0.01)


_AUGMENTATIONS = {
  "diff_augment": lambda: regularizers.DiffAugment(
    ["flip", "color", "translation", "cutout"]
  ),
  "adaptive_augmentation": _always,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", _AUGMENTATIONS)
@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("shape", [(4, 8, 6, 3), (1, 5, 9, 1)])
def test_gradients_reach_the_generator(name, compiled, shape):
  regularizer = _AUGMENTATIONS[name]()
  images = tf.constant(_images(shape))
  signature = [tf.TensorSpec(shape if compiled else [None, *shape[1:]])]

  @tf.function(jit_compile=compiled, input_signature=signature)
  def gradient(images):
    rng.reset_from_seed(3)
    with tf.GradientTape() as tape:
      tape.watch(images)
      changed = regularizer.augment(images, rng)
      total = tf.reduce_sum(tf.sin(3.0 * changed))
    return changed, total, tape.gradient(total, images)

  rng = _rng()
  changed, total, found = gradient(images)
  assert changed.shape == shape and np.abs(found).max() > 0
  assert np.abs(changed - images).max() > 0.01
  step = np.random.default_rng(1).normal(size=shape).astype(np.float32)
  ahead, back = (gradient(images + sign * 1e-3 * step)[1] for sign in (1, -1))
  slope = float(ahead - back) / 2e-3
  assert slope == pytest.approx(float(tf.reduce_sum(found * step)), rel=0.02)


@pytest.mark.parametrize("name", _AUGMENTATIONS)
def test_images_that_belong_together_get_the_same_changes(name):
  images = tf.constant(_images())
  pair = _AUGMENTATIONS[name]().augment({"a": images, "b": images}, _rng())
  np.testing.assert_array_equal(pair["a"], pair["b"])
  again = _AUGMENTATIONS[name]().augment(images, _rng())
  np.testing.assert_array_equal(again, pair["a"])


@pytest.mark.parametrize("name", _AUGMENTATIONS)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_half_precision_is_changed_in_full(name, dtype):
  images = tf.cast(_images(), dtype)
  found = _AUGMENTATIONS[name]().augment(images, _rng())
  full = _AUGMENTATIONS[name]().augment(tf.cast(images, tf.float32), _rng())
  assert found.dtype == dtype
  np.testing.assert_array_equal(found, tf.cast(full, dtype))


@pytest.mark.parametrize("name", _AUGMENTATIONS)
def test_strengths_go_with_the_range_of_values(name):
  images = tf.constant(_images())
  bytes_ = _AUGMENTATIONS[name]()
  bytes_.value_range = (0.0, 255.0)
  found = bytes_.augment((images + 1.0) * 127.5, _rng())
  expected = _AUGMENTATIONS[name]().augment(images, _rng())
  np.testing.assert_allclose(found / 127.5 - 1.0, expected, atol=1e-4)


def test_the_probability_follows_the_signs():
  ada = regularizers.AdaptiveAugmentation(0.5, images=16, interval=2)
  ada.build()
  sure, half = tf.constant([[1.0], [3.0]]), tf.constant([[-1.0], [3.0]])
  path = []
  for scores in (sure, sure, half, half, sure, sure, sure, half, half, half):
    ada.observe(scores, -scores)
    path.append(float(ada.probability))
  # 4 of 16 images at a turn; 3 of 4 signs up is a mean of 0.5, no change.
  expected = [0.0, 0.25, 0.25, 0.0, 0.0, 0.25, 0.25, 0.25, 0.25, 0.0]
  assert path == expected


def test_the_probability_stays_between_0_and_1():
  ada = regularizers.AdaptiveAugmentation(images=3, interval=1)
  ada.build()
  for sign, expected in ((1, 2 / 3), (1, 1), (1, 1), (-1, 1 / 3), (-1, 0)):
    ada.observe(sign * tf.ones([2, 3, 3, 1]), None)
    assert float(ada.probability) == pytest.approx(expected)


def test_changes_that_are_left_out_are_not_made():
  images = tf.constant(_images((2, 8, 8, 2)))
  with pytest.raises(ValueError, match=r"1 or 3 channels; got 2\. Leave"):
    _always().augment(images, _rng())
  found = _always(pipeline=["blit"]).augment(images, _rng())
  assert set(np.ravel(found)) <= set(np.ravel(images))
  gray = _always(pipeline=["color"]).augment(images[..., :1], _rng())
  order = np.argsort(np.ravel(images[0, ..., 0]))
  steps = np.diff(np.ravel(gray[0])[order])
  assert (steps >= 0).all() or (steps <= 0).all()


@pytest.mark.parametrize("name", _AUGMENTATIONS)
@pytest.mark.parametrize("shape", [(2, 9), (2, 4, 4), (1, 2, 4, 4, 1)])
def test_what_is_no_image_is_refused(name, shape):
  for images in (tf.zeros(shape), tf.zeros([2, 4, 4, 1], tf.int32)):
    with pytest.raises(ValueError, match=f"`{name}` changes images of"):
      _AUGMENTATIONS[name]().augment(images, _rng())
