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
"""Networks that are pruned by an importance, and what they gathered."""

import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras
sparsity = tfmot.sparsity.keras
_NEVER = sparsity.ConstantSparsity(0.5, 1000, frequency=1)


def pruned(importance, schedule=_NEVER, make=tiny.generator):
  """Returns a network that goes by an importance."""
  return tgp.prune_low_magnitude(make(), schedule, importance=importance)


def slots(network):
  """Returns what the layers of a network gathered, as arrays."""
  return [
    slot.numpy()
    for layer in wrapped_layers.pruned_layers(network)
    for slot in layer.slots
  ]


class Sum(tgp.GAN):
  """The gradient of every weight of the generator is 1."""

  def generator_loss(self, fake):
    del fake
    weights = self.generator.trainable_weights
    return tf.add_n([tf.reduce_sum(weight) for weight in weights])


def gan(model_class=Sum, importance="taylor", sgd=0.5, **options):
  """Returns a GAN whose generator goes by an importance, compiled."""
  model = model_class(tiny.discriminator(), pruned(importance), 4)
  # Tracing would take longer than these few steps.
  options = {"run_eagerly": True} | options
  model.compile("adam", keras.optimizers.SGD(sgd), **options)
  return model
