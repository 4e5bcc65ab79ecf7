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
"""Prunes generators here and with Torch-Pruning, and compares what is left.

  python -m benchmarks.channels.torch_pruning --python=PATH

prints a table, and writes it as JSON. PATH is the Python of an
environment with torch and torch-pruning; without it, the program says how to
make one, and prunes here only.
"""

import dataclasses
import json
import pathlib
import subprocess

from absl import app, flags

import tf_ganprune as tgp
from benchmarks import result_files, timing, verdicts
from benchmarks.channels import torch_table

_PYTHON = flags.DEFINE_string(
  "python", None, "Of an environment with torch and torch-pruning."
)
_HOW = """
Without --python there is nothing to compare with. For an environment:

  python3 -m venv torchvenv
  torchvenv/bin/pip install torch==2.13.0 torch-pruning==1.6.1
  python -m benchmarks.channels.torch_pruning --python=torchvenv/bin/python
"""
_CHANNELS = 0.5


@dataclasses.dataclass(frozen=True)
class Case:
  """A generator that both tools prune.

  Attributes:
    network: As in `tgp.networks`, without `_generator`.
    options: Its arguments.
    theirs: Arguments of the network in torch only.
  """

  network: str
  options: dict
  theirs: dict = dataclasses.field(default_factory=dict)


_DCGAN = {"image_shape": (28, 28, 1), "latent_dim": 64, "width": 32}
_LARGE = {"image_shape": (256, 256, 3), "width": 64}
_CASES = {
  "DCGAN": Case("dcgan", _DCGAN),
  "DCGAN, view(n, -1, 7, 7)": Case("dcgan", _DCGAN, {"open_view": True}),
  "ResNet": Case("resnet", _LARGE | {"num_blocks": 9}),
  "U-Net": Case("u_net", _LARGE | {"num_downs": 8}),
}


class Contestant:
  """Torch-Pruning, in a process of another environment.

  Example:
    `Contestant("torchvenv/bin/python").ask(network="dcgan", ...)`
  """

  def __init__(self, python: str):
    """Starts it.

    Raises:
      ChildProcessError: If it does not start.
    """
    root = pathlib.Path(__file__).resolve().parents[2]
    self._process = subprocess.Popen(
      [python, "-m", "benchmarks.channels.torch_pruning_contestant"],
      stdin=subprocess.PIPE,
      stdout=subprocess.PIPE,
      text=True,
      cwd=root,
    )
    self.versions = self._read()

  def ask(self, **request) -> dict:
    """Returns the answer to a request."""
    self._process.stdin.write(json.dumps(request) + "\n")
    self._process.stdin.flush()
    return self._read()

  def _read(self) -> dict:
    line = self._process.stdout.readline()
    if not line:
      raise ChildProcessError(
        "Torch-Pruning's process ended; what it says is above. The environment"
        " of --python must have torch and torch-pruning."
      )
    return json.loads(line)

  def close(self) -> None:
    """Lets it end."""
    self._process.stdin.close()
    self._process.wait()


def build(case: Case, seed: int = 0) -> tgp.keras.Model:
  """Returns our network of a case."""
  tgp.keras.utils.set_random_seed(seed)
  return getattr(tgp.networks, f"{case.network}_generator")(**case.options)


def prune(model: tgp.keras.Model) -> tgp.keras.Model:
  """Returns it with a part of the channels of each layer."""
  return tgp.prune_channels(
    model, channels=_CHANNELS, allocation="uniform", importance="l1"
  )


def cost(model: tgp.keras.Model) -> dict:
  """Returns parameters, MACs, and how many channels layers take and make."""
  profile = tgp.profile(model)
  return {
    "params": profile.params,
    "macs": profile.macs,
    "layers": {
      layer.name: _sides(layer)
      for layer in model.layers
      if hasattr(layer, "kernel")
    },
  }


def _sides(layer) -> list[int]:
  *_, taken, made = layer.kernel.shape
  if isinstance(layer, tgp.keras.layers.Conv2DTranspose):
    taken, made = made, taken
  return [taken, made]


