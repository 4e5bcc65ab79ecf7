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
"""Tests of the callbacks, with what they write read back."""

import gc

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot
from tensorboard.backend.event_processing import event_accumulator

from tests import tiny
from tf_ganprune import callbacks, gan
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, report
from tf_ganprune.sparsity.wrapping import wrapped_layers

sparsity = tfmot.sparsity.keras
_SCHEDULE = sparsity.PolynomialDecay(0.0, 0.75, 1, 9, frequency=2)


def _pruned_gan():
  model = gan.GAN(
    tiny.discriminator(),
    prune.prune_low_magnitude(tiny.generator(), _SCHEDULE),
    4,
  )
  model.compile("adam", "adam")
  return model


def _events(folder):
  size = {"tensors": 0}
  return event_accumulator.EventAccumulator(str(folder), size).Reload()


def _scalars(events, tag):
  return {
    e.step: float(tf.make_ndarray(e.tensor_proto)) for e in events.Tensors(tag)
  }


@pytest.mark.slow
def test_summaries_are_at_the_step_of_the_optimizer(tmp_path):
  model = _pruned_gan()
  summaries = callbacks.PruningSummaries(str(tmp_path))
  model.fit(
    tiny.images(20), batch_size=4, epochs=2, verbose=0, callbacks=[summaries]
  )
  pruning = _events(tmp_path / "pruning")
  tags = sorted(t for t in pruning.Tags()["tensors"])
  names = ["generator/dense/kernel", "generator/image/kernel"]
  assert tags == sorted(
    f"{n}/{k}" for n in names for k in ("sparsity", "threshold")
  )
  logged = _scalars(pruning, "generator/dense/kernel/sparsity")
  assert sorted(logged) == [0, 5, 10]
  expected = float(_SCHEDULE(tf.constant(5, tf.int64))[1])
  assert logged[5] == pytest.approx(expected, abs=1 / 192)
  assert logged[10] == 0.75
  assert _scalars(pruning, "generator/dense/kernel/threshold")[10] > 0
  losses = _events(tmp_path / "train").Tags()["tensors"]
  assert {"epoch_d_loss", "epoch_g_loss"} <= set(losses)


@pytest.mark.parametrize("log_dir", ["", None, 3])
def test_summaries_refuse_what_is_no_path(log_dir):
  with pytest.raises(ValueError, match="`log_dir`"):
    callbacks.PruningSummaries(log_dir)


@pytest.mark.slow
def test_monitor_draws_the_same_latents(tmp_path):
  model = _pruned_gan()
  monitor = callbacks.GANMonitor(
    tmp_path / "samples", num_images=4, log_dir=str(tmp_path / "logs")
  )
  model.fit(
    tiny.images(8), batch_size=4, epochs=2, verbose=0, callbacks=[monitor]
  )
  files = sorted(path.name for path in (tmp_path / "samples").iterdir())
  assert files == ["epoch_0001.png", "epoch_0002.png"]
  drawn = tf.io.decode_png(
    tf.io.read_file(str(tmp_path / "samples" / files[1]))
  ).numpy()
  assert drawn.shape == (18, 18, 1)  # 2 rows of 8 pixels and a gap of 2
  image = model.generate(4, seed=0)[0].numpy()
  np.testing.assert_allclose(drawn[:8, :8] / 127.5 - 1, image, atol=1 / 127)
  images = _events(tmp_path / "logs").Tensors("samples")
  assert [event.step for event in images] == [1, 2]


def test_monitor_refuses_a_folder_it_cannot_make(tmp_path):
  (tmp_path / "file").write_text("")
  with pytest.raises(ValueError, match="file/samples'"):
    callbacks.GANMonitor(tmp_path / "file" / "samples")


def _fit(model, callback, optimizer=None, **compile_options):
  model.compile(
    optimizer or keras.optimizers.Adam(0.1),
    keras.losses.SparseCategoricalCrossentropy(True),
    **compile_options,
  )
  x = np.random.default_rng(0).normal(size=(36, 6)).astype(np.float32)
  model.fit(x, np.arange(36) % 3, batch_size=4, verbose=0, callbacks=callback)


