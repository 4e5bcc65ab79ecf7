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
"""The command `shrink`, which removes channels of a saved network."""

from absl import flags

from tf_ganprune.cli import command, common_flags

_BUDGETS = {
  "macs": "multiply-accumulates",
  "params": "weights",
  "channels": "channels that can be removed",
  "latency": "milliseconds in LiteRT on this machine",
  "num_bytes": "bytes of the float32 .tflite file",
}

# The number of inputs that are drawn for importances that need data.
_SAMPLES = 256


def _define(values: flags.FlagValues) -> None:
  for name, words in _BUDGETS.items():
    flags.DEFINE_float(
      name,
      None,
      f"The fraction of the {words} to keep, above 0 and not above 1.",
      flag_values=values,
    )
  common_flags.define_output(values, ".keras")
  flags.DEFINE_string(
    "importance",
    "l2",
    "The importance by which channels are chosen: a name from"
    " tgp.channels.IMPORTANCES.",
    flag_values=values,
  )
  flags.DEFINE_string(
    "allocation",
    "global",
    "The allocation by which layers share the removed channels: a name from"
    " tgp.channels.ALLOCATIONS.",
    flag_values=values,
  )
  flags.DEFINE_integer(
    "round_to",
    1,
    "The number that all widths are multiples of; 4 or 8 may be faster on"
    " delegates.",
    lower_bound=1,
    flag_values=values,
  )
  flags.DEFINE_list(
    "exclude", [], "Layers whose channels all stay.", flag_values=values
  )
  flags.DEFINE_integer(
    "seed", 0, "The seed of random numbers.", lower_bound=0, flag_values=values
  )
  common_flags.define_network(values)
  common_flags.define_samples(
    values, "for importances and allocations that need data"
  )


def _run(files: list[str], values: flags.FlagValues) -> int:
  from tf_ganprune import channels  # noqa: PLC0415
  from tf_ganprune.cli import saved  # noqa: PLC0415
  from tf_ganprune.sparsity import strip  # noqa: PLC0415

  (path,) = files
  budget = {name: values[name].value for name in _BUDGETS}
  saved.check_output(values.output)
  saved.import_modules(values["import"].value)
  loaded, source = saved.load_with_inputs(path, values.network)
  network = strip.strip_pruning(loaded)
  data = saved.read_arrays("samples", values.samples)
  if data is None and source is not None:
    data = [source.draw(_SAMPLES, seed=values.seed)]
  small = channels.prune_channels(
    network,
    **budget,
    importance=values.importance,
    allocation=values.allocation,
    round_to=values.round_to,
    exclude=values.exclude,
    data=data,
    seed=values.seed,
    input_shape=values.input_shape,
  )
  before, after = (
    channels.profile(one, values.input_shape) for one in (network, small)
  )
  saved.save(small, values.output, saved.is_keras3(path))
  print(
    f"{values.output}: {after.macs:,} MACs of {before.macs:,}"
    f" ({after.macs / max(1, before.macs):.1%}), {after.params:,} weights of"
    f" {before.params:,} ({after.params / max(1, before.params):.1%})."
  )
  print("Train it before you use it: its outputs lack the removed channels.")
  return 0


COMMAND = command.Command(
  name="shrink",
  summary="Removes the least important channels of a saved network",
  usage="MODEL.keras --macs=FRACTION --output=SMALL.keras",
  examples=(
    "shrink generator.keras --macs=0.25 --output=small.keras\n"
    "shrink gan.keras --params=0.5 --round_to=8 --output=small.keras\n"
    "shrink unet.keras --latency=0.5 --input_shape=256,256,3"
    " --output=small.keras"
  ),
  details=(
    "Needs exactly one budget, a fraction to keep, of which the result never"
    " uses more. Inputs and outputs keep their shapes. The small network is"
    " saved by the Keras, tf_keras or Keras 3, that saved the given one."
  ),
  define=_define,
  run=_run,
  required=("output",),
)
