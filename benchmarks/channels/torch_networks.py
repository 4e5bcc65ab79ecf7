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
"""Our generators in torch, for `torch_pruning_contestant.py`.

Layers have the names that they have in `tgp.networks`, and each network knows
the name of its `output` layer and an `example` of its inputs.
"""

import collections

import torch
from torch import nn

_SLOPE = 0.2


def _halvings(side: int) -> int:
  halvings = 1
  while side > 8 * 2**halvings:
    halvings += 1
  return halvings


class DCGAN(nn.Module):
  """The network of `tgp.networks.dcgan_generator`.

  With `open_view` the reshape does not say how many channels it makes.
  """

  def __init__(self, image_shape, latent_dim=64, width=32, open_view=False):
    super().__init__()
    height, columns, colors = image_shape
    halvings = _halvings(max(height, columns))
    side = [height // 2**halvings, columns // 2**halvings]
    channels = width * 2 ** (halvings - 1)
    self.example = torch.zeros(1, latent_dim)
    self.start = (-1 if open_view else channels, *side)
    self.dense = nn.Linear(latent_dim, channels * side[0] * side[1], bias=False)
    size = f"{side[0]}x{side[1]}"
    made = {
      f"norm_{size}": nn.BatchNorm2d(channels),
      f"act_{size}": nn.LeakyReLU(_SLOPE),
      f"conv_{size}": nn.Conv2d(channels, channels, 3, padding=1, bias=False),
      f"norm_conv_{size}": nn.BatchNorm2d(channels),
      f"act_conv_{size}": nn.LeakyReLU(_SLOPE),
    }
    for _ in range(halvings - 1):
      side = [2 * n for n in side]
      size = f"{side[0]}x{side[1]}"
      made[f"conv_transpose_{size}"] = nn.ConvTranspose2d(
        channels, channels // 2, 4, stride=2, padding=1, bias=False
      )
      channels //= 2
      made[f"norm_{size}"] = nn.BatchNorm2d(channels)
      made[f"act_{size}"] = nn.LeakyReLU(_SLOPE)
    self.output = f"conv_transpose_{height}x{columns}"
    made[self.output] = nn.ConvTranspose2d(
      channels, colors, 4, stride=2, padding=1
    )
    self.stages = nn.Sequential(collections.OrderedDict(made))

  def forward(self, latents):
    """Maps `[n, latent_dim]` to `[n, channels, height, width]`."""
    images = self.dense(latents).view(len(latents), *self.start)
    return torch.tanh(self.stages(images))


class _Block(nn.Module):
  """Adds to images what two convolutions make of them."""

  def __init__(self, name, channels):
    super().__init__()
    made = {}
    for number in (1, 2):
      made[f"pad_{number}"] = nn.ReflectionPad2d(1)
      made[f"{name}_conv_{number}"] = nn.Conv2d(
        channels, channels, 3, bias=False
      )
      made[f"norm_{number}"] = nn.InstanceNorm2d(channels, affine=True)
      if number == 1:
        made["act"] = nn.ReLU()
    self.body = nn.Sequential(collections.OrderedDict(made))

  def forward(self, images):
    """Keeps the shape."""
    return images + self.body(images)


class ResNet(nn.Module):
  """The network of `tgp.networks.resnet_generator`."""

  output = "conv_out"

  def __init__(self, image_shape, width=64, num_blocks=9):
    super().__init__()
    height, columns, colors = image_shape
    self.example = torch.zeros(1, colors, height, columns)
    made = {
      "pad_conv_in": nn.ReflectionPad2d(3),
      "conv_in": nn.Conv2d(colors, width, 7, bias=False),
      **self._active("in", width),
    }
    for stage in (1, 2):
      size = f"down_{height // 2**stage}x{columns // 2**stage}"
      made[size] = nn.Conv2d(
        width, 2 * width, 3, stride=2, padding=1, bias=False
      )
      width *= 2
      made |= self._active(size, width)
    for number in range(1, num_blocks + 1):
      made[f"block_{number}"] = _Block(f"block_{number}", width)
    for stage in (1, 0):
      size = f"up_{height // 2**stage}x{columns // 2**stage}"
      made[size] = nn.ConvTranspose2d(
        width, width // 2, 3, 2, padding=1, output_padding=1, bias=False
      )
      width //= 2
      made |= self._active(size, width)
    made["pad_conv_out"] = nn.ReflectionPad2d(3)
    made["conv_out"] = nn.Conv2d(width, colors, 7)
    self.stages = nn.Sequential(collections.OrderedDict(made))

  def _active(self, name, channels):
    return {
      f"norm_{name}": nn.InstanceNorm2d(channels, affine=True),
      f"act_{name}": nn.ReLU(),
    }

  def forward(self, images):
    """Maps `[n, channels, height, width]` to the same shape."""
    return torch.tanh(self.stages(images))


class UNet(nn.Module):
  """The network of `tgp.networks.u_net_generator`."""

  def __init__(self, image_shape, width=64, num_downs=8):
    super().__init__()
    height, columns, colors = image_shape
    self.example = torch.zeros(1, colors, height, columns)
    self.downs, self.ups = nn.ModuleDict(), nn.ModuleDict()
    widths = [width * min(2**i, 8) for i in range(num_downs)]
    taken = colors
    for stage, filters in enumerate(widths, 1):
      size = f"down_{height // 2**stage}x{columns // 2**stage}"
      self.downs[size] = self._down(
        size, taken, filters, 1 < stage < num_downs, stage > 1
      )
      taken = filters
    for stage in reversed(range(1, num_downs)):
      size = f"up_{height // 2**stage}x{columns // 2**stage}"
      filters = widths[stage - 1]
      rate = 0.5 if num_downs - 1 - stage < num_downs - 5 else 0.0
      self.ups[size] = self._up(size, taken, filters, rate)
      taken = 2 * filters
    self.output = f"up_{height}x{columns}"
    last = nn.ConvTranspose2d(taken, colors, 4, stride=2, padding=1)
    self.last = nn.Sequential(
      collections.OrderedDict({"act": nn.ReLU(), self.output: last})
    )

  def _down(self, name, taken, filters, is_inner, is_active):
    made = {"act": nn.LeakyReLU(_SLOPE)} if is_active else {}
    made[name] = nn.Conv2d(taken, filters, 4, 2, 1, bias=not is_inner)
    if is_inner:
      made["norm"] = nn.BatchNorm2d(filters)
    return nn.Sequential(collections.OrderedDict(made))

  def _up(self, name, taken, filters, dropout):
    made = {
      "act": nn.ReLU(),
      name: nn.ConvTranspose2d(taken, filters, 4, 2, 1, bias=False),
      "norm": nn.BatchNorm2d(filters),
    }
    if dropout:
      made["dropout"] = nn.Dropout(dropout)
    return nn.Sequential(collections.OrderedDict(made))

  def forward(self, images):
    """Maps `[n, channels, height, width]` to the same shape."""
    skips = []
    for down in self.downs.values():
      images = down(images)
      skips.append(images)
    skips.pop()
    for up in self.ups.values():
      images = torch.cat([up(images), skips.pop()], 1)
    return torch.tanh(self.last(images))


NETWORKS = {"dcgan": DCGAN, "resnet": ResNet, "u_net": UNet}
