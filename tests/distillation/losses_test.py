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
"""Tests of the losses between teacher and student, on numbers worked out."""

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies

from tests import tiny
from tf_ganprune import distillation
from tf_ganprune.distillation import alignment
from tf_ganprune.keras_compat import keras

layers = keras.layers


def _seen(images=(0.0,), **features):
  return distillation.Seen(
    tf.constant(images), {k: tf.constant(v) for k, v in features.items()}
  )


def _taken(loss):
  loss.take(tiny.generator(width=5), tiny.generator(), tiny.discriminator())
  return loss


@pytest.mark.parametrize("norm, expected", [("l1", 1.5), ("l2", 3.5)])
def test_image_distance(norm, expected):
  loss = distillation.ImageDistance(norm)
  teacher, student = _seen([[0.0, 1.0], [2.0, 3.0]]), _seen([[3.0, 1.0]] * 2)
  assert float(loss.loss(teacher, student)) == expected


def _halves(outputs=1):
  """Returns a network whose features are the means of images, and twice it."""
  image = keras.Input((8, 8, 1))
  mean = layers.GlobalAveragePooling2D()(image)
  twice = layers.Dense(2, kernel_initializer="ones")(mean)
  return keras.Model(image, [mean, twice][:outputs] if outputs > 1 else twice)


@pytest.mark.parametrize("outputs, expected", [(1, 0.5), (2, 1.0)])
def test_features_of_a_network_that_stays_as_it_is(outputs, expected):
  loss = _taken(distillation.ImageDistance("l1", _halves(outputs)))
  assert not loss.adapters
  ones = np.ones((2, 8, 8, 1), np.float32)
  # Differences of the pixels that leave the mean alone do not count.
  noise = np.where(np.arange(8)[:, None, None] % 2, 0.25, -0.25)
  found = loss.loss(_seen(ones), _seen((0.5 * ones + noise).astype(np.float32)))
  np.testing.assert_allclose(found, expected, atol=1e-6)


def test_feature_matching_is_the_squared_distance_after_adapters():
  loss = distillation.FeatureMatching(layers=["a", "b"])
  loss.pairs = [("a", "a"), ("b", "b")]
  widen = layers.Dense(2, kernel_initializer=keras.initializers.Constant(2.0))
  keep = layers.Dense(1, kernel_initializer="ones")
  loss.adapters = [widen, keep]
  teacher = _seen(a=[[[1.0, 3.0]]], b=[[1.0], [4.0]])
  student = _seen(a=[[[1.0]]], b=[[1.0], [1.0]])
  # a: ((1 - 2)^2 + (3 - 2)^2) / 2; b: (0 + 9) / 2.
  assert float(loss.loss(teacher, student)) == 1.0 + 4.5


def test_pooled_features_are_compared_by_their_means():
  loss = distillation.FeatureMatching(["a"], pooled=True)
  loss.pairs = [("a", "a")]
  loss.adapters = [layers.Dense(1, kernel_initializer="ones")]
  teacher = _seen(a=[[[[1.0], [3.0]]]])
  # The same mean in other places; the mean of 5 is 3 from that of 2.
  assert float(loss.loss(teacher, _seen(a=[[[[4.0], [0.0]]]]))) == 0.0
  assert float(loss.loss(teacher, _seen(a=[[[[5.0], [5.0]]]]))) == 9.0
  vectors = _seen(a=[[2.0]])
  assert float(loss.loss(vectors, _seen(a=[[4.0]]))) == 4.0


def test_adapters_are_convolutions_of_one_pixel_and_learn():
  loss = _taken(distillation.FeatureMatching())
  (adapter,) = loss.adapters
  assert [tuple(w.shape) for w in adapter.weights] == [(3, 5), (5,)]
  ((ours, theirs),) = loss.pairs
  rng = np.random.default_rng(0)
  features = rng.normal(size=(8, 4, 4, 3)).astype(np.float32)
  wide = features @ rng.normal(size=(3, 5)).astype(np.float32)
  teacher, student = _seen(**{ours: wide}), _seen(**{theirs: features})
  optimizer = keras.optimizers.Adam(0.1)
  values = []
  for _ in range(60):
    with tf.GradientTape() as tape:
      values.append(loss.loss(teacher, student))
    gradients = tape.gradient(values[-1], adapter.trainable_variables)
    optimizer.apply_gradients(
      zip(gradients, adapter.trainable_variables, strict=True)
    )
  assert values[-1] < 0.01 * values[0]
  # The same for every pixel: no neighbour counts.
  changed = features.copy()
  changed[0, 0, 0] += 1.0
  difference = adapter(changed) - adapter(features)
  assert np.abs(difference[0, 0, 0]).max() > 0.01
  assert np.count_nonzero(difference) == 5


