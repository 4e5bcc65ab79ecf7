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
"""Several regularizers of one discriminator, in every way to train."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune import losses, regularizers

keras = tgp.keras
_LOSS = losses.get("hinge")


def _rng(seed=0):
  return tf.random.Generator.from_seed(seed)


def _all():
  return [
    regularizers.R1(0.1),
    regularizers.GradientPenalty(0.1),
    "diff_augment",
    regularizers.AdaptiveAugmentation(-1.0, images=32, interval=1),
    regularizers.LeCam(warm_up=1),
    regularizers.Consistency(0.1),
    regularizers.TopK(0.5, 0.5, 1),
  ]


class _Training:
  """A GAN's train step, as a family has it."""

  def __init__(self, given, shape=(8, 8, 1), seed=0):
    keras.utils.set_random_seed(seed)
    self.critic = tiny.discriminator(shape)
    self.generator = tiny.generator()
    self.combined = regularizers.Combined(given, "critic")
    self.rng = _rng(seed)
    self.optimizers = [keras.optimizers.SGD(0.01) for _ in range(2)]
    for optimizer, network in zip(
      self.optimizers, (self.critic, self.generator), strict=True
    ):
      optimizer.build(network.trainable_variables)

  def _score(self, images):
    return self.critic(images, training=True)

  def step(self, real):
    n = tf.shape(real)[0]
    fake = self.generator(self.rng.normal([n, 4]), training=True)
    d_optimizer, g_optimizer = self.optimizers
    scorer = self.combined.scorer(self._score, self.rng, d_optimizer.iterations)
    with tf.GradientTape() as tape:
      loss = _LOSS.discriminator(scorer(real), scorer(fake))
      loss += scorer.penalty(real, fake)
    self._apply(d_optimizer, tape, loss, self.critic)
    scorer.observe(real, fake)
    scorer = self.combined.scorer(
      self._score, self.rng, g_optimizer.iterations, of_generator=True
    )
    with tf.GradientTape() as tape:
      fake = self.generator(self.rng.normal([n, 4]), training=True)
      g_loss = _LOSS.generator(scorer(fake))
    self._apply(g_optimizer, tape, g_loss, self.generator)
    return loss, g_loss

  def _apply(self, optimizer, tape, loss, network):
    variables = network.trainable_variables
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))

  def state(self):
    variables = [*self.critic.weights, *self.generator.weights]
    return [x.numpy() for x in [*variables, *self.combined.weights]]

  def checkpoint(self):
    return tf.train.Checkpoint(
      networks=[self.critic, self.generator],
      combined=self.combined,
      rng=self.rng,
      optimizers=self.optimizers,
    )


def _batches(count=3, n=4):
  return [tf.constant(tiny.images(n, seed)) for seed in range(count)]


class _Known:
  """Gives the same numbers in each step, with XLA too, which has its own."""

  def __init__(self):
    self.drawn = 0

  def uniform(self, shape, dtype=tf.float32):
    self.drawn += 1
    numbers = np.random.default_rng(self.drawn).uniform(size=256)
    return tf.reshape(
      tf.constant(numbers, dtype)[: tf.reduce_prod(shape)], shape
    )

  def normal(self, shape):
    return 2.0 * self.uniform(shape) - 1.0


@pytest.mark.slow
@pytest.mark.parametrize("compiled", [False, True])
def test_a_compiled_step_is_an_eager_one(compiled):
  eager, other = (_Training(_all()) for _ in range(2))
  eager.rng, other.rng = _Known(), _Known()
  step = tf.function(other.step, jit_compile=compiled)
  for real in _batches():
    eager.rng.drawn = 0
    found = [float(x) for x in step(real)]
    assert found == pytest.approx([float(x) for x in eager.step(real)], 1e-3)
  assert float(other.combined.of_kind("adaptive_augmentation").probability) > 0
  for a, b in zip(eager.state(), other.state(), strict=True):
    np.testing.assert_allclose(a, b, atol=1e-3)


@pytest.mark.slow
def test_batches_of_any_size():
  training = _Training(_all())
  spec = [tf.TensorSpec([None, 8, 8, 1])]
  step = tf.function(training.step, input_signature=spec)
  for n in (4, 1):
    assert np.isfinite(step(_batches(1, n)[0])).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision(name):
  keras.mixed_precision.set_global_policy(name)
  try:
    training = _Training(_all())
  finally:
    keras.mixed_precision.set_global_policy("float32")
  assert {x.dtype for x in training.combined.weights} == {tf.float32, tf.int64}
  losses_ = tf.function(training.step)(_batches()[0])
  assert {x.dtype for x in losses_} == {tf.float32}
  assert np.isfinite(losses_).all()


