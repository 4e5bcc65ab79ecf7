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
"""Tests that what is saved can be loaded, or is not written."""

import random

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tests import tiny
from tf_ganprune import gan, saving
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune

layers = keras.layers


class _Base(keras.Model):
  def __init__(self, **kwargs):
    super().__init__(**kwargs)
    self.wide = layers.Dense(3)


class TwoArguments(_Base):
  def call(self, x, y, training=False):
    return self.wide(x) + y


class OptionalArgument(_Base):
  def call(self, x, y=None, training=False):
    return self.wide(x) if y is None else self.wide(x) + y


class NamedArgument(_Base):
  def call(self, inputs, *, labels):
    return self.wide(inputs) + labels


class ManyArguments(_Base):
  def call(self, inputs, **kwargs):
    return self.wide(inputs)


class OfList(_Base):
  def call(self, inputs):
    return self.wide(inputs[0]) + inputs[1]


class OfDict(_Base):
  def call(self, inputs):
    return self.wide(inputs["x"]) + inputs["y"]


class OfNetwork(keras.Model):
  """Takes a network, and does not say so."""

  def __init__(self, network, **kwargs):
    super().__init__(**kwargs)
    self.network = network

  def call(self, x):
    return self.network(x)


class SaysSo(OfNetwork):
  def get_config(self):
    network = keras.utils.serialize_keras_object(self.network)
    return {"network": network, "name": self.name}

  @classmethod
  def from_config(cls, config):
    network = keras.utils.deserialize_keras_object(config.pop("network"))
    return cls(network, **config)


class Forgetful(layers.Layer):
  """Has a default that its config does not give."""

  def __init__(self, units=2, **kwargs):
    super().__init__(**kwargs)
    self.dense = layers.Dense(units)

  def get_config(self):
    return {"name": self.name}

  def call(self, x):
    return self.dense(x)


def doubled(x):
  return 2.0 * x


def _x(size=4):
  return tf.ones((2, size))


def _called(kind, *args, **kwargs):
  network = kind()
  network(*args, **kwargs)
  return network


def _functional(*middle):
  return keras.Sequential([keras.Input((4,)), layers.Dense(2), *middle])


def _objects():
  kinds = (OptionalArgument, ManyArguments, OfList, OfDict, SaysSo)
  return {x.__name__: x for x in (*kinds, doubled)}


@pytest.mark.parametrize(
  "make",
  [
    lambda: _called(TwoArguments, _x(), _x(3)),
    lambda: _called(TwoArguments, _x(), y=_x(3)),
    lambda: _called(NamedArgument, _x(), labels=_x(3)),
    lambda: _called(lambda: OfNetwork(_functional()), _x()),
    lambda: _functional(Forgetful(5)),
    lambda: _functional(layers.Lambda(lambda x: 2.0 * x)),
    lambda: _functional(layers.Lambda(doubled)),
    lambda: _functional(layers.Dense(2, activation=lambda x: x)),
    lambda: gan.GAN(
      tiny.discriminator(),
      keras.Sequential(
        [tiny.generator(), layers.Lambda(lambda x: x)], name="g"
      ),
      4,
    ),
  ],
)
@pytest.mark.filterwarnings("ignore")
def test_what_nothing_loads_is_not_written(make, tmp_path):
  path = tmp_path / "a.keras"
  path.write_text("before")
  model = make()
  with pytest.raises(ValueError, match=f"{model.name!r} was not saved"):
    saving.save_model(model, path)
  assert path.read_text() == "before"
  assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
  ("make", "args"),
  [
    (lambda: _called(OptionalArgument, _x()), [_x()]),
    (lambda: _called(ManyArguments, _x()), [_x()]),
    (lambda: _called(OfList, [_x(), _x(3)]), [[_x(), _x(3)]]),
    (
      lambda: _called(OfDict, {"x": _x(), "y": _x(3)}),
      [{"x": _x(), "y": _x(3)}],
    ),
    (lambda: _called(lambda: SaysSo(_functional()), _x()), [_x()]),
    (lambda: _functional(layers.Dense(2, activation=doubled)), [_x()]),
  ],
)
def test_what_is_written_loads(make, args, tmp_path):
  model = make()
  path = saving.save_model(model, tmp_path / "a.keras")
  loaded = saving.load_model(path, custom_objects=_objects())
  np.testing.assert_array_equal(loaded(*args), model(*args))


@keras.utils.register_keras_serializable("rehearsal_test")
class Registered(TwoArguments):
  pass


