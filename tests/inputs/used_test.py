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
"""Tests that whatever draws takes generators of labels and of images."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.callbacks import drawing
from tf_ganprune.export import samples

keras = tgp.keras
layers = keras.layers
inputs = tgp.inputs
_PHOTOS = tiny.images(12, seed=3)


def _labelled():
  z, label = keras.Input((4,), name="z"), keras.Input((1,), name="label")
  x = layers.Flatten()(layers.Embedding(3, 2, name="table")(label))
  x = layers.Dense(64, activation="tanh", name="wide")(
    layers.Concatenate()([z, x])
  )
  image = layers.Reshape((8, 8, 1))(x)
  return keras.Model([z, label], image, name="labelled")


def _one_hot():
  network = tiny.generator(7)
  network._name = "one_hot"
  return network


def _to_image():
  image = keras.Input((8, 8, 1), name="photo")
  made = layers.Conv2D(1, 3, padding="same", activation="tanh", name="conv")
  return keras.Model(image, made(image), name="to_image")


_KINDS = {
  "labels": (_labelled, inputs.LabelledLatents(4, 3)),
  "one-hot labels": (_one_hot, inputs.LabelledLatents(4, 3, one_hot=True)),
  "images": (_to_image, inputs.Examples(_PHOTOS)),
}
_each = pytest.mark.parametrize("kind", _KINDS)


class _GAN(keras.Model):
  """Says what its generator is given, as any family does."""

  def __init__(self, generator, source):
    super().__init__()
    self.exported = ("generator",)
    self.network, self.input_source = generator, source

  def averaged(self, name):
    return self.network


class _Seen:
  def __init__(self):
    self.images = []

  def evaluate(self, images):
    self.images.append(images)
    return {"frechet_distance": 1.0}


def _made(network, source, n, seed):
  given = source.draw(n, seed=seed)
  return network(given, training=False).numpy()


@_each
@pytest.mark.parametrize("says", ["gan", "argument"])
def test_sensitivity(kind, says):
  make, source = _KINDS[kind]
  network, seen = make(), _Seen()
  if says == "gan":
    tgp.sensitivity(_GAN(network, source), seen, (0.5,), num_images=6, seed=2)
  else:
    tgp.sensitivity(network, seen, (0.5,), num_images=6, seed=2, inputs=source)
  expected = _made(network, source, 6, 2)
  np.testing.assert_allclose(seen.images[0], expected, atol=1e-6)


@_each
def test_monitors(kind, tmp_path):
  make, source = _KINDS[kind]
  gan = _GAN(make(), source)
  found = drawing.Drawing()
  found.begin("GANMonitor", gan)
  expected = _made(gan.network, source, 5, 1)
  np.testing.assert_allclose(found(5, 1), expected, atol=1e-6)
  monitor = tgp.GANMonitor(tmp_path, 4, generator=gan.network, inputs=source)
  monitor.set_model(keras.Sequential([layers.Dense(1)]))
  monitor.on_epoch_end(0)
  assert (tmp_path / "epoch_0001.png").exists()


def test_the_range_that_inputs_say_counts():
  source = inputs.Latents(4, value_range=(-2, 2))
  network = tiny.generator()
  found = drawing.Drawing(generator=network, inputs=source)
  found.begin("GANMonitor", keras.Sequential())
  expected = _made(network, source, 5, 1) / 2
  np.testing.assert_allclose(found(5, 1), expected, atol=1e-6)
  gan = _GAN(network, source)
  images = np.full((1, 8, 8, 1), 1.0, np.float32)
  assert tgp.standard_images(gan, images).max() == 0.5
  seen = _Seen()
  tgp.sensitivity(gan, seen, (0.5,), num_images=5, seed=1)
  np.testing.assert_allclose(seen.images[0], expected, atol=1e-6)
  pair = tgp.explain(gan, network, num_latents=5, seed=1, num_images=5)
  found = pair.image_pairs.dense[np.argsort(pair.image_pairs.latents[:, 0])]
  order = np.argsort(pair.image_pairs.latents[:, 0])
  made = network(pair.image_pairs.latents[order], training=False) / 2
  np.testing.assert_allclose(found, made, atol=1e-6)


@_each
@pytest.mark.parametrize("says", ["gan", "argument"])
def test_explain(kind, says):
  make, source = _KINDS[kind]
  dense, pruned = make(), make()
  if says == "gan":
    found = tgp.explain(_GAN(dense, source), pruned, num_latents=9, seed=2)
  else:
    found = tgp.explain(dense, pruned, num_latents=9, seed=2, inputs=source)
  ours, theirs = (_made(x, source, 9, 2) for x in (dense, pruned))
  expected = np.sqrt(np.mean((ours - theirs) ** 2, axis=(1, 2, 3)))
  np.testing.assert_allclose(found.differences, expected, atol=1e-6)
  worst = np.argsort(-expected)
  np.testing.assert_allclose(found.image_pairs.dense, ours[worst], atol=1e-6)
  text = str(found)
  if kind == "images":
    assert found.directions == () and "Images of the same input" in text
    assert "latent" not in text
  else:
    assert all(one.vector.shape == (4,) for one in found.directions)
    assert "Images of the same latent" in text


def test_directions_of_labelled_latents_are_exact():
  """Of image = W z + V[label], C is W^T W / pixels, whatever the label."""
  z, label = keras.Input((2,)), keras.Input((1,))
  dense = layers.Dense(4, use_bias=False)
  table = layers.Flatten()(layers.Embedding(3, 4)(label))
  image = layers.Reshape((2, 2, 1))(layers.Add()([dense(z), table]))
  networks = []
  for amounts in ((2.0, 1.0), (1.0, 1.0)):
    networks.append(keras.models.clone_model(keras.Model([z, label], image)))
    networks[-1].set_weights(
      [np.ones((3, 4)), np.eye(2, 4) * np.array(amounts)[:, None]]
    )
  found = tgp.explain(*networks, num_latents=6)
  (one,) = found.directions
  np.testing.assert_allclose(np.abs(one.vector), [1, 0], atol=1e-3)
  np.testing.assert_allclose([one.dense, one.pruned], [1, 0.25], atol=1e-3)
  walked, labels = one.walk.latents
  assert len(walked) == len(labels) == 7 and len(set(labels.ravel())) == 1


@pytest.mark.parametrize(
  ("pair", "message"),
  [
    ((_labelled, _one_hot), "takes .* and `pruned` .*same inputs"),
    ((_to_image, _to_image), "tgp.explain draws latents.*pass `inputs=`"),
  ],
)
def test_what_cannot_be_explained(pair, message):
  dense, pruned = (make() for make in pair)
  with pytest.raises(ValueError, match=message):
    tgp.explain(dense, pruned, num_latents=4)


@_each
def test_samples_of_a_file(kind):
  make, source = _KINDS[kind]
  network = make()
  drawn = samples.draw(network, 5, 1, source)
  assert len(drawn) == 5
  for name, x in zip(network.input_names, network.inputs, strict=True):
    assert all(one[name].shape == (1, *x.shape[1:]) for one in drawn)
    assert all(one[name].dtype == x.dtype.as_numpy_dtype for one in drawn)
  joined = [
    np.concatenate([one[name] for one in drawn]) for name in network.input_names
  ]
  np.testing.assert_allclose(
    network(joined[0] if len(joined) == 1 else joined, training=False),
    _made(network, source, 5, 1),
    atol=1e-6,
  )


def test_samples_that_do_not_fit():
  with pytest.raises(ValueError, match=r"Latents .*\[None, 5\].* 'generator'"):
    samples.draw(tiny.generator(4), 2, 0, inputs.Latents(5))
  with pytest.raises(ValueError, match="0 to 8 .*'label', .* 0 to 2"):
    samples.draw(_labelled(), 20, 0, inputs.LabelledLatents(4, 9))


@pytest.mark.parametrize("kind", ["one-hot labels", "images"])
def test_ranges_of_int8(kind):
  make, source = _KINDS[kind]
  network = make()
  quantized = tgp.quantize_model(network, representative_data=source)
  given = source.draw(256, seed=0)
  expected = tgp.quantize_model(network, representative_data=given)
  assert len(quantized.weights) == len(expected.weights) > 0
  for ours, theirs in zip(
    quantized.get_weights(), expected.get_weights(), strict=True
  ):
    np.testing.assert_array_equal(ours, theirs)


def test_a_file_is_calibrated_with_what_a_gan_is_given(tmp_path):
  source = inputs.Examples(_PHOTOS)
  seen = []
  draw = source.draw
  source.draw = lambda n, seed: seen.append((n, seed)) or draw(n, seed=seed)
  report = tgp.export_tflite(
    _to_image(), tmp_path / "a.tflite", "cpu-int8", representative_data=source
  )
  assert (300, 1) in seen and (8, 0) in seen
  assert not any("drawn from" in x for x in report.notes)
  assert report.path.exists()


def test_ensembles_draw_as_they_did():
  both = tgp.Ensemble([tiny.generator(), tiny.generator()])
  z = tf.random.stateless_normal([5, 4], [3, 0])
  np.testing.assert_allclose(
    both.generate(5, seed=3), both(z, training=False), atol=1e-6
  )