@pytest.mark.slow
def test_training_goes_on_to_the_bit(tmp_path):
  batches = _batches(4)
  whole, killed = _Training(_all()), _Training(_all())
  for training, some in ((whole, batches), (killed, batches[:2])):
    step = tf.function(training.step)
    for real in some:
      step(real)
  path = killed.checkpoint().save(str(tmp_path / "state"))
  resumed = _Training(_all(), seed=7)
  resumed.checkpoint().restore(path).assert_consumed()
  step = tf.function(resumed.step)
  for real in batches[2:]:
    step(real)
  for a, b in zip(whole.state(), resumed.state(), strict=True):
    np.testing.assert_array_equal(a, b)


@keras.utils.register_keras_serializable(package="combined_test")
class _Holder(keras.Model):
  """A model that holds regularizers, as a GAN does."""

  def __init__(self, regularizers=(), **kwargs):
    super().__init__(**kwargs)
    self.combined = {
      name: tgp.regularizers.Combined(regularizers, name)
      for name in ("critic_X", "critic_Y")
    }
    self.given = regularizers
    self.built = True

  def call(self, inputs):
    return inputs

  def get_config(self):
    serialize = keras.utils.serialize_keras_object
    return {"regularizers": [serialize(x) for x in self.given]}

  @classmethod
  def from_config(cls, config):
    deserialize = keras.utils.deserialize_keras_object
    return cls([deserialize(x) for x in config["regularizers"]])


def test_each_discriminator_has_a_state_that_is_saved(tmp_path):
  model = _Holder([regularizers.LeCam(0.5), regularizers.R1(2.0)])
  ones = tf.ones([2, 1])
  model.combined["critic_X"].observe(ones, 3.0 * ones)
  model.combined["critic_Y"].observe(5.0 * ones, ones)
  model.save(tmp_path / "gan.keras")
  loaded = keras.models.load_model(tmp_path / "gan.keras", compile=False)
  for name, anchor in (("critic_X", 1.0), ("critic_Y", 5.0)):
    lecam = loaded.combined[name].of_kind("lecam")
    assert float(lecam.real_anchor) == anchor
    assert lecam.real_anchor.name == f"{name}/lecam/real_anchor:0"
  assert loaded.combined["critic_X"].of_kind("r1").weight == 2.0
  assert not loaded.trainable_weights and len(loaded.weights) == 6


@pytest.mark.parametrize("name", regularizers.REGULARIZERS)
def test_a_copy_has_the_same_arguments(name):
  one = regularizers.get(name)
  assert one.kind == one.name == name
  assert one.copy().get_config() == one.get_config()
  combined = regularizers.Combined([one])
  again = regularizers.Combined.from_config(combined.get_config())
  assert again.get_config() == combined.get_config()
  assert not one.weights


def test_nothing_given_changes_nothing():
  combined, images = regularizers.Combined(), _batches()[0]
  critic = tiny.discriminator()
  scorer = combined.scorer(critic, None, 0)
  np.testing.assert_array_equal(scorer(images), critic(images))
  assert scorer.penalty(images, images) == 0.0
  scorer.observe(images, images)
  scorer.check("discriminator_loss")


class _Counted:
  def __init__(self):
    self.calls = 0

  def __call__(self, images):
    self.calls += 1
    return tf.reduce_mean(images, [1, 2, 3])


def test_images_are_scored_once_for_the_loss_and_the_state():
  score, (real, fake) = _Counted(), _batches(2)
  combined = regularizers.Combined([regularizers.LeCam()])
  scorer = combined.scorer(score, _rng(), 0)
  scorer(fake), scorer(real)
  scorer.penalty(real, fake)
  scorer.observe(real, fake)
  assert score.calls == 2
  anchor = combined.of_kind("lecam").real_anchor
  assert float(anchor) == pytest.approx(float(tf.reduce_mean(real)), abs=1e-6)


def test_a_loss_that_scores_for_itself_is_still_penalized():
  critic, (real, fake) = tiny.discriminator(), _batches(2)
  scorer = regularizers.Combined(["r1"]).scorer(critic, _rng(), 0)
  scorer.check("discriminator_loss")
  expected = 10.0 * losses.r1_penalty(critic, real)
  assert float(scorer.penalty(real, fake)) == pytest.approx(float(expected))


