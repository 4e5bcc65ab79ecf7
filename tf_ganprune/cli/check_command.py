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
"""The command `check`, which finds layers that a target does not take."""

import pathlib

from absl import flags

from tf_ganprune.cli import command, common_flags


def _define(values: flags.FlagValues) -> None:
  common_flags.define_target(values)
  common_flags.define_network(values)


def _run(files: list[str], values: flags.FlagValues) -> int:
  from tf_ganprune.export import finding  # noqa: PLC0415

  (path,) = files
  is_file = pathlib.Path(path).suffix == ".tflite"
  found = (_of_file if is_file else _of_network)(path, values)
  refused = [one for one in found if one.refused]
  advice = [one for one in found if not one.refused]
  for kind, some in (("refused", refused), ("advice", advice)):
    for line in finding.summary(some).splitlines():
      print(f"{kind}: {line}")
  verdict = "does not take" if refused else "takes"
  print(f"Target {values.target!r} {verdict} {path!r}.")
  return 1 if refused else 0


def _of_network(path, values):
  from tf_ganprune.cli import saved  # noqa: PLC0415
  from tf_ganprune.export import check  # noqa: PLC0415

  saved.import_modules(values["import"].value)
  network = saved.load(path, values.network)
  return check.check_target(network, values.target, values.input_shape)


def _of_file(path, values):
  from tf_ganprune.export import existing  # noqa: PLC0415

  if values.network is not None or values.input_shape is not None:
    raise ValueError(
      "--network and --input_shape are for .keras files; a .tflite file is one"
      " network with its sizes."
    )
  return existing.findings(existing.read(path), values.target)


COMMAND = command.Command(
  name="check",
  summary="Finds layers of a network or a .tflite file that a target refuses",
  usage="FILE --target=TARGET",
  examples=(
    "check generator.tflite --target=npu\n"
    "check generator.keras --target=gpu\n"
    "check cyclegan.keras --network=generator_G --target=gpu"
  ),
  details=(
    "Each finding has the layer (of a .tflite file: the operator), the reason"
    " and a remedy. The exit code is 1 if the target refuses the network, and 0"
    " if all findings are advice. A network is converted as by `export`, with"
    " the same replacements of layers."
  ),
  define=_define,
  run=_run,
)
