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
"""A base class of callbacks that refuses models of Keras 3."""

from tf_ganprune import keras_compat


class RefusesKeras3:
  """A mixin of callbacks that raises if `fit` is that of a Keras 3 model.

  It comes before Keras's class in the list of base classes.

  Example:
    `class MyCallback(RefusesKeras3, keras.callbacks.Callback): ...`
  """

  def set_model(self, model):
    """Sets the model that is trained.

    Args:
      model: A model of tf_keras.

    Raises:
      ValueError: If it is a model of Keras 3; the message says how to convert
        it.
    """
    keras_compat.check_model(model, "model")
    super().set_model(model)
