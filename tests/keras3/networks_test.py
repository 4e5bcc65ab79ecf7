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
"""Tests of whole networks of Keras 3 as tf_keras, and back."""

import keras as keras3
import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.keras3 import nets

layers = keras3.layers


def test_a_file_of_keras_3_becomes_a_network_of_tf_keras(tmp_path):
  model = nets.dcgan_generator()
  model.save(tmp_path / "generator.keras")
  loaded = keras3.saving.load_model(tmp_path / "generator.keras")
  theirs = tgp.from_keras3(loaded)
  assert isinstance(theirs, tgp.keras.Sequential)
  assert theirs.name == "generator"
  assert [x.name for x in theirs.layers] == [x.name for x in model.layers]
  assert nets.difference(model, theirs, nets.inputs(model)) <= 1e-6


def test_several_inputs_and_outputs_nested_and_shared_layers():
  model = nets.conditional_generator()
  theirs = tgp.from_keras3(model)
  given = nets.inputs(model)
  assert set(theirs(given)) == {"image", "half", "mean"}
  assert nets.difference(model, theirs, given) <= 1e-6
  assert isinstance(theirs.get_layer("block"), tgp.keras.Sequential)
  assert len(theirs.get_layer("shared").inbound_nodes) == 2
  assert theirs.count_params() == model.count_params()
  again = tgp.to_keras3(theirs)
  assert nets.difference(model, again, given) <= 1e-6
  assert {w.path for w in again.weights} == {w.path for w in model.weights}


def test_the_file_of_a_converted_network_loads(tmp_path):
  theirs = tgp.from_keras3(nets.conditional_generator())
  given = nets.inputs(nets.conditional_generator())
  tgp.save_model(theirs, tmp_path / "model.keras")
  loaded = tgp.load_model(tmp_path / "model.keras")
  assert nets.difference(theirs, loaded, given) == 0.0


def test_inputs_by_name():
  a, b = keras3.Input((3,), name="a"), keras3.Input((2,), name="b")
  joined = layers.Concatenate()([a, b])
  model = nets.randomize(
    keras3.Model({"b": b, "a": a}, [layers.Dense(2)(joined), joined])
  )
  given = {"a": np.ones((2, 3), "float32"), "b": np.zeros((2, 2), "float32")}
  theirs = tgp.from_keras3(model)
  for one, other in zip(model(given), theirs(given), strict=True):
    np.testing.assert_array_equal(one, other)


def test_a_network_inside_a_wrapper_and_a_network_that_is_called_twice():
  inner = keras3.Sequential(
    [keras3.Input((4,)), layers.Dense(4), layers.BatchNormalization()],
    name="inner",
  )

  def make(x):
    return layers.TimeDistributed(inner)(x) + inner(x[:, 0])[:, None]

  model = nets.around((3, 4), make)
  theirs = tgp.from_keras3(model)
  assert nets.difference(model, theirs, nets.inputs(model)) <= 1e-6
  assert theirs.count_params() == model.count_params()


def test_weights_are_copies():
  model = nets.dcgan_generator()
  theirs = tgp.from_keras3(model)
  before = model.get_weights()
  for weight in theirs.weights:
    weight.assign(tf.zeros_like(weight))
  for one, other in zip(model.get_weights(), before, strict=True):
    np.testing.assert_array_equal(one, other)


def _masked(x):
  x = layers.Embedding(3, 4, mask_zero=True)(x)
  x = layers.Dropout(0.5)(x)
  first = layers.LSTM(4, return_sequences=True)(x)
  second = layers.GRU(3)(layers.Add()([x, first]))
  return layers.Concatenate()(
    [second, layers.GlobalAveragePooling1D()(first), layers.GRU(2)(x * 2.0)]
  )


@pytest.mark.slow
def test_masks_go_as_far_as_in_keras_3():
  model = nets.around((5,), _masked, dtype="int32")
  given = [np.array([[1, 2, 0, 1, 0], [0, 0, 2, 0, 0]], "int32")]
  theirs = tgp.from_keras3(model)
  assert nets.difference(model, theirs, given) <= 1e-6
  assert not any("not_equal" in layer.name for layer in theirs.layers)
  assert nets.difference(model, tgp.to_keras3(theirs), given) <= 1e-6


@pytest.mark.parametrize(
  "make",
  [
    lambda x, y: layers.Add()([x, y]),
    lambda x, y: layers.Add()([x, x]) + 0.0 * y,
    lambda x, y: layers.Dense(4)(
      keras3.Sequential([keras3.Input((5, 4)), layers.Dense(4)])(x)
    ),
  ],
  ids=["beside none", "operation", "inside a network"],
)
def test_masks_end_where_they_do_in_keras_3(make):
  x, y = keras3.Input((5,), dtype="int32"), keras3.Input((5, 4))
  made = make(layers.Embedding(3, 4, mask_zero=True)(x), y)
  model = nets.randomize(keras3.Model([x, y], [layers.GRU(3)(made), y]))
  given = nets.inputs(model)
  given[0] = np.array([[1, 2, 0, 1, 0], [0, 0, 2, 0, 0]], "int32")
  assert nets.difference(model, tgp.from_keras3(model), given) <= 1e-6


