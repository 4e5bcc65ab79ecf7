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
"""Loads weights into a pruned or dense network."""

import os

from tf_ganprune import saving
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import strip
from tf_ganprune.sparsity.wrapping import dense_weights, wrapped_layers


def load_weights(model: keras.Model, path: str | os.PathLike) -> None:
  """Loads weights into a network or a GAN: all of them, or none.

  Masks, thresholds and pruning steps are weights, too. Optimizers stay as they
  are. If anything is wrong, the model is left as it was. A pruned network also
  takes the weights of the dense network that was wrapped: they go into its
  layers, masks stay as they are, and pruned weights are set to zero.

  Which damage is detected depends on the file: any changed byte in a `.keras`
  file of `tgp.save_model`; any byte that changes a weight in other `.keras`
  files and in TensorFlow checkpoints. A `.weights.h5` file has no checksums; it
  is refused if it is truncated, but a changed byte in a weight is not noticed.

  Args:
    model: A built model.
    path: A `.keras` file, a `.weights.h5` file, or the prefix of a checkpoint
      that `model.save_weights`, `tf.train.Checkpoint(model)` or
      `tf.train.Checkpoint(model=model)` wrote.

  Raises:
    ValueError: If there is no such file, it is damaged, or it is of a model of
      another architecture.
  """
  try:
    saving.load_weights(model, path)
  except ValueError:
    if not _load_dense(model, path):
      raise


def _load_dense(model, path) -> bool:
  """Loads weights of the dense network; returns whether the file has them."""
  if not (wrapped_layers.pruned_layers(model) and model.built):
    return False
  try:
    saving.load_weights(strip.without_wrappers(model), path)
  except ValueError:
    return False
  dense_weights.mask(model)
  return True
