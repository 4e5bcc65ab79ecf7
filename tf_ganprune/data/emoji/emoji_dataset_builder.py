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
"""Builds emoji, 64x64 in colour, from an installed npm package."""

import collections
import dataclasses
import hashlib
import re
from collections.abc import Sequence

import numpy as np
import tensorflow_datasets as tfds

from tf_ganprune.data.emoji import npm_package

MIN_IMAGES = 50
_TEST_SHARE = 5  # one emoji in five

_SIGNS = re.compile(r"-200D-(2640|2642|27A1)(-FE0F)?")
_MAN_OR_WOMAN = re.compile(r"\b1F46[89]\b")
_PERSON = "1F9D1"


def split_of(base: str) -> str:
  """Returns the split of an emoji, which its code points alone decide.

  A man, a woman and a person who do the same, to the left or to the right, are
  in one split: their pictures differ by a few pixels.

  Args:
    base: The code points without a skin tone, such as "1F3C3-200D-2642-FE0F".

  Returns:
    "test" for one emoji in five, else "train".
  """
  key = _MAN_OR_WOMAN.sub(_PERSON, _SIGNS.sub("", base))
  number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
  return "train" if number % _TEST_SHARE else "test"


def first_of_equals(images: np.ndarray) -> list[int]:
  """Returns the indices of all images but those that equal an earlier one.

  Args:
    images: uint8, `[n, ...]`.
  """
  first: dict[bytes, int] = {}
  for index, image in enumerate(images):
    first.setdefault(image.tobytes(), index)
  return list(first.values())


def large_categories(pictures: Sequence[npm_package.Picture]) -> list[str]:
  """Returns the names of categories of at least 50 pictures, sorted."""
  sizes = collections.Counter(picture.category for picture in pictures)
  return sorted(name for name, size in sizes.items() if size >= MIN_IMAGES)


@dataclasses.dataclass(eq=False)
class Config(tfds.core.BuilderConfig):
  """The config of a package, whose name has its version and digest.

  Example:
    `Config.of(npm_package.read("node_modules"))`

  Attributes:
    package: The package that is built from.
  """

  package: npm_package.Package | None = None

  @classmethod
  def of(cls, package: npm_package.Package) -> "Config":
    """Returns the config of a package.

    Args:
      package: The package.

    Raises:
      ValueError: If no category of the package is large enough.
    """
    if not large_categories(package.pictures):
      raise npm_package.error(
        package.folder, f"has no category of {MIN_IMAGES} pictures or more"
      )
    return cls(
      name=f"google-{package.version}-{package.digest}",
      description=f"{npm_package.NAME} {package.version}.",
      package=package,
    )


class Builder(tfds.core.GeneratorBasedBuilder):
  """The TFDS builder of emoji.

  Example:
    `Builder(config=Config.of(npm_package.read("node_modules")))`
  """

  VERSION = tfds.core.Version("1.0.0")
  RELEASE_NOTES = {"1.0.0": "One emoji in five is for testing."}

  @property
  def package(self) -> npm_package.Package:
    """The package that is built from.

    Raises:
      ValueError: If the builder was made without a `Config`.
    """
    package = getattr(self.builder_config, "package", None)
    return package or npm_package.read(None)

  def _create_builder_config(self, builder_config, *args, **kwargs):
    # TFDS warns, each time, of a config that its class does not list.
    if isinstance(builder_config, Config):
      return builder_config
    return super()._create_builder_config(builder_config, *args, **kwargs)

  def _info(self) -> tfds.core.DatasetInfo:
    size = npm_package.IMAGE_SIZE
    names = large_categories(self.package.pictures)
    return self.dataset_info_from_configs(
      features=tfds.features.FeaturesDict(
        {
          "image": tfds.features.Image(shape=(size, size, 3)),
          "label": tfds.features.ClassLabel(names=names),
          "short_name": tfds.features.Text(),
          "unified": tfds.features.Text(),
        }
      ),
      supervised_keys=("image", "label"),
      homepage="https://github.com/iamcal/emoji-data",
      license="Apache-2.0 (pictures, of Noto Emoji), MIT (data)",
    )

  def _split_generators(self, dl_manager):
    del dl_manager  # Nothing is downloaded.
    images = npm_package.decode(self.package)
    return {
      split: self._generate_examples(images, split)
      for split in ("train", "test")
    }

  def _generate_examples(self, images, split):
    names = self.info.features["label"].names
    for index in first_of_equals(images):
      picture = self.package.pictures[index]
      if picture.category in names and split_of(picture.base) == split:
        yield (
          picture.unified,
          {
            "image": images[index],
            "label": picture.category,
            "short_name": picture.short_name,
            "unified": picture.unified,
          },
        )
