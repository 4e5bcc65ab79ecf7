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
"""What callbacks remember of a training, kept where backups find it."""

import json
import weakref

import tensorflow as tf

from tf_ganprune.keras_compat import keras

_MEMORIES = weakref.WeakKeyDictionary()


def remember(callback: keras.callbacks.Callback, **values) -> None:
  """Puts what a callback remembers into the backups of its model.

  Call it in `set_model`, before any callback's `on_train_begin` restores.

  Args:
    callback: Whose model is set.
    **values: Variables, or lists of them.
  """
  memory = tf.train.Checkpoint(**values)
  name = type(callback).__name__
  _MEMORIES.setdefault(callback.model, {})[name] = memory


class Notes:
  """What a callback notes, as JSON has it, in a variable.

  Example:
    `notes = Notes(limit=None); notes["limit"] = 2.5`

  Attributes:
    variable: Holds it.
  """

  def __init__(self, **values):
    """Notes values.

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
  """Takes out of backups what a callback remembered, since training is over.

  Args:
    callback: One that called `remember`.
  """
  _MEMORIES.get(callback.model, {}).pop(type(callback).__name__, None)


def of(model: keras.Model) -> dict[str, tf.train.Checkpoint]:
  """Returns what callbacks remember of a model's training, by their classes.

  Args:
    model: A model.
  """
  return dict(_MEMORIES.get(model, {}))
