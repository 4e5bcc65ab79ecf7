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
"""Builds optdigits, 1,797 handwritten digits, without a download.

Their 8x8 pixels are resized to 20x20, in the middle of 28x28, where MNIST has
its digits as well.

Alpaydin and Kaynak 1998, "Optical Recognition of Handwritten Digits", in the
UCI Machine Learning Repository (CC BY 4.0); the package scikit-learn contains
its test set.
"""

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

_NUM_LABELS = 10
_TEST_PER_LABEL = 40
_LEVELS = 16  # the brightest of the package's pixels
_SIDE, _DIGIT, _MARGIN = 28, 20, 4


def read_source() -> tuple[np.ndarray, np.ndarray]:
  """Reads the digits that the package scikit-learn contains, in its order.

  Returns:
    Images, uint8, `[1797, 28, 28, 1]`, and labels, `[1797]`.

  Raises:
    ImportError: If scikit-learn is not installed.
  """
  try:
    from sklearn import datasets
  except ImportError as error:
    raise ImportError(
      "optdigits takes its images from the package scikit-learn, which is"
      " missing. Run: pip install 'tf_ganprune[report]'"
    ) from error
  found = datasets.load_digits()
  levels = tf.constant(found.images[..., None] * (255.0 / _LEVELS), tf.float32)
  resized = tf.image.resize(levels, [_DIGIT] * 2, method="bicubic")
  pixels = tf.image.pad_to_bounding_box(resized, *[_MARGIN] * 2, *[_SIDE] * 2)
  pixels = tf.clip_by_value(tf.round(pixels), 0.0, 255.0)
  return tf.cast(pixels, tf.uint8).numpy(), found.target


def split_indices(labels: np.ndarray, seed: int = 0) -> dict[str, np.ndarray]:
  """Chooses the same number of images of each label for testing.

  Args:
    labels: `[n]`, with more than 40 of each of the ten labels.
    seed: The seed of the choice.

  Returns:
    Sorted indices into `labels` for the splits "train" and "test" (40 of each
    label).
  """
  # NumPy promises never to change the numbers of this generator alone.
  random = np.random.RandomState(seed)
  order = [
    random.permutation(np.flatnonzero(labels == label))
    for label in range(_NUM_LABELS)
  ]
  return {
    "train": np.sort(np.concatenate([o[_TEST_PER_LABEL:] for o in order])),
    "test": np.sort(np.concatenate([o[:_TEST_PER_LABEL] for o in order])),
  }


class Builder(tfds.core.GeneratorBasedBuilder):
  """The TFDS builder of optdigits.

  Example:
    `tfds.load("optdigits", split="train")`, after `import tf_ganprune`
  """

  VERSION = tfds.core.Version("1.0.0")
  RELEASE_NOTES = {"1.0.0": "1,397 images to train on, 400 to test."}

  def _info(self) -> tfds.core.DatasetInfo:
    return self.dataset_info_from_configs(
      features=tfds.features.FeaturesDict(
        {
          "image": tfds.features.Image(shape=(_SIDE, _SIDE, 1)),
          "label": tfds.features.ClassLabel(num_classes=_NUM_LABELS),
        }
      ),
      supervised_keys=("image", "label"),
      homepage="https://archive.ics.uci.edu/dataset/80",
      license="CC-BY-4.0",
    )

  def _split_generators(self, dl_manager):
    del dl_manager  # Nothing is downloaded.
    images, labels = read_source()
    return {
      split: self._generate_examples(images, labels, indices)
      for split, indices in split_indices(labels).items()
    }

  def _generate_examples(self, images, labels, indices):
    for index in indices:
      yield (
        int(index),
        {"image": images[index], "label": int(labels[index])},
      )
