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
"""The kinds of generators that the DCGAN experiment can train."""

import dataclasses
from collections.abc import Callable

import tf_ganprune as tgp


@dataclasses.dataclass(frozen=True)
class Kind:
  """A kind of generator, with the pruning policy that goes with it.

  Example:
    `GENERATORS["sparse"].make((28, 28, 1), 64, width=32)`

  Attributes:
    title: The title of a GAN with this generator.
    network: A function of an image shape, a latent's length and a width that
      returns a generator.
    policy: A function that returns its pruning policy, or None.
    widening: The factor between the width of the settings and the generator's;
      1x1 convolutions take fewer multiplications than 4x4 ones.
  """

  title: str
  network: Callable[..., tgp.keras.Model]
  policy: Callable[[], object] = lambda: None
  widening: int = 1

  def make(
    self, image_shape: tuple[int, int, int], latent_dim: int, width: int
  ) -> tgp.keras.Model:
    """Returns a new generator.

    Args:
      image_shape: `(height, width, channels)`.
      latent_dim: The length of a latent.
      width: The width of the settings.
    """
    return self.network(image_shape, latent_dim, self.widening * width)


GENERATORS = {
  "dcgan": Kind("DCGAN", tgp.networks.dcgan_generator),
  "sparse": Kind(
    "GAN for sparse kernels",
    tgp.networks.sparse_generator,
    tgp.PruneForLatencyOnXNNPack,
    2,
  ),
}
