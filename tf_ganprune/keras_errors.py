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
"""Shortens the errors that Keras raises when a network does not run."""

import os
import re

import tensorflow as tf

# Words of Keras and TensorFlow around the error of a layer.
_TRACED = "in user code:"
_FROM_KERAS = (
  "Exception encountered when calling layer",
  _TRACED,
  "Call arguments received by layer",
)
_CALLED = re.compile(r"when calling layer ['\"](.+?)['\"] \(type (\w+)\)")


def is_of_a_layer(error: Exception) -> bool:
  """Returns whether an error comes from running a layer.

  Args:
    error: The error.
  """
  if isinstance(error, tf.errors.OpError):
    return True
  return any(words in str(error) for words in _FROM_KERAS)


def is_of_a_look_up(reason: str) -> bool:
  """Returns whether an error is about a look-up of a row that does not exist.

  Args:
    reason: The result of `short`.
  """
  return "indices[" in reason


def own_sentence(error: Exception) -> str | None:
  """Returns this package's own message in an error from a traced function.

  Args:
    error: An error from a `tf.function`, in which TensorFlow puts a list of
      lines of code before the message.

  Returns:
    The message; None if other code raised the error.
  """
  code, _, sentence = str(error).rpartition(f"{type(error).__name__}: ")
  places = re.findall(r'File "(.+?)", line', code)
  if not code.startswith(_TRACED) or not places:
    return None
  folder = os.path.dirname(os.path.abspath(__file__)) + os.sep
  return sentence.strip() if places[-1].startswith(folder) else None


def short(error: Exception) -> str:
  """Returns the layer and the reason of an error, in one line.

  Tracebacks and arrays are left out.

  Args:
    error: An error of Keras's or TensorFlow's.
  """
  text = str(error)
  layers = _CALLED.findall(text)
  reason = _reason(text)
  if not layers:
    return reason
  return f"layer {layers[-1][0]!r}: {reason}"


def _reason(text) -> str:
  text = text.split("Call arguments received")[0]
  text = re.sub(r"\{\{.*?\}\}\s*", "", text)
  text = re.sub(r"\s*\[Op:\w+\]( name:.*)?", "", text)
  lines = [line.strip() for line in text.splitlines() if line.strip()]
  # Tracebacks end with the error's name.
  raised = [x.partition(": ")[2] for x in lines if re.match(r"\w+Error: ", x)]
  lines = [
    line
    for line in lines
    if not line.startswith(("File ", "in user code")) and _is_new(line)
  ]
  return ((raised or lines or ["it fails"])[-1][:200]).rstrip(". ")


def _is_new(line) -> bool:
  return not _CALLED.search(line)
