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
"""Tests of what goes over, and what does not, to a GAN with other networks."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny

keras = tgp.keras
_SCHEDULE = tfmot.sparsity.keras.ConstantSparsity(0.5, 0, frequency=1)


def _gan(**arguments):
  keras.utils.set_random_seed(0)
  gan = tgp.GAN(
    tiny.discriminator(), tiny.generator(), 4, ema_decay=0.5, **arguments
  )
  gan.compile("adam", "adam", run_eagerly=True)
  gan.fit(tiny.images(12), batch_size=4, verbose=0)
  return gan


def test_the_average_of_a_network_with_other_weights_begins_with_it():
  gan, generator = _gan(), tiny.generator()
  generator.set_weights([np.full_like(x, 7.0) for x in generator.get_weights()])
  another = gan.replaced(generator=generator)
  for weight in another.ema_generator.get_weights():
    np.testing.assert_array_equal(weight, np.full_like(weight, 7.0))
  assert another.g_optimizer is not gan.g_optimizer


@pytest.mark.slow
def test_a_dense_average_is_zero_where_the_new_network_is():
  gan = _gan()
  pruned = tgp.prune_low_magnitude(gan.generator, _SCHEDULE)
  elsewhere = tgp.GAN(tiny.discriminator(), pruned, 4)
  elsewhere.compile("adam", "adam", run_eagerly=True)
  elsewhere.fit(tiny.images(4), batch_size=4, verbose=0)  # makes the masks
  assert tgp.sparsity_report(gan.ema_generator).overall < 0.1
  another = gan.replaced(generator=pruned)
  found = tgp.sparsity_report(another.ema_generator).overall
  assert found == pytest.approx(0.5, abs=0.03)


@pytest.mark.slow
def test_a_new_discriminator_has_regularizers_that_remember_nothing():
  ada = tgp.regularizers.AdaptiveAugmentation(images=16, interval=1)
  gan = _gan(regularizers=["lecam", ada])
  state = lambda x: x.discriminator_regularizers.get_weights()  # noqa: E731
  assert any(np.any(x) for x in state(gan))
  new = gan.replaced(discriminator=tiny.discriminator())
  assert not any(np.any(x) for x in state(new))
  few = gan.replaced(regularizers=["lecam"])
  for ours, theirs in zip(
    few.discriminator_regularizers.of_kind("lecam").get_weights(),
    gan.discriminator_regularizers.of_kind("lecam").get_weights(),
    strict=True,
  ):
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
  "make, message",
  [
    (
      lambda: _gan(r1_weight=1.0, regularizers=["r1"]),
      "`r1_weight` is 1, and `regularizers` has 'r1'",
    ),
    (
      lambda: tgp.WGANGP(
        tiny.discriminator(),
        tiny.generator(),
        4,
        regularizers=["gradient_penalty"],
      ),
      "`gp_weight` is 10, and `regularizers`",
    ),
    (
      lambda: tgp.PrunedGAN([tiny.generator()]),
      "`networks`",
    ),
    (
      lambda: tgp.PrunedGAN({"generator": tiny.generator()}).compile(["adam"]),
      "`optimizers`",
    ),
    (
      lambda: tgp.PrunedGAN({"regularizers": tiny.generator()}),
      "named 'regularizers'",
    ),
    (
      lambda: tgp.PrunedGAN({"loss": tiny.generator()}),
      "named 'loss'",
    ),
    (
      lambda: tgp.PrunedGAN(
        {"generator": tiny.generator()},
        tgp.inputs.source(np.ones([4, 4], "f")),
      ),
      "`inputs` .*got Rows",
    ),
  ],
)
def test_what_will_not_do_is_said(make, message):
  with pytest.raises(ValueError, match=message) as error:
    make()
  assert "\n" not in str(error.value)


class _Silent(tgp.PrunedGAN):
  def update(self, batch):
    raise AssertionError("training began")


@pytest.mark.parametrize("kind", ["monitor", "adaptive", "balance"])
def test_callbacks_ask_for_inputs_before_training_begins(kind, tmp_path):
  generator = tgp.prune_low_magnitude(tiny.generator(), tgp.AdaptiveSparsity())
  discriminator = tgp.prune_low_magnitude(tiny.discriminator(), tgp.SET(0.5))
  model = _Silent({"generator": generator, "discriminator": discriminator})
  model.compile({"generator": "adam", "discriminator": "adam"})

  class Evaluator:
    def evaluate(self, images):
      return {}

    def collapse(self, results, count):
      return None

  callback = {
    "monitor": lambda: tgp.GANMonitor(str(tmp_path)),
    "adaptive": lambda: tgp.AdaptivePruning(Evaluator()),
    "balance": lambda: tgp.BalancedDensity(tiny.images(4)),
  }[kind]()
  with pytest.raises(ValueError, match="pass `inputs` to its constructor"):
    model.fit(tiny.images(4), verbose=0, callbacks=[callback])


@pytest.mark.slow
def test_other_optimizers_than_those_that_go_on():
  gan, adam = _gan(), keras.optimizers.Adam(0.25)
  another = gan.replaced({"generator": adam})
  assert another.g_optimizer is adam
  assert another.d_optimizer is gan.d_optimizer
  with pytest.raises(ValueError, match="no network 'critic'"):
    _gan().replaced({"critic": adam})
  new = tgp.GAN(tiny.discriminator(), tiny.generator(), 4)
  with pytest.raises(ValueError, match="`optimizers` .*`compile`"):
    new.replaced({"generator": adam})


@pytest.mark.slow
def test_a_teacher_is_given_as_to_any_family():
  gan, teacher, adam = _gan(), tiny.generator(), keras.optimizers.Adam()
  another = gan.replaced(
    {"teacher_generator": adam},
    teachers={"generator": teacher},
    distillation={"generator": ["image"]},
  )
  assert another.teacher is teacher
  assert another.t_optimizer is adam
  another.fit(tiny.images(4), batch_size=4, verbose=0)
  assert int(adam.iterations) == 1
  assert another.replaced(teachers={}).teacher is teacher
  with pytest.raises(ValueError, match="`teachers` has discriminator"):
    _gan().replaced(teachers={"discriminator": tiny.discriminator()})


class _Copying(tgp.PrunedGAN):
  """Maps as its teacher does."""

  def __init__(self, mapper, **kwargs):
    super().__init__({"mapper": mapper}, **kwargs)

  def update(self, batch):
    return {"loss": self.minimize("mapper", lambda: self._distance(batch))}

  def _distance(self, batch):
    outputs, distance = self.forward("mapper", batch)
    return distance + tf.reduce_mean(outputs**2)


class _CopyingBoth(_Copying):
  trains_teachers = True

  def update(self, batch):
    teacher = self.network(self.teacher_of("mapper"))
    self.minimize("teacher_mapper", lambda: tf.reduce_mean(teacher(batch)))
    return super().update(batch)


def _mapper():
  return keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])


def test_arguments_of_the_base_that_were_not_given_before():
  gan = _Copying(_mapper())
  gan.compile({"mapper": "adam"})
  averaged = gan.replaced(ema_decay=0.5, average=["mapper"])
  assert set(averaged.averages) == {"mapper"}
  with pytest.raises(ValueError, match="given 'averages', which is neither"):
    averaged.replaced(averages=["mapper"])


def test_a_teacher_of_a_family_that_trains_it():
  gan = _CopyingBoth(_mapper())
  gan.compile({"mapper": "adam"})
  gan = gan.replaced(
    {"teacher_mapper": keras.optimizers.SGD(1.0)},
    teachers={"mapper": _mapper()},
    distillation={"mapper": ["image"]},
  )
  gan.fit(np.ones([4, 4], "f"), batch_size=2, verbose=0)
  assert int(gan.optimizers["teacher_mapper"].iterations) == 2


def test_a_teacher_that_the_family_does_not_train_gets_no_optimizer():
  gan = _Copying(_mapper())
  gan.compile({"mapper": "adam"})
  with pytest.raises(ValueError, match="_Copying does not train its teachers"):
    gan.replaced(
      {"teacher_mapper": "adam"},
      teachers={"mapper": _mapper()},
      distillation={"mapper": ["image"]},
    )
