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
"""Tests of callbacks in GANs with a train step of their own."""

import csv
import warnings

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import stateful, tiny
from tf_ganprune.callbacks import drawing

keras = tgp.keras
layers = keras.layers


class _Foreign(keras.Model):
  """As in tutorials: two networks, two optimizers, no `generate`."""

  def __init__(self, d, g, name="generator", **more):
    super().__init__()
    self.d = d
    setattr(self, name, g)
    self._draws = g
    for key, value in more.items():
      setattr(self, key, value)

  def compile(self):
    super().compile()
    self.g_optimizer = keras.optimizers.Adam(0.01)

  def given(self, n):
    return tf.random.normal([n, tiny.LATENT_DIM])

  def train_step(self, images):
    with tf.GradientTape() as tape:
      made = self._draws(self.given(tf.shape(images)[0]), training=True)
      loss = tf.reduce_mean(self.d(made) ** 2)
    weights = self._draws.trainable_weights
    gradients = tape.gradient(loss, weights)
    self.g_optimizer.apply_gradients(zip(gradients, weights, strict=True))
    return {"loss": loss}


class _Conditional(_Foreign):
  """Gives its generator a label as well."""

  def given(self, n):
    return [super().given(n), tf.zeros([n, 1], tf.int32)]


class _Joined(_Foreign):
  """Gives its generator latents joined with a one-hot label."""

  def given(self, n):
    return tf.concat(
      [super().given(n), tf.one_hot(tf.zeros([n], tf.int32), 3)], 1
    )


class _Unbuilt(keras.Model):
  """A subclassed generator that was not called yet."""

  def __init__(self):
    super().__init__()
    self.inner = tiny.generator(activation="sigmoid")

  def call(self, z):
    return self.inner(z)


def _conditional_generator():
  latent, label = keras.Input((4,)), keras.Input((1,), dtype="int32")
  one_hot = layers.Flatten()(layers.Embedding(3, 2)(label))
  x = layers.concatenate([latent, one_hot])
  return keras.Model([latent, label], tiny.generator(6)(x), name="conditional")


def _unknown_labels():
  """Takes labels of which nothing says how many there are."""
  latent, label = keras.Input((4,)), keras.Input((1,), dtype="int32")
  number = layers.Dense(2)(tf.cast(label, tf.float32))
  x = layers.concatenate([latent, number])
  return keras.Model([latent, label], tiny.generator(6)(x), name="conditional")


def _fit(model, *callbacks, epochs=1):
  model.compile()
  return model.fit(
    tiny.images(8), batch_size=4, epochs=epochs, verbose=0, callbacks=callbacks
  )


def _evaluator():
  network = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten()])
  return tgp.metrics.Evaluator(network, tiny.images(40))


def _pixels(path):
  return tf.io.decode_png(tf.io.read_file(str(path))).numpy()


_LABELS = lambda n, seed: [tf.ones([n, 4]), tf.zeros([n, 1], tf.int32)]  # noqa: E731

_DRAWN = {
  "its generator": (_Foreign, tiny.generator, {}, {}),
  "a sigmoid": (_Foreign, lambda: tiny.generator(activation="sigmoid"), {}, {}),
  "pruned": (
    _Foreign,
    lambda: tgp.prune_low_magnitude(tiny.generator()),
    {"latent_dim": 4},
    {},
  ),
  "another name": (_Foreign, tiny.generator, {"name": "g"}, {"generator": "g"}),
  "not built": (_Foreign, _Unbuilt, {}, {"latent_dim": 4}),
  "labels": (_Conditional, _unknown_labels, {}, {"inputs": _LABELS}),
  "labels that it looks up": (_Conditional, _conditional_generator, {}, {}),
  "inputs of its own": (
    _Joined,
    lambda: tiny.generator(7),
    {"input_source": tgp.inputs.LabelledLatents(4, 3, one_hot=True)},
    {},
  ),
  "an array": (_Foreign, tiny.generator, {}, {"inputs": np.ones((9, 4), "f")}),
  "joined": (
    _Joined,
    lambda: tiny.generator(7),
    {"latent_dim": 4},
    {"inputs": lambda n, seed: tf.ones([n, 7])},
  ),
}


