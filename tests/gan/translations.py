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
"""Small GANs that translate images."""

import tf_ganprune as tgp
from tests.gan import families

keras = tgp.keras
SHAPE = families.SHAPE


def pair_judge(name="discriminator", shape=SHAPE):
  """Returns a discriminator of an image beside the one it was made from."""
  inputs = [keras.Input(shape, name=x) for x in ("given", "made")]
  x = keras.layers.Concatenate()(inputs)
  x = keras.layers.LeakyReLU()(
    keras.layers.Conv2D(3, 3, strides=2, name="conv")(x)
  )
  x = keras.layers.Flatten()(x)
  return keras.Model(inputs, keras.layers.Dense(1)(x), name=name)


def networks(schedules=None, makes=None) -> dict[str, keras.Model]:
  """Returns networks by name, some of them pruned."""
  found = {k: make(k) for k, make in (makes or families.CYCLE).items()}
  for name, schedule in (schedules or {}).items():
    found[name] = tgp.prune_low_magnitude(found[name], schedule)
  return found


def cycle_gan(schedules=None, **arguments) -> tgp.CycleGAN:
  """Returns a CycleGAN, not compiled."""
  return tgp.CycleGAN(**networks(schedules), **{"pool_size": 6} | arguments)


def dual_gan(schedules=None, **arguments) -> tgp.DualGAN:
  """Returns a DualGAN, not compiled."""
  arguments = {"critic_steps": 2} | arguments
  return tgp.DualGAN(**networks(schedules), **arguments)


def pix2pix(schedules=None, **arguments) -> tgp.Pix2Pix:
  """Returns a Pix2Pix, not compiled."""
  makes = {"generator": families.image_network, "discriminator": pair_judge}
  return tgp.Pix2Pix(**networks(schedules, makes), **arguments)
