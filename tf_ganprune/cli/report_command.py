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
"""The command `report`, which writes a page that compares saved networks."""

from absl import flags

from tf_ganprune.cli import command, common_flags


def _define(values: flags.FlagValues) -> None:
  common_flags.define_output(values, ".html")
  flags.DEFINE_string(
    "title", None, "The title of the page.", flag_values=values
  )
  flags.DEFINE_multi_enum(
    "target",
    [],
    common_flags.TARGETS,
    "A target to export all networks for, and to time on the CPU.",
    flag_values=values,
  )
  flags.DEFINE_integer(
    "runs", 50, "Runs to time of each file.", lower_bound=1, flag_values=values
  )
  common_flags.define_network(values)
  common_flags.define_samples(values, "to be run on")
  flags.DEFINE_string(
    "truth",
    None,
    "The true outputs, a .npy file [n, ...], to be shown beside the networks';"
    " needs --samples.",
    flag_values=values,
  )
  flags.DEFINE_integer(
    "num_samples",
    16,
    "How many outputs to show.",
    lower_bound=1,
    upper_bound=512,
    flag_values=values,
  )
  flags.DEFINE_integer(
    "sample_rate",
    None,
    "Samples a second of outputs that are sounds, [n, samples].",
    lower_bound=1,
    flag_values=values,
  )
  flags.DEFINE_integer(
    "seed",
    0,
    "The seed of inputs that are drawn.",
    lower_bound=0,
    flag_values=values,
  )
  common_flags.define_evaluation(values)


def _run(files: list[str], values: flags.FlagValues) -> int:
  from tf_ganprune.cli import compared  # noqa: PLC0415
  from tf_ganprune.report import page, text_table  # noqa: PLC0415

  comparison = compared.compare(files, values)
  page.write_report(values.output, comparison)
  print(text_table.format_table(comparison))
  for note in comparison.notes:
    print(note)
  print(f"The page is {values.output}.")
  return 0


COMMAND = command.Command(
  name="report",
  summary="Writes a page that compares saved networks or GANs",
  usage="FIRST.keras OTHER.keras... --output=REPORT.html",
  examples=(
    "report dense.keras pruned.keras --output=report.html\n"
    "report dense.keras pruned.keras small.keras --target=cpu --target=gpu"
    " --output=report.html\n"
    "report dense.keras small.keras --samples=edges.npy --truth=shoes.npy"
    " --output=report.html\n"
    "report dense.keras pruned.keras --reference=real.npy"
    " --feature_model=classifier.keras --output=report.html"
  ),
  details=(
    "All ratios are to the first network. The page has weights, zeros,"
    " multiply-accumulates, and the outputs for the same inputs; with --target"
    " exported files with their milliseconds, and with --reference the quality"
    " of images."
  ),
  define=_define,
  run=_run,
  files=(1, float("inf")),
  required=("output",),
)
