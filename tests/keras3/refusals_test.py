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
"""Tests that what cannot be converted is named, with the way out."""

import re
import subprocess
import sys

import keras as keras3
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tests.keras3 import nets
from tf_ganprune.keras3 import library

layers = keras3.layers


class Doubled(layers.Layer):
  def __init__(self, factor=2.0, **kwargs):
    super().__init__(**kwargs)
    self.factor = factor

  def build(self, shape):
    self.scale = self.add_weight(shape=(shape[-1],), name="scale")

  def call(self, inputs):
    return self.factor * self.scale * inputs

  def get_config(self):
    return super().get_config() | {"factor": self.factor}


class OursDoubled(tgp.keras.layers.Layer):
  def __init__(self, factor=2.0, **kwargs):
    super().__init__(**kwargs)
    self.factor = factor

  def build(self, shape):
    self.scale = self.add_weight("scale", (shape[-1],))

  def call(self, inputs):
    return self.factor * self.scale * inputs


def _odd_network():
  def make(x):
    x = Doubled(3.0, name="mine")(x)
    x = layers.RMSNormalization(name="rms")(x)
    x = layers.Dense(4, name="plain", activation="glu")(x)
    return keras3.ops.sort(x)

  return nets.around((4,), make)


def test_all_problems_are_named_at_once():
  with pytest.raises(ValueError) as error:
    tgp.from_keras3(_odd_network())
  for part in (
    "layer 'mine' (Doubled)",
    "layer 'rms' (RMSNormalization)",
    "layer 'plain' (Dense): the activation glu",
    "operation 'sort",
    "(Sort)",
    "custom={Class: function}",
  ):
    assert part in str(error.value)


def test_problems_inside_networks_inside_wrappers_are_named():
  inner = keras3.Sequential([keras3.Input((4,)), Doubled(name="mine")])
  model = nets.around((3, 4), layers.TimeDistributed(inner))
  with pytest.raises(ValueError, match=r"'mine.*' \(Doubled\)"):
    tgp.from_keras3(model)


@pytest.mark.parametrize(
  "counterpart",
  [OursDoubled, lambda layer: OursDoubled(layer.factor, name=layer.name)],
)
def test_a_layer_is_mapped_by_the_user(counterpart):
  model = nets.around((4,), Doubled(3.0, name="mine"))
  theirs = tgp.from_keras3(model, custom={Doubled: counterpart})
  assert isinstance(theirs.get_layer("mine"), OursDoubled)
  assert nets.difference(model, theirs, nets.inputs(model)) == 0.0


def test_an_operation_is_mapped_by_the_user():
  model = nets.around((4,), lambda x: keras3.ops.sort(x))
  kind = type(model.operations[-1])
  theirs = tgp.from_keras3(model, custom={kind: lambda op: tf.sort})
  assert nets.difference(model, theirs, nets.inputs(model)) == 0.0


def test_a_counterpart_with_other_weights_is_refused():
  model = nets.around((4,), Doubled(name="mine"))
  with pytest.raises(ValueError, match="'mine.*' .* has the weights"):
    tgp.from_keras3(
      model, custom={Doubled: lambda layer: tgp.keras.layers.Dense(4)}
    )
  with pytest.raises(ValueError, match="'.*' has weights .*: mine"):
    tgp.from_keras3(model, custom={Doubled: lambda layer: tf.identity})


def test_an_argument_without_counterpart_is_named():
  model = nets.around((8, 8, 1), layers.Resizing(4, 4, antialias=True))
  with pytest.raises(ValueError, match=r"\(Resizing\): antialias=True"):
    tgp.from_keras3(model)


def test_an_operation_with_an_argument_without_counterpart_is_named():
  model = nets.around((4, 3), lambda x: keras3.ops.norm(x, 1, axis=-1))
  with pytest.raises(ValueError, match=r"'norm.*\(Norm\) cannot .*: ord=1"):
    tgp.from_keras3(model)


