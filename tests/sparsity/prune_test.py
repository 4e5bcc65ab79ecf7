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
"""Tests of wrapping and stripping."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, report, strip
from tf_ganprune.sparsity.training import ownership
from tf_ganprune.sparsity.wrapping import wrapped_layers, wrapper

sparsity = tfmot.sparsity.keras
layers = keras.layers


def _prune_now(model):
  ownership.advance(ownership.claim(model, owner=model))


@pytest.mark.parametrize("make", [tiny.generator, tiny.discriminator])
def test_wraps_what_can_be_pruned_and_shares_weights(make):
  model = make()
  pruned = prune.prune_low_magnitude(model)
  wrapped = [w for w in pruned.layers if isinstance(w, wrapper.TFMOTWrapper)]
  assert len(wrapped) == 2
  assert all(isinstance(w, wrapper.PruneLowMagnitude) for w in wrapped)
  ours = {w.ref() for w in pruned.trainable_weights}
  assert ours == {w.ref() for w in model.trainable_weights}


def test_shared_and_nested_layers_are_wrapped_once():
  shared = layers.Dense(4)
  inner = keras.Sequential([keras.Input((4,)), layers.Dense(4), shared])
  x = keras.Input((4,))
  model = keras.Model(x, inner(shared(shared(x))))
  pruned = prune.prune_low_magnitude(model)
  assert len(wrapped_layers.pruned_layers(pruned)) == 2
  np.testing.assert_allclose(pruned(tf.ones([1, 4])), model(tf.ones([1, 4])))


def test_what_is_left_alone_is_said():
  model = keras.Sequential(
    [
      keras.Input((8, 8, 1)),
      layers.PReLU(name="prelu"),
      layers.DepthwiseConv2D(3, name="depthwise"),
      layers.BatchNormalization(),
      layers.Flatten(),
      layers.Dense(1, name="dense"),
    ]
  )
  message = r"prelu \(not prunable: PReLU\), depthwise \(not prunable: Dep"
  with pytest.warns(UserWarning, match=message):
    pruned = prune.prune_low_magnitude(model)
  result = report.sparsity_report(pruned)
  notes = {row.name: row.note for row in result.layers}
  assert notes["dense"] == ""
  assert "not prunable: DepthwiseConv2D" in str(result)


def test_a_second_schedule_is_not_ignored_in_silence():
  pruned = prune.prune_low_magnitude(tiny.generator())
  with pytest.raises(ValueError, match="'generator' .*`strip_pruning`"):
    prune.prune_low_magnitude(pruned, sparsity.ConstantSparsity(0.9, 0))


def test_misspelt_argument_is_not_ignored_in_silence():
  with pytest.raises(ValueError, match="sparsity_m_by_m"):
    prune.prune_low_magnitude(tiny.generator(), sparsity_m_by_m=(2, 4))


def test_layer_that_tfmot_refuses_is_left_alone():
  model = keras.Sequential(
    [keras.Input((4,)), layers.Dense(4), layers.PReLU(), layers.Rescaling(2.0)]
  )
  assert (
    len(wrapped_layers.pruned_layers(prune.prune_low_magnitude(model))) == 1
  )


def test_custom_layer_offers_its_weights():
  class Scale(layers.Layer, sparsity.PrunableLayer):
    def build(self, input_shape):
      self.scale = self.add_weight("scale", [input_shape[-1]])

    def call(self, x):
      return x * self.scale

    def get_prunable_weights(self):
      return [self.scale]

  model = keras.Sequential([keras.Input((4,)), Scale()])
  pruned = prune.prune_low_magnitude(
    model, sparsity.ConstantSparsity(0.5, 1, frequency=1)
  )
  _prune_now(pruned)
  assert report.sparsity_report(pruned).overall == 0.5


def test_list_and_layer():
  activation = layers.ReLU()
  wrapped = prune.prune_low_magnitude([layers.Dense(2), activation])
  assert isinstance(wrapped[0], wrapper.PruneLowMagnitude)
  assert wrapped[1].layer is activation
  layer = prune.prune_low_magnitude(layers.Dense(2), input_shape=(3,))
  assert keras.Sequential([layer]).output_shape == (None, 2)


def test_policy_chooses_layers():
  class OnlyDense(sparsity.PruningPolicy):
    def allow_pruning(self, layer):
      return isinstance(layer, layers.Dense)

    def ensure_model_supports_pruning(self, model):
      pass

  pruned = prune.prune_low_magnitude(
    tiny.generator(), block_size=(1, 4), pruning_policy=OnlyDense()
  )
  names = [layer.layer.name for layer in wrapped_layers.pruned_layers(pruned)]
  assert names == ["dense"]


def test_tfmot_policy_for_xnnpack_runs_its_check():
  with pytest.raises(ValueError, match="`Conv2D 3x3`"):
    prune.prune_low_magnitude(
      tiny.generator(), pruning_policy=sparsity.PruneForLatencyOnXNNPack()
    )


@pytest.mark.parametrize("strip", [strip.strip_pruning, sparsity.strip_pruning])
def test_stripping_keeps_the_function(strip):
  pruned = prune.prune_low_magnitude(
    tiny.generator(), sparsity.ConstantSparsity(0.5, 1, frequency=1)
  )
  _prune_now(pruned)
  stripped = strip(pruned)
  assert not wrapped_layers.pruned_layers(stripped)
  z = tf.random.stateless_normal([5, 4], [0, 1])
  np.testing.assert_allclose(stripped(z), pruned(z, training=False), atol=1e-5)
  assert report.sparsity_report(stripped) == report.sparsity_report(pruned)


def test_stripping_applies_masks():
  pruned = sparsity.prune_low_magnitude(
    tiny.classifier(), sparsity.ConstantSparsity(0.5, 1, frequency=1)
  )
  _prune_now(pruned)
  for layer in wrapped_layers.pruned_layers(pruned):
    for weight, _, _ in layer.pruning_vars:
      weight.assign(tf.ones_like(weight))
  assert report.sparsity_report(strip.strip_pruning(pruned)).overall == 0.5


def test_stripping_leaves_tfmot_wrappers_as_they_are():
  pruned = sparsity.prune_low_magnitude(tiny.classifier())
  strip.strip_pruning(pruned)
  for layer in wrapped_layers.pruned_layers(pruned):
    assert type(layer) is wrapper.TFMOTWrapper


@pytest.mark.parametrize(
  ("arguments", "message"),
  [
    ({"pruning_schedule": 0.5}, "got 0.5"),
    ({"allocation": {3: None}}, "patterns of layer names.*got 3"),
    ({"pruning_policy": "gpu"}, "`pruning_policy` .*'gpu'"),
    ({"pruning_policy": tgp.PruneForLatencyOnXNNPack}, r"XNNPack\(\); got"),
    ({"block_size": (0, 4)}, r"block_size.*\(0, 4\)"),
    ({"block_size": (4,)}, r"`block_size` .*\(4,\)"),
    ({"block_pooling_type": "MIN"}, "'MIN'"),
    ({"sparsity_m_by_n": (4, 2)}, r"\(4, 2\)"),
    (
      {"sparsity_m_by_n": (2, 4), "block_size": (1, 4)},
      r"`block_size` \(1, 4\) .*`sparsity_m_by_n` \(2, 4\)",
    ),
    ({"block_size": (1, 4)}, r"layer 'image'.*\(3, 3, 1, 3\)"),
  ],
)
def test_refuses(arguments, message):
  with pytest.raises(ValueError, match=message):
    prune.prune_low_magnitude(tiny.generator(), **arguments)


def test_refuses_nothing_to_prune():
  model = keras.Sequential([keras.Input((4,)), layers.ReLU()], name="empty")
  with pytest.raises(ValueError, match="'empty' cannot be pruned.*ReLU"):
    prune.prune_low_magnitude(model)
  with pytest.raises(ValueError, match="ConvLSTMCell"):
    prune.prune_low_magnitude(layers.ConvLSTM2D(2, 3))


def test_refuses_keras_3_and_names_the_fix():
  import keras as keras_3  # noqa: PLC0415

  model = keras_3.Sequential([keras_3.Input((4,)), keras_3.layers.Dense(2)])
  for function in (prune.prune_low_magnitude, strip.strip_pruning):
    with pytest.raises(ValueError, match="tf_ganprune.keras"):
      function(model)


def test_refuses_a_subclass_and_names_its_networks():
  class Pair(keras.Model):
    def __init__(self):
      super().__init__()
      self.generator = tiny.generator()

  with pytest.raises(ValueError, match="`to_prune` .*'pair.*' .*: generator"):
    prune.prune_low_magnitude(Pair())
