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
"""Tests that every layer of Keras 3 becomes its counterpart, and back."""

import keras as keras3
import numpy as np
import pytest

from tests.keras3 import nets
from tf_ganprune.keras3 import from_keras3, layer_rules, to_keras3

layers = keras3.layers
# Sums here are of tens of numbers of about 1.
_ROUNDING = 1e-5
_IMAGE, _ROWS, _CUBE = (8, 8, 4), (6, 4), (4, 4, 4, 2)

# (name, shape of the input, layer). These move, choose or double values.
_EXACT = [
  ("Reshape", _ROWS, lambda: layers.Reshape((-1, 2))),
  ("Flatten", _IMAGE, lambda: layers.Flatten()),
  ("Permute", _ROWS, lambda: layers.Permute((2, 1))),
  ("RepeatVector", (4,), lambda: layers.RepeatVector(3)),
  ("UpSampling1D", _ROWS, lambda: layers.UpSampling1D(3)),
  ("UpSampling2D", _IMAGE, lambda: layers.UpSampling2D((2, 3))),
  ("UpSampling3D", _CUBE, lambda: layers.UpSampling3D()),
  ("ZeroPadding1D", _ROWS, lambda: layers.ZeroPadding1D((1, 2))),
  ("ZeroPadding2D", _IMAGE, lambda: layers.ZeroPadding2D(((0, 1), (2, 3)))),
  ("ZeroPadding3D", _CUBE, lambda: layers.ZeroPadding3D()),
  ("Cropping1D", _ROWS, lambda: layers.Cropping1D((1, 2))),
  ("Cropping2D", _IMAGE, lambda: layers.Cropping2D(((0, 1), (2, 3)))),
  ("Cropping3D", _CUBE, lambda: layers.Cropping3D()),
  ("MaxPooling1D", _ROWS, lambda: layers.MaxPooling1D(2)),
  ("MaxPooling2D", _IMAGE, lambda: layers.MaxPooling2D(3, 2, "same")),
  ("MaxPooling3D", _CUBE, lambda: layers.MaxPooling3D(2)),
  ("GlobalMaxPooling1D", _ROWS, lambda: layers.GlobalMaxPooling1D()),
  ("GlobalMaxPooling2D", _IMAGE, lambda: layers.GlobalMaxPooling2D()),
  ("GlobalMaxPooling3D", _CUBE, lambda: layers.GlobalMaxPooling3D()),
  ("Activation", (4,), lambda: layers.Activation("relu")),
  ("ActivityRegularization", (4,), lambda: layers.ActivityRegularization(0.1)),
  ("AlphaDropout", (4,), lambda: layers.AlphaDropout(0.5)),
  ("Dropout", (4,), lambda: layers.Dropout(0.5, seed=3)),
  ("GaussianDropout", (4,), lambda: layers.GaussianDropout(0.5)),
  ("GaussianNoise", (4,), lambda: layers.GaussianNoise(0.5)),
  ("Identity", (4,), lambda: layers.Identity()),
  ("LeakyReLU", (4,), lambda: layers.LeakyReLU(0.125)),
  ("ReLU", (4,), lambda: layers.ReLU(max_value=1.0, negative_slope=0.125)),
  ("SpatialDropout1D", _ROWS, lambda: layers.SpatialDropout1D(0.5)),
  ("SpatialDropout2D", _IMAGE, lambda: layers.SpatialDropout2D(0.5)),
  ("SpatialDropout3D", _CUBE, lambda: layers.SpatialDropout3D(0.5)),
  ("Resizing", _IMAGE, lambda: layers.Resizing(6, 5, "nearest")),
  ("CenterCrop", _IMAGE, lambda: layers.CenterCrop(6, 5)),
  ("Lambda", (4,), lambda: layers.Lambda(lambda x: 2.0 * x)),
  ("Masking", _ROWS, lambda: layers.Masking()),
]
# Keras 3 and tf_keras may give one product to different operators, or to one in
# other shapes; which then sum in another order, as the processor has it.
_SUMMED = [
  ("Dense", (4,), lambda: layers.Dense(3, activation="relu")),
  ("EinsumDense", _ROWS, lambda: layers.EinsumDense("abc,cd->abd", (None, 3))),
  ("Conv1D", _ROWS, lambda: layers.Conv1D(3, 3, padding="causal")),
  ("Conv2D", _IMAGE, lambda: layers.Conv2D(4, 3, groups=2, dilation_rate=2)),
  ("Conv3D", _CUBE, lambda: layers.Conv3D(3, 2, strides=2)),
  ("Conv1DTranspose", _ROWS, lambda: layers.Conv1DTranspose(3, 3, strides=2)),
  (
    "Conv2DTranspose",
    _IMAGE,
    lambda: layers.Conv2DTranspose(
      3, 3, strides=2, padding="same", output_padding=1
    ),
  ),
  ("Conv3DTranspose", _CUBE, lambda: layers.Conv3DTranspose(3, 2, strides=2)),
  ("DepthwiseConv1D", _ROWS, lambda: layers.DepthwiseConv1D(3)),
  (
    "DepthwiseConv2D",
    _IMAGE,
    lambda: layers.DepthwiseConv2D(3, depth_multiplier=2),
  ),
  ("SeparableConv1D", _ROWS, lambda: layers.SeparableConv1D(3, 3)),
  ("SeparableConv2D", _IMAGE, lambda: layers.SeparableConv2D(3, 3)),
  (
    "UpSampling2D",
    _IMAGE,
    lambda: layers.UpSampling2D(2, interpolation="bilinear"),
  ),
  ("AveragePooling1D", _ROWS, lambda: layers.AveragePooling1D(2)),
  ("AveragePooling2D", _IMAGE, lambda: layers.AveragePooling2D(3, 2, "same")),
  ("AveragePooling3D", _CUBE, lambda: layers.AveragePooling3D(2)),
  ("GlobalAveragePooling1D", _ROWS, lambda: layers.GlobalAveragePooling1D()),
  (
    "GlobalAveragePooling2D",
    _IMAGE,
    lambda: layers.GlobalAveragePooling2D(keepdims=True),
  ),
  ("GlobalAveragePooling3D", _CUBE, lambda: layers.GlobalAveragePooling3D()),
  ("ELU", (4,), lambda: layers.ELU()),
  ("PReLU", _IMAGE, lambda: layers.PReLU(shared_axes=[1, 2])),
  ("Softmax", (4,), lambda: layers.Softmax()),
  ("Rescaling", _IMAGE, lambda: layers.Rescaling(1 / 127.5, -1.0)),
  (
    "TimeDistributed",
    _ROWS,
    lambda: layers.TimeDistributed(layers.Dense(3, name="inner")),
  ),
  (
    "SpectralNormalization",
    _IMAGE,
    lambda: layers.SpectralNormalization(layers.Conv2D(3, 3, name="inner")),
  ),
]
_CLOSE = [
  ("BatchNormalization", _IMAGE, lambda: layers.BatchNormalization()),
  ("BatchNormalization", _IMAGE, lambda: layers.BatchNormalization(axis=1)),
  ("GroupNormalization", _IMAGE, lambda: layers.GroupNormalization(2)),
  ("LayerNormalization", _IMAGE, lambda: layers.LayerNormalization()),
  ("LayerNormalization", _ROWS, lambda: layers.LayerNormalization([1, 2])),
  ("UnitNormalization", _IMAGE, lambda: layers.UnitNormalization()),
  (
    "Normalization",
    _ROWS,
    lambda: layers.Normalization(mean=[1.0, 2.0, 3.0, 4.0], variance=[2.0] * 4),
  ),
  ("LSTM", _ROWS, lambda: layers.LSTM(3, return_sequences=True)),
  ("GRU", _ROWS, lambda: layers.GRU(3, go_backwards=True)),
  ("GRU", _ROWS, lambda: layers.GRU(3, reset_after=False)),
  ("SimpleRNN", _ROWS, lambda: layers.SimpleRNN(3)),
  (
    "Bidirectional",
    _ROWS,
    lambda: layers.Bidirectional(layers.LSTM(3, name="inner")),
  ),
  (
    "Bidirectional",
    _ROWS,
    lambda: layers.Bidirectional(
      layers.GRU(3, name="inner"),
      "sum",
      backward_layer=layers.GRU(3, go_backwards=True, name="backward_other"),
    ),
  ),
  ("RNN", _ROWS, lambda: layers.RNN(layers.LSTMCell(3))),
  (
    "StackedRNNCells",
    _ROWS,
    lambda: layers.RNN([layers.GRUCell(3), layers.SimpleRNNCell(2)]),
  ),
  ("ConvLSTM1D", (3, 6, 2), lambda: layers.ConvLSTM1D(2, 3)),
  ("ConvLSTM2D", (3, 6, 6, 2), lambda: layers.ConvLSTM2D(2, 3)),
  ("ConvLSTM3D", (2, 3, 3, 3, 2), lambda: layers.ConvLSTM3D(2, 2)),
]
_SEVERAL = [
  ("Add", lambda a, b: layers.Add()([a, b])),
  ("AdditiveAttention", lambda a, b: layers.AdditiveAttention()([a, b])),
  ("Attention", lambda a, b: layers.Attention(use_scale=True)([a, b])),
  ("Average", lambda a, b: layers.Average()([a, b])),
  ("Concatenate", lambda a, b: layers.Concatenate(axis=1)([a, b])),
  ("Dot", lambda a, b: layers.Dot(axes=2, normalize=True)([a, b])),
  ("Maximum", lambda a, b: layers.Maximum()([a, b])),
  ("Minimum", lambda a, b: layers.Minimum()([a, b])),
  ("Multiply", lambda a, b: layers.Multiply()([a, b])),
  ("Subtract", lambda a, b: layers.Subtract()([a, b])),
  (
    "MultiHeadAttention",
    lambda a, b: layers.MultiHeadAttention(2, 3, value_dim=2)(
      query=a, value=b, use_causal_mask=True
    ),
  ),
  (
    "LSTM",
    lambda a, b: layers.LSTM(4, return_state=True)(
      a, initial_state=[b[:, 0], b[:, 1]]
    ),
  ),
]
_ELSEWHERE = {
  "CategoryEncoding",
  "Embedding",
  "GRUCell",
  "LSTMCell",
  "SimpleRNNCell",
}


