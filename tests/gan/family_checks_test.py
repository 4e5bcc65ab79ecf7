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
"""Tests of what a family is told when it forgets something."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tests.gan import arguments_test

keras = tgp.keras
network, Family = arguments_test.network, arguments_test.Family
_BATCH = np.linspace(-1, 1, 32, dtype="float32").reshape(8, 4)


def _fit(model):
  return model.fit(_BATCH, batch_size=4, verbose=0, shuffle=False).history


def _compiled(model, **arguments):
  model.compile(dict.fromkeys(model.networks, "sgd"), **arguments)
  return model


class _OneOptimizer(Family):
  optimizer_names = {"a": "my_optimizer", "b": "my_optimizer"}


class _ShipsText(Family):
  exported = "a"


@pytest.mark.parametrize(
  "family, names, arguments, message",
  [
    (Family, ("a", "ema_a"), {}, "`ema_a` .*'a'"),
    (Family, ("a", "a_optimizer"), {}, "`a_optimizer`.*the optimizer of 'a'"),
    (_OneOptimizer, ("a", "b"), {}, "optimizer of 'a' and the optimizer of"),
    (Family, ("critic",), {}, "of critic are .*Override `exported`"),
    (_ShipsText, ("a",), {}, "tuple of names; got 'a'"),
    (Family, ("a",), {"ema_decay": 0.9}, "`ema_decay`"),
    (
      Family,
      ("a", "b"),
      {
        "teachers": {"a": "b", "b": "a"},
        "distillation": {"a": ["image"], "b": ["image"]},
      },
      "all of a, b are .*`exported`",
    ),
  ],
)
def test_refuses_a_family(family, names, arguments, message):
  with pytest.raises(ValueError, match=message) as error:
    family({name: network(name) for name in names}, **arguments)
  assert "\n" not in str(error.value)


def _returning(value):
  class Returning(Family):
    def update(self, batch):
      super().update(batch)
      return value

  return Returning


def _minimizing(loss_of):
  class Minimizing(Family):
    def loss_of(self, name, batch):
      return lambda: loss_of(self.network(name)(batch))

  return Minimizing


@pytest.mark.parametrize("run_eagerly", [True, False])
@pytest.mark.parametrize(
  "family, message",
  [
    (_returning(None), "`update` of Returning must .*NoneType"),
    (_returning([1.0]), "`update` of Returning must .*list"),
    (_minimizing(lambda x: x), r"'a' in Minimizing must be a scalar.*\(4, 4\)"),
    (_minimizing(lambda x: 0.5), "'a' in Minimizing must be a tensor.*got 0.5"),
  ],
)
def test_refuses_what_update_does(family, message, run_eagerly):
  model = _compiled(family({"a": network("a")}), run_eagerly=run_eagerly)
  with pytest.raises(ValueError, match=message) as error:
    _fit(model)
  assert "\n" not in str(error.value)


def test_what_the_users_code_raises_is_shown_with_its_place():
  def wrong(scores):
    raise ValueError("No losses on Mondays.")

  model = _compiled(_minimizing(wrong)({"a": network("a")}))
  with pytest.raises(ValueError, match=r"(?s)family_checks_test.*on Mondays"):
    _fit(model)


@pytest.mark.parametrize("run_eagerly", [True, False])
@pytest.mark.parametrize("kind", ["r1", "lecam", "diff_augment", "top_k"])
def test_a_regularizer_that_update_leaves_out(kind, run_eagerly):
  networks = {"a": network("a"), "discriminator": network("d")}
  model = Family(networks, regularizers=[kind])
  _compiled(model, run_eagerly=run_eagerly)
  with pytest.raises(ValueError, match=f"has {kind}, and `update` of Family"):
    _fit(model)


@pytest.mark.parametrize("run_eagerly", [True, False])
def test_a_teacher_that_update_leaves_out(run_eagerly):
  model = Family(
    {"a": network("a")},
    teachers={"a": network("big", 9)},
    distillation={"a": ["image"]},
  )
  model.compile({"a": "sgd"}, run_eagerly=run_eagerly)
  with pytest.raises(ValueError, match=r"^`dis.*never calls .*\('a'"):
    _fit(model)


@pytest.mark.parametrize("name", ["image", "distillation_loss"])
def test_what_update_logs_is_not_mixed_with_what_forward_logs(name):
  class Clashing(Family):
    def update(self, batch):
      loss = lambda: self.forward("a", batch)[1]  # noqa: E731
      return {name: 0.0 * self.minimize("a", loss) + 100.0}

  model = Clashing(
    {"a": network("a")},
    teachers={"a": network("big", 9)},
    distillation={"a": ["image"]},
  )
  model.compile({"a": "sgd"}, run_eagerly=True)
  with pytest.raises(ValueError, match=f"returns {name}, which `forward` logs"):
    _fit(model)


def test_a_network_that_was_set_to_another():
  model = _compiled(
    Family({"a": network("a")}, average=["a"], ema_decay=0.5),
  )
  _fit(model)
  before, model.a = model.a, network("other")
  for call in (_fit, _compiled):
    with pytest.raises(ValueError, match=r"use `gan.replaced\(a=network\)`"):
      call(model)
  model.a = before
  _fit(model)


def test_a_teacher_that_cannot_learn_leaves_the_gan_as_it_was():
  teacher = tiny.generator(width=5)
  teacher.trainable = False
  model = tgp.GAN(
    tiny.discriminator(),
    tiny.generator(),
    4,
    teacher=teacher,
    distillation=["image"],
  )
  with pytest.raises(ValueError, match="`t_optimizer` .*`teacher.trainable"):
    model.compile("adam", "adam", t_optimizer="adam")
  assert not model.optimizers and not model._is_compiled
  with pytest.raises(ValueError, match="Call `compile"):
    model.fit(tiny.images(4), verbose=0)


def test_evaluate_is_refused():
  model = _compiled(Family({"a": network("a")}))
  with pytest.raises(NotImplementedError, match="Family has no `test_step`"):
    model.evaluate(_BATCH, verbose=0)


@pytest.fixture(name="float16")
def _float16():
  keras.mixed_precision.set_global_policy("mixed_float16")
  yield
  keras.mixed_precision.set_global_policy("float32")


@pytest.mark.slow
@pytest.mark.usefixtures("float16")
def test_one_loss_of_two_networks_in_float16_needs_a_persistent_tape():
  class Both(Family):
    persistent = False

    def update(self, batch):
      with tf.GradientTape(persistent=self.persistent) as tape:
        made = self.b(self.a(batch, training=True), training=True)
        loss = tf.reduce_mean(tf.cast(made, tf.float32))
      both = {("a", "b"): loss}
      self.apply(self.gradients(tape, both), both)
      return {"loss": loss}

  model = _compiled(Both({"a": network("a"), "b": network("b")}))
  with pytest.raises(ValueError, match=r"tf.GradientTape\(persistent=True\)"):
    _fit(model)
  model.persistent = True
  model.make_train_function(force=True)
  _fit(model)


# --- extra variables that are trained with a network


class _Beside(Family):
  def __init__(self, a, names=("one", "two")):
    super().__init__({"a": a})
    self.numbers = [tf.Variable(1.0) for _ in names]
    for name, number in zip(names, self.numbers, strict=True):
      self.add_extra("a", name, [number])

  def loss_of(self, name, batch):
    own = super().loss_of(name, batch)
    return lambda: own() + tf.add_n([x * 1.0 for x in self.numbers])


def test_two_extras_of_one_network_learn_both():
  model = _compiled(_Beside(network("a")))
  _fit(model)
  assert int(model.one_optimizer.iterations) == 2
  for number in model.numbers:
    assert float(number) == pytest.approx(1 - 2 * 0.01)
  another = model.replaced(a=model.a)
  assert [float(x) for x in another.numbers] == [float(model.numbers[0])] * 2


def test_extras_that_will_not_do():
  with pytest.raises(ValueError, match="`one_optimizer` already"):
    _Beside(network("a"), ("one", "one"))
  model = _compiled(_Beside(network("a")))
  with pytest.raises(ValueError, match="after `compile`"):
    model.add_extra("a", "three", [tf.Variable(1.0)])