def test_a_mask_that_tf_keras_would_lose_is_refused():
  def make(x):
    x = layers.Embedding(3, 4, mask_zero=True)(x)
    return layers.GRU(3, name="reads")(layers.Identity()(x))

  with pytest.raises(ValueError, match="'reads' .* has a mask in Keras 3"):
    tgp.from_keras3(nets.around((5,), make, dtype="int32"))


def test_a_mask_that_is_passed():
  def make(x, mask):
    attention = layers.MultiHeadAttention(2, 3)(
      x, x, attention_mask=mask[:, None, :, 0] > 0
    )
    return layers.LSTM(3)(attention, mask=mask[:, :, 0] > 0)

  model = nets.around((4, 2), make, n=2)
  theirs = tgp.from_keras3(model)
  assert nets.difference(model, theirs, nets.inputs(model)) <= 1e-6


def test_what_training_needs_is_taken_along():
  layer = layers.Dense(
    3,
    kernel_initializer=keras3.initializers.HeNormal(seed=7),
    bias_initializer=keras3.initializers.Constant(0.5),
    kernel_regularizer=keras3.regularizers.L1L2(0.25, 0.5),
    activity_regularizer=keras3.regularizers.L2(0.125),
    kernel_constraint=keras3.constraints.MaxNorm(2.0, axis=0),
    bias_constraint="non_neg",
  )
  model = nets.around((4,), layer)
  dense = tgp.from_keras3(model).layers[1]
  kinds = tgp.keras
  assert isinstance(dense.kernel_initializer, kinds.initializers.HeNormal)
  assert dense.kernel_initializer.get_config() == {"seed": 7}
  assert dense.bias_initializer.get_config() == {"value": 0.5}
  assert dense.kernel_regularizer.get_config() == {"l1": 0.25, "l2": 0.5}
  assert dense.activity_regularizer.get_config() == {"l2": 0.125}
  assert dense.kernel_constraint.get_config() == {"max_value": 2.0, "axis": 0}
  assert isinstance(dense.bias_constraint, kinds.constraints.NonNeg)
  again = tgp.to_keras3(tgp.from_keras3(model)).layers[1]
  assert _without_axes(again) == _without_axes(layer)


def _without_axes(layer):
  config = layer.get_config()
  config["kernel_initializer"] = config["kernel_initializer"]["config"]["seed"]
  return config


def test_what_is_trained_is_taken_along():
  model = nets.conditional_generator()
  model.get_layer("block").trainable = False
  model.get_layer("block").layers[1].trainable = True
  model.get_layer("image").trainable = False
  theirs = tgp.from_keras3(model)
  again = tgp.to_keras3(theirs)
  for other in (theirs, again):
    assert other.get_layer("block").layers[0].trainable is False
    assert other.get_layer("block").layers[1].trainable is True
    assert len(other.trainable_weights) == len(model.trainable_weights)


def test_gradients_are_the_same():
  model = nets.conditional_generator()
  theirs = tgp.from_keras3(model)
  given = nets.inputs(model)
  found = []
  for one in (model, theirs):
    with tf.GradientTape() as tape:
      loss = tf.reduce_sum(tf.square(one(given)["image"]))
    kernel = one.get_layer("shared").kernel
    kernel = kernel.value if one is model else kernel
    found.append(tape.gradient(loss, kernel))
  np.testing.assert_allclose(found[0], found[1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("policy", ["mixed_float16", "float64", "bfloat16"])
def test_dtype_policies_are_taken_along(policy):
  x = keras3.Input((4,), dtype="float32")
  hidden = layers.Dense(8, dtype=policy)(x)
  model = nets.randomize(keras3.Model(x, layers.Dense(2)(hidden * 2.0)))
  theirs = tgp.from_keras3(model)
  assert theirs.layers[1].dtype_policy.name == policy
  assert nets.difference(model, theirs, nets.inputs(model)) == 0.0
  again = tgp.to_keras3(theirs)
  assert again.layers[1].dtype_policy.name == policy
  assert nets.difference(model, again, nets.inputs(model)) == 0.0


@pytest.mark.slow
def test_a_long_chain_is_no_deep_recursion():
  def make(x):
    for _ in range(400):
      x = layers.ReLU()(x)
    return x

  model = nets.around((2,), make)
  assert len(tgp.from_keras3(model).layers) == 401


def test_a_model_class_that_only_adds_training_is_a_graph():
  class Trained(keras3.Model):
    def train_step(self, data):
      return {}

  x = keras3.Input((3,))
  model = nets.randomize(Trained(x, layers.Dense(2)(x)))
  theirs = tgp.from_keras3(model)
  assert nets.difference(model, theirs, nets.inputs(model)) == 0.0


def test_our_networks_become_keras_3_and_come_back():
  for ours in (
    tgp.networks.dcgan_generator(),
    tgp.networks.dcgan_discriminator(),
  ):
    model = tgp.to_keras3(ours)
    assert isinstance(model, keras3.Model)
    given = nets.inputs(model)
    assert nets.difference(model, ours, given) <= 1e-5
    assert nets.difference(tgp.from_keras3(model), ours, given) == 0.0
