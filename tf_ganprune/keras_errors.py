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
"""Makes a sentence of what Keras raises when a network does not run."""

import os
import re

import tensorflow as tf

# What Keras and TensorFlow write around an error of a layer's.
_TRACED = "in user code:"
_FROM_KERAS = (
  "Exception encountered when calling layer",
  _TRACED,
  "Call arguments received by layer",
)
_CALLED = re.compile(r"when calling layer ['\"](.+?)['\"] \(type (\w+)\)")


def is_of_a_layer(error: Exception) -> bool:
  """Whether an error comes from running a layer.

  Args:
    error: What was raised.
  """
  if isinstance(error, tf.errors.OpError):
    return True
  return any(words in str(error) for words in _FROM_KERAS)


def is_of_a_look_up(reason: str) -> bool:
  """Whether a row was looked up that does not exist.

  Args:
    reason: What `short` returned.
  """
  return "indices[" in reason


def own_sentence(error: Exception) -> str | None:
  """Returns what this package said in a function that TensorFlow traced.

  Args:
    error: What came out of the traced function, with a list of its lines of
      code in front.

  Returns:
    The sentence; None where other code raised the error.
  """
  code, _, sentence = str(error).rpartition(f"{type(error).__name__}: ")
  places = re.findall(r'File "(.+?)", line', code)
  if not code.startswith(_TRACED) or not places:
    return None
  folder = os.path.dirname(os.path.abspath(__file__)) + os.sep
  return sentence.strip() if places[-1].startswith(folder) else None


def short(error: Exception) -> str:
  """Returns the layer and the reason, without tracebacks and arrays.

  Args:
    error: What Keras raised.
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
