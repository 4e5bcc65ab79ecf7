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
"""Prunes any Keras model while `fit` trains it."""

from tf_ganprune import gan
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import ownership, wrapper


class UpdatePruningStep(keras.callbacks.Callback):
  """Prunes any Keras model at the end of each batch of `fit`.

  A step is a batch; pruned weights are zero after each. It works inside the
  compiled train step. A GAN of this package counts its own updates and needs
  no callback; there this one does nothing.

  Example:
    `classifier.fit(x, y, callbacks=[tgp.UpdatePruningStep()])`
  """

  def __init__(self):
    super().__init__()
    self._train_step = None
    self._previous_owners = []

  def on_train_begin(self, logs=None):
    """Takes over the counting of the model's pruned layers."""
    if isinstance(self.model, gan.PrunedGAN):
      return
    interrupted = getattr(self.model.train_step, "callback", None)
    if interrupted:
      interrupted.on_train_end()
    self._previous_owners = [
      (layer, ownership.adopt(layer).owner())
      for layer in ownership.pruned_layers(self.model)
    ]
    layers = ownership.claim(self.model, owner=self)
    self._train_step = train_step = self.model.train_step

    def train_and_prune(data):
      logs = train_step(data)
      ownership.advance(layers)
      return logs

    # Keeps the owner alive for as long as this function counts for it.
    train_and_prune.callback = self
    self.model.train_step = train_and_prune
    self.model.make_train_function(force=True)

  def on_train_end(self, logs=None):
    """Gives the layers back, sparse whatever Keras did at the end."""
    if self._train_step is None:
      return
    for layer, previous in self._previous_owners:
      wrapper.apply_masks(layer)
      layer.release()
      if previous is not None:
        layer.claim(previous)
    self.model.train_step, self._train_step = self._train_step, None
    self.model.train_function = None
