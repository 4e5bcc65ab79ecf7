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
"""Tests of the number of classes in exported files."""

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert import interpreter as litert

import tf_ganprune as tgp
from tf_ganprune.export import labels_file

_SHAPE, _CLASSES = (8, 8, 1), 3
layers = tgp.keras.layers


def _told(conditioning):
  return tgp.networks.conditional_generator(
    _SHAPE, 4, _CLASSES, conditioning, width=4
  )


def _joined():
  return tgp.keras.Sequential(
    [
      tgp.keras.Input((4 + _CLASSES,)),
      layers.Dense(64, "tanh"),
      layers.Reshape(_SHAPE),
    ]
  )


def test_what_is_appended_can_be_read_and_is_the_same_each_time(tmp_path):
  content = b"anything" * 9
  found = labels_file.appended(content, 12)
  assert found.startswith(content)
  assert found == labels_file.appended(content, 12)
  path = tmp_path / "a.tflite"
  path.write_bytes(found)
  assert labels_file.read(path) == [str(label) for label in range(12)]
  path.write_bytes(content)
  assert labels_file.read(path) is None
  assert labels_file.appended(content, None) == content


def test_who_is_told_a_class():
  number = labels_file.number_of_classes
  assert number(_told("batch_norm")) == number(_told("concat")) == _CLASSES
  source = tgp.inputs.LabelledLatents(4, _CLASSES, one_hot=True)
  assert number(_joined()) is None
  assert number(_joined(), source) == _CLASSES
  assert number(tgp.networks.of_class(_told("concat"), 1)) is None
  assert number(tgp.networks.dcgan_generator(_SHAPE, 4, width=4)) is None
  assert number(tgp.networks.dcgan_discriminator(_SHAPE, width=4)) is None
  judge = tgp.networks.conditional_discriminator(_SHAPE, _CLASSES, width=4)
  assert number(judge) is None


@pytest.mark.parametrize("conditioning", ["concat", "embedding"])
def test_the_file_says_its_classes_and_runs(conditioning, tmp_path):
  tgp.keras.utils.set_random_seed(0)
  generator = _told(conditioning)
  report = tgp.export_tflite(generator, tmp_path / "any.tflite")
  assert labels_file.read(report.path) == ["0", "1", "2"]
  assert report.num_bytes == report.path.stat().st_size
  interpreter = litert.Interpreter(str(report.path))
  run = interpreter.get_signature_runner()
  latents = np.random.default_rng(0).normal(size=(1, 4)).astype("float32")
  images = []
  for label in range(_CLASSES):
    (image,) = run(latents=latents, labels=np.int32([label])).values()
    expected = generator([latents, tf.constant([label])])
    np.testing.assert_allclose(image, expected, atol=1e-5)
    images.append(image)
  assert np.ptp(images, 0).max() > 1e-4


def test_joined_labels_are_said_by_what_is_drawn(tmp_path):
  source = tgp.inputs.LabelledLatents(4, _CLASSES, one_hot=True)
  told, untold = (
    tgp.export_tflite(
      _joined(), tmp_path / f"{i}.tflite", representative_data=given
    )
    for i, given in enumerate([source, None])
  )
  assert labels_file.read(told.path) == ["0", "1", "2"]
  assert labels_file.read(untold.path) is None
