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
"""Tests of the black and white that exported files say."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tf_ganprune import value_range as value_ranges
from tf_ganprune.export import image_ranges_file, labels_file

_UNIT = value_ranges.ValueRange(0.0, 1.0)
layers = tgp.keras.layers


def _network(activation, filters=3):
  return tgp.keras.Sequential(
    [
      tgp.keras.Input((4, 4, 3)),
      layers.Conv2D(filters, 1, activation=activation),
    ]
  )


def test_what_is_appended_can_be_read_beside_the_classes(tmp_path):
  content = b"anything" * 9
  half = value_ranges.ValueRange(-0.5, 0.5)
  found = image_ranges_file.appended(
    labels_file.appended(content, 2), input=half, output=_UNIT
  )
  assert found.startswith(content)
  path = tmp_path / "a.tflite"
  path.write_bytes(found)
  assert image_ranges_file.read(path) == {"input": half, "output": _UNIT}
  assert labels_file.read(path) == ["0", "1"]
  path.write_bytes(content)
  assert image_ranges_file.read(path) == {}
  assert image_ranges_file.appended(content, input=None) == content


def test_the_range_of_what_a_network_gives():
  of_output = image_ranges_file.of_output
  assert of_output(_network("sigmoid")) == _UNIT
  assert of_output(_network("tanh")) is of_output(_network(None)) is None
  assert of_output(_network(None), (0, 255)).high == 255
  assert of_output(_network("tanh"), (-1, 1)) is None
  assert of_output(_network("sigmoid", filters=5)) is None  # no colours
  flat = tgp.keras.Sequential([tgp.keras.Input((3,)), layers.Dense(3)])
  assert of_output(flat, (0, 1)) is None


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_the_file_says_it(activation, tmp_path):
  network = _network(activation)
  report = tgp.export_tflite(network, tmp_path / "any.tflite")
  expected = {"output": _UNIT} if activation == "sigmoid" else {}
  assert image_ranges_file.read(report.path) == expected
  assert report.num_bytes == report.path.stat().st_size
  rows = np.random.default_rng(0).uniform(-1, 1, (16, 4, 4, 3))
  source = tgp.inputs.Examples(rows, value_range=(0, 255))
  report = tgp.export_tflite(network, report.path, representative_data=source)
  assert image_ranges_file.read(report.path)["output"].high == 255


@pytest.mark.parametrize(
  "asked, lines",
  [
    ({"output_range": (0, 1)}, {"output": (0, 1)}),
    ({"input_range": (0, 255)}, {"input": (0, 255)}),
    ({"input_range": "uint8", "output_range": "uint8"}, {}),
    ({"output_range": (-1, 1)}, {}),
  ],
)
def test_ranges_that_were_asked_for_are_the_files(asked, lines, tmp_path):
  layers = tgp.keras.layers
  network = tgp.keras.Sequential(
    [
      tgp.keras.Input((8, 8, 3)),
      layers.Conv2D(3, 3, padding="same", activation="tanh"),
    ]
  )
  tgp.export_tflite(network, tmp_path / "g", "cpu", **asked)
  found = image_ranges_file.read(tmp_path / "g")
  assert {side: (x.low, x.high) for side, x in found.items()} == lines