def test_discriminator_features():
  image = keras.Input((8, 8, 1))
  x = layers.Dropout(0.5)(image)
  x = layers.Conv2D(2, 8, kernel_initializer="ones", name="sum")(x)
  x = layers.Flatten(name="flat")(x)
  x = layers.Dense(1, kernel_initializer="ones", name="hidden")(x)
  network = keras.Model(image, layers.Dense(3)(x))
  ones = np.ones((2, 8, 8, 1), np.float32)
  for names, expected in ((["sum"], 0.5), (["sum", "hidden"], 1.0)):
    loss = _taken(distillation.DiscriminatorFeatures(network, names))
    found = loss.loss(_seen(ones), _seen(0.5 * ones))
    np.testing.assert_allclose(found, expected, rtol=1e-6)
  # By default the last of each height and width, here (1, 1) and vectors.
  loss = _taken(distillation.DiscriminatorFeatures(network))
  np.testing.assert_allclose(loss.loss(_seen(ones), _seen(0.5 * ones)), 1.0)


def test_discriminator_features_are_of_the_gans_own_as_it_is():
  own = tiny.discriminator()
  loss = distillation.DiscriminatorFeatures(layers=["conv"])
  loss.take(tiny.generator(), tiny.generator(), own)
  a, b = _seen(tiny.images(2)), _seen(tiny.images(2, seed=1))
  for scale in (1.0, 3.0):
    own.get_layer("conv").kernel.assign(
      scale * tf.ones_like(own.get_layer("conv").kernel)
    )
    conv = own.get_layer("conv")
    expected = tf.reduce_mean(tf.abs(conv(a.images) - conv(b.images)))
    expected /= tf.reduce_mean(tf.abs(conv(a.images)))
    np.testing.assert_allclose(loss.loss(a, b), expected, rtol=1e-6)
  assert not loss.weights


def test_kernel_alignment_by_hand():
  # Kernels: the unit matrix, of norm sqrt(2), and ones, of norm 2.
  found = alignment.kernel_alignment(tf.eye(2), tf.ones([2, 1]))
  np.testing.assert_allclose(found, 2.0 / (2.0**0.5 * 2.0), rtol=1e-6)


@hypothesis.given(
  strategies.integers(2, 6), strategies.integers(1, 9), strategies.integers(0)
)
@hypothesis.settings(deadline=None, max_examples=20)
def test_kernel_alignment_sees_no_width_scale_or_rotation(n, width, seed):
  rng = np.random.default_rng(seed)
  a = rng.normal(size=(n, width))
  rotation, _ = np.linalg.qr(rng.normal(size=(width, width)))
  wider = np.concatenate([a @ rotation, np.zeros((n, 3))], 1)
  same = alignment.kernel_alignment(tf.constant(a), tf.constant(-7.0 * wider))
  np.testing.assert_allclose(same, 1.0, rtol=1e-9)
  b = rng.normal(size=(n, 2, 3))
  kernels = [x.reshape(n, -1) @ x.reshape(n, -1).T for x in (a, b)]
  norms = [np.sqrt(np.sum(kernel**2)) for kernel in kernels]
  expected = np.sum(kernels[0] * kernels[1]) / (norms[0] * norms[1])
  found = float(alignment.kernel_alignment(tf.constant(a), tf.constant(b)))
  np.testing.assert_allclose(found, expected, rtol=1e-9)
  assert found < 1.0


def test_kernel_alignment_sums_what_is_missing_in_each_pair():
  loss = distillation.KernelAlignment(["a", ("b", "c")])
  loss.pairs = loss.layer_names = [("a", "a"), ("b", "c")]
  teacher = _seen(a=np.eye(4), b=np.eye(4))
  student = _seen(a=np.ones((4, 2, 1)), c=np.eye(4)[::-1].copy())
  np.testing.assert_allclose(loss.loss(teacher, student), 0.5, rtol=1e-9)


def test_kernel_alignment_of_dead_features_has_a_slope():
  zero = tf.Variable(tf.zeros([3, 2]))
  with tf.GradientTape() as tape:
    loss = 1.0 - alignment.kernel_alignment(tf.eye(3), zero)
  assert float(loss) == 1.0
  assert np.isfinite(tape.gradient(loss, zero)).all()


def test_names():
  assert set(distillation.LOSSES) == {
    "image",
    "features",
    "discriminator_features",
    "discriminator_maps",
    "kernel_alignment",
    "ssim",
    "style",
    "total_variation",
    "wavelet",
  }
  for name in distillation.LOSSES:
    assert distillation.get(name).name == name
  (one,) = distillation.get_all("image")
  assert distillation.get_all(one) == [one]


def test_a_loss_of_ones_own():
  class Brightness(distillation.Distillation):
    kind = "brightness"

    def loss(self, teacher, student):
      means = [tf.reduce_mean(x.images) for x in (teacher, student)]
      return tf.square(means[0] - means[1])

  loss = _taken(Brightness(weight=2.0))
  assert float(loss.loss(_seen([1.0, 3.0]), _seen([5.0]))) == 9.0
  assert Brightness.from_config(loss.get_config()).weight == 2.0


