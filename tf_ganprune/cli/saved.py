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
"""Loads and saves the networks, GANs and arrays of the commands."""

import importlib
import pathlib
import sys
from typing import Any

import numpy as np

from tf_ganprune import files, keras3
from tf_ganprune import gan as gan_lib
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import evaluator as evaluators
from tf_ganprune.metrics import feature_model as feature_models
from tf_ganprune.saving import models
from tf_ganprune.sparsity import strip


class OneNetworkError(ValueError):
  """--network was given for a file that has one network.

  Attributes:
    network: The network.
  """

  def __init__(self, path: str, asked: str, network: keras.Model):
    super().__init__(
      f"--network={asked}: {path!r} holds one network, {network.name!r}, and no"
      " GAN; leave the flag out."
    )
    self.network = network


def import_modules(names: list[str]) -> None:
  """Imports the user's modules, which register classes.

  Args:
    names: Names such as "my_package.layers", looked up in the current folder,
      too.

  Raises:
    ValueError: If a module does not import.
  """
  for name in names:
    if (here := str(pathlib.Path.cwd())) not in sys.path:
      sys.path.insert(0, here)
    try:
      importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 (a user's module raises anything)
      raise ValueError(
        f"--import: {name!r} does not import ({type(error).__name__}: {error})."
      ) from error


def load(path: str, network: str | None = None) -> keras.Model:
  """Loads the network of a file.

  Args:
    path: A `.keras` file of tf_keras or of Keras 3: of a network, pruned or
      not, or of a GAN, of which a network is loaded, averaged if it can be.
    network: The name of one of a GAN's networks; may be left out if it
      exports one.

  Raises:
    ValueError: If there is no such network, or it cannot be loaded or
      converted.
  """
  model, name = _found(path, network)
  return model if name is None else _network(model, name)


def load_with_inputs(path: str, network: str | None = None) -> tuple:
  """Loads the network of a file, and the object that draws its inputs.

  Args:
    path: As in `load`.
    network: As in `load`.

  Returns:
    The network; and an object of `tgp.inputs`, or None if the file has no such
    object, or not the data that it draws from.

  Raises:
    ValueError: As in `load`.
  """
  model, name = _found(path, network)
  if name is None:
    return model, None
  return _network(model, name), _source(model, name)


def _found(path: str, network: str | None) -> tuple:
  """Returns a GAN and the name of its network to use, or a network and None."""
  model = _load(path)
  names = _names(model)
  if names:
    return model, _chosen(path, names, _shipped(model), network)
  if network is not None:
    raise OneNetworkError(path, network, model)
  return model, None


def _source(gan, name: str):
  """Returns the object that draws the inputs of a GAN's network, or None."""
  if not isinstance(gan, gan_lib.PrunedGAN):
    return None
  source = gan.inputs_of(name)
  if source is None:
    return None
  try:
    source.draw(1, seed=0)
  except ValueError:  # examples, whose data are not in the file
    return None
  return source


def load_plain(path: str, network: str | None = None) -> keras.Model:
  """Loads the network of a file, without pruning wrappers.

  Args:
    path: As in `load`.
    network: As in `load`.

  Raises:
    ValueError: As in `load`.
  """
  return strip.strip_pruning(load(path, network))


def _load(path: str) -> keras.Model:
  models.check_whole(path)
  if is_keras3(path):
    return keras3.from_keras3(_load_keras3(path))
  # Its optimizer and losses need not be known.
  return models.load_model(path, compile=False)


def is_keras3(path: str) -> bool:
  """Whether Keras 3 saved a `.keras` file, rather than tf_keras.

  Args:
    path: The path of an undamaged file.
  """
  return models.is_keras3_file(path)


def _load_keras3(path: str):
  import keras as keras_3  # noqa: PLC0415

  try:
    return keras_3.saving.load_model(path, compile=False)
  except Exception as error:  # Keras raises many types.
    reason = " ".join(str(error).split())
    raise ValueError(f"{path!r} cannot be loaded: {reason[:300]}") from error


def _names(model) -> list[str]:
  """Returns the names of a GAN's networks; an empty list for a network."""
  if isinstance(model, gan_lib.PrunedGAN):
    return list(model.networks)
  names = ("generator", "discriminator")
  found = [x for x in names if isinstance(getattr(model, x, None), keras.Model)]
  return found if "generator" in found else []


def _network(gan, name: str) -> keras.Model:
  """Returns a network of a GAN, averaged if it has a moving average."""
  if isinstance(gan, gan_lib.PrunedGAN):
    found = gan.averaged(name)
  else:
    found = getattr(gan, f"ema_{name}", None) or getattr(gan, name)
  return strip.strip_pruning(found)


def _shipped(gan) -> list[str]:
  return list(getattr(gan, "exported", ("generator",)))


def _chosen(path, names, shipped, name: Any) -> str:
  """Returns the name of the network of a GAN to use."""
  if name is None and len(shipped) == 1:
    return shipped[0]
  if name in names:
    return name
  if name is None:
    raise ValueError(
      f"{path!r} holds {len(shipped)} networks to export, {', '.join(shipped)};"
      " choose one with --network=NAME."
    )
  raise ValueError(
    f"--network={name}: {path!r} has no such network; it has"
    f" {', '.join(names)}."
  )


def read_arrays(flag: str, path: str | None):
  """Reads the array of a `.npy` file, or the arrays of a `.npz` file.

  Args:
    flag: The flag with the path, for messages.
    path: The path of the file, or None.

  Returns:
    An array, or a dict of arrays by name; None for None.

  Raises:
    ValueError: If the file cannot be read.
  """
  if path is None:
    return None
  try:
    found = np.load(path, allow_pickle=False)
    if isinstance(found, np.ndarray):
      return found
    with found:
      return {name: found[name] for name in found.files}
  except Exception as error:  # numpy raises many types, some from zlib.
    raise ValueError(
      f"--{flag} {path!r} cannot be read: {error}; give a .npy or .npz file."
    ) from error


def evaluator(
  reference: str | None, feature_model: str | None
) -> evaluators.Evaluator | None:
  """Makes the evaluator of images; None if the flags are not given.

  Args:
    reference: The path of real images, or None.
    feature_model: The path of the network for features, or None.

  Raises:
    ValueError: If a file cannot be read, or only one of both is given.
  """
  if reference is None and feature_model is None:
    return None
  if reference is None or feature_model is None:
    raise ValueError(
      "--reference and --feature_model need each other: give the real images,"
      " and the network whose features are compared."
    )
  images = read_arrays("reference", reference)
  value_range = (0.0, 255.0) if _is_bytes(images) else None
  return evaluators.Evaluator(
    feature_models.load_feature_model(feature_model),
    images,
    value_range=value_range,
  )


def _is_bytes(images) -> bool:
  return isinstance(images, np.ndarray) and images.dtype == np.uint8


def check_output(path: str) -> None:
  """Raises unless a network can be saved to the path of --output.

  Args:
    path: The path of the file to write.

  Raises:
    ValueError: If it does not end in ".keras", or its folder is missing or not
      writable.
  """
  if pathlib.Path(path).suffix != ".keras":
    raise ValueError(f"--output {path!r} must end in '.keras'.")
  files.check(path)


def save(network: keras.Model, path: str, as_keras3: bool) -> None:
  """Saves a network as a `.keras` file, whole or not at all.

  Args:
    network: A network of tf_keras.
    path: The path of the file.
    as_keras3: Whether to convert it to Keras 3 first.

  Raises:
    ValueError: If it cannot be saved or converted.
    OSError: If writing fails, for example on a full disk.
  """
  if not as_keras3:
    models.save_model(network, path)
    return
  converted = keras3.to_keras3(network)
  with files.replacing(path) as beside:
    converted.save(beside)