def _case(name):
  kind, make, of_model, of_callback = _DRAWN[name]
  network = make()
  model = kind(tiny.discriminator(), network, **of_model)
  of_callback = dict(of_callback)
  if "generator" in of_callback:
    of_callback["generator"] = network
  return model, of_callback


@pytest.mark.slow
@pytest.mark.parametrize("name", _DRAWN)
def test_a_foreign_gan_is_drawn_and_watched(name, tmp_path):
  model, more = _case(name)
  monitor = tgp.GANMonitor(tmp_path, 4, **more)
  watch = tgp.ModeCollapse(_evaluator(), 8, **more)
  with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    step = tgp.UpdatePruningStep()
    history = _fit(model, step, monitor, watch, epochs=2).history
  assert len(history["recall"]) == 2
  first, second = (_pixels(tmp_path / f"epoch_000{i}.png") for i in (1, 2))
  assert first.shape == (18, 18, 1)
  assert not np.array_equal(first, second)  # of the same inputs, trained


def test_a_sigmoid_in_a_foreign_gan_is_drawn_whole():
  model = _Foreign(tiny.discriminator(), _Unbuilt())
  found = drawing.Drawing(latent_dim=4)
  found.begin("GANMonitor", model)
  made = model.generator(tf.random.stateless_normal([5, 4], [3, 0]))
  np.testing.assert_allclose(found(5, 3), 2 * made.numpy() - 1, atol=1e-5)


_REFUSED = {
  "no generator": (
    _Foreign,
    tiny.generator,
    {"name": "g"},
    "_Foreign .*`generate.*`generator=`",
  ),
  "labels": (
    _Conditional,
    _unknown_labels,
    {},
    r"'conditional' takes \[None, 4\].* and \[None, 1\] int32; pass `inputs=`",
  ),
  "joined with labels": (
    _Joined,
    lambda: tiny.generator(7),
    {"latent_dim": 4},
    r"latents of `latent_dim` 4, and .* takes \[None, 7\].*pass `inputs=`",
  ),
  "not built": (_Foreign, _Unbuilt, {}, "pass `inputs=`"),
}


@pytest.mark.parametrize("kind", ["GANMonitor", "ModeCollapse"])
@pytest.mark.parametrize("name", _REFUSED)
def test_what_cannot_be_drawn_is_said_before_the_training(name, kind, tmp_path):
  of_model, make, more, message = _REFUSED[name]
  model = of_model(tiny.discriminator(), make(), **more)
  first = tmp_path if kind == "GANMonitor" else _evaluator()
  with pytest.raises(ValueError, match=f"^{kind} .*{message}"):
    _fit(model, getattr(tgp, kind)(first))
  assert model.g_optimizer.iterations.numpy() == 0


def test_wrong_inputs_and_what_makes_no_images_are_said_before(tmp_path):
  model = _Foreign(tiny.discriminator(), tiny.generator())
  with pytest.raises(ValueError, match="GANMonitor .*'generator'.*`inputs=`"):
    _fit(model, tgp.GANMonitor(tmp_path, inputs=np.ones((4, 5), "f")))
  with pytest.raises(ValueError, match=r"\[2, 1\]; .*`generator=`"):
    _fit(
      model,
      tgp.GANMonitor(
        tmp_path,
        generator=tiny.discriminator(),
        inputs=np.ones((4, 8, 8, 1), "f"),
      ),
    )


@pytest.mark.parametrize(
  ("kwargs", "message"),
  [
    ({"generator": "g"}, "`generator` .*Keras model"),
    ({"latent_dim": 0}, "`latent_dim`"),
    ({"latent_dim": True}, "`latent_dim`"),
    ({"value_range": (1, 0)}, "`value_range`"),
  ],
)
def test_bad_arguments(kwargs, message, tmp_path):
  with pytest.raises(ValueError, match=message):
    tgp.GANMonitor(tmp_path, **kwargs)


