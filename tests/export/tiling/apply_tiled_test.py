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
"""Tests pictures of any size, made tile by tile."""

import sys

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.export.tiling import networks
from tf_ganprune.export.tiling import receptive_field, tile_runner
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import progress

# The function has the name of its module.
apply_tiled = sys.modules[tgp.apply_tiled.__module__]
_RNG = np.random.default_rng(0)
_TILE = (32, 32, 3)


def _picture(height, width, channels=3):
  return _RNG.uniform(-1, 1, (height, width, channels)).astype("float32")


@pytest.mark.parametrize(
  "make, factor", [(networks.halving, 1), (networks.larger, 2)]
)
@pytest.mark.parametrize("size", [(32, 32), (46, 100), (80, 34)])
def test_it_is_what_the_whole_picture_gives(make, factor, size):
  picture = _picture(*size)
  made = tgp.apply_tiled(make(_TILE), picture)
  assert made.dtype == np.float32
  assert made.shape == (factor * size[0], factor * size[1], 3)
  wanted = networks.whole(make, picture)
  np.testing.assert_allclose(made, wanted, atol=1e-5)


def test_a_file_gives_the_same(tmp_path):
  path = tmp_path / "g.tflite"
  tgp.export_tflite(networks.halving(_TILE), path)
  pictures = np.stack([_picture(48, 60) for _ in range(2)])
  made = tgp.apply_tiled(path, pictures)
  for one, picture in zip(made, pictures, strict=True):
    wanted = networks.whole(networks.halving, picture)
    np.testing.assert_allclose(one, wanted, atol=1 / 255)


@pytest.mark.parametrize("target", ["cpu", "npu"])
def test_bytes(target, tmp_path):
  path = tmp_path / "g.tflite"
  data = np.stack([_picture(32, 32) for _ in range(8)])
  tgp.export_tflite(
    networks.halving(_TILE),
    path,
    target,
    data,
    input_range="uint8",
    output_range="uint8",
  )
  picture = _RNG.integers(0, 256, (48, 40, 3), "uint8")
  made = tgp.apply_tiled(path, picture)
  assert made.dtype == np.uint8
  floats = picture / np.float32(127.5) - 1
  wanted = networks.whole(networks.halving, floats) * 127.5 + 127.5
  error = np.abs(made - wanted)
  assert error.mean() < (0.3 if target == "cpu" else 5.0)
  with pytest.raises(ValueError, match="float32, and the file takes uint8"):
    tgp.apply_tiled(path, floats)


def test_bytes_are_rounded():
  x = keras.Input(_TILE, dtype="uint8")
  network = keras.Model(x, keras.layers.Lambda(tf.identity)(x))
  picture = _RNG.integers(0, 256, (90, 70, 3), "uint8")
  np.testing.assert_array_equal(tgp.apply_tiled(network, picture), picture)


def test_int8_files_take_floats(tmp_path):
  path = tmp_path / "g.tflite"
  data = np.stack([_picture(32, 32) for _ in range(8)])
  tgp.export_tflite(networks.halving(_TILE), path, "npu", data)
  picture = _picture(48, 40)
  made = tgp.apply_tiled(path, picture)
  assert made.dtype == np.float32
  wanted = networks.whole(networks.halving, picture)
  assert np.abs(made - wanted).mean() < 0.05


def test_a_picture_smaller_than_a_tile_is_reflected():
  picture = _picture(20, 9)
  network = networks.halving(_TILE)
  made = tgp.apply_tiled(network, picture)
  wide = np.pad(picture, ((0, 12), (0, 23), (0, 0)), "reflect")
  wanted = network(wide[None], training=False)[0, :20, :9]
  np.testing.assert_allclose(made, wanted, atol=1e-6)
  one = tgp.apply_tiled(network, picture[:1, :1])
  assert one.shape == (1, 1, 3)


def test_an_overlap_too_small_shows_at_seams_alone():
  picture = _picture(32, 60)
  made = tgp.apply_tiled(networks.halving(_TILE), picture, overlap=4)
  error = np.abs(made - networks.whole(networks.halving, picture))
  assert error.max() > 1e-3
  assert error[:, :20].max() < 1e-5


def test_a_norm_over_the_picture_is_close():
  keras.utils.set_random_seed(0)
  network = networks.normed((64, 64, 3))
  picture = _picture(128, 160)
  made = tgp.apply_tiled(network, picture)
  wanted = networks.whole(networks.normed, picture)
  error = np.abs(made - wanted)
  assert 1 / 255 < error.max() < 0.3
  # No step at the seams: neighbours differ as they do in the whole picture.
  steps = np.diff(made - wanted, axis=1)
  assert np.abs(steps).max() < 0.1