def test_a_custom_initializer_is_named_and_can_be_mapped():
  class Mine(keras3.initializers.Initializer):
    def __call__(self, shape, dtype=None):
      return keras3.ops.ones(shape, dtype)

  model = nets.around((4,), layers.Dense(2, kernel_initializer=Mine()))
  with pytest.raises(ValueError, match=r"'dense\w*' \(Dense\): Mine"):
    tgp.from_keras3(model)
  ones = tgp.keras.initializers.Ones
  for counterpart in (ones, lambda mine: ones()):
    dense = tgp.from_keras3(model, custom={Mine: counterpart}).layers[1]
    assert isinstance(dense.kernel_initializer, ones)


def test_subclassed_networks_are_refused():
  class Mine(keras3.Model):
    def __init__(self):
      super().__init__()
      self.dense = layers.Dense(2)

    def call(self, x):
      return self.dense(x)

  model = Mine()
  model(tf.ones((1, 3)))
  with pytest.raises(ValueError, match=r"'mine.*' \(Mine\) .*keras\.Model"):
    tgp.from_keras3(model)
  outer = nets.around((3,), model)
  with pytest.raises(ValueError, match=r"'mine.*' \(Mine\)"):
    tgp.from_keras3(outer)


def test_what_is_not_built_or_no_network_is_refused():
  with pytest.raises(ValueError, match=r"'fresh.*' .*`keras\.Input"):
    tgp.from_keras3(keras3.Sequential([layers.Dense(2)], name="fresh"))
  with pytest.raises(ValueError, match="a tf_keras model already"):
    tgp.from_keras3(tiny.generator())
  with pytest.raises(ValueError, match="`model` .*Keras 3 .* a int"):
    tgp.from_keras3(3)
  with pytest.raises(ValueError, match="a Keras 3 model already"):
    tgp.to_keras3(nets.dcgan_generator())


def test_weights_outside_of_the_graph_are_named():
  model = nets.around((4,), layers.Dense(2))
  model.extra = layers.Dense(2, name="extra")
  model.extra.build((None, 3))
  with pytest.raises(ValueError, match="extra/kernel, extra/bias"):
    tgp.from_keras3(model)


def test_pruned_networks_go_to_keras_3_when_stripped():
  pruned = tgp.prune_low_magnitude(tiny.generator())
  with pytest.raises(ValueError, match="strip_pruning"):
    tgp.to_keras3(pruned)
  stripped = tgp.strip_pruning(pruned)
  model = tgp.to_keras3(stripped)
  assert nets.difference(model, stripped, nets.inputs(model)) <= 1e-6


def test_problems_of_tf_keras_are_named():
  x = tgp.keras.Input((4,))
  y = OursDoubled(name="mine")(x)
  model = tgp.keras.Model(x, tf.sort(y))
  with pytest.raises(ValueError) as error:
    tgp.to_keras3(model)
  assert "layer 'mine' (OursDoubled)" in str(error.value)
  assert re.search(r"operation 'tf.sort\w*' \(tf.sort\)", str(error.value))


def test_pruning_and_gans_say_how_to_convert():
  model = nets.dcgan_generator()
  way = re.escape("tf_ganprune.from_keras3(")
  with pytest.raises(ValueError, match=f"Keras 3 model.*{way}to_prune"):
    tgp.prune_low_magnitude(model)
  with pytest.raises(ValueError, match=f"Keras 3 model.*{way}generator"):
    tgp.GAN(tiny.discriminator(), model, 8)


def test_without_keras_3_there_is_one_sentence(monkeypatch):
  monkeypatch.setitem(sys.modules, "keras", None)
  with pytest.raises(ImportError, match="pip install 'keras>=3'"):
    library.keras3()
  assert not library.is_keras3(tiny.generator())


@pytest.mark.slow
def test_importing_the_package_does_not_import_the_converter_s_keras():
  program = (
    "import sys; import tf_ganprune; sys.modules['keras'] = None\n"
    "import tests.tiny as tiny\n"
    "tf_ganprune.profile(tiny.generator())"
  )
  result = subprocess.run(
    [sys.executable, "-c", program], capture_output=True, text=True, check=False
  )
  assert not result.returncode, result.stderr
