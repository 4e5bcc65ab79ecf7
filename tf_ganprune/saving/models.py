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
"""Saves and loads models as `.keras` files, without running their code."""

import json
import os
import pathlib
import zipfile

from tf_ganprune import files, foreign, keras_compat
from tf_ganprune.keras_compat import keras
from tf_ganprune.saving import archive, config, rehearsal

_UNSAFE = (
  "a pickle, an `.h5` file or a SavedModel can run code when it is loaded"
)


def save_model(model: keras.Model, path: str | os.PathLike) -> pathlib.Path:
  """Saves a network or a GAN as a `.keras` file.

  The file has a digest, by which `load_model` notices any changed byte; Keras
  can load it as well. It appears whole or not at all: a file that was at `path`
  before stays until the new one is complete, even if the process is killed or
  the disk is full.

  Args:
    model: Any tf_keras model: a network, pruned or not, or a GAN.
    path: The path of the file, which must end in `.keras`.

  Returns:
    The path of the file.

  Raises:
    ValueError: If `model` is no tf_keras model, `path` does not end in `.keras`
      or its folder cannot be written to, or the file could not be loaded again,
      for example since a Lambda or a class without `get_config` is in it.
    OSError: If the disk is full.
  """
  keras_compat.check_model(model, "model")
  foreign.check_can_be_loaded(model, "model")
  path = files.check(path)
  if path.suffix != ".keras":
    raise ValueError(f"`path` {str(path)!r} must end in '.keras'.")
  with files.replacing(path) as beside:
    _write(model, beside)
    archive.seal(beside)
  return path


def load_model(
  path: str | os.PathLike,
  custom_objects: dict | None = None,
  compile: bool = True,
) -> keras.Model:
  """Loads a model from a `.keras` file, without running code from it.

  A file that `save_model` wrote is checked by its digest, which notices any
  changed byte. A file of `model.save` has checksums for its members only.
  Classes and functions must be Keras's, TF-MOT's, this package's, registered,
  or in `custom_objects`; lambdas are refused, and nothing is unpickled.

  Args:
    path: The path of the file.
    custom_objects: Classes and functions by name, in place of registering them.
    compile: Whether to compile the model as it was when it was saved.

  Returns:
    The network or the GAN.

  Raises:
    ValueError: If there is no such file, it is no `.keras` file, it is damaged,
      its weights do not fit its networks, or it needs classes or functions that
      are not known.
  """
  _let_thread_save()
  path = check_whole(path)
  if is_keras3_file(path):
    raise ValueError(
      f"{str(path)!r} was saved by Keras 3; load it with that, and convert it:"
      " tgp.from_keras3(keras.saving.load_model(path))."
    )
  # With it Keras refuses lambdas that a custom layer deserializes by itself.
  scope = keras.src.saving.serialization_lib.SafeModeScope(True)
  try:
    content = _read_config(path)
    compiled = content.pop("compile_config", None)
    config.check(content, custom_objects)
    if compile:
      _check_compiled(compiled, custom_objects)
    with scope:
      return keras.models.load_model(
        path, custom_objects=custom_objects, compile=compile, safe_mode=True
      )
  except Exception as error:  # Keras raises many types, some from h5py.
    raise ValueError(
      f"{str(path)!r} cannot be loaded: {_reason(error)}."
    ) from error


def is_keras3_file(path: str | os.PathLike) -> bool:
  """Whether Keras 3 saved a `.keras` file, rather than tf_keras.

  Args:
    path: The path of an undamaged file.
  """
  with zipfile.ZipFile(path) as file:
    try:
      metadata = json.loads(file.read("metadata.json"))
      return str(metadata["keras_version"]).startswith("3.")
    except (KeyError, TypeError, ValueError):
      return False


def check_whole(path: str | os.PathLike) -> pathlib.Path:
  """Checks that a `.keras` file exists and is undamaged; returns its path.

  Raises:
    ValueError: If it does not exist, is no `.keras` file, or is damaged.
  """
  path = pathlib.Path(path)
  if not path.exists():
    raise ValueError(f"{str(path)!r} does not exist; nothing was loaded.")
  if path.suffix != ".keras" or not path.is_file():
    raise ValueError(
      f"{str(path)!r} is no .keras file, and {_UNSAFE}; save the model with"
      " `tf_ganprune.save_model(model, 'name.keras')`."
    )
  try:
    archive.is_sealed(path)
  except ValueError as error:
    raise ValueError(
      f"{str(path)!r} is damaged: {error}; use a copy of it, or make it again."
    ) from None
  return path


def _let_thread_save() -> None:
  """Lets this thread write `.keras` files.

  After a load in a thread that is not the process's first, Keras would write
  HDF5 there, whatever the file is called.
  """
  keras.src.saving.saving_lib._SAVING_V3_ENABLED.value = True


def _write(model, path) -> None:
  """Writes a model to a file, and raises unless it can be loaded again."""
  _let_thread_save()
  try:
    model.save(path)
  except (
    AttributeError,
    NotImplementedError,
    TypeError,
    ValueError,
  ) as error:
    text = " ".join(str(error).split())[:300].rstrip(".")
    if isinstance(error, NotImplementedError) and "get_config" not in text:
      raise ValueError(f"{model.name!r} was not saved: {text}.") from error
    raise ValueError(
      f"{model.name!r} was not saved ({text}). Each custom class must return"
      " the arguments of its constructor from `get_config`, and variables must"
      " be weights of layers."
    ) from error
  content = _read_config(path)
  _check_networks(model, content)
  try:
    rehearsal.check(model, content, path)
  except ValueError as error:
    raise ValueError(
      f"{model.name!r} was not saved, since {error}; or save its weights alone:"
      " model.save_weights."
    ) from error


def _check_networks(model, config: dict) -> None:
  """Raises if the file of a subclassed model would lack pruned networks."""
  kind = "PrunedNetwork"
  pruned = [x for x in model._flatten_layers() if type(x).__name__ == kind]
  if json.dumps(config).count(f'"class_name": "{kind}"') < len(pruned):
    names = ", ".join(repr(network.name) for network in pruned)
    raise ValueError(
      f"{model.name!r} would be saved without the masks of {names}, which was"
      " pruned by itself. Prune the whole network that it is part of, or save"
      " checkpoints: tf.train.Checkpoint(model)."
    )


def _check_compiled(compiled, custom_objects) -> None:
  """Raises if the optimizer, the loss or a metric is not known."""
  try:
    config.check(compiled, custom_objects)
  except ValueError as error:
    raise ValueError(
      "it was compiled with an optimizer, loss or metric that is not known:"
      f" {error}. load_model(path, compile=False) loads the network without"
    ) from None


def _read_config(path) -> dict:
  with zipfile.ZipFile(path) as file:
    try:
      return json.loads(file.read("config.json"))
    except KeyError:
      raise ValueError("it holds no 'config.json', so no Keras model") from None


def _reason(error: Exception) -> str:
  text = " ".join(str(error).split()).rstrip(".")
  if isinstance(error, ValueError) and text.startswith("it "):
    return text
  if "Could not locate" in text or "Unknown " in text:
    return (
      f"it needs a class or function that is not known here ({text[:200]});"
      " register it, or pass it in `custom_objects`"
    )
  return (
    f"its networks cannot be built, or its weights do not fit them"
    f" ({type(error).__name__}: {text[:200]}); load it with the versions of the"
    " code and of tf_keras that saved it"
  )