@pytest.mark.parametrize(
  "loss",
  [
    distillation.ImageDistance("l2", weight=3.0),
    distillation.ImageDistance(network=tiny.discriminator(), name="percept"),
    distillation.FeatureMatching(["a", ("b", "c")], weight=0.5),
    distillation.DiscriminatorFeatures(tiny.discriminator(), ["conv"]),
    distillation.FeatureMatching(pooled=True, name="pooled"),
    distillation.DiscriminatorMaps(["a"], tiny.discriminator(), ["conv"]),
    distillation.KernelAlignment(name="cat"),
    distillation.StyleDistance("l2", tiny.discriminator(), weight=4.0),
    distillation.WaveletDistance(levels=3, name="high"),
  ],
  ids=lambda loss: loss.name,
)
def test_config_makes_another_like_it(loss):
  config = keras.utils.serialize_keras_object(loss)
  again = keras.utils.deserialize_keras_object(config)
  assert type(again) is type(loss)
  assert keras.utils.serialize_keras_object(again) == config
  assert (again.name, again.weight) == (loss.name, loss.weight)


def _decay(weight):
  return keras.optimizers.schedules.PolynomialDecay(weight, 4, 0.0)


@pytest.mark.parametrize(
  "loss",
  [
    distillation.ImageDistance(
      network=tiny.discriminator(), weight=_decay(3.0)
    ),
    distillation.FeatureMatching(weight=_decay(3.0)),
    distillation.DiscriminatorFeatures(weight=_decay(3.0)),
  ],
  ids=lambda loss: loss.name,
)
def test_weights_can_have_a_schedule(loss):
  config = keras.utils.serialize_keras_object(loss)
  again = keras.utils.deserialize_keras_object(config)
  for found in (loss, again):
    weights = [float(found.weight_at(tf.constant(n))) for n in (0, 2, 4, 9)]
    assert weights == [3.0, 1.5, 0.0, 0.0]


def _bad(kind, **arguments):
  return lambda: _taken(distillation.LOSSES[kind](**arguments))


@pytest.mark.parametrize(
  "make, match",
  [
    (lambda: distillation.get("psnr"), "kernel_alignment.*'psnr'"),
    (
      lambda: distillation.get(distillation.ImageDistance),
      r"`distillation`.*ImageDistance\(\)",
    ),
    (lambda: distillation.get_all(["image", "image"]), "2 losses.*'image'"),
    (_bad("image", weight=-1.0), "`weight`.*-1"),
    (_bad("image", weight=float("nan")), "`weight`.*nan"),
    (_bad("image", weight=_decay(-2.0)), "`weight`.*-2.0 at first"),
    (_bad("image", norm="l3"), "'l1', 'l2'.*'l3'"),
    (_bad("image", network="inception"), "`network`"),
    (
      _bad("image", network=tiny.discriminator((9, 9, 1))),
      "takes .None, 9, 9, 1.*Resizing",
    ),
    (_bad("discriminator_maps", judged_layers=["nose"]), "'nose'.*'conv'"),
    (
      _bad("discriminator_maps", layers=["dense"]),
      "maps.*'dense'.*80",
    ),
    (_bad("wavelet", levels=0), "`levels`.*0"),
    (_bad("wavelet", levels=4), "`levels` is 4.*16 pixels.*8 by 8"),
    (_bad("features", layers=["dense", "nose"]), "'nose'.*'dense'"),
    (_bad("features", layers=[("dense", "a", "b")]), "`layers`.*pairs"),
    (_bad("features", layers=[]), "`layers`"),
    (_bad("features", layers=[1]), "`layers`.*pairs"),
    (_bad("features", layers=["dense"]), None),
    (
      _bad("features", layers=[("dense", "image")]),
      "'dense'.*'image'.*`layers`",
    ),
    (
      _bad("discriminator_features", layers=[("a", "b")]),
      r"`layers`.*\('a', 'b'\)",
    ),
    (_bad("discriminator_features", layers=["nose"]), "'nose'.*'conv'"),
  ],
)
def test_what_will_not_do_is_said(make, match):
  if match is None:
    make()
    return
  with pytest.raises(ValueError, match=match):
    make()


@pytest.mark.slow
def test_a_loss_belongs_to_one_gan():
  loss = _taken(distillation.FeatureMatching())
  with pytest.raises(ValueError, match="'features' belongs to another GAN"):
    _taken(loss)


def test_the_own_discriminator_is_not_passed():
  own = tiny.discriminator()
  loss = distillation.DiscriminatorFeatures(own)
  with pytest.raises(ValueError, match="`network`.* a copy"):
    loss.take(tiny.generator(), tiny.generator(), own)
