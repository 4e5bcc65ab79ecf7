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
"""Imports Keras 3 when it is needed, and recognizes its models."""

import sys
from typing import Any, TypeAlias

# A model of Keras 3, which need not be installed.
Keras3Model: TypeAlias = Any


def keras3():
  """Imports and returns Keras 3, the module `keras`.

  Raises:
    ImportError: If it is not installed, or `keras` is of another version.
  """
  try:
    import keras
  except ImportError as error:
    raise ImportError(
      "`from_keras3` and `to_keras3` need Keras 3, and `import keras` failed"
      f" ({error}). Run: pip install 'keras>=3'"
    ) from error
  if not keras.__version__.startswith("3."):
    raise ImportError(
      "`from_keras3` and `to_keras3` need Keras 3, and `keras` is version"
      f" {keras.__version__}. Run: pip install 'keras>=3'"
    )
  return keras


def is_keras3(model) -> bool:
  """Returns whether something is a model of Keras 3; does not import it.

  Args:
    model: Anything.
  """
  keras = sys.modules.get("keras")
  if keras is None or not getattr(keras, "__version__", "").startswith("3."):
    return False
  return isinstance(model, keras.Model)


def is_of_user(function) -> bool:
  """Returns whether a function is a user's own, which both Kerases can call.

  Both can if Keras 3's backend is TensorFlow.

  Args:
    function: An activation, or a function in place of an initializer, a
      regularizer or a constraint.
  """
  if keras3().backend.backend() != "tensorflow":
    return False
  module = (getattr(function, "__module__", None) or "").partition(".")[0]
  return module not in ("keras", "tf_keras")
