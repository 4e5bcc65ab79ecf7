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
"""Serializes objects of registered classes for the configs of wrappers."""

from tf_ganprune.keras_compat import keras


def serialize(value) -> dict:
  """Returns a dict of an object's registered class name and its config.

  Args:
    value: An object with `get_config`, of a class registered with Keras.
  """
  name = keras.utils.get_registered_name(type(value))
  return {"class_name": name, "config": value.get_config()}


def deserialize(config: dict, what: str):
  """Returns an object from the dict that `serialize` made.

  Args:
    config: A dict of `class_name` and `config`.
    what: The noun for the object in the error message.

  Raises:
    ValueError: If the object's class is not registered.
  """
  name = config["class_name"]
  found = keras.utils.get_registered_object(name)
  if found is None:
    raise ValueError(
      f"No class is registered for the {what} {name!r}. Decorate its class with"
      " `keras.utils.register_keras_serializable()`, and import it before"
      " loading."
    )
  return found(**config["config"])


def layer_of(config: dict) -> keras.layers.Layer:
  """Returns the layer of a config, be it of a `.keras` or an `.h5` file."""
  # Keras's own function for any object does not find layers of `.h5` files, and
  # that for layers does not know SpectralNormalization.
  known = {"SpectralNormalization": keras.layers.SpectralNormalization}
  return keras.layers.deserialize(config, known)
