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
"""The command `export`, which writes a `.tflite` file of a saved network."""

from absl import flags

from tf_ganprune.cli import command, common_flags


def export(
  model: str,
  output: str,
  target: str = "cpu",
  samples=None,
  network: str | None = None,
  **kwargs,
):
  """Exports a saved network to a `.tflite` file.

  Args:
    model: The path of a `.keras` file.
    output: The path of the `.tflite` file to write.
    target: A name from `tgp.EXPORT_TARGETS`.
    samples: Arrays, as `representative_data` of `tgp.export_tflite`; by default
      a GAN's own inputs are drawn.
    network: The name of one of a GAN's networks; may be left out if it
      exports one.
    **kwargs: Other arguments of `tgp.export_tflite`.

  Returns:
    The report of `tgp.export_tflite`.

  Raises:
    ValueError: If the network cannot be loaded, and as in `tgp.export_tflite`.
  """
  from tf_ganprune.cli import saved  # noqa: PLC0415 (imports TensorFlow)
  from tf_ganprune.export import tflite  # noqa: PLC0415

  loaded, source = saved.load_with_inputs(model, network)
  return tflite.export_tflite(
    loaded,
    output,
    target,
    representative_data=source if samples is None else samples,
    **kwargs,
  )


def _define(values: flags.FlagValues) -> None:
  common_flags.define_target(values)
  common_flags.define_output(values, ".tflite")
  common_flags.define_network(values)
  common_flags.define_samples(values, "to calibrate int8 and to compare with")
  common_flags.define_evaluation(values)


def _run(files: list[str], values: flags.FlagValues) -> int:
  from tf_ganprune.cli import saved  # noqa: PLC0415

  saved.import_modules(values["import"].value)
  evaluator = saved.evaluator(values.reference, values.feature_model)
  if values.value_range is not None and evaluator is None:
    raise ValueError(
      "--value_range is for images that are measured; give --reference and"
      " --feature_model too, or leave it out."
    )
  report = export(
    files[0],
    values.output,
    values.target,
    saved.read_arrays("samples", values.samples),
    values.network,
    input_shape=values.input_shape,
    evaluator=evaluator,
    value_range=values.value_range,
  )
  print(command.in_flags(str(report), values))
  return 0


COMMAND = command.Command(
  name="export",
  summary="Writes a saved network as a .tflite file, run and compared first",
  usage="MODEL.keras --target=TARGET --output=FILE.tflite",
  examples=(
    "export generator.keras --target=gpu --output=generator.tflite\n"
    "export gan.keras --target=cpu-int8 --samples=latents.npy"
    " --output=g.tflite\n"
    "export cyclegan.keras --network=generator_G --input_shape=256,256,3"
    " --output=g.tflite"
  ),
  details=(
    "Before the file is written to --output it is run in LiteRT, and must"
    " agree with Keras; otherwise there is no file, and the error names the"
    " layer that is the cause."
  ),
  define=_define,
  run=_run,
  required=("output",),
)
