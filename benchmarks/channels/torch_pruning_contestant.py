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
"""Prunes generators with Torch-Pruning; `torch_pruning.py` runs it.

It needs an environment of its own, with torch and torch-pruning. It reads
requests from its standard input, a JSON object a line, as in `{"network":
"dcgan", "options": {"width": 32, ...}, "seed": 0, "channels": 0.5}`, and
answers with a line each.
"""

import copy
import functools
import importlib.metadata
import json
import sys
import time

import torch
import torch_pruning
from torch import nn

from benchmarks.channels import torch_networks

_KERNELS = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)


def kernels(model: nn.Module) -> dict[str, nn.Module]:
  """Returns the layers with kernels by the last part of their names."""
  return {
    name.rpartition(".")[2]: module
    for name, module in model.named_modules()
    if isinstance(module, _KERNELS)
  }


def layers(model: nn.Module) -> dict[str, list[int]]:
  """Returns how many channels each layer takes and makes."""
  found = {}
  for name, module in kernels(model).items():
    is_dense = isinstance(module, nn.Linear)
    kind = "features" if is_dense else "channels"
    found[name] = [getattr(module, f"{x}_{kind}") for x in ("in", "out")]
  return found


def params(model: nn.Module) -> int:
  """Counts weights as Keras does, batch statistics included."""
  statistics = [x for x in model.buffers() if x.is_floating_point()]
  return sum(x.numel() for x in [*model.parameters(), *statistics])


def macs(model: nn.Module) -> int:
  """Counts multiply-accumulates with kernels, as `tgp.profile` does."""
  counts = []

  def count(module, inputs, output):
    if isinstance(module, nn.Linear):
      positions = 1
    elif isinstance(module, nn.ConvTranspose2d):
      positions = inputs[0].shape[2:].numel()
    else:
      positions = output.shape[2:].numel()
    counts.append(module.weight.numel() * positions)

  hooks = [x.register_forward_hook(count) for x in kernels(model).values()]
  with torch.no_grad():
    model(model.example)
  for hook in hooks:
    hook.remove()
  return sum(counts)


def prune(model: nn.Module, channels: float) -> float:
  """Prunes a network in place, and returns the seconds."""
  begun = time.perf_counter()
  pruner = torch_pruning.pruner.BasePruner(
    model,
    model.example,
    importance=torch_pruning.importance.MagnitudeImportance(p=1),
    pruning_ratio=1 - channels,
    ignored_layers=[kernels(model)[model.output]],
  )
  pruner.step()
  return time.perf_counter() - begun


@functools.cache
def _network(name: str, options: str, seed: int) -> nn.Module:
  torch.manual_seed(seed)
  return torch_networks.NETWORKS[name](**json.loads(options)).eval()


def answer(request: dict) -> dict:
  """Returns what a network costs before and after, and the seconds."""
  options = json.dumps(request["options"])
  network = _network(request["network"], options, request["seed"])
  model = copy.deepcopy(network)
  seconds = prune(model, request["channels"])
  if request.get("seconds_only"):
    return {"seconds": seconds}
  return {"seconds": seconds, "before": cost(network), "after": cost(model)}


def cost(model: nn.Module) -> dict:
  """Returns what a network costs; no MACs but the error if it does not run."""
  found = {"params": params(model), "layers": layers(model)}
  try:
    return found | {"macs": macs(model)}
  except RuntimeError as error:
    return found | {"macs": None, "error": str(error)}


def main():
  """Answers requests until there are no more."""
  versions = {
    name: importlib.metadata.version(name)
    for name in ("torch", "torch-pruning")
  }
  print(json.dumps(versions), flush=True)
  for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
  main()
