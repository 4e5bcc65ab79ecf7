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
"""Finds a data set by its name, builds it, and reads its examples."""

import difflib
import os
import tempfile

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from tf_ganprune.data.emoji import emoji_dataset_builder, npm_package

IMAGE_FOLDER = "image_folder"
EMOJI = "emoji"


def _image_folder(root: str | os.PathLike | None) -> tfds.ImageFolder:
  if root is None:
    raise ValueError(
      f"name={IMAGE_FOLDER!r} needs `data_dir`, the folder that holds"
      " split/label/image.png."
    )
  root = os.path.expanduser(os.fspath(root))
  if not tf.io.gfile.isdir(root):
    raise ValueError(f"`data_dir` is not a folder: {root!r}.")
  builder = tfds.ImageFolder(root)
  if not sum(split.num_examples for split in builder.info.splits.values()):
    raise ValueError(
      f"`data_dir` {root!r} holds no images; put them into"
      " split/label/image.png, such as train/cat/1.png."
    )
  return builder


def _emoji(data_dir: str | os.PathLike | None) -> tfds.core.DatasetBuilder:
  package = npm_package.read(data_dir)
  config = emoji_dataset_builder.Config.of(package)
  builder = emoji_dataset_builder.Builder(config=config)
  if not builder.is_prepared():
    npm_package.decode(package)  # Nothing is written of a broken package.
    _prepare(builder, "TFDS's own folder", "set TFDS_DATA_DIR to")
  return builder


def _unknown(name: str) -> ValueError:
  known = tfds.list_builders(with_community_datasets=False)
  near = difflib.get_close_matches(name.partition("/")[0], known)
  hint = f"near it are {near}" if near else "`tfds.list_builders()` lists them"
  return ValueError(
    f"`name` must be {IMAGE_FOLDER!r}, {EMOJI!r} or a data set that TFDS knows"
    f" ({hint}); got {name!r}."
  )


def _malformed(name: str, error: Exception) -> str:
  first_line = str(error).partition("\n")[0].strip().rstrip(".")
  return (
    "`name` must be data_set/config:version, as in TFDS, with an existing"
    f" config and version; got {name!r} ({first_line})."
  )


def _check_data_dir(data_dir) -> None:
  if data_dir is None:
    return
  is_path = isinstance(data_dir, str | os.PathLike)
  path = os.fspath(data_dir) if is_path else ""
  # TFDS takes an empty path for the working directory.
  if not isinstance(path, str) or not path.strip() or "\0" in path:
    raise ValueError(
      f"`data_dir` must be the path of a folder, or None; got {data_dir!r}."
    )


def _check_writable(
  folder: str | os.PathLike[str], what: str, way_out: str
) -> None:
  if "://" in os.fspath(folder):
    return
  try:
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
      pass
  except OSError as error:
    raise ValueError(
      f"{what} {os.fspath(folder)!r} cannot be written to"
      f" ({error.strerror}); {way_out} a folder in which the data set can be"
      " built."
    ) from error


def _prepare(
  builder: tfds.core.DatasetBuilder,
  what: str = "`data_dir`",
  way_out: str = "pass",
) -> None:
  """Builds a data set if needed, into a folder that an error calls `what`."""
  if not builder.is_prepared():
    _check_writable(builder.data_dir_root, what, way_out)
    _build(builder)
  if builder.data_path.exists() and not builder.info.splits:
    # Another process has built it since this builder looked for it.
    builder.info.read_from_directory(builder.data_path)


def _build(builder: tfds.core.DatasetBuilder) -> None:
  config = tfds.download.DownloadConfig(try_download_gcs=False)
  try:
    builder.download_and_prepare(download_config=config)
  except Exception:
    # Another process may have been faster, and its folder cannot be replaced.
    if not builder.is_prepared():
      raise


_FROM_FOLDERS = {IMAGE_FOLDER: _image_folder, EMOJI: _emoji}


def open_builder(
  name: str, data_dir: str | os.PathLike | None = None
) -> tfds.core.DatasetBuilder:
  """Builds a data set if needed, and returns its builder, ready to be read.

  Args:
    name: A data set that TFDS knows, with or without a config
      ("cycle_gan/maps"), "image_folder" or "emoji".
    data_dir: The folder in which TFDS keeps data sets, by default its own in
      the user's home; for "image_folder" the folder of the images; for "emoji"
      the folder of the npm package.

  Raises:
    ValueError: If the data set is not known, or `data_dir` cannot be used.
  """
  _check_data_dir(data_dir)
  if not isinstance(name, str):
    raise ValueError(f"`name` must be a data set's name; got {name!r}.")
  if name in _FROM_FOLDERS:
    return _FROM_FOLDERS[name](data_dir)
  try:
    builder = tfds.builder(name, data_dir=data_dir, try_gcs=False)
  except tfds.core.DatasetNotFoundError as error:
    raise _unknown(name) from error
  except (ValueError, AssertionError) as error:
    raise ValueError(_malformed(name, error)) from error
  except OSError as error:
    raise ValueError(
      f"`data_dir` {data_dir!r} cannot be read ({error.strerror}); pass another"
      " folder."
    ) from error
  _prepare(builder)
  return builder


