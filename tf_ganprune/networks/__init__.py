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
"""Generators and discriminators as functional Keras models."""

from tf_ganprune.networks.conditional import (
  conditional_discriminator,
  conditional_generator,
  of_class,
)
from tf_ganprune.networks.dcgan import (
  dcgan_classifier,
  dcgan_discriminator,
  dcgan_generator,
)
from tf_ganprune.networks.ensemble import Ensemble
from tf_ganprune.networks.inpainting import inpainting_generator
from tf_ganprune.networks.patch import patch_discriminator
from tf_ganprune.networks.resnet import resnet_generator
from tf_ganprune.networks.sparse import sparse_generator
from tf_ganprune.networks.u_net import u_net_generator

__all__ = [
  "Ensemble",
  "conditional_discriminator",
  "conditional_generator",
  "dcgan_classifier",
  "dcgan_discriminator",
  "dcgan_generator",
  "inpainting_generator",
  "of_class",
  "patch_discriminator",
  "resnet_generator",
  "sparse_generator",
  "u_net_generator",
]