class _AlwaysZero(keras.callbacks.Callback):
  """Checks the zeros after each batch; TF-MOT has them at an epoch's end."""

  def on_train_batch_end(self, batch, logs=None):
    for layer in wrapped_layers.pruned_layers(self.model):
      for weight, mask, _ in layer.pruning_vars:
        assert (weight.numpy()[mask.numpy() == 0] == 0).all()


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"steps_per_execution": 3}])
@pytest.mark.parametrize(
  "wrap", [prune.prune_low_magnitude, sparsity.prune_low_magnitude]
)
def test_update_pruning_step_counts_batches(wrap, options):
  model = wrap(tiny.classifier(), _SCHEDULE)
  _fit(model, [callbacks.UpdatePruningStep(), _AlwaysZero()], **options)
  layers = [w for w in wrapped_layers.pruned_layers(model) if w.pruning_vars]
  assert [int(layer.pruning_step) for layer in layers] == [9, 9]
  assert report.sparsity_report(model).overall == 0.75
  assert all(layer.owner() is None for layer in layers)


@pytest.mark.slow
def test_update_pruning_step_and_then_tfmot_callback():
  """A second `fit` in another way counts each step once, too."""
  model = prune.prune_low_magnitude(tiny.classifier(), _SCHEDULE)
  _fit(model, [sparsity.UpdatePruningStep()])
  _fit(model, [callbacks.UpdatePruningStep()])
  _fit(model, [sparsity.UpdatePruningStep()])
  (layer, *_) = wrapped_layers.pruned_layers(model)
  assert int(layer.pruning_step) == 27


@pytest.mark.slow
@pytest.mark.parametrize(
  "callback", [callbacks.UpdatePruningStep, sparsity.UpdatePruningStep]
)
def test_update_pruning_step_after_an_interrupted_fit(callback):
  class Interrupt(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
      raise KeyboardInterrupt

  model = prune.prune_low_magnitude(tiny.classifier(), _SCHEDULE)
  with pytest.raises(KeyboardInterrupt):
    _fit(model, [callbacks.UpdatePruningStep(), Interrupt()])
  gc.collect()
  _fit(model, [callback()])
  (layer, *_) = wrapped_layers.pruned_layers(model)
  assert int(layer.pruning_step) == 1 + 9


@pytest.mark.slow
def test_update_pruning_step_leaves_zeros_where_keras_overwrites_weights():
  model = prune.prune_low_magnitude(tiny.classifier(), _SCHEDULE)
  adam = keras.optimizers.Adam(0.1, use_ema=True)
  _fit(model, [callbacks.UpdatePruningStep()], optimizer=adam)
  assert report.sparsity_report(model).overall == 0.75


@pytest.mark.slow
def test_update_pruning_step_gives_a_network_back_to_its_gan():
  discriminator = prune.prune_low_magnitude(tiny.discriminator(), _SCHEDULE)
  model = gan.GAN(discriminator, tiny.generator(), 4)
  discriminator.compile("adam", keras.losses.BinaryCrossentropy(True))
  discriminator.fit(
    tiny.images(8),
    np.ones(8),
    batch_size=4,
    verbose=0,
    callbacks=[callbacks.UpdatePruningStep()],
  )
  (layer, *_) = wrapped_layers.pruned_layers(discriminator)
  assert layer.owner() is model
  assert int(layer.pruning_step) == 2


def test_monitor_draws_what_a_sigmoid_makes(tmp_path):
  model = gan.GAN(tiny.discriminator(), tiny.generator(activation="sigmoid"), 4)
  model.compile("adam", "adam")
  monitor = callbacks.GANMonitor(tmp_path, num_images=1)
  model.fit(
    np.abs(tiny.images(4)), batch_size=4, verbose=0, callbacks=[monitor]
  )
  drawn = tf.io.decode_png(tf.io.read_file(str(tmp_path / "epoch_0001.png")))
  image = model.generate(1, seed=0)[0].numpy()
  np.testing.assert_allclose(drawn / 255, image, atol=1 / 254)


def test_monitor_clips_what_an_unbounded_generator_makes(tmp_path):
  model = gan.GAN(tiny.discriminator(), tiny.generator(activation=None), 4)
  model.compile("adam", "adam")
  model.generator.get_layer("image").bias.assign([9.0])
  monitor = callbacks.GANMonitor(tmp_path, num_images=1)
  model.fit(tiny.images(4), batch_size=4, verbose=0, callbacks=[monitor])
  drawn = tf.io.decode_png(tf.io.read_file(str(tmp_path / "epoch_0001.png")))
  assert (drawn.numpy() == 255).all()
