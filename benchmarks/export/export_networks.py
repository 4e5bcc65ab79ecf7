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
"""The networks of the export benchmark, and what pruning leaves of them."""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.sparsity.masks import patterns

SEED = 0
LATENT_DIM = 64
SPARSITY = 0.8
CHANNELS = 0.25
# How the benchmark's table and its goals name them.
DENSE = "dense"
ZEROS = f"{SPARSITY:.0%} zeros".replace("%", " %")
FEWER = "a quarter of the channels"
_IMAGES = 256
_WIDTH = 1024
_layers = tgp.keras.layers


def mlp(width: int = _WIDTH, image_shape=(28, 28, 1)) -> tgp.keras.Model:
  """Returns a generator of Dense layers: three hidden ones and the image's.

  Args:
    width: Units of the hidden layers.
    image_shape: Of the images.
  """
  latents = x = tgp.keras.Input((LATENT_DIM,), name="latents")
  for i in range(3):
    # Glorot's would leave hardly anything of the latents.
    x = _layers.Dense(
      width, kernel_initializer="he_normal", name=f"hidden_{i}"
    )(x)
    x = _layers.LeakyReLU(0.2, name=f"act_{i}")(x)
  x = _layers.Dense(np.prod(image_shape), activation="tanh", name="pixels")(x)
  images = _layers.Reshape(image_shape, name="images")(x)
  return tgp.keras.Model(latents, images, name="mlp")


NETWORKS: dict[str, Callable[[], tgp.keras.Model]] = {
  "DCGAN 28x28": lambda: tgp.networks.dcgan_generator((28, 28, 1), LATENT_DIM),
  "DCGAN 64x64": lambda: tgp.networks.dcgan_generator((64, 64, 3), LATENT_DIM),
  "MLP 3x1024": mlp,
  "sparse_generator": lambda: tgp.networks.sparse_generator(
    (28, 28, 1), LATENT_DIM
  ),
}


def build(name: str) -> tgp.keras.Model:
  """Returns one of `NETWORKS`, as if it were trained.

  Its weights are random; its batch normalizations have scales, offsets and
  statistics of their own.

  Args:
    name: In `NETWORKS`.
  """
  tgp.keras.utils.set_random_seed(SEED)
  network = NETWORKS[name]()
  rng = np.random.default_rng(SEED)
  for norm in _normalizations(network):
    norm.gamma.assign(rng.uniform(0.5, 1.5, norm.gamma.shape))
    norm.beta.assign(rng.normal(0.0, 0.2, norm.beta.shape))
  return _settled(network)


def _normalizations(network) -> list:
  return [
    layer
    for layer in network.submodules
    if isinstance(layer, _layers.BatchNormalization)
  ]


def _settled(network) -> tgp.keras.Model:
  """Sets the moving statistics to those of a batch, as training would."""
  momenta = {x: x.momentum for x in _normalizations(network)}
  for norm in momenta:
    norm.momentum = 0.0
  network(latents(network), training=True)
  for norm, momentum in momenta.items():
    norm.momentum = momentum
  return network


def latents(network: tgp.keras.Model) -> tf.Tensor:
  """Returns a batch of inputs."""
  shape = [_IMAGES, *network.input_shape[1:]]
  return tf.random.stateless_normal(shape, [SEED, 1])


@dataclasses.dataclass(frozen=True)
class Zeros:
  """Which zeros a target wants.

  Attributes:
    name: For the table.
    mask: Returns the mask of a layer's kernel, or None to leave it whole.

  Example:
    `FOR_TARGET["cpu-block"].name`
  """

  name: str
  mask: Callable[[_layers.Layer, tf.Tensor], tf.Tensor | None]


def _anywhere(layer, kernel) -> tf.Tensor:
  del layer
  mask, _ = patterns.unstructured(tf.abs(kernel), SPARSITY)
  return mask


def _blocks(layer, kernel) -> tf.Tensor:
  if not isinstance(layer, _layers.Dense):
    return _anywhere(layer, kernel)
  # Four inputs of a unit: TFLite's kernels are transposed.
  mask, _ = patterns.block(tf.abs(kernel), SPARSITY, (4, 1))
  return mask


def _pointwise(layer, kernel) -> tf.Tensor | None:
  if not tgp.PruneForLatencyOnXNNPack().allow_pruning(layer):
    return None
  return _anywhere(layer, kernel)


ANYWHERE = Zeros("", _anywhere)
FOR_TARGET = {
  "cpu-block": Zeros("1x4 blocks in Dense layers", _blocks),
  "arm-sparse": Zeros("1x1 convolutions alone", _pointwise),
}


def with_zeros(
  network: tgp.keras.Model, zeros: Zeros = ANYWHERE
) -> tgp.keras.Model:
  """Returns a copy whose kernels have the smallest weights set to zero.

  Args:
    network: The dense one.
    zeros: Which kernels, and in which pattern.
  """
  copy = tgp.keras.models.clone_model(network)
  copy.set_weights(network.get_weights())
  for layer in copy.submodules:
    kernel = getattr(layer, "depthwise_kernel", getattr(layer, "kernel", None))
    if kernel is None:
      continue
    mask = zeros.mask(layer, tf.convert_to_tensor(kernel))
    if mask is not None:
      kernel.assign(kernel * mask)
  return _settled(copy)


def with_fewer_channels(network: tgp.keras.Model) -> tgp.keras.Model:
  """Returns a smaller copy with that share of the channels.

  Args:
    network: The dense one.

  Raises:
    ValueError: If it has no channels that can go.
  """
  # A stem for XNNPACK's sparse kernels must have the three channels it has.
  has_stem = any(layer.name == "stem" for layer in network.layers)
  return _settled(
    tgp.prune_channels(
      network,
      channels=CHANNELS,
      allocation="uniform",
      exclude=["dense"] if has_stem else [],
    )
  )
