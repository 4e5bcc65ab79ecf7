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
"""Tests that Keras 3's operations become TensorFlow's, and back."""

import keras as keras3
import numpy as np
import pytest

from tests.keras3 import nets
from tf_ganprune.keras3 import from_keras3, to_keras3

ops = keras3.ops
_ROWS = (4, 6)
_CONSTANT = np.linspace(-1.0, 1.0, 6, dtype="float32")

_UNARY = """
  abs absolute arctan ceil cos cosh erf exp expm1 floor isfinite isinf isnan
  log_sigmoid negative relu relu6 round selu sigmoid sign silu sin sinh softplus
  softsign square stop_gradient tan tanh ones_like zeros_like copy
  convert_to_tensor logical_not ravel transpose hard_sigmoid hard_silu hard_tanh
  tanh_shrink hard_shrink soft_shrink squareplus celu glu elu gelu leaky_relu
  softmax log_softmax max amax min amin mean sum prod std var logsumexp all any
  flip
""".split()
# Of positive numbers.
_POSITIVE = "log log1p reciprocal rsqrt sqrt".split()
_BINARY = """
  add divide divide_no_nan equal floor_divide greater greater_equal less
  less_equal logical_and logical_or maximum minimum multiply not_equal subtract
  true_divide append hstack stack vstack
""".split()
_OTHERS = {
  "operators": lambda x: 1.0 - (2.0 * x + 1.0) / 3.0 - (-x) ** 2 % 2.0 // 0.5,
  "numpy array": lambda x: x * _CONSTANT + ops.convert_to_tensor(_CONSTANT),
  "comparison": lambda x: ops.where(x > 0, x, 0.25 * x),
  "power": lambda x: ops.power(ops.abs(x), 1.5),
  "slice": lambda x: x[:, 1:-1, ::2],
  "item": lambda x: x[:, 0],
  "ellipsis": lambda x: x[..., 1:],
  "new axis": lambda x: x[:, None, :, 0],
  "reshape": lambda x: ops.reshape(x, (-1, 3, 8)),
  "transpose": lambda x: ops.transpose(x, (0, 2, 1)),
  "swapaxes": lambda x: ops.swapaxes(x, 1, -1),
  "moveaxis": lambda x: ops.moveaxis(x, -1, 1),
  "expand_dims": lambda x: ops.expand_dims(x, (1, -1)),
  "squeeze": lambda x: ops.squeeze(ops.expand_dims(x, 1), 1),
  "concatenate": lambda x: ops.concatenate([x, 2.0 * x], axis=1),
  "stack": lambda x: ops.stack([x, -x], axis=2),
  "split": lambda x: ops.split(x, 3, axis=-1),
  "split at": lambda x: ops.split(x, [1, 4], axis=-1),
  "unstack": lambda x: ops.unstack(x, axis=1),
  "tile": lambda x: ops.tile(x, (1, 2, 1)),
  "repeat": lambda x: ops.repeat(x, 2, axis=1),
  "repeat each": lambda x: ops.repeat(x, [1, 2, 0, 1], axis=1),
  "flip": lambda x: ops.flip(x, axis=1),
  "roll": lambda x: ops.roll(x, 2, axis=1),
  "pad": lambda x: ops.pad(x, ((0, 0), (1, 2), (0, 1))),
  "pad with": lambda x: ops.pad(
    x, ((0, 0), (1, 1), (0, 0)), constant_values=3.0
  ),
  "reflect": lambda x: ops.pad(x, ((0, 0), (1, 2), (0, 0)), mode="reflect"),
  "broadcast_to": lambda x: ops.broadcast_to(x[:, :1], (2, 4, 6)),
  "take": lambda x: ops.take(x, [3, -4, 0], axis=1),
  "cumsum": lambda x: ops.cumsum(x, axis=1),
  "argmax": lambda x: ops.argmax(x, axis=1),
  "argmin": lambda x: ops.argmin(x, axis=-1),
  "one_hot": lambda x: ops.one_hot(ops.argmax(x, axis=1), 4),
  "mean over": lambda x: ops.mean(x, axis=(1, 2), keepdims=True),
  "max or": lambda x: ops.max(x, axis=1, initial=0.5),
  "norm over": lambda x: ops.norm(x, axis=-1),
  "moments": lambda x: ops.moments(x, axes=(1,), keepdims=True),
  "normalize": lambda x: ops.normalize(x, axis=-1),
  "softmax": lambda x: ops.softmax(x, axis=1),
  "clip": lambda x: ops.clip(x, -0.5, 0.25),
  "round to": lambda x: ops.round(x, 1),
  "cast": lambda x: ops.cast(x, "int32"),
  "whole numbers": lambda x: ops.cast(10.0 * x, "int32") / 4 + x,
  "big whole numbers": lambda x: ops.cast(x > 0, "int32") + (2**25 + 1),
  "two types": lambda x: ops.cast(x, "int32") * ops.cast(x, "float64"),
  "mean of whole numbers": lambda x: ops.mean(ops.cast(10.0 * x, "int32")),
  "sum of booleans": lambda x: ops.sum(x > 0, axis=1),
  "gelu": lambda x: ops.gelu(x, approximate=False),
  "elu": lambda x: ops.elu(x, 0.5),
  "leaky_relu": lambda x: ops.leaky_relu(x, 0.3),
  "matmul": lambda x: ops.matmul(x, ops.transpose(x, (0, 2, 1))),
  "at": lambda x: x @ np.ones((6, 2), "float32"),
  "tensordot": lambda x: ops.tensordot(x, np.ones((6, 2), "float32"), axes=1),
  "einsum": lambda x: ops.einsum("bij,bkj->bik", x, x),
}
_PIXELS = {
  "average_pool": lambda x: ops.average_pool(x, 2, padding="same"),
  "max_pool": lambda x: ops.max_pool(x, 3, strides=2),
  "resize": lambda x: ops.image.resize(x, (7, 9)),
  "antialias": lambda x: ops.image.resize(
    x, (3, 2), interpolation="bicubic", antialias=True
  ),
  "depth_to_space": lambda x: ops.nn.depth_to_space(x, 2),
  "space_to_depth": lambda x: ops.nn.space_to_depth(x, 2),
}


