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
"""Tests of the comparison between a file and Keras."""

import numpy as np
import pytest

from tf_ganprune.export import convert, number_formats, samples, verify
from tf_ganprune.keras_compat import keras

_ALL = (
  number_formats.FLOAT32,
  number_formats.FLOAT16,
  number_formats.DYNAMIC,
  number_formats.INT8,
  number_formats.GPU,
)


def _bytes_of(network):
  plain = number_formats.Setting(number_formats.FLOAT32)
  with convert.saved(network) as folder:
    return convert.convert(folder, plain, [])


def _reference(network):
  return verify.refer(network, samples.draw(network, 8))


def _identity(scale=1.0, shape=(4,)):
  x = keras.Input(shape, name="x")
  return keras.Model(x, keras.layers.Rescaling(scale, name="y")(x))


def test_a_network_with_small_outputs_is_told_from_another(make_generator):
  # Outputs below 0.3, so that no difference reaches the bound of the largest.
  reference = _reference(make_generator(seed=0))
  assert np.abs(reference.outputs["image"]).max() < 0.3
  content = _bytes_of(make_generator(seed=1))
  for numbers in _ALL:
    with pytest.raises(verify.WrongFileError, match="output 'image'"):
      verify.compare(content, reference, numbers)


@pytest.mark.parametrize("numbers", _ALL)
def test_one_wrong_pixel_is_found(numbers):
  reference = _reference(_identity(shape=(20, 20)))
  reference.outputs["y"][3, 0, 4, 5] += 4.0 * numbers.max_error
  with pytest.raises(verify.WrongFileError, match="output 'y'"):
    verify.compare(_bytes_of(_identity(shape=(20, 20))), reference, numbers)


def test_the_largest_difference_is_absolute():
  content = _bytes_of(_identity(1.001))
  reference = _reference(_identity())
  largest = 1e-3 * np.abs(reference.outputs["y"]).max()
  found = verify.compare(content, reference, number_formats.FLOAT16)
  assert found == pytest.approx(largest, rel=1e-3)


def test_bounds_grow_with_outputs_above_one():
  content = _bytes_of(_identity(1e6))
  reference = _reference(_identity(1e6 * (1 + 1e-6)))
  assert verify.compare(content, reference, number_formats.FLOAT32) > 0.1


@pytest.mark.parametrize(
  ("make", "message"),
  [
    (lambda: b"no flatbuffer", "LiteRT .*Flatbuffer"),
    (lambda: _bytes_of(_identity(shape=(5,))), r"takes the shape \(1, 5\)"),
    (lambda: _bytes_of(_identity(float("nan"))), "gives NaN"),
  ],
)
def test_files_that_do_not_work_are_told(make, message):
  with pytest.raises(verify.WrongFileError, match=message):
    verify.compare(make(), _reference(_identity()), number_formats.INT8)


def test_other_names_and_shapes_are_told():
  reference = _reference(_identity())
  latent = keras.Input((4,), name="latent")
  other = keras.Model(latent, keras.layers.Rescaling(1.0, name="y")(latent))
  with pytest.raises(verify.WrongFileError, match=r"inputs \['latent'\]"):
    verify.compare(_bytes_of(other), reference, number_formats.INT8)
  x = keras.Input((4,), name="x")
  flat = keras.Model(x, keras.layers.Reshape((2, 2), name="y")(x))
  with pytest.raises(verify.WrongFileError, match=r"the shape \(1, 2, 2\)"):
    verify.compare(_bytes_of(flat), reference, number_formats.INT8)


def test_every_output_is_compared():
  x = keras.Input((4,), name="x")
  outputs = [
    keras.layers.Rescaling(scale, name=name)(x)
    for scale, name in ((2.0, "a"), (3.0, "b"))
  ]
  network = keras.Model(x, outputs)
  reference = _reference(network)
  assert (
    verify.compare(_bytes_of(network), reference, number_formats.FLOAT32) < 1e-6
  )
  reference.outputs["b"][0] += 100.0
  with pytest.raises(verify.WrongFileError, match="output 'b'"):
    verify.compare(_bytes_of(network), reference, number_formats.INT8)


def test_integers_in_and_out_are_wanted_or_not():
  reference = _reference(_identity(0.5))
  setting = number_formats.Setting(number_formats.INTEGERS)
  with convert.saved(_identity(0.5)) as folder:
    content = convert.convert(folder, setting, reference.inputs)
  error = verify.compare(content, reference, number_formats.INTEGERS)
  assert 0.0 < error < 0.05
  with pytest.raises(verify.WrongFileError, match="int8 in input 'x'.*float32"):
    verify.compare(content, reference, number_formats.INT8)
  with pytest.raises(verify.WrongFileError, match="float32 in .* int8 is want"):
    verify.compare(
      _bytes_of(_identity(0.5)), reference, number_formats.INTEGERS
    )


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e3])
@pytest.mark.parametrize("offset", [0.0, 50.0])
def test_bounds_are_those_of_the_outputs_own_spread(size, offset):
  """A fifth of a network's deviation is too much, wherever its outputs lie."""
  network = _affine(size, offset * size)
  reference = _reference(network)
  verify.compare(_bytes_of(network), reference, number_formats.FLOAT16)
  wrong = _bytes_of(_affine(1.2 * size, offset * size))
  for numbers in _ALL:
    with pytest.raises(verify.WrongFileError, match="output 'y'"):
      verify.compare(wrong, reference, numbers)


def _affine(scale, offset):
  x = keras.Input((4,), name="x")
  return keras.Model(x, keras.layers.Rescaling(scale, offset, name="y")(x))


def test_an_output_that_never_changes_is_compared_with_its_size():
  still = _bytes_of(_affine(0.0, 3.0))
  assert not verify.compare(
    still, _reference(_affine(0.0, 3.0)), number_formats.INT8
  )
  with pytest.raises(verify.WrongFileError, match="output 'y'"):
    verify.compare(still, _reference(_affine(0.0, 4.0)), number_formats.INT8)


def test_bytes_may_be_rounded_to_either_side():
  expected = np.arange(200, dtype=np.uint8).reshape(1, 1, -1)
  reference = verify.Reference([], {"y": expected})
  found = expected.copy()
  found[..., ::2] += 1
  error = verify.compare_outputs(
    {"y": found}, reference, number_formats.FLOAT32
  )
  assert error == 1.0
  found[..., 0] += 1
  with pytest.raises(verify.WrongFileError, match="by up to 2"):
    verify.compare_outputs({"y": found}, reference, number_formats.FLOAT32)
