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
"""Tests of teachers that learn beside the student."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tests import tiny, watch
from tests.gan import students
from tf_ganprune import callbacks, distillation, gan, saving
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, report

_ALL = list(distillation.LOSSES)
_PolynomialDecay = tfmot.sparsity.keras.PolynomialDecay


class _Recorded(gan.GAN):
  """Writes down what the adversarial losses are asked about."""

  def __init__(self, *args, **kwargs):
    super().__init__(*args, **kwargs)
    self.judged, self.scored = [], []

  def discriminator_loss(self, real, fake):
    self.judged.append(np.array(fake))
    return super().discriminator_loss(real, fake)

  def generator_loss(self, fake):
    self.scored.append(np.array(fake))
    return super().generator_loss(fake)


@pytest.mark.parametrize(
  "online, weight, judged, scored",
  [
    (False, 1.0, ["generator"], ["generator"]),
    (False, 0.0, ["generator"], []),
    (True, 0.0, ["teacher"], ["teacher"]),
    (True, 1.0, ["teacher", "generator"], ["teacher", "generator"]),
  ],
)
def test_who_competes_with_the_discriminator(online, weight, judged, scored):
  model = students.make(["image"], _Recorded, adversarial_weight=weight)
  t_optimizer = keras.optimizers.SGD(0.0) if online else None
  model.compile(
    "adam",
    keras.optimizers.SGD(0.0),
    t_optimizer=t_optimizer,
    run_eagerly=True,
  )
  z = tf.random.stateless_normal([4, 4], [0, 1])
  model.draw = lambda n: z
  model.train_step(tf.constant(tiny.images(4)))
  images = {
    name: getattr(model, name)(z, training=True)
    for name in ("teacher", "generator")
  }
  for found, names in ((model.judged, judged), (model.scored, scored)):
    assert len(found) == len(names)
    for fake, name in zip(found, names, strict=True):
      np.testing.assert_allclose(fake, images[name], atol=1e-6)


@pytest.mark.slow
def test_an_online_teacher_learns_with_its_own_optimizer():
  schedule = _PolynomialDecay(0.0, 0.5, 1, 4, frequency=1)
  teacher = prune.prune_low_magnitude(students.teacher(), schedule)
  model = gan.GAN(
    tiny.discriminator(),
    tiny.generator(),
    4,
    teacher=teacher,
    distillation=_ALL,
  )
  model.compile("adam", "adam", t_optimizer="adam", run_eagerly=True)
  before = model.teacher.get_weights()
  watched = watch.Watch(
    {"teacher": schedule}, lambda m, _: int(m.t_optimizer.iterations)
  )
  history = students.fit(model, n=20, callbacks=[watched])
  assert "t_loss" in history
  assert int(model.t_optimizer.iterations) == 5
  assert report.sparsity_report(teacher).overall == pytest.approx(0.5, abs=0.01)
  assert not np.array_equal(before[0], model.teacher.get_weights()[0])


_OPTIMIZERS = ("d_optimizer", "g_optimizer", "t_optimizer", "adapter_optimizer")


def _assert_same(model, other):
  for ours, theirs in zip(model.layers, other.layers, strict=True):
    for a, b in zip(ours.weights, theirs.weights, strict=True):
      np.testing.assert_array_equal(a, b)
  for name in _OPTIMIZERS:
    pair = (getattr(model, name), getattr(other, name))
    for a, b in zip(*(x.variables for x in pair), strict=True):
      np.testing.assert_array_equal(a, b)


def _online():
  keras.utils.set_random_seed(0)
  schedule = _PolynomialDecay(0.1, 0.8, 1, 9, frequency=2)
  student = prune.prune_low_magnitude(tiny.generator(), schedule)
  model = students.make(
    [distillation.FeatureMatching(weight=0.5), "image"],
    generator=student,
    ema_decay=0.5,
    adversarial_weight=0.5,
  )
  rate = keras.optimizers.schedules.ExponentialDecay(0.01, 5, 0.9)
  adam = keras.optimizers.Adam
  model.compile("adam", adam(rate), t_optimizer="adam", run_eagerly=True)
  return model


class _Interrupted(Exception):
  """Stands for the end of a process."""


class _InterruptAt(keras.callbacks.Callback):
  def on_train_batch_end(self, batch, logs=None):
    if int(self.model.g_optimizer.iterations) == 3:
      raise _Interrupted


@pytest.mark.slow
def test_what_was_interrupted_goes_on_to_the_bit(tmp_path):
  expected = _online()
  students.fit(expected, n=12)
  backup = lambda: callbacks.BackupAndRestore(tmp_path / "b", 2)  # noqa: E731
  with pytest.raises(_Interrupted):
    students.fit(_online(), n=12, callbacks=[backup(), _InterruptAt()])
  model = _online()
  students.fit(model, n=12, callbacks=[backup()])
  assert int(model.adapter_optimizer.iterations) == 3
  _assert_same(model, expected)


@pytest.mark.slow
def test_saves_and_loads_and_goes_on(tmp_path):
  model = _online()
  students.fit(model)
  saving.save_model(model, tmp_path / "gan.keras")
  loaded = saving.load_model(tmp_path / "gan.keras")
  _assert_same(loaded, model)
  assert loaded.adversarial_weight == 0.5
  assert [loss.get_config() for loss in loaded.distillation] == [
    loss.get_config() for loss in model.distillation
  ]
  students.fit(loaded)
  assert int(loaded.adapter_optimizer.iterations) == 4
  assert int(loaded.t_optimizer.iterations) == 4
  generator = tmp_path / "generator.keras"
  saving.save_model(model.ema_generator, generator)
  assert saving.load_model(generator).count_params() == 48 * 8 + 28


def test_a_frozen_teacher_that_is_to_learn_is_refused():
  model = students.make()
  model.teacher.trainable = False
  with pytest.raises(ValueError, match="'teacher' is frozen.*trainable = True"):
    model.compile("adam", "adam", t_optimizer="adam")
  model.compile("adam", "adam")
  model.teacher.trainable = True
  model.compile("adam", "adam", t_optimizer="adam", run_eagerly=True)
  students.fit(model)
  assert int(model.t_optimizer.iterations) == 2


def _averaged(**arguments):
  """Returns a GAN whose average has half of each new teacher in it."""
  model = students.make(["image", "features"], ema_decay=0.5, **arguments)
  sgd = keras.optimizers.SGD
  # Its average would be the teacher's first state for most of the first steps.
  t_optimizer = sgd(0.1)
  t_optimizer.iterations.assign(100)
  model.compile(sgd(0.0), sgd(0.0), t_optimizer=t_optimizer, run_eagerly=True)
  return model


def test_the_average_is_half_of_each_new_teacher():
  model = _averaged()
  before = model.teacher.get_weights()
  students.fit(model, n=4)
  after = model.teacher.get_weights()
  assert not np.array_equal(before[0], after[0])
  for found, a, b in zip(
    model.ema_teacher.get_weights(), before, after, strict=True
  ):
    np.testing.assert_allclose(found, (a + b) / 2, atol=1e-6)


def test_the_student_learns_from_the_average():
  model = _averaged()
  model.ema_teacher.set_weights(
    [0.5 * x for x in model.ema_teacher.get_weights()]
  )
  z = tf.random.stateless_normal([4, 4], [0, 1])
  model.draw = lambda n: z
  logs = model.train_step(tf.constant(tiny.images(4)))
  student = model.generator(z, training=True)
  for network, is_it in ((model.ema_teacher, True), (model.teacher, False)):
    distance = np.mean(np.abs(network(z, training=False) - student))
    assert (abs(distance - logs["image"]) < 1e-6) == is_it


def test_as_many_latents_as_real_images_teach_the_teacher():
  model = students.make(_ALL[:1], generator_batch_size=7)
  model.compile("adam", "adam", t_optimizer="adam", run_eagerly=True)
  asked, latents = [], model.draw
  model.draw = lambda n: asked.append(int(n)) or latents(n)
  model.train_step(tf.constant(tiny.images(4)))
  assert asked == [4, 4, 4, 7]  # two for the discriminator, teacher, student


@pytest.mark.parametrize("ema_decay, learns", [(None, True), (0.5, False)])
def test_there_is_no_average_without_a_decay_or_a_teacher_that_learns(
  ema_decay, learns
):
  model = students.make(ema_decay=ema_decay)
  model.compile("adam", "adam", t_optimizer="adam" if learns else None)
  assert model.ema_teacher is None


@pytest.mark.slow
def test_the_average_of_a_teacher_that_is_pruned_later_is_sparse():
  model = _averaged()
  schedule = tfmot.sparsity.keras.ConstantSparsity(0.5, 0, frequency=1)
  model.teacher = prune.prune_low_magnitude(model.teacher, schedule)
  another = gan.GAN(
    **{
      "discriminator": model.discriminator,
      "generator": model.generator,
      "latent_dim": 4,
      "teacher": model.teacher,
      "distillation": ["image"],
      "ema_decay": 0.5,
    }
  )
  another.compile("adam", "adam", t_optimizer="adam", run_eagerly=True)
  students.fit(another)
  kernels = [w for w in another.ema_teacher.weights if "kernel" in w.name]
  for kernel in kernels:
    assert np.mean(kernel.numpy() == 0) == pytest.approx(0.5, abs=0.02)
