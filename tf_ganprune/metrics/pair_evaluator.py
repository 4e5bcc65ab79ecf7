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
"""Scores of images by the ones that they should be."""

import numpy as np

from tf_ganprune import array_types, value_range
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import arrays, perceptual, similarity


class PairEvaluator:
  """Measures images by their targets, one by one.

  The evaluator of networks that translate images, where the truth is known:
  a distance in a network's features, SSIM, PSNR and the mean absolute error.

  Example:
    >>> evaluator = tgp.metrics.PairEvaluator(classifier, targets)
    >>> print(evaluator.evaluate(generator.predict(inputs)))
    >>> print(evaluator.evaluate(inputs))  # of a copy, to compare with

  Attributes:
    targets: `[n, height, width, channels]`, floats in [-1, 1].
  """

  def __init__(
    self,
    feature_model: keras.Model,
    targets: array_types.Array,
    masks: array_types.Array | None = None,
  ):
    """Stores the network and the targets.

    Args:
      feature_model: A network that takes images in [-1, 1], as of
        `perceptual_distance`.
      targets: `[n, height, width, channels]`, floats in [-1, 1].
      masks: `[n, height, width, 1]`, 1 where images were made up, such as in
        holes, and 0 where they were given; with it there is the PSNR of those
        parts, `psnr_in_masks`.

    Raises:
      ValueError: If targets are no images, or masks do not fit them or have
        nothing in them.
    """
    self._network = feature_model
    self.targets = arrays.check_images(targets, "targets")
    self._masks = None if masks is None else _checked(masks, self.targets)

  def evaluate(
    self,
    images: array_types.Array,
    value_range: tuple[float, float] | None = None,
  ) -> dict[str, float]:
    """Returns the means of the scores over all images, by name.

    Args:
      images: As many images as targets, of their shape, in their order.
      value_range: The values that mean black and white, if not -1 and 1.

    Returns:
      `perceptual_distance` (lower is better), `ssim`, `psnr` in dB (of the mean
      square over all images, so that one perfect image does not make it
      infinite), `mean_absolute_error` of a range of 2; with masks
      `psnr_in_masks` as well, of their pixels alone.

    Raises:
      ValueError: If the images do not fit the targets.
    """
    images = self._standard(images, value_range)
    error = images.astype(np.float64) - self.targets
    found = {
      "perceptual_distance": perceptual.perceptual_distance(
        self._network, images, self.targets
      ).mean(),
      "ssim": similarity.ssim(images, self.targets).mean(),
      "psnr": _psnr(np.square(error).mean()),
      "mean_absolute_error": np.abs(error).mean(),
    }
    if self._masks is not None:
      inside = np.broadcast_to(self._masks, error.shape)
      found["psnr_in_masks"] = _psnr(np.square(error)[inside].mean())
    return {name: float(value) for name, value in found.items()}

  def _standard(self, images, given) -> np.ndarray:
    images = np.asarray(images)
    if given is not None:
      images = np.asarray(value_range.checked(given).to_standard(images))
    images = arrays.check_images(images, "images")
    arrays.check_same_shape(images, self.targets)
    return images


def _psnr(mean_square: float) -> float:
  """Returns decibels for a mean square of images whose range is 2 wide."""
  # Equal images would be infinitely good, which no table can compare.
  return 10 * np.log10(4.0 / max(mean_square, 1e-12))


def _checked(masks, targets) -> np.ndarray:
  masks = np.asarray(masks)
  wanted = (*targets.shape[:3], 1)
  if masks.shape != wanted:
    raise ValueError(
      f"`masks` must be {wanted}, as many and as large as `targets`; got"
      f" {masks.shape}."
    )
  inside = masks > 0.5
  if not inside.any():
    raise ValueError("`masks` cover nothing; they are 1 where images are made.")
  return inside