def test_a_loss_that_scores_for_itself_loses_no_augmentation_silently():
  combined = regularizers.Combined(["diff_augment", "top_k"])
  images = _batches()[0]
  for of_generator, names in (
    (False, "DiffAugment"),
    (True, "DiffAugment, TopK"),
  ):
    scorer = combined.scorer(tiny.discriminator(), _rng(), 0, of_generator)
    with pytest.raises(ValueError, match=f" {names} "):
      scorer.check("a_loss")
    scorer(images)
    scorer.check("a_loss")
  only = regularizers.Combined(["top_k"]).scorer(None, None, 0)
  only.check("discriminator_loss")


def test_penalties_see_what_the_discriminator_saw():
  real, fake = _batches(2)
  combined = regularizers.Combined(["diff_augment", "r1"])
  score = _Counted()
  seen = []
  combined.of_kind("r1").penalty = lambda x: seen.append(x) or 0.0
  scorer = combined.scorer(score, _rng(), 0)
  scorer(real), scorer(fake)
  scorer.penalty(real, fake)
  rng = _rng()
  for found in (seen[0].real, seen[0].fake):
    images = real if found is seen[0].real else fake
    expected = combined.augment(images, rng)
    np.testing.assert_array_equal(found, expected)
  np.testing.assert_array_equal(seen[0].real_scores, score(seen[0].real))


def test_one_of_ones_own():
  class SmallScores(regularizers.Regularizer):
    def penalty(self, seen):
      return 0.5 * tf.reduce_mean(seen.real_scores)

  combined = regularizers.Combined([SmallScores()])
  real = tf.ones([2, 8, 8, 1])
  scorer = combined.scorer(_Counted(), _rng(), 0)
  assert float(scorer.penalty(real, real)) == 0.5


def test_arguments_are_not_lost_in_a_copy():
  class Weighted(regularizers.Regularizer):
    def __init__(self, weight=1.0):
      super().__init__()
      self.weight = weight

  with pytest.raises(NotImplementedError, match="Weighted .*`get_config`"):
    regularizers.Combined([Weighted(2.0)])


def test_values_without_bounds_count_as_standard():
  inf = float("inf")
  assert regularizers.Combined((), "a", (-inf, inf)).value_range == (-1.0, 1.0)
  combined = regularizers.Combined(["consistency"], "a", (0, 255))
  assert combined.of_kind("consistency").value_range == (0.0, 255.0)


@pytest.mark.parametrize(
  ("make", "message"),
  [
    (lambda r: r.Combined([r.R1]), "the class R1: make an object"),
    (lambda r: r.Combined([r.R1(1.0), "r1"]), "holds R1 2 times"),
    (lambda r: r.Combined(["r3"]), "`regularizers` .*'r1'.*got 'r3'"),
    (lambda r: r.Combined(3), "`regularizers` .*got 3"),
    (lambda r: r.Combined([None]), "`regularizers` .*got None"),
    (lambda r: r.Combined([], "a", (1, 0)), r"`value_range` .*got"),
    (lambda r: r.R1(-1.0), "`weight` .*got -1.0"),
    (lambda r: r.R1("10"), "`weight` .*got '10'"),
    (lambda r: r.GradientPenalty(float("nan")), "`weight` must be a number"),
    (lambda r: r.LeCam(weight=-1), "`weight` .*0 up"),
    (lambda r: r.LeCam(decay=1.5), "`decay` .*0 to 1"),
    (lambda r: r.LeCam(warm_up=-1), "`warm_up`"),
    (lambda r: r.Consistency(-1), "`weight` .*0 up"),
    (lambda r: r.Consistency(balanced=1), "`balanced` .*True or False"),
    (lambda r: r.Consistency(policies=["zoom"]), "`policies` must hold names"),
    (lambda r: r.DiffAugment("color"), "`policies` must hold names out of"),
    (lambda r: r.DiffAugment([]), "`policies` must hold names out of"),
    (lambda r: r.DiffAugment(["flip", "flip"]), "`policies` has a name twice"),
    (lambda r: r.AdaptiveAugmentation(2.0), "`target`"),
    (lambda r: r.AdaptiveAugmentation(images=0), "`images`"),
    (
      lambda r: r.AdaptiveAugmentation(interval=0),
      "`interval`",
    ),
    (lambda r: r.AdaptiveAugmentation(pipeline=["zoom"]), "`pipeline`"),
    (lambda r: r.TopK(gamma=1.1), "`gamma` .*0 to 1"),
    (lambda r: r.TopK(nu=-0.1), "`nu` .*0 to 1"),
    (lambda r: r.TopK(frequency=0), "`frequency`"),
  ],
)
def test_bad_input_is_one_sentence(make, message):
  with pytest.raises(ValueError, match=message) as caught:
    make(regularizers)
  assert "\n" not in str(caught.value)
