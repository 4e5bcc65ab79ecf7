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
"""Builds photographs, patches of six photographs, without a download.

The packages scikit-image and scikit-learn contain the photographs; their
licences are in `PHOTOGRAPHS`. Patches to test are of an area of each photograph
that no patch to train on touches.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np
import tensorflow_datasets as tfds

SIDE = 64
_TRAIN, _TEST = 600, 70  # of each photograph
_TEST_SHARE = 0.28  # of the width
_LARGEST = 2.0  # times SIDE: patches are of so many pixels at most


@dataclasses.dataclass(frozen=True)
class Photograph:
  """A photograph of a package.

  Example:
    `Photograph("coffee", "skimage", "CC0-1.0, Rachel Michetti")`

  Attributes:
    name: The name that the package has for it.
    package: The package that contains it.
    license: The licence, and the photographer.
  """

  name: str
  package: str
  license: str

  def read(self) -> np.ndarray:
    """Returns its pixels, uint8, `[height, width, 3]`.

    Raises:
      ImportError: If the package is not installed.
    """
    try:
      if self.package == "skimage":
        from skimage import data

        return getattr(data, self.name)()
      from sklearn import datasets

      return datasets.load_sample_image(f"{self.name}.jpg")
    except ImportError as error:
      raise ImportError(
        "photographs takes its images from the packages scikit-image and"
        " scikit-learn, one of which is missing. Run: pip install"
        " 'tf_ganprune[report]'"
      ) from error


PHOTOGRAPHS = (
  Photograph("astronaut", "skimage", "public domain, NASA"),
  Photograph("chelsea", "skimage", "CC0-1.0, Stefan van der Walt"),
  Photograph("coffee", "skimage", "CC0-1.0, Rachel Michetti"),
  Photograph("rocket", "skimage", "public domain, SpaceX"),
  Photograph("china", "sklearn", "CC-BY-2.0, danielbuechele"),
  Photograph("flower", "sklearn", "CC-BY-2.0, vultilion"),
)


def areas(width: int) -> dict[str, tuple[int, int]]:
  """Returns the first column of each split's area, and the one behind it.

  Args:
    width: The photograph's width in pixels.
  """
  border = int(round(width * (1 - _TEST_SHARE)))
  return {"train": (0, border), "test": (border, width)}


def patches(pixels: np.ndarray, split: str, seed: int) -> Iterator[np.ndarray]:
  """Yields patches of a photograph, at random places and of several sizes.

  Args:
    pixels: uint8, `[height, width, 3]`.
    split: "train" or "test", which decides their area and their number.
    seed: The seed of places and sizes.

  Yields:
    uint8, `[64, 64, 3]`.
  """
  random = np.random.RandomState(seed)
  first, behind = areas(pixels.shape[1])[split]
  most = min(int(SIDE * _LARGEST), behind - first, len(pixels))
  for _ in range(_TRAIN if split == "train" else _TEST):
    side = random.randint(SIDE, most + 1)
    top = random.randint(0, len(pixels) - side + 1)
    left = first + random.randint(0, behind - first - side + 1)
    yield _resized(pixels[top : top + side, left : left + side])


def _resized(patch: np.ndarray) -> np.ndarray:
  if len(patch) == SIDE:
    return patch
  from skimage import transform

  small = transform.resize(
    patch, (SIDE, SIDE), anti_aliasing=True, preserve_range=True
  )
  return np.clip(np.round(small), 0, 255).astype(np.uint8)


class Builder(tfds.core.GeneratorBasedBuilder):
  """The TFDS builder of photographs; labels say which photograph a patch is of.

  Example:
    `tfds.load("photographs", split="train")`, after `import tf_ganprune`
  """

  VERSION = tfds.core.Version("1.0.0")
  RELEASE_NOTES = {"1.0.0": "3,600 patches to train on, 420 to test."}

  def _info(self) -> tfds.core.DatasetInfo:
    names = [one.name for one in PHOTOGRAPHS]
    licenses = [f"{one.name}: {one.license}" for one in PHOTOGRAPHS]
    return self.dataset_info_from_configs(
      features=tfds.features.FeaturesDict(
        {
          "image": tfds.features.Image(shape=(SIDE, SIDE, 3)),
          "label": tfds.features.ClassLabel(names=names),
        }
      ),
      supervised_keys=("image", "label"),
      homepage="https://scikit-image.org/docs/stable/api/skimage.data.html",
      license="; ".join(licenses),
    )

  def _split_generators(self, dl_manager):
    del dl_manager  # Nothing is downloaded.
    read = {one.name: one.read() for one in PHOTOGRAPHS}
    return {
      split: self._generate_examples(read, split, seed)
      for seed, split in enumerate(("train", "test"))
    }

  def _generate_examples(self, read, split, seed):
    for number, (name, pixels) in enumerate(read.items()):
      for index, patch in enumerate(patches(pixels, split, 2 * number + seed)):
        yield f"{name}_{index}", {"image": patch, "label": name}
