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
"""GANs as Keras models that prune their networks while they train."""

from tf_ganprune.gan.base import PrunedGAN
from tf_ganprune.gan.capacity import match_capacity
from tf_ganprune.gan.conditional import ConditionalGAN
from tf_ganprune.gan.cycle_gan import CycleGAN
from tf_ganprune.gan.dual_gan import DualGAN
from tf_ganprune.gan.pix2pix import Pix2Pix
from tf_ganprune.gan.semi_supervised import SemiSupervisedGAN
from tf_ganprune.gan.standard import GAN
from tf_ganprune.gan.wgan_gp import WGANGP

__all__ = [
  "GAN",
  "ConditionalGAN",
  "CycleGAN",
  "DualGAN",
  "Pix2Pix",
  "PrunedGAN",
  "SemiSupervisedGAN",
  "WGANGP",
  "match_capacity",
]
