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
"""The command `profile`, which counts MACs and weights, or operators."""

import pathlib

from absl import flags

from tf_ganprune.cli import command, common_flags


def _run(files: list[str], values: flags.FlagValues) -> int:
  (path,) = files
  if pathlib.Path(path).suffix == ".tflite":
    return _of_file(path, values)
  from tf_ganprune import channels, sparsity  # noqa: PLC0415
  from tf_ganprune.cli import saved  # noqa: PLC0415

  saved.import_modules(values["import"].value)
  network = saved.load_plain(path, values.network)
  print(channels.profile(network, values.input_shape))
  zeros = sparsity.sparsity_report(network)
  print(f"{zeros.overall:.1%} of {zeros.size:,} prunable weights are 0.")
  return 0


def _of_file(path, values) -> int:
  from tf_ganprune.export import existing  # noqa: PLC0415

  if values.network is not None or values.input_shape is not None:
    raise ValueError(
      "--network and --input_shape are for .keras files; a .tflite file is one"
      " network with its sizes."
    )
  print(existing.read(path))
  return 0


def _define(values: flags.FlagValues) -> None:
  common_flags.define_network(values)


COMMAND = command.Command(
  name="profile",
  summary="Counts a network's MACs and weights, or a file's operators",
  usage="FILE",
  examples=(
    "profile generator.keras\n"
    "profile pix2pix.keras --network=generator --input_shape=256,256,3\n"
    "profile generator.tflite"
  ),
  details=(
    "Of a .keras file: the multiply-accumulates, weights and output of each"
    " layer for one example, and the share of zeros. Of a .tflite file: its"
    " inputs, outputs and operators, and which of them XNNPACK runs."
  ),
  define=_define,
  run=_run,
)
