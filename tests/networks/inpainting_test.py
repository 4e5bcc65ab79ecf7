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
"""The generator that fills holes: what it keeps, and what it refuses."""

import numpy as np
import pytest

import tf_ganprune as tgp

keras = tgp.keras


def _generator(**arguments):
  keras.utils.set_random_seed(0)
  arguments = {"width": 4, "num_downs": 3} | arguments
  return tgp.networks.inpainting_generator((16, 16, 3), **arguments)


def _given(n=2):
  rng = np.random.default_rng(0)
  images = rng.uniform(-1, 1, (n, 16, 16, 3)).astype("float32")
  masks = np.zeros((n, 16, 16, 1), "float32")
  masks[:, 4:9, 2:12] = 1.0
  return images, masks


@pytest.mark.parametrize("normalization", ["instance", "batch"])
def test_what_is_outside_of_the_hole_stays(normalization):
  images, masks = _given()
  made = _generator(normalization=normalization)([images, masks]).numpy()
  outside = np.broadcast_to(masks == 0, images.shape)
  np.testing.assert_array_equal(made[outside], images[outside])
  assert np.abs(made - images)[~outside].mean() > 0.1
  assert np.abs(made).max() <= 1.0


def test_what_was_in_the_hole_is_not_seen():
  images, masks = _given()
  network = _generator()
  other = np.where(masks > 0, -images, images)
  ours, theirs = (network([x, masks]).numpy() for x in (images, other))
  np.testing.assert_array_equal(ours, theirs)


def test_it_is_pruned_and_cut():
  network = _generator(width=8)
  small = tgp.prune_channels(network, macs=0.3)
  assert tgp.profile(small).macs <= 0.3 * tgp.profile(network).macs
  images, masks = _given()
  made = small([images, masks]).numpy()
  outside = np.broadcast_to(masks == 0, images.shape)
  np.testing.assert_array_equal(made[outside], images[outside])
  pruned = tgp.prune_low_magnitude(network, tgp.OneShot(0.5, step=1))
  assert pruned([images, masks]).shape == images.shape


@pytest.mark.slow
@pytest.mark.parametrize("target", ["cpu", "cpu-int8", "gpu", "npu"])
def test_files(target, tmp_path):
  images, masks = _given(64)
  masks[::2] = np.roll(masks[::2], 3, axis=1)
  report = tgp.export_tflite(
    _generator(), tmp_path / "g", target, [images, masks]
  )
  assert report.max_abs_error < (1e-4 if target in ("cpu", "gpu") else 0.2)
  if target == "gpu":
    assert report.delegated in (None, 1.0)


@pytest.mark.parametrize(
  "arguments, words",
  [
    ({"width": 0}, "`width`"),
    ({"num_downs": 5}, "`num_downs`"),
    ({"num_downs": 1}, "`num_downs`"),
    ({"normalization": "layer"}, "`normalization` .*'layer'"),
  ],
)
def test_bad_arguments(arguments, words):
  with pytest.raises(ValueError, match=words):
    _generator(**arguments)


def test_a_judge_of_images_beside_masks():
  judge = tgp.networks.patch_discriminator(
    (16, 16, 3), [(16, 16, 3), (16, 16, 1)], width=4
  )
  gan = tgp.Pix2Pix(judge, _generator(), ema_decay=0.9)
  gan.compile("adam", "adam")
  images, masks = _given(8)
  history = gan.fit([images, masks], images, batch_size=4, verbose=0).history
  assert np.isfinite(history["g_loss"]).all()
