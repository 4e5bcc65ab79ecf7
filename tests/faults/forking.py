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
"""Runs a function in a forked process, which ends with it."""

import os
import sys
from collections.abc import Callable


def start(function: Callable, *arguments) -> int:
  """Forks a process that calls a function and ends.

  Call it where TensorFlow was imported and has run nothing: then it has no
  threads that a fork would lose.

  Args:
    function: What to call; the process ends with 0 if it returns, else with 1.
    *arguments: What to call it with.

  Returns:
    The process's number.
  """
  child = os.fork()
  if child:
    return child
  code = 1
  try:
    function(*arguments)
    code = 0
  except Exception as error:
    print(repr(error), file=sys.stderr, flush=True)
  finally:
    os._exit(code)