def compare(case: Case, contestant: Contestant | None, rounds: int) -> dict:
  """Prunes with both tools, in turn.

  Args:
    case: Which network.
    contestant: Torch-Pruning, if it is there.
    rounds: Of which the seconds are taken, at most.

  Returns:
    What the network costs before, for each tool the outcomes by seed and the
    seconds, and what Torch-Pruning alone made smaller.

  Raises:
    RuntimeError: If the two networks are not the same.
  """
  lefts, only_theirs = {}, {}
  for seed in torch_table.SEEDS:
    model = build(case, seed)
    before, left = cost(model), cost(prune(model))
    lefts.setdefault(torch_table.OURS, []).append(left)
    if contestant is not None:
      answer = contestant.ask(**_request(case, seed))
      _check_same(case, before, answer["before"])
      lefts.setdefault(torch_table.THEIRS, []).append(answer["after"])
      found = shrunk_by_one_only(before, answer["after"], left)
      only_theirs |= dict.fromkeys(found)
  timings = _timings(case, model, contestant, rounds)
  output = model.layers[-1].name
  result = {"before": before, "shrunk by Torch-Pruning only": [*only_theirs]}
  return result | {
    tool: {
      "outcomes": _distinct(before, found, output),
      "timing": dataclasses.asdict(timings[tool]),
    }
    for tool, found in lefts.items()
  }


def _request(case: Case, seed: int) -> dict:
  return {
    "network": case.network,
    "options": case.options | case.theirs,
    "seed": seed,
    "channels": _CHANNELS,
  }


def _timings(case, model, contestant, rounds) -> dict[str, timing.Timing]:
  """Returns the seconds of each tool, on the network of the last seed."""
  timers = {torch_table.OURS: lambda: timing.timed(lambda: prune(model))}
  if contestant is not None:
    request = _request(case, torch_table.SEEDS[-1]) | {"seconds_only": True}
    timers[torch_table.THEIRS] = lambda: contestant.ask(**request)["seconds"]
  return timing.run(timers, max_rounds=rounds, timer=lambda call: call())


def _distinct(before: dict, lefts: list[dict], output: str) -> list[dict]:
  """Returns what is left, each once with its seeds and the whole layers."""
  found = []
  for seed, left in zip(torch_table.SEEDS, lefts, strict=True):
    outcome = left | {"whole": whole(before, left, output)}
    for other in found:
      if other | {"seeds": []} == outcome | {"seeds": []}:
        other["seeds"].append(seed)
        break
    else:
      found.append(outcome | {"seeds": [seed]})
  return found


def _check_same(case: Case, ours: dict, theirs: dict) -> None:
  if ours != theirs:
    raise RuntimeError(
      f"The {case.network} networks differ: {ours} here, {theirs} in torch."
    )


def whole(before: dict, after: dict, output: str) -> list[str]:
  """Returns the layers but the output that make as many channels as before."""
  return [
    name
    for name, (_, made) in before["layers"].items()
    if name != output and after["layers"][name][1] == made
  ]


def shrunk_by_one_only(before: dict, one: dict, other: dict) -> list[str]:
  """Returns the sides of layers that one tool shrank and the other did not."""
  return [
    f"{name}, {side}"
    for name, sides in before["layers"].items()
    for place, side in enumerate(("inputs", "outputs"))
    if one["layers"][name][place] < sides[place]
    and other["layers"][name][place] == sides[place]
  ]


def main(argv):
  """Prunes, prints and writes."""
  del argv
  if not _PYTHON.value:
    print(torch_table.text(_results(None)))
    print(_HOW)
    return
  contestant = Contestant(_PYTHON.value)
  file = result_files.opened(
    "torch_pruning",
    contestant.versions
    | {
      "seeds": torch_table.SEEDS,
      "channels": _CHANNELS,
      "cases": {x: dataclasses.asdict(y) for x, y in _CASES.items()},
    },
  )
  results = _results(contestant)
  contestant.close()
  file.add({"results": results})
  print(verdicts.text(file.machines(), torch_table.table, torch_table.goals))


def _results(contestant: Contestant | None) -> dict[str, dict]:
  """Returns what `compare` finds, by case."""
  rounds = timing.ROUNDS.value
  return {x: compare(y, contestant, rounds) for x, y in _CASES.items()}


if __name__ == "__main__":
  app.run(main)
