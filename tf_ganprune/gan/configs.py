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
"""What of a GAN is written into a file, and how it is made again from that."""

from tf_ganprune.keras_compat import keras


class Configured(keras.Model):
  """The configuration of `tgp.GAN`: its networks, numbers and optimizers.

  A family that adds arguments to the constructor adds them to `get_config`,
  and needs nothing else to be saved and loaded.
  """

  def get_config(self):
    """Returns the arguments of the constructor."""
    serialize = keras.utils.serialize_keras_object
    return super().get_config() | {
      "discriminator": serialize(self.discriminator),
      "generator": serialize(self.generator),
      "latent_dim": self.latent_dim,
      "discriminator_steps": self.discriminator_steps,
      "ema_decay": self.ema_decay,
      "r1_weight": self.r1_weight,
      "generator_batch_size": self.generator_batch_size,
      "teacher": self.teacher and serialize(self.teacher),
      "distillation": [serialize(loss) for loss in self.distillation],
      "adversarial_weight": self.adversarial_weight,
    }

  @classmethod
  def from_config(cls, config, custom_objects=None):
    """Builds a GAN, and its networks, from what `get_config` returned."""
    names = ("discriminator", "generator", "teacher", "distillation")
    objects = {name: config[name] for name in names if name in config}
    return cls(
      **config
      | keras.utils.deserialize_keras_object(
        objects, custom_objects=custom_objects
      )
    )

  def get_compile_config(self):
    """Returns what a loaded GAN needs to be trained on."""
    if not isinstance(getattr(self, "loss_name", None), str):
      return None  # not compiled, or with a loss that has no name
    serialize = keras.utils.serialize_keras_object
    return {
      "d_optimizer": serialize(self.d_optimizer),
      "g_optimizer": serialize(self.g_optimizer),
      "loss": self.loss_name,
      "t_optimizer": self.t_optimizer and serialize(self.t_optimizer),
      **self._compile_options,
    }

  def compile_from_config(self, config):
    """Compiles a loaded GAN as it was compiled when it was saved."""
    self.compile(**keras.utils.deserialize_keras_object(config))
