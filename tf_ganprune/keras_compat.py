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
"""Decides which Keras the package uses: the one that TF-MOT uses, tf_keras."""

_FIX = (
  "Run: pip install 'tf-keras>=2.21' 'tensorflow-model-optimization>=0.8.1'"
)

try:
  # TF-MOT does not export its choice; importing it also tells TensorFlow to
  # use the same one.
  from tensorflow_model_optimization.python.core.keras import compat

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

# tf_keras saves networks with this layer, and does not find it on loading.
keras.utils.get_custom_objects().setdefault(
  "SpectralNormalization", keras.layers.SpectralNormalization
)


def check_model(model, name: str) -> None:
  """Raises unless `model` is a model of this package's Keras.

  Args:
    model: What the user passed.
    name: The argument it was passed as, for the message.

  Raises:
    ValueError: If it is a Keras 3 model, or no Keras model at all.
  """
  if isinstance(model, keras.Model):
    return
  modules = {base.__module__.partition(".")[0] for base in type(model).__mro__}
  if "keras" in modules:
    raise ValueError(
      f"`{name}` is a Keras 3 model ({type(model).__name__}), and TF-MOT prunes"
      " tf_keras models only. Convert it with"
      f" `tf_ganprune.from_keras3({name})`, or build it with"
      " `tf_ganprune.keras` in place of `keras`."
    )
  raise ValueError(
    f"`{name}` must be a Keras model, and is a {type(model).__name__}."
  )
