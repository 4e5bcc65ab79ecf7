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
"""Finds an installed npm package of emoji, and checks what is in it."""

import dataclasses
import hashlib
import json
import os
import pathlib
import re
from typing import Any

import numpy as np
import tensorflow as tf

NAME = "emoji-datasource-google"
IMAGE_SIZE = 64

_COMMAND = f"`npm install {NAME}`"
_FOLDERS = (".", NAME, f"node_modules/{NAME}")
_IMAGES = f"img/google/{IMAGE_SIZE}"


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
  """

  folder: pathlib.Path
  version: str
  pictures: tuple[Picture, ...] = dataclasses.field(repr=False)
  digest: str


def error(folder: str | os.PathLike, problem: str) -> ValueError:
  """Returns the error of a package that cannot be used.

  Args:
    folder: The folder that the user gave, or that was found.
    problem: What follows the folder's name in the sentence.
  """
  return ValueError(
    f"`data_dir` (--data_dir) {os.fspath(folder)!r} {problem}; run {_COMMAND}"
    f" and name its folder, node_modules/{NAME}."
  )


def _read_json(path: pathlib.Path, folder: pathlib.Path, kind: type) -> Any:
  try:
    content = json.loads(path.read_text(encoding="utf-8"))
  except FileNotFoundError:
    raise error(folder, f"lacks the package's {path.name}") from None
  except (OSError, ValueError):  # unreadable, not UTF-8 or not JSON
    raise error(folder, f"has a {path.name} that cannot be read") from None
  if not isinstance(content, kind):
    raise error(folder, f"has a {path.name} of another kind")
  return content


def _find(data_dir: str | os.PathLike) -> tuple[pathlib.Path, str]:
  """Returns the package's folder and version."""
  given = pathlib.Path(os.fspath(data_dir)).expanduser()
  if not given.is_dir():
    raise error(data_dir, "is not a folder")
  found = [
    given / below
    for below in _FOLDERS
    if (given / below / "package.json").is_file()
  ]
  names = []
  for folder in found:
    package = _read_json(folder / "package.json", folder, dict)
    if package.get("name") == NAME:
      version = package.get("version")
      if re.fullmatch(r"\d+(\.\d+)+[\w.+-]*", str(version)):
        return folder, str(version)
      raise error(folder, f"has a package.json of the version {version!r}")
    names.append(package.get("name"))
  other = f" but {names[0]!r}" if names else ""
  raise error(data_dir, f"does not hold the npm package {NAME!r}{other}")


def _listed(emoji: list, folder: pathlib.Path) -> list[tuple[str, dict]]:
  """Returns (file, fields of its picture) of all that emoji.json lists."""
  listed = []
  try:
    for base in emoji:
      for one in (base, *base.get("skin_variations", {}).values()):
        if one["has_img_google"]:
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
    raise error(folder, "has an emoji.json that does not list pictures")
  return sorted(listed, key=lambda one: one[1]["unified"])


def read(data_dir: str | os.PathLike | None) -> Package:
  """Reads a package, without decoding its pictures.

  Args:
    data_dir: The folder of its package.json, the node_modules that it is in, or
      the folder in which `npm install` was run.

  Raises:
    ValueError: If there is no such package, or files of it are missing.
  """
  if data_dir is None:
    raise ValueError(
      "name='emoji' needs `data_dir` (--data_dir), the folder"
      f" node_modules/{NAME} that {_COMMAND} makes."
    )
  folder, version = _find(data_dir)
  emoji = _read_json(folder / "emoji.json", folder, list)
  listed = _listed(emoji, folder)
  images = folder / _IMAGES
  missing = [file for file, _ in listed if not (images / file).is_file()]
  if missing:
    raise error(
      folder,
      f"lacks {len(missing):,} of {len(listed):,} pictures, such as"
      f" {_IMAGES}/{missing[0]}",
    )
  pictures = tuple(
    Picture(png=(images / file).read_bytes(), **fields)
    for file, fields in listed
  )
  return Package(folder, version, pictures, _digest(pictures))


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
      raise error(
        package.folder, f"has a broken picture, of {picture.unified}"
      ) from None
    if image.shape != shape:
      sides = "x".join(str(side) for side in image.shape[:2])
      raise error(
        package.folder,
        f"has a picture of {sides} pixels in place of 64x64, of"
        f" {picture.unified}",
      )
    images[index] = over_white(image)
  return images