def _check(shape, make, n: int = 1, tolerance: float = 0.0):
  model = nets.around(shape, make, n=n)
  given = nets.inputs(model)
  theirs = from_keras3(model)
  assert nets.difference(model, theirs, given) <= tolerance
  types = [x.dtype.name for x in theirs.outputs]
  assert types == [x.dtype for x in model.outputs]
  again = to_keras3(theirs)
  assert nets.difference(model, again, given) <= tolerance
  assert [x.dtype for x in again.outputs] == types


@pytest.mark.parametrize("name", _UNARY)
def test_operations_on_one_tensor(name):
  _check(_ROWS, lambda x: getattr(ops, name)(x), tolerance=1e-6)


@pytest.mark.parametrize("name", _POSITIVE)
def test_operations_on_positive_numbers(name):
  _check(_ROWS, lambda x: getattr(ops, name)(ops.abs(x)), tolerance=1e-6)


@pytest.mark.parametrize("name", _BINARY)
def test_operations_on_two_tensors(name):
  function = getattr(ops, name)
  joins = name in ("hstack", "stack", "vstack")
  _check(_ROWS, lambda a, b: function([a, b]) if joins else function(a, b), n=2)


@pytest.mark.parametrize("name", _OTHERS)
def test_operations_with_arguments(name):
  _check(_ROWS, _OTHERS[name], tolerance=1e-6)


@pytest.mark.parametrize("name", _PIXELS)
def test_operations_on_images(name):
  _check((6, 6, 4), _PIXELS[name])
