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
"""Tests that training stops where a loss is no number any more."""

import numpy as np
import pytest
import tensorflow as tf

from tests import tiny
from tf_ganprune import callbacks, gan
from tf_ganprune.gan import divergence
from tf_ganprune.keras_compat import keras


class Breaks(gan.GAN):
  """The loss of one network is not finite from its n-th update on."""

  breaks = ("generator", 3)

  def _broken(self, loss, name, optimizer):
    if self.breaks[0] != name:
      return loss
    late = optimizer.iterations >= self.breaks[1] - 1
    return tf.where(late, np.inf, loss) * loss

  def generator_loss(self, fake):
    loss = super().generator_loss(fake)
    return self._broken(loss, "generator", self.g_optimizer)

  def discriminator_loss(self, real, fake):
    loss = super().discriminator_loss(real, fake)
    return self._broken(loss, "discriminator", self.d_optimizer)


@pytest.mark.slow
@pytest.mark.parametrize(
  "options",
  [
    {},
    {"steps_per_execution": 4},
    {"jit_compile": True},
    {"run_eagerly": True},
  ],
  ids=str,
)
@pytest.mark.parametrize("name", ["generator", "discriminator"])
def test_the_network_and_the_step_are_named(name, options):
  model = Breaks(tiny.discriminator(), tiny.generator(), 4)
  model.breaks = (name, 3)
  model.compile("adam", "adam", **options)
  message = rf"update 3, .*{name}"
  with pytest.raises(divergence.DivergenceError, match=message):
    model.fit(tiny.images(32), batch_size=4, verbose=0)


@pytest.mark.slow
def test_the_update_is_named_with_several_critic_steps():
  model = Breaks(
    tiny.discriminator(), tiny.generator(), 4, discriminator_steps=2
  )
  model.breaks = ("discriminator", 5)
  model.compile("adam", "adam")
  with pytest.raises(ValueError, match="at its update 5.*discriminator"):
    model.fit(tiny.images(32), batch_size=4, verbose=0)


@pytest.mark.slow
def test_the_last_good_checkpoint_stays(tmp_path):
  def make():
    keras.utils.set_random_seed(0)
    model = Breaks(tiny.discriminator(), tiny.generator(), 4)
    model.compile("adam", "adam")
    return model

  def fit(model):
    backup = keras.callbacks.BackupAndRestore(
      str(tmp_path), delete_checkpoint=False
    )
    return model.fit(
      tiny.images(8),
      batch_size=4,
      epochs=4,
      verbose=0,
      shuffle=False,
      callbacks=[backup],
    )

  model = make()
  model.breaks = ("generator", 5)
  with pytest.raises(divergence.DivergenceError, match="at its update 5"):
    fit(model)
  model = make()
  model.breaks = ("generator", 1000)
  assert len(fit(model).history["g_loss"]) == 2
  assert int(model.g_optimizer.iterations) == 8
  assert all(np.isfinite(w).all() for w in model.get_weights())


@pytest.mark.slow
def test_skipped_updates_of_a_scaled_loss_are_no_divergence():
  try:
    keras.mixed_precision.set_global_policy("mixed_float16")
    model = gan.GAN(tiny.discriminator(), tiny.generator(), 4)
    scaling = keras.mixed_precision.LossScaleOptimizer
    model.compile(
      scaling(keras.optimizers.Adam(), initial_scale=2.0**40), "adam"
    )
    model.fit(tiny.images(16), batch_size=4, verbose=0)
    assert isinstance(model.g_optimizer, scaling)
    model = Breaks(tiny.discriminator(), tiny.generator(), 4)
    model.compile("adam", scaling(keras.optimizers.Adam(), initial_scale=4.0))
    message = "update 4, .*generator"
    with pytest.raises(divergence.DivergenceError, match=message):
      model.fit(tiny.images(32), batch_size=4, verbose=0)
  finally:
    keras.mixed_precision.set_global_policy("float32")


class _Overflows(gan.GAN):
  """The loss is finite, and its float16 gradient is not, for some updates."""

  bad = (2, 100)

  def generator_loss(self, fake):
    i = self.g_optimizer.iterations
    bad = (i >= self.bad[0]) & (i < self.bad[1])
    nothing = tf.reduce_sum(tf.cast(fake, tf.float32)) * 0.0
    nothing += tf.where(bad, 0.0, 1.0)
    return super().generator_loss(fake) + tf.sqrt(nothing)


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"steps_per_execution": 16}], ids=str)
def test_updates_that_are_skipped_for_ever_are_said(options):
  def fit(bad):
    model = _Overflows(tiny.discriminator(), tiny.generator(), 4)
    model.bad = bad
    scaling = keras.mixed_precision.LossScaleOptimizer
    model.compile(
      "adam", scaling(keras.optimizers.Adam(), initial_scale=1.0), **options
    )
    model.fit(tiny.images(64), batch_size=4, verbose=0)

  try:
    keras.mixed_precision.set_global_policy("mixed_float16")
    fit((2, 2 + divergence.MAX_STUCK - 1))
    message = "10 updates of the generator"
    with pytest.raises(divergence.DivergenceError, match=message):
      fit((2, 2 + divergence.MAX_STUCK))
  finally:
    keras.mixed_precision.set_global_policy("float32")


class _BadGradient(gan.GAN):
  """The loss is finite, its gradient is not, from the third update on."""

  def generator_loss(self, fake):
    bad = tf.where(self.g_optimizer.iterations >= 2, 1.0, 0.0)
    nothing = tf.reduce_sum(fake) * 0.0 + (1.0 - bad)
    return super().generator_loss(fake) + tf.sqrt(nothing)


@pytest.mark.slow
def test_weights_that_are_no_numbers_are_neither_kept_nor_passed_over(tmp_path):
  model = _BadGradient(tiny.discriminator(), tiny.generator(), 4)
  model.compile("adam", "adam")
  with pytest.raises(divergence.DivergenceError, match="'dense/kernel:0'"):
    model.fit(tiny.images(12), batch_size=4, verbose=0)
  model = _BadGradient(tiny.discriminator(), tiny.generator(), 4)
  model.compile("adam", "adam")
  backup = callbacks.BackupAndRestore(tmp_path, save_freq=1)
  with pytest.raises(divergence.DivergenceError, match="'dense/kernel:0'"):
    model.fit(tiny.images(20), batch_size=4, verbose=0, callbacks=[backup])
  (checkpoint,) = (tmp_path / "chief").glob("ckpt-*.index")
  reader = tf.train.load_checkpoint(str(checkpoint.with_suffix("")))
  for name, _ in tf.train.list_variables(str(checkpoint.with_suffix(""))):
    if "kernel" in name:
      assert np.isfinite(reader.get_tensor(name)).all()


@pytest.mark.slow
def test_images_out_of_range_are_refused_under_xla():
  model = gan.GAN(tiny.discriminator(), tiny.generator(), 4)
  model.compile("adam", "adam", jit_compile=True)
  with pytest.raises(ValueError, match="generator, -1 to 1"):
    model.fit(100 * tiny.images(8), batch_size=4, verbose=0)
