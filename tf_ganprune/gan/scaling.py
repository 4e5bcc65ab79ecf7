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
"""Scales losses so that float16 gradients do not vanish.

Micikevicius et al. 2018, "Mixed Precision Training", section 3.2.
"""

import tensorflow as tf

from tf_ganprune.keras_compat import keras

_Scaling = keras.mixed_precision.LossScaleOptimizer


def optimizer_for(network: keras.Model, optimizer):
  """Returns an optimizer that scales the loss, if the network needs it.

  Args:
    network: The network that it will update.
    optimizer: A Keras optimizer.

  Returns:
    The optimizer itself, unless a layer of the network computes in float16.
  """
  types = {layer.compute_dtype for layer in network._flatten_layers()}
  if "float16" not in types or isinstance(optimizer, _Scaling):
    return optimizer
  return _Scaling(optimizer)


def another(optimizer, **settings):
  """Returns a new optimizer with the settings of another one.

  Args:
    optimizer: A Keras optimizer.
    **settings: Settings to change, such as `learning_rate`.

  Returns:
    An optimizer of the same class, which scales the loss if `optimizer` does.
  """
  if isinstance(optimizer, _Scaling):
    other = _Scaling(another(optimizer.inner_optimizer, **settings))
    # It gets gradients that `optimizer` unscaled; Keras would warn of that.
    other._loss_has_been_scaled = other._gradients_have_been_unscaled = True
    return other
  return type(optimizer).from_config(optimizer.get_config() | settings)


def scales(optimizer) -> bool:
  """Whether an optimizer scales the loss."""
  return isinstance(optimizer, _Scaling)


def scaled(optimizer, loss: tf.Tensor) -> tf.Tensor:
  """Returns the loss times the optimizer's loss scale, if it has one."""
  return optimizer.get_scaled_loss(loss) if scales(optimizer) else loss


def unscaled(optimizer, gradients: list) -> list:
  """Returns gradients divided by the optimizer's loss scale, if it has one."""
  if not scales(optimizer):
    return gradients
  return optimizer.get_unscaled_gradients(gradients)


def is_stuck(optimizer, made: tf.Tensor):
  """Whether an update was skipped at the smallest loss scale, 1.

  Args:
    optimizer: The optimizer.
    made: The number of updates that it has just made, 0 or 1.
  """
  if not (isinstance(optimizer, _Scaling) and optimizer.dynamic):
    return False
  scale = tf.convert_to_tensor(optimizer.loss_scale)
  return tf.equal(made, 0) & (scale <= 1.0)


def matters(optimizer, made: tf.Tensor):
  """Whether a loss that is not finite means that training diverged.

  It does not if an optimizer that scales the loss skipped the update, and can
  still try a smaller scale; the smallest is 1.

  Args:
    optimizer: The optimizer.
    made: The number of updates that it has just made, 0 or 1.
  """
  if not (isinstance(optimizer, _Scaling) and optimizer.dynamic):
    return True
  return (made > 0) | (tf.convert_to_tensor(optimizer.loss_scale) <= 1.0)
