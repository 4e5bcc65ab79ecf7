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
"""Tests of counting what XNNPACK runs."""

from tf_ganprune.export import convert, delegates, number_formats
from tf_ganprune.keras_compat import keras


def _count(network, numbers=number_formats.FLOAT32):
  with convert.saved(network) as folder:
    content = convert.convert(folder, number_formats.Setting(numbers), [])
  return delegates.xnnpack(content)


def _network(*layers):
  return keras.Sequential([keras.Input((6, 6, 6, 2)), *layers])


def test_all_operators(exported):
  found = delegates.xnnpack(exported("cpu").path.read_bytes())
  assert found.share == exported("cpu").delegated == 1.0
  assert found.delegated == found.operators > 3
  assert str(found) == f"{found.operators} of {found.operators} operators"
  assert f"XNNPACK runs {found}." in exported("cpu").notes


def test_no_operator():
  found = _count(_network(keras.layers.Conv3D(2, 3)))
  assert (found.delegated, found.operators, found.share) == (0, 1, 0.0)
  assert str(found) == "0 of 1 operators, LiteRT's own kernels CONV_3D"


def test_on_both_sides_of_one_that_is_left():
  layers = keras.layers
  found = _count(
    _network(
      layers.Activation("tanh"),
      layers.LeakyReLU(0.1),
      layers.Conv3D(2, 3),
      layers.Activation("tanh"),
      layers.Conv3D(2, 3),
      layers.LeakyReLU(0.1),
      layers.Activation("sigmoid"),
    )
  )
  assert found.left == ("CONV_3D",)
  assert (found.delegated, found.operators) == (5, 7)
