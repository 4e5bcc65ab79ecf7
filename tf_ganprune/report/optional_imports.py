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
"""Imports the packages of the extra "report" when they are first needed."""

import importlib
import types


def need(module: str) -> types.ModuleType:
  """Imports a module of the extra "report".

  Args:
    module: The name of the module, such as "matplotlib.figure".

  Returns:
    The module.

  Raises:
    ImportError: If it is not installed; the message has the command.
  """
  try:
    return importlib.import_module(module)
  except ImportError as error:
    package = module.partition(".")[0]
    raise ImportError(
      f"The report needs the package {package}, which did not import ({error})."
      " Run: pip install 'tf_ganprune[report]'"
    ) from error
