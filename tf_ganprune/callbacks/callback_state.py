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
"""The state of callbacks, kept where backups find it."""

import json
import weakref

import tensorflow as tf

from tf_ganprune.keras_compat import keras

_STATES = weakref.WeakKeyDictionary()


def remember(callback: keras.callbacks.Callback, **values) -> None:
  """Adds a callback's state to the backups of its model.

  Call it in `set_model`, before any callback's `on_train_begin` restores.

  Args:
    callback: A callback whose model is set.
    **values: Its state: variables, or lists of them.
  """
  state = tf.train.Checkpoint(**values)
  name = type(callback).__name__
  _STATES.setdefault(callback.model, {})[name] = state


class Notes:
  """Named values of a callback, as JSON in a variable that backups can hold.

  Example:
    `notes = Notes(limit=None); notes["limit"] = 2.5`

  Attributes:
    variable: The variable, a string.
  """

  def __init__(self, **values):
    """Sets the first values.

    Args:
      **values: Numbers, texts, None, and lists and dicts of them.
    """
    self.variable = tf.Variable(json.dumps(values), trainable=False)

  def __getitem__(self, name: str):
    return json.loads(self.variable.numpy())[name]

  def __setitem__(self, name: str, value) -> None:
    values = json.loads(self.variable.numpy()) | {name: value}
    self.variable.assign(json.dumps(values))


def forget(callback: keras.callbacks.Callback) -> None:
  """Removes a callback's state from later backups, when training is over.

  Args:
    callback: A callback that called `remember`.
  """
  _STATES.get(callback.model, {}).pop(type(callback).__name__, None)


def of(model: keras.Model) -> dict[str, tf.train.Checkpoint]:
  """Returns the states of a model's callbacks, by their class names.

  Args:
    model: A model.
  """
  return dict(_STATES.get(model, {}))
