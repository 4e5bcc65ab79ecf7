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

import tf_ganprune as tgp
from tests.gan import families
from tf_ganprune import inputs
from tf_ganprune.callbacks import drawing

keras = tgp.keras
_SIZES = {"generator_G": (4, 4, 1), "generator_F": (6, 6, 1)}


@keras.utils.register_keras_serializable(package="tests")
class Translator(tgp.PrunedGAN):
  """Two generators that take images of different sizes."""

  def judge_of(self, name):
    return name.replace("generator", "discriminator")

  def update(self, batch):
    logs = {}
    for name, images in batch.items():
      discriminator, generator = self.judge_of(name), self.network(name)
      scorer = self.scorer(discriminator)
      logs[f"{name}_loss"] = self.minimize(
        name,
        lambda s=scorer, g=generator, x=images: -_mean(s(g(x, training=True))),
      )
      logs[f"{discriminator}_loss"] = self.minimize(
        discriminator, lambda s=scorer, x=images: _mean(s(x))
      )
    return logs


def _mean(x):
  return tgp.keras.backend.mean(x)


def _images(name, n=8):
  x = np.linspace(-1, 1, n * np.prod(_SIZES[name]), dtype=np.float32)
  return x.reshape(n, *_SIZES[name])


def _batches():
  images = {x: _images(x) for x in _SIZES}
  return tf.data.Dataset.from_tensor_slices(images).batch(4)


def _networks():
  made = {x: families.image_network(x, s) for x, s in _SIZES.items()}
  for name, shape in _SIZES.items():
    judge = name.replace("generator", "discriminator")
    made[judge] = families.judge(judge, shape)
  return made


def _given(**arguments):
  return {x: tgp.inputs.Examples(_images(x), **arguments) for x in _SIZES}


def test_each_network_has_inputs_of_its_own():
  gan = Translator(_networks(), _given())
  assert gan.input_source is gan.inputs_of("generator_G")
  assert gan.inputs_of("discriminator_F") is None
  for name, size in _SIZES.items():
    drawn = gan.draw(3, seed=1, network=name)
    assert drawn.shape == (3, *size)
    made = gan.generate(3, seed=1, network=name)
    np.testing.assert_array_equal(made, gan.network(name)(drawn))


def test_one_object_is_for_all_that_take_what_it_draws():
  networks = _networks()
  given = tgp.inputs.Examples(_images("generator_F"))
  networks["generator_G"] = families.image_network("G", _SIZES["generator_F"])
  gan = Translator(networks, given)
  assert gan.inputs_of("generator_G") is gan.inputs_of("generator_F") is given
  networks = _networks()
  gan = Translator(networks, tgp.inputs.Examples(_images("generator_G")))
  assert gan.inputs_of("generator_F") is None
  with pytest.raises(ValueError, match="its network 'generator_F'.*`inputs`"):
    gan.generate(2, network="generator_F")


def test_they_are_saved_and_go_over(tmp_path):
  gan = Translator(_networks(), _given(value_range=(0, 1)))
  smaller = tgp.prune_channels(gan.generator_F, macs=0.5)
  assert gan.replaced(generator_F=smaller).generate(
    2, network="generator_F"
  ).shape == (2, 6, 6, 1)
  gan.save(tmp_path / "gan.keras")
  loaded = keras.models.load_model(tmp_path / "gan.keras")
  for name in _SIZES:
    source = loaded.inputs_of(name)
    assert source.value_range == (0, 1)
    source.set_data(_images(name))
    np.testing.assert_array_equal(
      loaded.generate(2, seed=0, network=name),
      gan.generate(2, seed=0, network=name),
    )


@pytest.mark.slow
def test_whoever_draws_for_a_network_takes_its_inputs(tmp_path):
  gan = Translator(_networks(), _given())
  second, given = gan.generator_F, gan.inputs_of("generator_F")
  clone = keras.models.clone_model(second)
  assert inputs.of(gan, network=second) is given
  assert inputs.of(gan, network=clone) is given
  monitor = tgp.GANMonitor(tmp_path, num_images=4, generator=second)
  gan.compile(dict.fromkeys(gan.networks, "sgd"))
  gan.fit(_batches(), verbose=0, callbacks=[monitor])
  grid = tf.io.decode_png(tf.io.read_file(str(tmp_path / "epoch_0001.png")))
  assert grid.shape == (14, 14, 1)  # two by two, and lines


def test_what_is_drawn_is_of_the_average():
  averages = {"average": ["generator_F"], "ema_decay": 0.5}
  gan = Translator(_networks(), _given(), **averages)
  gan.generator_F.set_weights([x + 1 for x in gan.generator_F.get_weights()])
  made = gan.generate(3, seed=1, network="generator_F")
  drawn = gan.draw(3, seed=1, network="generator_F")
  average = gan.averaged("generator_F")
  assert average is not gan.generator_F
  np.testing.assert_array_equal(made, average(drawn))


def test_images_are_shown_in_the_range_that_their_inputs_say():
  given = _given()
  given["generator_F"] = inputs.Examples(
    _images("generator_F"), value_range=(0, 2)
  )
  gan = Translator(_networks(), given)
  shown = drawing.Drawing(generator=gan.generator_F)
  shown.begin("GANMonitor", gan)
  made = gan.generate(3, seed=1, network="generator_F").numpy()
  np.testing.assert_allclose(shown(3, 1), np.clip(made - 1, -1, 1), atol=1e-6)


@pytest.mark.slow
def test_the_balance_is_that_of_the_generator_that_is_named():
  networks = _networks()
  networks["discriminator_F"] = tgp.prune_low_magnitude(
    networks["discriminator_F"], tgp.SET(0.5, end_step=9, update_frequency=1)
  )
  gan = Translator(networks, _given())
  gan.compile(dict.fromkeys(gan.networks, "sgd"))
  balance = tgp.BalancedDensity(
    _images("generator_F"),
    measure_frequency=1,
    discriminator="discriminator_F",
    generator="generator_F",
  )
  gan.fit(_batches(), verbose=0, callbacks=[balance])
  assert [x.step for x in balance.decisions] == [1, 2]


@pytest.mark.parametrize(
  "given, match",
  [
    ({"generator_X": tgp.inputs.Latents(4)}, "no network 'generator_X'"),
    ({"generator_F": tgp.inputs.Latents(4)}, "'generator_F' takes"),
    ({"generator_F": 4}, r"inputs\['generator_F'\]"),
    (tgp.inputs.Latents(4), "'generator_G' takes"),
  ],
)
def test_what_will_not_do_is_refused(given, match):
  with pytest.raises(ValueError, match=match):
    Translator(_networks(), given)


def test_regularizers_know_the_range_of_what_each_discriminator_judges():
  given = _given()
  given["generator_F"] = tgp.inputs.Examples(
    _images("generator_F"), value_range=(0, 255)
  )
  gan = Translator(_networks(), given, regularizers=["diff_augment"])
  ranges = {
    name: gan._regularizers[name].value_range for name in gan.discriminators
  }
  assert ranges == {
    "discriminator_G": (-1.0, 1.0),
    "discriminator_F": (0.0, 255.0),
  }
