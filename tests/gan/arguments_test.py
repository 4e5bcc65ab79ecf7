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
"""Tests that a family keeps whatever its constructor and `compile` take."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tests.gan import families

keras = tgp.keras
_BATCH = np.linspace(-1, 1, 32, dtype="float32").reshape(8, 4)


def network(name, width=6):
  """Returns a network from four numbers to four."""
  x = keras.Input((4,))
  y = keras.layers.Dense(width, "relu", name="hidden")(x)
  return keras.Model(x, keras.layers.Dense(4, name="out")(y), name=name)


class Family(tgp.PrunedGAN):
  """Networks that learn to give back what they are given."""

  def update(self, batch):
    return {
      f"{name}_loss": self.minimize(name, self.loss_of(name, batch))
      for name in self.optimizers
    }

  def loss_of(self, name, batch):
    def loss():
      difference = self.network(name)(batch, training=True) - batch
      return keras.backend.mean(difference * difference)

    return loss


@keras.utils.register_keras_serializable("tests")
class Several(Family):
  """Takes critics by place, and arguments that Keras has attributes for."""

  def __init__(self, generator, *judges, layers=3, loss="hinge", sizes=None):
    critics = {f"critic_{i}": judge for i, judge in enumerate(judges)}
    super().__init__({"generator": generator, **critics})
    self.given = (layers, loss, sizes)

  def compile(self, *optimizers, **kwargs):
    super().compile(dict(zip(self.networks, optimizers, strict=True)), **kwargs)


@keras.utils.register_keras_serializable("tests")
class Listed(Family):
  """Takes a list by the name of a property, and odd names of optimizers."""

  def __init__(self, generator, discriminators, optimizer=1):
    judges = {f"discriminator_{i}": x for i, x in enumerate(discriminators)}
    super().__init__({"generator": generator, **judges})
    self.number = optimizer

  def compile(self, first, rest, **kwargs):
    names = [*self.networks]
    super().compile(dict(zip(names, [first, *rest], strict=True)), **kwargs)


def _saved(model, tmp_path):
  tgp.save_model(model, tmp_path / "gan.keras")
  return tgp.load_model(tmp_path / "gan.keras")


def _fit(model):
  model.fit(_BATCH, batch_size=4, verbose=0, shuffle=False)


def _counts(model):
  return [int(x.iterations) for x in model.optimizers.values()]


def _several():
  sizes = [{1: 2.0}, {"class_name": "x"}]
  return Several(
    *map(network, "gab"), layers=5, loss="wasserstein", sizes=sizes
  )


@pytest.mark.slow
def test_arguments_by_place_and_by_names_of_keras(tmp_path):
  model = _several()
  model.compile("sgd", "adam", "sgd")
  _fit(model)
  loaded = _saved(model, tmp_path)
  assert loaded.given == (5, "wasserstein", [{1: 2.0}, {"class_name": "x"}])
  another = model.replaced(generator=network("small", 3))
  for found, counts in ((loaded, [2, 2, 2]), (another, [0, 2, 2])):
    assert [*found.networks] == ["generator", "critic_0", "critic_1"]
    assert _counts(found) == counts
    np.testing.assert_array_equal(
      found.critic_1.get_weights()[0], model.critic_1.get_weights()[0]
    )
    _fit(found)
  assert another.given[:2] == (5, "wasserstein")


@pytest.mark.slow
def test_an_argument_by_the_name_of_a_property(tmp_path):
  model = Listed(network("g"), [network("a"), network("b")], optimizer=7)
  model.compile("sgd", ["sgd", "adam"])
  loaded = _saved(model, tmp_path)
  assert [*loaded.networks] == [*model.networks] and loaded.number == 7
  another = model.replaced(discriminators=[network("c"), network("d")])
  assert [x.name for x in another.networks.values()] == ["g", "c", "d"]
  _fit(another)
  one = another.replaced(discriminator_1=network("e"))
  assert [x.name for x in one.networks.values()] == ["g", "c", "e"]
  assert _counts(one) == [2, 2, 0]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["adam", keras.optimizers.Adam])
def test_optimizers_go_on_whatever_compile_calls_them(kind, tmp_path):
  model = Listed(network("g"), [network("a")])
  make = (lambda: kind) if isinstance(kind, str) else kind
  model.compile(make(), [make()])
  model.optimizers["generator"].learning_rate.assign(0.25)
  _fit(model)
  loaded = _saved(model, tmp_path)
  smaller = model.replaced(generator=network("small", 3))
  _fit(smaller)
  same = smaller.replaced(generator=smaller.generator)
  assert _counts(loaded) == [2, 2] and _counts(smaller) == [2, 4]
  assert same.optimizers == smaller.optimizers
  for found in (loaded, smaller, same):
    rate = found.optimizers["generator"].learning_rate
    assert float(rate) == pytest.approx(0.25)


def test_a_teacher_can_be_left_out_again():
  arguments = {
    "teachers": {"generator": network("big", 9)},
    "distillation": {"generator": ["image"]},
  }
  model = Family({"generator": network("g")}, **arguments)
  model.compile({"generator": "sgd"})
  another = model.replaced(teachers=None, distillation=None)
  assert [*another.networks] == ["generator"]
  _fit(another)


def test_a_network_that_ships_makes_what_the_one_before_made():
  model = Family({"generator": network("g")})
  wider = families.vector_network("wide", (4,), (1,))
  with pytest.raises(ValueError, match=r"makes \(1,\), and.*makes \(4,\)"):
    model.replaced(generator=wider)


@keras.utils.register_keras_serializable("tests")
class Taught(Family):
  """A student, and a teacher that may learn."""

  def loss_of(self, name, batch):
    if name == "teacher":
      return super().loss_of(name, batch)
    return lambda: self.forward(name, batch)[1]


@pytest.mark.slow
def test_the_average_of_a_teacher_that_learns_is_saved(tmp_path):
  model = Taught(
    {"student": network("s"), "teacher": network("t", 9)},
    teachers={"student": "teacher"},
    distillation={"student": ["image"]},
    ema_decay=0.5,
  )
  model.compile({"student": "sgd", "teacher": "sgd"})
  _fit(model)
  loaded = _saved(model, tmp_path)
  for name in ("student", "ema_teacher"):
    pairs = (getattr(x, name).get_weights() for x in (model, loaded))
    for ours, theirs in zip(*pairs, strict=True):
      np.testing.assert_array_equal(ours, theirs)


@keras.utils.register_keras_serializable("tests")
class Inner(Family):
  """Makes a network itself."""

  def __init__(self, generator, width=6):
    super().__init__({"generator": generator, "inner": network("i", width)})
    self.width = width


@pytest.mark.slow
def test_a_network_that_the_constructor_makes_goes_on():
  model = Inner(network("g"))
  model.compile({"generator": "adam", "inner": "adam"})
  _fit(model)
  another = model.replaced(generator=tgp.prune_low_magnitude(model.generator))
  parts = [
    [*x.inner.weights, *x.optimizers["inner"].variables]
    for x in (model, another)
  ]
  for ours, theirs in zip(*parts, strict=True):
    np.testing.assert_array_equal(ours, theirs)
  _fit(another)
  assert _counts(another) == [4, 4]
  assert _counts(another.replaced(width=3)) == [4, 0]


@pytest.mark.parametrize("save", [tgp.save_model, Family.save])
def test_networks_that_share_a_layer_are_saved_as_weights(save, tmp_path):
  def made():
    hidden = keras.layers.Dense(5, name="hidden")
    return Family({name: _on_top_of(hidden, name) for name in "ab"})

  model, other = made(), made()
  with pytest.raises((ValueError, NotImplementedError)) as error:
    save(model, tmp_path / "gan.keras")
  assert "`a` and `b` share the layer 'hidden'" in str(error.value)
  assert "constructor" not in str(error.value)
  assert not (tmp_path / "gan.keras").exists()
  model.save_weights(tmp_path / "gan.weights.h5")
  other.load_weights(tmp_path / "gan.weights.h5")
  for one, two in zip(model.weights, other.weights, strict=True):
    np.testing.assert_array_equal(one, two)


def _on_top_of(layer, name):
  x = keras.Input(_BATCH.shape[1:])
  out = keras.layers.Dense(x.shape[-1], name=f"{name}_out")
  return keras.Model(x, out(layer(x)), name=name)
