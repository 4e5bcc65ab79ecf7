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
"""Tests of GANs whose generator learns from a teacher."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tests import tiny, watch
from tests.gan import students
from tf_ganprune import distillation, gan, saving
from tf_ganprune.gan import scaling
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, report

_ALL = list(distillation.LOSSES)
_PolynomialDecay = tfmot.sparsity.keras.PolynomialDecay


def _copy(network):
  copy = keras.models.clone_model(network)
  copy.set_weights(network.get_weights())
  return copy


def _loss_by_hand(z, teacher, student, kernel, bias, model):
  """Returns half the hinge loss, twice |T - S|, three times the features."""
  parts = []
  for network, training in ((teacher, False), (student, True)):
    x = z
    for layer in network.layers:
      x = layer(x, training=training) if "norm" in layer.name else layer(x)
      if layer.name.startswith("reshape"):
        hidden = x
    parts.append((x, hidden))
  (ours, deep), (theirs, shallow) = parts
  adversarial = -tf.reduce_mean(model.discriminator(theirs))
  image = tf.reduce_mean(tf.abs(ours - theirs))
  mapped = tf.einsum("nhwc,cd->nhwd", shallow, kernel) + bias
  features = tf.reduce_mean(tf.square(deep - mapped))
  return adversarial, image, features


def test_a_step_by_hand():
  model = students.make(
    [
      distillation.ImageDistance(weight=2.0),
      distillation.FeatureMatching(weight=3.0),
    ],
    adversarial_weight=0.5,
  )
  model.discriminator.trainable = False
  sgd = keras.optimizers.SGD
  model.compile(sgd(0.1), sgd(0.1), loss="hinge", run_eagerly=True)
  z = tf.random.stateless_normal([4, 4], [0, 1])
  model.draw = lambda n: z
  (adapter,) = model.distillation[1].adapters
  teacher, student = _copy(model.teacher), _copy(model.generator)
  weights = [tf.identity(w) for w in adapter.trainable_variables]
  with tf.GradientTape() as tape:
    tape.watch(weights)
    parts = _loss_by_hand(z, teacher, student, *weights, model)
    total = 0.5 * parts[0] + 2.0 * parts[1] + 3.0 * parts[2]
  variables = [*student.trainable_variables, *weights]
  gradients = tape.gradient(total, variables)
  # Before the teacher's weights are looked at: they are as they were.
  expected = [w - 0.1 * g for w, g in zip(variables, gradients, strict=True)]
  logs = model.train_step(tf.constant(tiny.images(4)))
  found = [*model.generator.trainable_variables, *adapter.trainable_variables]
  for ours, theirs in zip(found, expected, strict=True):
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
  np.testing.assert_allclose(logs["g_loss"], total, rtol=1e-5)
  np.testing.assert_allclose(logs["image"], parts[1], rtol=1e-5)
  np.testing.assert_allclose(logs["features"], parts[2], rtol=1e-5)
  np.testing.assert_allclose(
    logs["distillation_loss"], 2.0 * parts[1] + 3.0 * parts[2], rtol=1e-5
  )
  assert list(logs) == [
    "d_loss",
    "g_loss",
    "distillation_loss",
    "image",
    "features",
  ]


@pytest.mark.slow
def test_what_is_learnt_fades(tmp_path):
  decay = keras.optimizers.schedules.PolynomialDecay(4.0, 4, 0.0)
  model = students.make([distillation.ImageDistance(weight=decay)])
  model.compile("adam", "adam")

  def weight(gan):
    logs = students.fit(gan, n=4)
    return logs["distillation_loss"][0] / logs["image"][0]

  assert [weight(model) for _ in range(2)] == pytest.approx([4.0, 3.0])
  saving.save_model(model, tmp_path / "gan.keras")
  # A schedule goes on where the generator's optimizer does.
  loaded = saving.load_model(tmp_path / "gan.keras")
  found = [weight(loaded) for _ in range(3)]
  assert found == pytest.approx([2.0, 1.0, 0.0])


@pytest.mark.slow
@pytest.mark.parametrize("model_class", [gan.GAN, gan.WGANGP])
def test_all_losses_at_once_and_the_teacher_stays(model_class):
  model = students.make(_ALL, model_class, ema_decay=0.5)
  model.compile("adam", "adam", run_eagerly=True)
  before = model.teacher.get_weights()
  history = students.fit(model)
  assert list(history)[2:] == ["distillation_loss", *_ALL]
  assert all(np.isfinite(history[name]).all() for name in history)
  parts = sum(history[name][0] for name in _ALL)
  assert history["distillation_loss"][0] == pytest.approx(parts, rel=1e-5)
  for a, b in zip(before, model.teacher.get_weights(), strict=True):
    np.testing.assert_array_equal(a, b)
  assert model.adapter_optimizer.iterations == model.g_optimizer.iterations


@pytest.mark.slow
def test_the_student_learns():
  keras.utils.set_random_seed(0)
  model = students.make(
    [distillation.ImageDistance("l2"), "features"], adversarial_weight=0.0
  )
  adam = keras.optimizers.Adam
  model.compile(adam(0.01), adam(0.02))
  history = students.fit(model, n=80, epochs=6)
  for name in ("image", "features"):
    assert history[name][-1] < 0.5 * history[name][0]
  assert history["g_loss"] == history["distillation_loss"]


@pytest.mark.slow
def test_a_pruned_student_of_a_dense_teacher_is_zero_where_pruned():
  schedule = _PolynomialDecay(0.2, 0.8, 2, 8, frequency=2)
  student = prune.prune_low_magnitude(tiny.generator(), schedule)
  model = students.make(_ALL, generator=student, ema_decay=0.9)
  model.compile("adam", keras.optimizers.Adam(0.01), steps_per_execution=2)
  watched = watch.Watch(
    {"generator": schedule}, lambda m, _: int(m.g_optimizer.iterations)
  )
  students.fit(model, n=40, callbacks=[watched])
  assert watched.steps == 5
  sparse = report.sparsity_report(model.ema_generator)
  assert sparse.overall == pytest.approx(0.8, abs=0.01)
  adapters = {
    v.ref() for loss in model.distillation for v in loss.trainable_variables
  }
  assert len(adapters) == 3
  assert not adapters & {w.ref() for w in model.generator.weights}
  assert not adapters & {w.ref() for w in model.ema_generator.weights}
  assert len(model.generate(2)) == 2


@pytest.mark.slow
def test_all_losses_under_xla():
  model = students.make(_ALL)
  model.discriminator.trainable = False  # its update is compiled elsewhere
  model.compile("adam", "adam", jit_compile=True)
  history = students.fit(model, n=4)
  assert all(np.isfinite(history[name]).all() for name in history)


@pytest.mark.slow
def test_networks_of_losses_are_saved_with_them(tmp_path):
  frozen = tiny.discriminator()
  model = students.make(
    [
      distillation.DiscriminatorFeatures(frozen),
      distillation.ImageDistance(network=tiny.discriminator(), name="percept"),
    ]
  )
  model.compile("adam", "adam", run_eagerly=True)
  before = frozen.get_weights()
  students.fit(model)
  for a, b in zip(before, frozen.get_weights(), strict=True):
    np.testing.assert_array_equal(a, b)
  saving.save_model(model, tmp_path / "gan.keras")
  loaded = saving.load_model(tmp_path / "gan.keras")
  for a, b in zip(model.weights, loaded.weights, strict=True):
    np.testing.assert_array_equal(a, b)
  for loss, again in zip(model.distillation, loaded.distillation, strict=True):
    for a, b in zip(
      loss.network.get_weights(), again.network.get_weights(), strict=True
    ):
      np.testing.assert_array_equal(a, b)


def test_a_discriminator_goes_on_with_its_optimizer():
  first = gan.GAN(tiny.discriminator(), students.teacher(), 4)
  first.compile("adam", "adam", run_eagerly=True)
  students.fit(first)
  moments = [v.numpy() for v in first.d_optimizer.variables]
  model = gan.GAN(
    first.discriminator,
    tiny.generator(),
    4,
    teacher=first.generator,
    distillation=["image", "discriminator_features"],
  )
  model.compile(first.d_optimizer, "adam", run_eagerly=True)
  assert model.d_optimizer is first.d_optimizer
  for variable, before in zip(
    model.d_optimizer.variables, moments, strict=True
  ):
    np.testing.assert_array_equal(variable, before)
  students.fit(model)
  assert int(model.d_optimizer.iterations) == 4
  assert int(model.g_optimizer.iterations) == 2


def test_a_subclassed_teacher_gives_images():
  class Network(keras.Model):
    def __init__(self):
      super().__init__()
      self.inside = tiny.generator(width=2)

    def call(self, inputs):
      return self.inside(inputs)

  arguments = (tiny.discriminator(), tiny.generator(), 4)
  model = gan.GAN(*arguments, teacher=Network(), distillation="image")
  model.compile("adam", "adam", run_eagerly=True)
  assert np.isfinite(students.fit(model)["image"]).all()
  with pytest.raises(ValueError, match=r"\(Network\).*'image'"):
    gan.GAN(*arguments, teacher=Network(), distillation="features")


def test_another_optimizer_has_the_same_settings():
  rate = keras.optimizers.schedules.ExponentialDecay(0.01, 5, 0.9)
  adam = keras.optimizers.Adam(rate, 0.3, clipnorm=2.0)
  other = scaling.another(adam)
  assert other is not adam and other.get_config() == adam.get_config()
  scales = keras.mixed_precision.LossScaleOptimizer
  other = scaling.another(scales(keras.optimizers.SGD(0.5, 0.25)))
  assert isinstance(other, scales)
  assert float(other.inner_optimizer.momentum) == 0.25


def test_an_adapter_skips_what_is_not_finite():
  scales = keras.mixed_precision.LossScaleOptimizer
  other = scaling.another(scales(keras.optimizers.SGD(0.5)))
  weight = tf.Variable([1.0])
  other.build([weight])
  for gradient, expected in ((float("inf"), 1.0), (2.0, 0.0)):
    other.apply_gradients([(tf.constant([gradient]), weight)])
    np.testing.assert_array_equal(weight, [expected])


def test_without_a_teacher_there_is_nothing_of_it():
  model = gan.GAN(tiny.discriminator(), tiny.generator(), 4)
  model.compile("adam", "adam", run_eagerly=True)
  assert list(students.fit(model)) == ["d_loss", "g_loss"]
  assert model.get_config()["teacher"] is None


_GENERATOR = tiny.generator()


def _bad(generator=_GENERATOR, **arguments):
  gan.GAN(tiny.discriminator(), generator, 4, **arguments)


@pytest.mark.parametrize(
  "arguments, match",
  [
    (
      {"teacher": students.teacher()},
      "`distillation` is empty.*kernel_alignment",
    ),
    ({"distillation": ["image"]}, "`distillation` is set.*no `teacher`"),
    ({"adversarial_weight": 0.5}, "`adversarial_weight` is set.*no `teacher`"),
    (
      {"teacher": "big", "distillation": ["image"]},
      "`teacher` .*Keras",
    ),
    (
      {"teacher": _GENERATOR, "distillation": ["image"]},
      "`generator` and `teacher`",
    ),
    (
      {
        "generator": prune.prune_low_magnitude(_GENERATOR),
        "teacher": _GENERATOR,
        "distillation": ["image"],
      },
      "share weights, such as 'dense.*clone_model",
    ),
    (
      {"teacher": tiny.generator(6), "distillation": ["image"]},
      r"takes \(6,\).*\(4,\)",
    ),
    (
      {"teacher": tiny.discriminator(), "distillation": ["image"]},
      r"`teacher` .*\(8, 8, 1\), .*'generator' \(4,\)",
    ),
    (
      {
        "teacher": keras.Sequential(
          [students.teacher(), keras.layers.UpSampling2D(2)], name="big"
        ),
        "distillation": ["image"],
      },
      r"'big' makes \(16, 16, 1\).*\(8, 8, 1\)",
    ),
    ({"teacher": students.teacher(), "distillation": ["psnr"]}, "'psnr'"),
    (
      {"teacher": students.teacher(), "distillation": {"image": 10.0}},
      r"`distillation` .*weight=10.*got \{'image': 10.0\}",
    ),
    (
      {"teacher": students.teacher(), "distillation": 3},
      "must be a list.*got 3",
    ),
    (
      {
        "teacher": students.teacher(),
        "distillation": [distillation.ImageDistance(name="d_loss")],
      },
      "named 'd_loss', as a metric of the GAN is",
    ),
    (
      {
        "teacher": students.teacher(),
        "distillation": ["image"],
        "adversarial_weight": -1.0,
      },
      "`adversarial_weight` must not be negative",
    ),
  ],
)
def test_what_will_not_do_is_said(arguments, match):
  with pytest.raises(ValueError, match=match):
    _bad(**arguments)


def test_optimizers_that_will_not_do_are_refused():
  model = gan.GAN(tiny.discriminator(), tiny.generator(), 4)
  with pytest.raises(ValueError, match="`t_optimizer` is set.*`teacher`"):
    model.compile("adam", "adam", t_optimizer="adam")
  adam = keras.optimizers.Adam()
  with pytest.raises(ValueError, match="`d_optimizer` and `t_optimizer` are"):
    students.make().compile(adam, "adam", t_optimizer=adam)


def test_a_teacher_of_another_range_is_refused_and_one_that_is_rescaled_not():
  teacher = tiny.generator(activation="sigmoid")
  with pytest.raises(
    ValueError, match=r"in \[0, 1\], and the generator .* in \[-1, 1\]"
  ):
    gan.GAN(
      tiny.discriminator(),
      tiny.generator(),
      4,
      teacher=teacher,
      distillation=["image"],
    )
  scaled = keras.Sequential([teacher, keras.layers.Rescaling(2.0, -1.0)])
  gan.GAN(
    tiny.discriminator(),
    tiny.generator(),
    4,
    teacher=scaled,
    distillation=["image"],
  )
