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
"""Finds Keras 3, which is imported only once somebody asks for it."""

import sys
from typing import Any, TypeAlias

# A model of Keras 3, which need not be installed.
Keras3Model: TypeAlias = Any


def keras3():
  """Returns the module of Keras 3.

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
  """Whether something is a model of Keras 3; does not import it.

  Args:
    model: Anything.
  """
  keras = sys.modules.get("keras")
  if keras is None or not getattr(keras, "__version__", "").startswith("3."):
    return False
  return isinstance(model, keras.Model)


def is_of_user(function) -> bool:
  """Whether either Keras can call a function that a user wrote for the other.

  Args:
    function: An activation, or what stands for an initializer, a regularizer
      or a constraint. It computes with TensorFlow if that is Keras 3's backend.
  """
  if keras3().backend.backend() != "tensorflow":
    return False
  module = (getattr(function, "__module__", None) or "").partition(".")[0]
  return module not in ("keras", "tf_keras")
