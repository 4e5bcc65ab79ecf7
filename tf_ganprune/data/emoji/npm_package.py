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
"""Reads an installed npm package of emoji, and checks what is in it."""

import dataclasses
import hashlib
import json
import os
import pathlib

import numpy as np
import tensorflow as tf

from tf_ganprune.data import npm

NAME = "emoji-datasource-google"
IMAGE_SIZE = 64

SOURCE = npm.Source("emoji", (NAME,))


@dataclasses.dataclass(frozen=True)
class Picture:
  """One picture of an emoji.

  Example:
    `Picture("1F44B-1F3FB", "1F44B", "wave", "People & Body", png)`

  Attributes:
    unified: The code points that it is of, such as "1F44B-1F3FB".
    base: The code points of the emoji without a skin tone, such as "1F44B".
    short_name: The name of the emoji, without its skin tone.
    category: The category of the emoji.
    png: The bytes of the file.
  """

  unified: str
  base: str
  short_name: str
  category: str
  png: bytes = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Package:
  """An installed package.

  Example:
    `read("node_modules/emoji-datasource-google").version`

  Attributes:
    folder: The folder of its package.json.
    version: The version that package.json names.
    pictures: All pictures, sorted by their code points.
    digest: 8 hexadecimal digits that depend on each picture and its labels.
    source: The data set that it is for, which messages name.
  """

  folder: pathlib.Path
  version: str
  pictures: tuple[Picture, ...] = dataclasses.field(repr=False)
  digest: str
  source: npm.Source = SOURCE


def error(folder: str | os.PathLike, problem: str) -> ValueError:
  """Returns the error of a package that cannot be used.

  Args:
    folder: The folder that the user gave, or that was found.
    problem: What follows the folder's name in the sentence.
  """
  return SOURCE.error(folder, problem)


def _listed(
  emoji: list, folder: pathlib.Path, style: str, source: npm.Source
) -> list[tuple[str, dict]]:
  """Returns (file, fields of its picture) of all that emoji.json lists."""
  listed = []
  try:
    for base in emoji:
      for one in (base, *base.get("skin_variations", {}).values()):
        if one[f"has_img_{style}"]:
          fields = {
            "unified": one["unified"],
            "base": base["unified"],
            "short_name": base["short_name"],
            "category": base["category"],
          }
          listed.append((one["image"], fields))
  except (AttributeError, KeyError, TypeError):
    listed = []
  strings = [text for file, f in listed for text in (file, *f.values())]
  if not listed or not all(isinstance(text, str) for text in strings):
    raise source.error(folder, "has an emoji.json that does not list pictures")
  return sorted(listed, key=lambda one: one[1]["unified"])


def read(
  data_dir: str | os.PathLike | None,
  style: str = "google",
  source: npm.Source = SOURCE,
) -> Package:
  """Reads a package, without decoding its pictures.

  Args:
    data_dir: The folder of its package.json, the node_modules that it is in, or
      the folder in which `npm install` was run.
    style: The style of the pictures, with which the package's name ends, such
      as "twitter".
    source: The data set that the package is for, which messages name.

  Raises:
    ValueError: If there is no such package, or files of it are missing.
  """
  folder, version = source.find(data_dir, f"emoji-datasource-{style}")
  emoji = source.read_json(folder / "emoji.json", folder, list)
  listed = _listed(emoji, folder, style, source)
  below = f"img/{style}/{IMAGE_SIZE}"
  images = folder / below
  missing = [file for file, _ in listed if not (images / file).is_file()]
  if missing:
    raise source.error(
      folder,
      f"lacks {len(missing):,} of {len(listed):,} pictures, such as"
      f" {below}/{missing[0]}",
    )
  pictures = tuple(
    Picture(png=(images / file).read_bytes(), **fields)
    for file, fields in listed
  )
  return Package(folder, version, pictures, _digest(pictures), source)


def _digest(pictures: tuple[Picture, ...]) -> str:
  digest = hashlib.sha256()
  for picture in pictures:
    fields = [*dataclasses.astuple(picture)[:-1], len(picture.png)]
    digest.update(json.dumps(fields).encode() + picture.png)
  return digest.hexdigest()[:8]


def over_white(image: np.ndarray) -> np.ndarray:
  """Composites an image with transparency over white.

  Args:
    image: uint8, `[h, w, 4]`: colours, not multiplied by the opacity, and the
      opacity.

  Returns:
    uint8, `[h, w, 3]`, rounded to the nearest.
  """
  colours, opacity = image[..., :3].astype(np.int32), image[..., 3:]
  opacity = opacity.astype(np.int32)
  sum_of_both = colours * opacity + 255 * (255 - opacity)
  return ((sum_of_both + 127) // 255).astype(np.uint8)


def decode(package: Package) -> np.ndarray:
  """Decodes all pictures of a package, over white.

  Args:
    package: The package.

  Returns:
    uint8, `[n, 64, 64, 3]`.

  Raises:
    ValueError: If a picture is broken, or of another size.
  """
  shape = (IMAGE_SIZE, IMAGE_SIZE, 4)
  images = np.empty((len(package.pictures), *shape[:2], 3), np.uint8)
  for index, picture in enumerate(package.pictures):
    try:
      image = tf.io.decode_png(picture.png, channels=4).numpy()
    except tf.errors.InvalidArgumentError:
      raise package.source.error(
        package.folder, f"has a broken picture, of {picture.unified}"
      ) from None
    if image.shape != shape:
      sides = "x".join(str(side) for side in image.shape[:2])
      raise package.source.error(
        package.folder,
        f"has a picture of {sides} pixels in place of 64x64, of"
        f" {picture.unified}",
      )
    images[index] = over_white(image)
  return images