def check_image(builder: tfds.core.DatasetBuilder, size_given: bool) -> None:
  """Raises unless the examples have an `image` that a pipeline can batch.

  Args:
    builder: The builder of the data set.
    size_given: Whether the images will be resized.

  Raises:
    ValueError: If there is no `image`, it is not an image, or the images'
      shapes differ.
  """
  features = builder.info.features
  if "image" not in features:
    raise ValueError(
      f"The data set {builder.name!r} has no feature `image`; its features are"
      f" {sorted(features)}."
    )
  shape = features["image"].shape
  if len(shape) != 3 or shape[-1] is None:
    raise ValueError(
      f"The feature `image` of {builder.name!r} must be of shape [height,"
      f" width, channels], and is of shape {list(shape)}."
    )
  if None in shape and not size_given:
    raise ValueError(
      f"The images of {builder.name!r} differ in size: pass `image_size`, to"
      " which they are resized."
    )


def label_of(builder: tfds.core.DatasetBuilder) -> str | None:
  """Returns the feature that labels each image with a whole number, or None.

  It is the one that TFDS gives beside `image` with `as_supervised=True`, else
  `label`.

  Args:
    builder: The builder of the data set.
  """
  features = builder.info.features
  keys = builder.info.supervised_keys
  supervised = keys[1] if keys and keys[0] == "image" else None
  for name in (supervised, "label"):
    if isinstance(name, str) and name in features:
      feature = features[name]
      # A dictionary of features has shapes and types by name.
      if feature.shape == () and np.dtype(feature.np_dtype).kind in "biu":
        return name
  return None


def _parts(
  builder: tfds.core.DatasetBuilder, split: str
) -> list[tuple[str, int, int]]:
  """Returns (name, start, stop) for each part of a split such as a[:9]+b."""
  splits = builder.info.splits
  try:
    parts = tfds.core.ReadInstruction.from_spec(split).to_absolute(splits)
  except Exception as error:  # TFDS's parser raises many types.
    raise ValueError(
      f"`split` must be one of {sizes(builder)} or a part of one, such as"
      f" 'train[:90%]'; {builder.name!r} has no {split!r}."
    ) from error
  ranges = []
  for part in parts:
    start = part.from_ or 0
    stop = splits[part.splitname].num_examples if part.to is None else part.to
    ranges.append((part.splitname, start, max(start, stop)))
  return ranges


def _concatenate(
  builder: tfds.core.DatasetBuilder, parts: list[tuple[str, int, int]]
) -> tf.data.Dataset:
  # TFDS reads only whole splits of an image folder.
  datasets = [
    builder.as_dataset(split=name).skip(start).take(stop - start)
    for name, start, stop in parts
  ]
  joined = datasets[0]
  for dataset in datasets[1:]:
    joined = joined.concatenate(dataset)
  return joined


def read(
  builder: tfds.core.DatasetBuilder,
  split: str,
  shuffle_files: bool = False,
  seed: int | None = None,
) -> tf.data.Dataset:
  """Returns the examples of a split, as TFDS decodes them.

  Args:
    builder: The builder of a data set that is built.
    split: A split or a part of one, in TFDS's notation.
    shuffle_files: Whether files of large data sets are read in random order.
    seed: The seed of that order.

  Raises:
    ValueError: If there is no such split, or it is empty.
  """
  # A mocked data set has no list of splits.
  parts = _parts(builder, split) if builder.info.splits else None
  if parts is not None and not sum(stop - start for _, start, stop in parts):
    raise ValueError(
      f"The `split` {split!r} of {builder.name!r} is empty; its splits hold"
      f" {sizes(builder)} images."
    )
  if parts is not None and isinstance(builder, tfds.ImageFolder):
    return _concatenate(builder, parts)
  config = tfds.ReadConfig(try_autocache=False, shuffle_seed=seed)
  return builder.as_dataset(
    split=split, shuffle_files=shuffle_files, read_config=config
  )


def sizes(builder: tfds.core.DatasetBuilder) -> dict[str, int]:
  """Returns the number of examples of each split, by its name."""
  return {name: info.num_examples for name, info in builder.info.splits.items()}
