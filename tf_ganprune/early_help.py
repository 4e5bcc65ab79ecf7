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
"""Answers `python -m tf_ganprune --help` before TensorFlow is imported.

Python imports a package before it runs its `__main__`, and importing this
package takes seconds. This module is imported first, and handles calls that
need nothing of the package: help, and wrong arguments.
"""

import importlib
import sys
from collections.abc import Sequence

_PACKAGE = __name__.partition(".")[0]


def runs_the_package(arguments: Sequence[str], original: Sequence[str]) -> bool:
  """Returns whether Python was started as `python -m tf_ganprune`.

  Args:
    arguments: `sys.argv`, which begins with "-m" while Python looks for the
      module to run, and with a path afterwards.
    original: `sys.orig_argv`, the whole command line of Python.
  """
  if not arguments or arguments[0] != "-m":
    return False
  return original[-len(arguments)] in (_PACKAGE, f"-m{_PACKAGE}")


if runs_the_package(sys.argv, sys.orig_argv):
  # By its name, since the program imports the package of this module.
  importlib.import_module(f"{_PACKAGE}.cli.program").parse(sys.argv[1:])
