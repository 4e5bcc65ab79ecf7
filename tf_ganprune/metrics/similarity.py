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
"""Compares images with the ones that they should be, pixel by pixel."""

import types

import numpy as np

from tf_ganprune import array_types
from tf_ganprune import value_range as value_ranges
from tf_ganprune.metrics import arrays

# What scikit-image makes of the paper's deviation of 1.5 pixels.
_WINDOW = 11


def _skimage() -> types.ModuleType:
  try:
    import skimage.metrics
  except ImportError as error:
    raise ImportError(
      "PSNR and SSIM need the package scikit-image, which did not import"
      f" ({error}). Run: pip install 'tf_ganprune[report]'"
    ) from error
  return skimage.metrics


def _checked(
  images, references, value_range
) -> tuple[np.ndarray, np.ndarray, float]:
  """Returns both sets in float64, with black at 0, and their range's width."""
  said = value_ranges.checked(value_range or value_ranges.STANDARD)
  found = []
  for name, values in (("images", images), ("references", references)):
    arrays.check_images(values, name, value_range=(said.low, said.high))
    found.append(np.asarray(values, np.float64) - said.low)
  arrays.check_same_shape(*found)
  return found[0], found[1], said.high - said.low


def psnr(
  images: array_types.Array,
  references: array_types.Array,
  value_range: tuple[float, float] = value_ranges.STANDARD,
) -> np.ndarray:
  """Returns the peak signal-to-noise ratio of each image; higher is better.

  It is 10 log10(r^2 / mse) in dB, where r is the width of `value_range` and mse
  the mean of squared differences to the reference, as scikit-image has it.

  Args:
    images: `[n, height, width, channels]`, in `value_range`.
    references: The images that they should be, of the same shape and range.
    value_range: The values that mean black and white, (-1, 1) or another pair
      such as (0, 255).

  Returns:
    `[n]`, float64; infinite for equal images.

  Raises:
    ValueError: If an argument is not as described.
    ImportError: If scikit-image is not installed.
  """
  metrics = _skimage()
  images, references, width = _checked(images, references, value_range)
  with np.errstate(divide="ignore"):
    return np.array(
      [
        metrics.peak_signal_noise_ratio(reference, image, data_range=width)
        for image, reference in zip(images, references, strict=True)
      ]
    )


def ssim(
  images: array_types.Array,
  references: array_types.Array,
  value_range: tuple[float, float] = value_ranges.STANDARD,
) -> np.ndarray:
  """Returns the structural similarity of each image; higher is better.

  Wang et al. 2004, equation 13, with the paper's Gaussian window of 11 pixels,
  as scikit-image has it; the mean over positions and channels. Black counts as
  0 in any range.

  Args:
    images: `[n, height, width, channels]`, in `value_range`, at least 11 pixels
      high and wide.
    references: The images that they should be, of the same shape and range.
    value_range: The values that mean black and white, (-1, 1) or another pair
      such as (0, 255).

  Returns:
    `[n]`, float64, from -1 to 1; 1 for equal images.

  Raises:
    ValueError: If an argument is not as described.
    ImportError: If scikit-image is not installed.
  """
  metrics = _skimage()
  images, references, width = _checked(images, references, value_range)
  if min(images.shape[1:3]) < _WINDOW:
    raise ValueError(
      f"`images` must be at least {_WINDOW} pixels high and wide, the window of"
      f" SSIM; they are {images.shape[1]} by {images.shape[2]}."
    )
  return np.array(
    [
      metrics.structural_similarity(
        reference,
        image,
        data_range=width,
        channel_axis=-1,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
      )
      for image, reference in zip(images, references, strict=True)
    ]
  )