@keras.utils.register_keras_serializable("rehearsal_test")
class RegisteredByName(NamedArgument):
  pass


@pytest.mark.parametrize(
  ("kind", "named"), [(Registered, "y"), (RegisteredByName, "labels")]
)
def test_pruned_networks_of_several_arguments_come_back(kind, named, tmp_path):
  network = kind()
  network(_x(), **{named: _x(3)})
  schedule = tfmot.sparsity.keras.ConstantSparsity(0.5, 0)
  pruned = prune.prune_low_magnitude(network, schedule)
  path = saving.save_model(pruned, tmp_path / "a.keras")
  loaded = saving.load_model(path)
  given = {named: _x(3)}
  np.testing.assert_array_equal(loaded(_x(), **given), pruned(_x(), **given))
  assert len(loaded.weights) == len(pruned.weights)


def test_a_rehearsal_draws_nothing(tmp_path):
  def numbers():
    drawn = [random.random(), float(np.random.uniform())]
    return drawn + tf.random.uniform((2,)).numpy().tolist()

  model = _called(OptionalArgument, _x())
  keras.utils.set_random_seed(1)
  expected = numbers()
  keras.utils.set_random_seed(1)
  saving.save_model(model, tmp_path / "a.keras")
  assert numbers() == expected


def _einsum():
  inputs = keras.Input((4, 4))
  return keras.Model(inputs, tf.einsum("bij,bkj->bik", inputs, inputs))


def _constant_first():
  inputs = keras.Input((4,))
  return keras.Model(
    inputs, tf.constant([1.0, 2.0, 3.0]) + layers.Dense(3)(inputs)
  )


def _variable():
  inputs, variable = keras.Input((4,)), tf.Variable(tf.ones(4))
  return keras.Model(inputs, layers.Dense(4)(inputs) * variable)


@pytest.mark.parametrize(
  ("make", "said"),
  [
    (_einsum, r"'tf\.einsum.*`call`"),
    (_constant_first, r"tf\.__operators__\.add.*`call`"),
    (_variable, "VariableSpec.*`get_config`"),
  ],
)
def test_operations_whose_arguments_keras_forgets(make, said, tmp_path):
  with pytest.raises(ValueError, match=said):
    saving.save_model(make(), tmp_path / "a.keras")
  assert not list(tmp_path.iterdir())


def test_operations_that_keras_knows(tmp_path):
  inputs = keras.Input((4, 4, 3))
  x = tf.nn.leaky_relu(layers.Conv2D(4, 1)(inputs), 0.1)[:, ::2] + 1.0
  network = keras.Model(inputs, tf.concat([x, x], -1))
  loaded = saving.load_model(saving.save_model(network, tmp_path / "a.keras"))
  given = np.ones((1, 4, 4, 3), "float32")
  np.testing.assert_array_equal(loaded(given), network(given))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
  "initializer",
  [
    tf.random_normal_initializer(0.0, 0.02),
    tf.random_uniform_initializer(),
    tf.constant_initializer(0.1),
    tf.ones_initializer(),
  ],
)
def test_tensorflows_initializers(initializer, tmp_path):
  network = keras.Sequential(
    [
      keras.Input((4,)),
      layers.Dense(3, kernel_initializer=initializer),
      layers.Dense(2, kernel_initializer=initializer),
    ]
  )
  for one in (network, prune.prune_low_magnitude(network)):
    loaded = saving.load_model(saving.save_model(one, tmp_path / "a.keras"))
    given = np.ones((1, 4), "float32")
    np.testing.assert_array_equal(loaded(given), one(given))


def test_a_legacy_optimizer_comes_back(tmp_path):
  network = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
  network.compile(keras.optimizers.legacy.Adam(0.25), "mse")
  loaded = saving.load_model(saving.save_model(network, tmp_path / "a.keras"))
  assert float(loaded.optimizer.learning_rate) == 0.25


def _distance(a, b):
  return tf.reduce_mean(a - b)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("loss", [_distance, lambda a, b: a - b])
def test_a_loss_of_ones_own_is_named_with_the_way_out(loss, tmp_path):
  network = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
  network.compile("adam", loss)
  path = saving.save_model(network, tmp_path / "a.keras")
  with pytest.raises(
    ValueError, match=r"a\.keras' .*load_model\(path, compile=False"
  ):
    saving.load_model(path)
  given = np.ones((1, 4), "float32")
  loaded = saving.load_model(path, compile=False)
  np.testing.assert_array_equal(loaded(given), network(given))
