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
"""Tests of normalizations in four axes, wherever they are called."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.export import convert, float16, rewrites, verify
from tf_ganprune.keras_compat import keras

layers = keras.layers


class _Block(layers.Layer):
  """The residual block of CycleGAN, with any norm."""

  def __init__(self, norm, **kwargs):
    super().__init__(**kwargs)
    self.convolution = layers.Conv2D(8, 3, padding="same")
    self.norm = norm

  def call(self, inputs):
    return inputs + self.norm(self.convolution(inputs))


class _InstanceNorm(layers.GroupNormalization):
  def __init__(self, **kwargs):
    super().__init__(-1, **kwargs)


class _Halved(layers.GroupNormalization):
  def call(self, inputs, mask=None):
    return super().call(inputs, mask) / 2


class _Subclassed(keras.Model):
  def __init__(self, norm):
    super().__init__(name="subclassed")
    self.block = _Block(norm, name="block")

  def call(self, inputs):
    return self.block(inputs)


def _norm(groups=-1):
  return layers.GroupNormalization(groups, name="norm")


def _network(*row, shape=(4, 4, 8)):
  inputs = x = keras.Input(shape)
  for layer in row:
    x = layer(x)
  network = keras.Model(inputs, x)
  rng = np.random.default_rng(0)
  network.set_weights([rng.normal(0.5, 1, w.shape) for w in network.weights])
  return network


def _block(norm):
  return _network(_Block(norm, name="block"))


def _twice():
  norm = _norm(2)
  return _network(norm, layers.LeakyReLU(), norm)


def _over_time():
  norm = layers.TimeDistributed(_norm(2), name="time")
  return _network(norm, shape=(3, 5, 8))


_NETWORKS = {
  "a custom layer": (lambda: _block(_norm()), "block/norm"),
  "a subclass of the norm": (
    lambda: _block(_InstanceNorm(name="norm")),
    "block/norm",
  ),
  "several axes": (
    lambda: _block(layers.LayerNormalization([1, 2, 3], name="norm")),
    "block/norm",
  ),
  "a subclassed network": (
    lambda: _network(_Subclassed(_norm(4))),
    "subclassed/block/norm",
  ),
  "called twice": (_twice, "norm"),
  "over time": (_over_time, "time/norm"),
}


def _inputs(network):
  rng = np.random.default_rng(1)
  return rng.normal(size=(1, *network.input_shape[1:])).astype("float32")


def _most_axes(function):
  tensors = [x for o in function.graph.get_operations() for x in o.outputs]
  bodies = [f.graph for f in function.graph._functions.values()]
  tensors += [x for g in bodies for o in g.get_operations() for x in o.outputs]
  return max(x.shape.rank or 0 for x in tensors)


@pytest.mark.parametrize("kind", _NETWORKS)
def test_the_same_numbers_in_four_axes(kind):
  build, name = _NETWORKS[kind]
  network = build()
  expected = network(_inputs(network)).numpy()
  for norms in (rewrites.NORMS, rewrites.NORMS_IN_INTEGERS):
    anywhere = rewrites.anywhere(network, norms)
    function, notes = convert.traced(network, anywhere=anywhere)
    assert _most_axes(function) <= 4
    (found,) = function(tf.constant(_inputs(network))).values()
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert any(note.endswith(f": {name}.") for note in notes)


def _image_network(name):
  if name != "unit":
    return _NETWORKS[name][0]()
  return _block(layers.UnitNormalization([1, 2], name="norm"))


@pytest.mark.parametrize("target", ["gpu", "npu"])
@pytest.mark.parametrize("name", [*_NETWORKS, "unit"])
def test_it_goes_to(target, name):
  network = _image_network(name)
  assert not [x for x in tgp.check_target(network, target) if x.refused]


@pytest.mark.slow
@pytest.mark.parametrize("target", ["gpu", "npu"])
def test_a_file_of_it_is_right(target, tmp_path):
  network = _block(_norm())
  report = tgp.export_tflite(network, tmp_path / "a", target)
  assert any(note.endswith(": block/norm.") for note in report.notes)


@pytest.mark.parametrize("fails", [False, True])
def test_the_layer_is_as_before(fails):
  norm = _norm()
  network, own = _block(norm), dict(vars(norm))
  old = norm.call
  if fails:
    network.layers[-1].call = lambda inputs: norm(inputs)[:, 99]
  anywhere = rewrites.anywhere(network, rewrites.NORMS)
  if fails:
    with pytest.raises(ValueError, match="`model` .*'block.*'"):
      convert.traced(network, anywhere=anywhere)
  else:
    convert.traced(network, anywhere=anywhere)
  assert norm.call == old
  assert vars(norm).keys() == own.keys()


def test_functions_are_traced_anew():
  class Traced(_Block):
    call = tf.function(_Block.call)

  network = _network(Traced(_norm(), name="block"))
  inputs = tf.constant(_inputs(network))
  expected = network(inputs)  # which is traced with five axes
  assert tgp.check_target(network, "gpu") == []
  kept = network.layers[-1].call.get_concrete_function(inputs)
  assert _most_axes(kept) == 5
  np.testing.assert_array_equal(network(inputs), expected)


def test_a_call_of_its_own_comes_back():
  norm = _norm()
  network = _block(norm)
  norm.call = own = type(norm).call.__get__(norm)
  with rewrites.exchanged(network, rewrites.NORMS):
    assert norm.call is not own
  assert norm.call is own


def test_what_computes_otherwise_stays():
  network = _block(_Halved(-1))
  assert rewrites.anywhere(network, rewrites.NORMS) == ()


def test_a_mask_still_counts():
  norm = layers.GroupNormalization(2)
  network = _network(layers.Masking(), norm, norm, shape=(8, 8))
  images = np.random.default_rng(0).normal(size=(1, 8, 8)).astype("float32")
  images[:, 2:4] = 0.0
  anywhere = rewrites.anywhere(network, rewrites.NORMS)
  function, _ = convert.traced(network, anywhere=anywhere)
  (found,) = function(tf.constant(images)).values()
  np.testing.assert_allclose(found, network(images), atol=1e-5)


def test_float16_is_computed_of_it():
  # The square of an instance norm of such images is infinite in float16.
  network = _network(_Block(_norm(), name="block"))
  network.layers[-1].convolution.kernel.assign(
    100 * network.layers[-1].convolution.kernel
  )
  (name,) = network.input_names
  reference = verify.refer(network, [{name: _inputs(network)}])
  anywhere = rewrites.anywhere(network, rewrites.NORMS)
  found = float16.run(network, reference, anywhere)
  assert found.error < 0.05 * found.spread