def _check(model, tolerance: float):
  given = nets.inputs(model)
  theirs = from_keras3(model)
  assert nets.difference(model, theirs, given) <= tolerance
  again = to_keras3(theirs)
  assert nets.difference(model, again, given) <= tolerance
  return theirs, again


def _check_alone(name, shape, make, tolerance):
  layer = make()
  model = nets.around(shape, layer)
  theirs, again = _check(model, tolerance)
  assert [x.name for x in theirs.layers[1:]] == [layer.name]
  assert [x.name for x in again.layers[1:]] == [layer.name]
  assert again.layers[1].get_config() == layer.get_config()


@pytest.mark.parametrize(
  ("name", "shape", "make"), _EXACT, ids=[x[0] for x in _EXACT]
)
def test_the_same_numbers(name, shape, make):
  _check_alone(name, shape, make, 0.0)


@pytest.mark.parametrize(
  ("name", "shape", "make"), _SUMMED, ids=[x[0] for x in _SUMMED]
)
def test_the_same_sums(name, shape, make):
  _check_alone(name, shape, make, _ROUNDING)


@pytest.mark.parametrize(
  ("name", "shape", "make"), _CLOSE, ids=[x[0] for x in _CLOSE]
)
def test_the_same_numbers_but_for_rounding(name, shape, make):
  layer = make()
  theirs, again = _check(nets.around(shape, layer), _ROUNDING)
  assert theirs.layers[1].name == layer.name
  assert {w.path for w in again.weights} == {w.path for w in layer.weights}


@pytest.mark.parametrize(
  ("name", "make"), _SEVERAL, ids=[x[0] for x in _SEVERAL]
)
def test_layers_of_several_inputs(name, make):
  _check(nets.around(_ROWS, make, n=2), _ROUNDING)


def test_layers_of_whole_numbers():
  _check(
    nets.around((5,), layers.Embedding(3, 4, mask_zero=True), "int32"), 0.0
  )
  _check(nets.around((5,), layers.CategoryEncoding(3), "int32"), 0.0)


def test_every_layer_that_is_promised_is_tested():
  tested = {x[0] for x in _EXACT + _SUMMED + _CLOSE + _SEVERAL}
  assert layer_rules.LAYERS - tested == _ELSEWHERE


def test_an_adapted_normalization():
  layer = layers.Normalization()
  layer.adapt(np.array([[1.0, 2.0], [3.0, 6.0], [2.0, 1.0]]))
  x = keras3.Input((2,))
  _check(keras3.Model(x, layer(x)), _ROUNDING)
