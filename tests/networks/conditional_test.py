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
"""Generators and discriminators that are told a class, down to their files."""

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert import interpreter

import tf_ganprune as tgp

_SHAPE, _DIM, _CLASSES = (8, 8, 1), 4, 3
_GENERATORS = ["concat", "embedding", "batch_norm"]


def _generator(conditioning):
  tgp.keras.utils.set_random_seed(0)
  generator = tgp.networks.conditional_generator(
    _SHAPE, _DIM, _CLASSES, conditioning, width=4
  )
  # Tables of factors and offsets begin alike for all classes.
  for weight in generator.trainable_weights:
    weight.assign_add(0.2 * tf.random.normal(weight.shape, seed=1))
  return generator


def _inputs(n=6):
  source = tgp.inputs.LabelledLatents(_DIM, _CLASSES)
  return source.draw(n, seed=0)


@pytest.mark.parametrize("conditioning", _GENERATORS)
def test_images_depend_on_the_class(conditioning):
  generator = _generator(conditioning)
  latents, labels = _inputs()
  images = generator([latents, labels])
  others = generator([latents, (labels + 1) % _CLASSES])
  assert images.shape == (6, *_SHAPE)
  assert (np.abs(images - others).max((1, 2, 3)) > 1e-3).all()


@pytest.mark.parametrize("conditioning", ["concat", "projection"])
def test_logits_depend_on_the_class(conditioning):
  network = tgp.networks.conditional_discriminator(
    _SHAPE, _CLASSES, conditioning, width=4
  )
  images = tf.random.normal((4, *_SHAPE), seed=0)
  one, other = (network([images, tf.fill([4], x)]) for x in (0, 1))
  assert one.shape == (4, 1)
  assert (np.abs(one - other) > 1e-6).all()


def test_an_auxiliary_one_says_the_class_itself():
  network = tgp.networks.conditional_discriminator(
    _SHAPE, _CLASSES, "auxiliary", width=4
  )
  logit, classes = network(tf.zeros((2, *_SHAPE)))
  assert (logit.shape, classes.shape) == ((2, 1), (2, _CLASSES))


def test_the_projection_is_the_papers():
  network = tgp.networks.conditional_discriminator(_SHAPE, _CLASSES, width=4)
  images = tf.random.normal((2, *_SHAPE), seed=0)
  features = tgp.keras.Model(
    network.inputs, network.get_layer("act_hidden").output
  )([images, tf.constant([0, 2])])
  vectors = network.get_layer("class_vector").embeddings.numpy()[[0, 2]]
  plain = network.get_layer("logit")(features)
  expected = plain + np.sum(features * vectors, 1, keepdims=True)
  np.testing.assert_allclose(
    network([images, tf.constant([0, 2])]), expected, rtol=1e-5
  )


@pytest.mark.parametrize("conditioning", _GENERATORS)
def test_a_generator_of_one_class(conditioning):
  generator = _generator(conditioning)
  latents, _ = _inputs()
  seven = tgp.networks.of_class(generator, 2)
  np.testing.assert_allclose(
    seven(latents), generator([latents, tf.fill([6], 2)]), atol=1e-6
  )


@pytest.mark.parametrize("conditioning", _GENERATORS)
def test_channels_go_with_what_a_class_says_of_them(conditioning):
  generator = _generator(conditioning)
  small = tgp.prune_channels(generator, macs=0.5)
  assert tgp.profile(small).macs <= 0.5 * tgp.profile(generator).macs
  assert small(_inputs()).shape == (6, *_SHAPE)
  if conditioning == "batch_norm":
    widths = {
      layer.name.removeprefix("scale_"): layer.output_dim
      for layer in small.layers
      if layer.name.startswith("scale_") and hasattr(layer, "output_dim")
    }
    norms = {
      layer.name.removeprefix("norm_"): layer.moving_mean.shape[0]
      for layer in small.layers
      if layer.name.startswith("norm_")
    }
    assert widths == norms


@pytest.mark.slow
@pytest.mark.parametrize("target", ["cpu", "cpu-int8", "gpu", "npu"])
@pytest.mark.parametrize("conditioning", _GENERATORS)
def test_files(conditioning, target, tmp_path):
  generator = _generator(conditioning)
  path = tmp_path / "any.tflite"
  tgp.export_tflite(generator, path, target=target)
  assert _num_inputs(path) == 2
  one = tgp.networks.of_class(generator, 1)
  tgp.export_tflite(one, tmp_path / "one.tflite", target=target)
  assert _num_inputs(tmp_path / "one.tflite") == 1


def _num_inputs(path) -> int:
  return len(interpreter.Interpreter(str(path)).get_input_details())


@pytest.mark.parametrize("conditioning", _GENERATORS)
def test_files_of_keras(conditioning, tmp_path):
  generator, path = _generator(conditioning), tmp_path / "generator.keras"
  tgp.save_model(generator, path)
  loaded = tgp.load_model(path)
  np.testing.assert_array_equal(loaded(_inputs()), generator(_inputs()))
  one = tgp.networks.of_class(generator, 1)
  tgp.save_model(one, path)
  latents, _ = _inputs()
  np.testing.assert_array_equal(tgp.load_model(path)(latents), one(latents))
