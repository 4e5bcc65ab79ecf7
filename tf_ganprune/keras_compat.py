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
"""The Keras of this package, tf_keras as in TF-MOT, and checks of objects."""

import pathlib
import warnings

_FIX = (
  "Run: pip install 'tf-keras>=2.21' 'tensorflow-model-optimization>=0.8.1'"
)

try:
  # TF-MOT does not export its choice; importing it also tells TensorFlow to
  # use the same one.
  from tensorflow_model_optimization.python.core.keras import compat

  import tensorflow as tf  # isort: skip
  import tf_keras as keras  # isort: skip
except ImportError as error:
  raise ImportError(
    f"tf_ganprune needs TF-MOT and tf_keras, and one of them did not import"
    f" ({error}). {_FIX}"
  ) from error

if compat.keras.layers.Layer is not keras.layers.Layer:
  raise ImportError(
    "TF-MOT uses another Keras than tf_keras, so its wrappers cannot be mixed"
    f" with ours. {_FIX}"
  )


def _use_one_keras() -> None:
  """Makes `tensorflow.keras` this Keras, or warns that it is another one.

  TF-MOT sets TensorFlow's switch for it, `TF_USE_LEGACY_KERAS`, and a
  TensorFlow that was imported before has read it by then.
  """
  folder = str(pathlib.Path(keras.__file__).parent / "api" / "_v2")
  if folder not in tf.__path__:
    tf.__path__.insert(0, folder)  # as TensorFlow does when it is set
  if tf.keras.layers.Layer is not keras.layers.Layer:
    warnings.warn(
      "`tensorflow.keras` was used before tf_ganprune was imported, and is"
      " Keras 3, whose layers and networks do not mix with tf_ganprune's: move"
      " `import tf_ganprune` above the first line that imports"
      " `tensorflow.keras`, or replace that line by"
      " `from tf_ganprune import keras`, or convert finished networks with"
      " `tf_ganprune.from_keras3`.",
      stacklevel=2,
    )


_use_one_keras()

# tf_keras saves networks with this layer, but does not find it when loading.
keras.utils.get_custom_objects().setdefault(
  "SpectralNormalization", keras.layers.SpectralNormalization
)


def check_same(value, name: str) -> None:
  """Raises if an object is of Keras 3.

  Args:
    value: A layer, an optimizer, a callback, or any other object.
    name: The name of the user's argument, for the message.

  Raises:
    ValueError: If its class is one of Keras 3, or derived from one.
  """
  if is_keras3(value):
    raise ValueError(
      f"`{name}` is of Keras 3 ({type(value).__name__}), but TF-MOT and"
      " tf_ganprune use tf_keras; create it with `tf_ganprune.keras` in place"
      " of `keras` or `tensorflow.keras`."
    )


def is_keras3(value) -> bool:
  """Returns whether an object's class is, or derives from, one of Keras 3."""
  modules = {base.__module__.partition(".")[0] for base in type(value).__mro__}
  return "keras" in modules


def check_model(model, name: str) -> None:
  """Raises unless `model` is a model of this package's Keras.

  Args:
    model: The user's value.
    name: The name of the user's argument, for the message.

  Raises:
    ValueError: If it is a Keras 3 model, or no Keras model at all.
  """
  if isinstance(model, keras.Model):
    return
  if is_keras3(model) and not hasattr(model, "layers"):
    check_same(model, name)
  if is_keras3(model):
    raise ValueError(
      f"`{name}` is a Keras 3 model ({type(model).__name__}), and TF-MOT prunes"
      " tf_keras models only. Convert it with"
      f" `tf_ganprune.from_keras3({name})`, or build it with"
      " `tf_ganprune.keras` in place of `keras`."
    )
  raise ValueError(
    f"`{name}` must be a Keras model, and is a {type(model).__name__}."
  )
