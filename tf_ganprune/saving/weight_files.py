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
"""Loads weights from a file into an existing model, all of them or none."""

import os
import zipfile

import h5py

from tf_ganprune import keras_compat
from tf_ganprune.keras_compat import keras
from tf_ganprune.saving import checkpoint, models

_lib = keras.src.saving.saving_lib
_FILE = "model.weights.h5"
# Parts of paths in a file that are not weights of the network.
_NOT_WEIGHTS = ("optimizer", "metric", "loss")


def load_weights(model: keras.Model, path: str | os.PathLike) -> None:
  """Loads all weights of a model from a file or a checkpoint.

  Args:
    model: A built model.
    path: A `.keras` file, a `.weights.h5` file, or a checkpoint's prefix, as in
      `tgp.load_weights`.

  Raises:
    ValueError: If there is no such file, it is damaged, or it is of another
      architecture; no weight is changed then.
  """
  keras_compat.check_model(model, "model")
  path = os.fspath(path)
  if not _is_built(model):
    raise ValueError(
      f"`model` {model.name!r} has no weights yet; build it, or call it once."
    )
  if path.endswith(".keras"):
    models.check_whole(path)
    _load_h5(model, path)
  elif path.endswith(".weights.h5"):
    _load_h5(model, path)
  else:
    checkpoint.load(model, path)


def _is_built(model) -> bool:
  try:
    return bool(model.weights)
  except ValueError:  # of a network that does not know its input yet
    return False


def _load_h5(model, path: str) -> None:
  if not os.path.isfile(path):
    raise ValueError(f"{path!r} does not exist; nothing was loaded.")
  before = [weight.numpy() for weight in model.weights]
  try:
    _read_h5(model, path)
  except Exception as error:  # h5py raises many types.
    for weight, value in zip(model.weights, before, strict=True):
      weight.assign(value)
    reason = " ".join(str(error).split())[:200].rstrip(".")
    raise ValueError(
      f"The weights in {path!r} were not loaded, since the file is damaged or"
      f" of another architecture than {model.name!r} ({reason}); pass the"
      " network that it was saved from."
    ) from error


def _read_h5(model, path: str) -> None:
  if path.endswith(".keras"):
    with zipfile.ZipFile(path) as archive, archive.open(_FILE) as part:
      _fill(model, h5py.File(part, "r"))
  else:
    _fill(model, h5py.File(path, "r"))


def _fill(model, file: h5py.File) -> None:
  with file:
    store = _Store(file)
    # Keras does not load objects that are marked as visited.
    visited = {
      id(part)
      for _, part in _lib._walk_trackable(model)
      if isinstance(part, keras.optimizers.Optimizer | keras.metrics.Metric)
    }
    _lib._load_state(
      model, store, None, inner_path="", visited_trackables=visited
    )
    store.check_all_read()


class _Store:
  """The groups of an HDF5 file, with a record of those that were read."""

  def __init__(self, file: h5py.File):
    self._file = file
    self._read = set()

  def get(self, path: str):
    """Returns the variables under a path, as Keras's own store does."""
    self._read.add(path)
    group = self._file.get(f"{path}/vars" if path else "vars")
    return {} if group is None else group

  def check_all_read(self) -> None:
    """Raises if the file has weights that no layer has read."""
    left = []

    def visit(name, item):
      if isinstance(item, h5py.Dataset):
        path = name.rpartition("/")[0].removesuffix("vars").rstrip("/")
        if path not in self._read and not _is_no_weight(path):
          left.append(path)

    self._file.visititems(visit)
    if left:
      raise ValueError(f"the network has no weights for the file's {left[0]!r}")


def _is_no_weight(path: str) -> bool:
  return any(name in path.lower() for name in _NOT_WEIGHTS)
