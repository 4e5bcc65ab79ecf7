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
"""Loads weights of the dense network into the network that was pruned.

The pruned network has a wrapper where the file has a layer, so Keras finds no
place for the layer's weights: it raises, or, by name and in checkpoints, loads
nothing.
"""

import functools
import os

import h5py
import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.masks import applying
from tf_ganprune.sparsity.wrapping import wrapped_layers

# Names in the files of a pruned network, and in no file of a dense one.
_OF_WRAPPERS = ("pruning_step", "prune_low_magnitude", "pruning_wrappers")


def load(model: keras.Model, strip, load_own, filepath, *args, **kwargs):
  """Loads weights of a pruned network, or of the same network before wrapping.

  Args:
    model: A pruned network. Its pruned weights are zero afterwards; if loading
      fails, it is left as it was.
    strip: A function that returns the model without wrappers, on the same
      layers.
    load_own: The model's `load_weights` of Keras.
    filepath: As in `keras.Model.load_weights`.
    *args: As in `keras.Model.load_weights`.
    **kwargs: As in `keras.Model.load_weights`.

  Returns:
    The result of Keras's `load_weights`.
  """
  if not (model.built and _is_dense(filepath)):
    return load_own(filepath, *args, **kwargs)
  dense = strip()
  before = [x.numpy() for x in dense.weights]
  try:
    loaded = dense.load_weights(filepath, *args, **kwargs)
  except Exception:  # which Keras raises in the middle
    for weight, value in zip(dense.weights, before, strict=True):
      weight.assign(value)
    raise
  mask(model)
  return loaded


def put(model: keras.Model, strip, put_own, weights) -> None:
  """Sets weights of a pruned network, or of the same network before wrapping.

  Args:
    model: A pruned network. Its pruned weights are zero afterwards.
    strip: As in `load`.
    put_own: The model's `set_weights` of Keras.
    weights: Arrays, as from the `get_weights` of the pruned or the dense
      network.
  """
  layers = wrapped_layers.pruned_layers(model)
  more = sum(len(x.weights) - len(x.layer.weights) for x in layers)
  if not more or len(weights) != len(model.weights) - more:
    put_own(weights)
    return
  strip().set_weights(weights)
  mask(model)


def mask(model) -> None:
  """Sets the pruned weights of a network, or of a GAN, to 0.

  Args:
    model: Any Keras model.
  """
  for layer in wrapped_layers.pruned_layers(model):
    applying.apply_masks(layer)


def take(pruned: keras.Model, strip) -> None:
  """Makes a network's methods accept weights from before it was wrapped.

  Args:
    pruned: A wrapped functional or Sequential network, whose `load_weights` and
      `set_weights` are replaced.
    strip: A function that returns a network without wrappers, on the same
      layers.
  """
  dense = functools.cache(lambda: strip(pruned))
  for name, own in (("load_weights", load), ("set_weights", put)):
    keras_own = getattr(pruned, name)
    setattr(pruned, name, functools.partial(own, pruned, dense, keras_own))


def _is_dense(path) -> bool:
  """Returns whether a file has weights, but no variables of wrappers."""
  try:
    names = _names(os.fspath(path))
  except (OSError, tf.errors.OpError):  # Keras says what is wrong
    return False
  return bool(names) and not any(
    part in name for name in names for part in _OF_WRAPPERS
  )


def _names(path: str) -> list[str]:
  """Returns the names of the arrays in a file."""
  if os.path.isfile(f"{path}.index"):
    return list(tf.train.load_checkpoint(path).get_variable_to_shape_map())
  names = []
  with h5py.File(path, "r") as file:
    file.visit(names.append)
  return names