@pytest.mark.parametrize(
  "make",
  [
    lambda: tgp.AdaptivePruning(_evaluator()),
    lambda: tgp.LotteryTicket(0.5, 1, 1),
    lambda: tgp.BalancedDensity(tiny.images(4)),
  ],
)
def test_callbacks_that_steer_our_gans_say_so_and_the_way_out(make):
  model = _Foreign(tiny.discriminator(), tiny.generator())
  with pytest.raises(ValueError, match=r"tgp\.GAN.*_Foreign\. .*tgp\."):
    _fit(model, make())
  assert model.g_optimizer.iterations.numpy() == 0


@pytest.mark.slow
def test_summaries_and_backups_work_in_a_foreign_gan(tmp_path):
  generator = tgp.prune_low_magnitude(tiny.generator())
  model = _Foreign(tiny.discriminator(), generator)
  log = keras.callbacks.CSVLogger(tmp_path / "log.csv")
  _fit(
    model,
    tgp.UpdatePruningStep(),
    tgp.PruningSummaries(str(tmp_path / "logs")),
    tgp.BackupAndRestore(tmp_path / "backup"),
    log,
  )
  assert (tmp_path / "logs" / "pruning").exists()
  assert len(list(csv.DictReader((tmp_path / "log.csv").open()))) == 1


@pytest.mark.parametrize("kind", ["monitor", "collapse"])
def test_drawing_leaves_the_network_as_it_was(kind, tmp_path):
  network = stateful.normalized()
  images = np.zeros((8, *network.output_shape[1:]), "float32")
  if kind == "monitor":
    callback = tgp.GANMonitor(tmp_path, 4, generator=network)
  else:
    features = keras.Sequential(
      [keras.Input(images.shape[1:]), layers.Flatten()]
    )
    callback = tgp.ModeCollapse(
      tgp.metrics.Evaluator(features, images), 8, generator=network
    )
  before = stateful.values(network)
  callback.set_model(keras.Sequential([layers.Dense(1)]))
  callback.on_train_begin()
  callback.on_epoch_end(0, {})
  stateful.assert_same(before, network)


def test_a_loop_by_hand_that_says_nothing_of_its_beginning(tmp_path):
  model = _Foreign(tiny.discriminator(), tiny.generator())
  logs = {}
  for callback in (
    tgp.GANMonitor(tmp_path, 4),
    tgp.ModeCollapse(_evaluator(), 8),
  ):
    callback.set_model(model)
    callback.on_epoch_end(0, logs)
  assert (tmp_path / "epoch_0001.png").exists() and "recall" in logs


class _OfTwo(keras.Model):
  """Takes its tensors as arguments of their own."""

  def __init__(self):
    super().__init__()
    self.wide = layers.Dense(16, activation="tanh")

  def call(self, z, label):
    return tf.reshape(self.wide(z) * label, [-1, 4, 4, 1])


def _of_two_outputs():
  z = keras.Input((3,))
  features = layers.Dense(16, activation="tanh")(z)
  return keras.Model(z, [features, layers.Reshape((4, 4, 1))(features)])


@pytest.mark.parametrize("kind", ["list", "dict", "two outputs"])
def test_generators_of_several_tensors_are_drawn(kind, tmp_path):
  z, label = np.ones((4, 3), "float32"), np.ones((4, 1), "float32")
  if kind == "two outputs":
    generator, inputs = _of_two_outputs(), z
  else:
    generator, inputs = _OfTwo(), [z, label]
    generator(*inputs)
    inputs = inputs if kind == "list" else {"z": z, "label": label}
  drawn = drawing.Drawing(generator, inputs=inputs)
  drawn.begin("GANMonitor", keras.Sequential([layers.Dense(1)]))
  assert drawn(4, 0).shape == (4, 4, 4, 1)


@pytest.mark.parametrize("made", [{"image": np.zeros((2, 4, 4, 1))}, [[1.0]]])
def test_a_generate_that_gives_no_images_is_said(made, tmp_path):
  model = keras.Sequential([layers.Dense(1)])
  model.generate = lambda n, seed: made
  callback = tgp.GANMonitor(tmp_path, 2)
  callback.set_model(model)
  with pytest.raises(ValueError, match="`generate.*got .*`generator=`"):
    callback.on_epoch_end(0)