def test_one_row_of_tiles_is_held(monkeypatch):
  shapes = []
  zeros = np.zeros

  def counted(shape, *args, **kwargs):
    shapes.append(shape)
    return zeros(shape, *args, **kwargs)

  picture, network = _picture(320, 64), networks.halving(_TILE)
  monkeypatch.setattr(apply_tiled.np, "zeros", counted)
  tgp.apply_tiled(network, picture)
  assert (32, 64, 3) in shapes
  assert max(np.prod(x) for x in shapes) <= 32 * 64 * 3


def test_progress_counts_tiles(monkeypatch):
  seen = []

  def shown(items, label, total=None):
    seen.append((label, total))
    return [seen.append(x) for x in items]

  monkeypatch.setattr(progress, "shown", shown)
  tgp.apply_tiled(networks.larger(_TILE), _picture(32, 58), overlap=6)
  assert seen == [("tiles", 2), None, None]


def test_files_show_how_often_they_halve(tmp_path):
  path = tmp_path / "g.tflite"
  tgp.export_tflite(networks.halving(_TILE), path)
  assert tile_runner.of(path).field == receptive_field.Field(None, 2)
  tgp.export_tflite(networks.larger(_TILE), path)
  assert tile_runner.of(path).field.multiple == 1


def test_the_default_is_half_a_tile_at_most():
  runner = tile_runner.of(networks.normed((64, 64, 3)))
  assert apply_tiled._overlap(runner) == 32
  runner = tile_runner.of(networks.larger(_TILE))
  assert apply_tiled._overlap(runner) == 2 * runner.field.radius < 8


def _pairs():
  x = [keras.Input(_TILE) for _ in range(2)]
  return keras.Model(x, keras.layers.Add()(x))


@pytest.mark.parametrize(
  "make, picture, overlap, reason",
  [
    (networks.larger, (40, 40, 3), 32, "smaller than the tile, 32x32; got 32"),
    (networks.larger, (40, 40, 3), -1, "`overlap` must be .*-1"),
    (
      networks.larger,
      (40, 40, 1),
      None,
      "has 1 channels, and the network take",
    ),
    (networks.larger, (40, 40), None, r"must be \[height.*\(40, 40\)"),
    (networks.larger, (0, 40, 3), None, r"must be \[height.*\(0, 40, 3\)"),
    (lambda _: _pairs(), (40, 40, 3), None, "has 2 inputs and 1 outputs"),
    (
      lambda _: tgp.networks.patch_discriminator(_TILE, width=2),
      (40, 40, 3),
      None,
      "makes 16x16 pixels of 32x32",
    ),
    (
      lambda _: tgp.networks.dcgan_generator((28, 28, 1), 4, width=2),
      (40, 40, 3),
      None,
      r"'generator' does not turn .*\(4,\)",
    ),
    (
      lambda _: networks.normed((None, None, 3)),
      (40, 40, 3),
      None,
      r"'model.* takes any size, \(None",
    ),
    (
      lambda _: "missing.tflite",
      (40, 40, 3),
      None,
      "`path_or_model` .* cannot be read",
    ),
    (lambda _: 3, (40, 40, 3), None, "`path_or_model` must be .* got int"),
  ],
)
def test_what_does_not_fit(make, picture, overlap, reason):
  with pytest.raises(ValueError, match=reason):
    tgp.apply_tiled(make(_TILE), np.zeros(picture, "float32"), overlap)


def test_bytes_for_a_network_of_floats():
  with pytest.raises(ValueError, match="uint8, and the network takes float32"):
    tgp.apply_tiled(networks.larger(_TILE), np.zeros((40, 40, 3), "uint8"))


def test_a_file_that_is_none(tmp_path):
  path = tmp_path / "g.tflite"
  path.write_bytes(b"no network")
  with pytest.raises(ValueError, match="does not load in LiteRT"):
    tgp.apply_tiled(path, _picture(40, 40))


def test_networks_are_left_as_they_are():
  network = networks.halving(_TILE)
  kind = keras.layers.BatchNormalization
  (norm,) = (x for x in network.layers if isinstance(x, kind))
  before = [x.numpy() for x in network.weights]
  tgp.apply_tiled(network, _picture(40, 40))
  assert all(map(np.array_equal, before, network.weights))
  assert norm.trainable and tf.executing_eagerly()
