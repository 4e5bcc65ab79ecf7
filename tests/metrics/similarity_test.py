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
"""PSNR and SSIM against scikit-image, range by range."""

import sys

import numpy as np
import pytest
import skimage.data
import skimage.metrics

from tf_ganprune import metrics


def photographs():
  """Two photographs with noise, and without, as bytes."""
  clean = np.stack(
    [
      skimage.data.astronaut()[:64, :80],
      skimage.data.chelsea()[100:164, 200:280],
    ]
  )
  noise = np.random.default_rng(0).normal(0, 12, clean.shape)
  return np.clip(np.round(clean + noise), 0, 255).astype(np.uint8), clean


@pytest.mark.parametrize("low, high", [(0, 255), (-1.0, 1.0), (0.0, 1.0)])
def test_both_are_scikit_images(low, high):
  noisy, clean = photographs()
  expected_psnr = [
    skimage.metrics.peak_signal_noise_ratio(b, a)
    for a, b in zip(noisy, clean, strict=True)
  ]
  expected_ssim = [
    skimage.metrics.structural_similarity(
      b,
      a,
      channel_axis=2,
      gaussian_weights=True,
      sigma=1.5,
      use_sample_covariance=False,
    )
    for a, b in zip(noisy, clean, strict=True)
  ]
  if (low, high) != (0, 255):
    noisy, clean = (low + x * ((high - low) / 255.0) for x in (noisy, clean))
  found = metrics.psnr(noisy, clean, value_range=(low, high))
  np.testing.assert_allclose(found, expected_psnr, rtol=0, atol=1e-6)
  found = metrics.ssim(noisy, clean, value_range=(low, high))
  np.testing.assert_allclose(found, expected_ssim, rtol=0, atol=1e-6)


def test_the_range_is_that_of_images_by_default():
  noisy, clean = (x / 127.5 - 1.0 for x in photographs())
  np.testing.assert_array_equal(
    metrics.psnr(noisy, clean), metrics.psnr(noisy, clean, (-1, 1))
  )
  with pytest.raises(ValueError, match=r"`images` .*\[-1, 1\]"):
    metrics.psnr(*photographs())


def test_psnr_by_hand():
  images = np.zeros((1, 2, 2, 1))
  # A tenth of the range everywhere is 20 dB.
  assert metrics.psnr(images, images + 0.2) == pytest.approx([20.0])
  assert metrics.psnr(images, images) == [np.inf]


def test_equal_images_have_a_similarity_of_1():
  _, clean = photographs()
  found = metrics.ssim(clean[..., :1], clean[..., :1], value_range=(0, 255))
  np.testing.assert_allclose(found, [1.0, 1.0])


def test_bad_input():
  images = np.zeros((2, 16, 16, 1))
  for score in (metrics.psnr, metrics.ssim):
    with pytest.raises(ValueError, match="`images` .*`references` .1"):
      score(images, images[:1])
    with pytest.raises(ValueError, match="`references`"):
      score(images, images[0])
    with pytest.raises(ValueError, match=r"`value_range` .*\(black"):
      score(images, images, value_range=(1, 0))
  with pytest.raises(ValueError, match="at least 11 pixels.*they are 8 by 16"):
    metrics.ssim(images[:, :8], images[:, :8])


def test_without_scikit_image_the_command_is_said(monkeypatch):
  monkeypatch.setitem(sys.modules, "skimage.metrics", None)
  with pytest.raises(ImportError, match=r"pip install 'tf_ganprune\[report\]'"):
    metrics.psnr(np.zeros((1, 2, 2, 1)), np.zeros((1, 2, 2, 1)))
