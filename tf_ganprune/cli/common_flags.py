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
"""Flags that several subcommands have, and what their values mean."""

import math

from absl import flags

# As `tgp.EXPORT_TARGETS`, which cannot be imported without TensorFlow.
TARGETS = (
  "cpu",
  "cpu-fp16",
  "cpu-dynamic",
  "cpu-int8",
  "cpu-small",
  "cpu-block",
  "arm-sparse",
  "gpu",
  "npu",
)


def define_network(values: flags.FlagValues) -> None:
  """Adds the flags that choose what is loaded.

  Args:
    values: Of the subcommand.
  """
  flags.DEFINE_string(
    "network",
    None,
    "Which of a GAN's networks; needed where several ship.",
    flag_values=values,
  )
  flags.DEFINE_list(
    "import",
    [],
    "Modules to import first, which register layers and GANs of your own.",
    flag_values=values,
  )
  flags.DEFINE(
    _InputShape(),
    "input_shape",
    None,
    "Sizes without the batch, such as 64,64,3, for a network that takes any;"
    " with ; between several inputs, in their order or as NAME=64,64,3.",
    flag_values=values,
  )


def define_target(values: flags.FlagValues) -> None:
  """Adds the flag that says what a file is for.

  Args:
    values: Of the subcommand.
  """
  flags.DEFINE_enum(
    "target",
    "cpu",
    TARGETS,
    "What the file is for.",
    flag_values=values,
  )


def define_output(values: flags.FlagValues, suffix: str) -> None:
  """Adds the flag that names the file to write.

  Args:
    values: Of the subcommand.
    suffix: Such as ".keras".
  """
  flags.DEFINE_string(
    "output",
    None,
    f"The {suffix} file to write; it appears whole or not at all.",
    flag_values=values,
  )


def define_samples(values: flags.FlagValues, use: str) -> None:
  """Adds the flag that names a file of inputs.

  Args:
    values: Of the subcommand.
    use: What they are used for.
  """
  flags.DEFINE_string(
    "samples",
    None,
    f"Inputs as the network will see them, {use}: a .npy file of an array"
    " [n, ...], or a .npz file with one for each input's name. By default they"
    " are drawn, as a saved GAN says, or else latents from N(0, 1) and labels"
    " from the rows that there are.",
    flag_values=values,
  )


def define_evaluation(values: flags.FlagValues) -> None:
  """Adds the flags for measuring the quality of images.

  Args:
    values: Of the subcommand.
  """
  flags.DEFINE_string(
    "reference",
    None,
    "Real images, a .npy file [n, height, width, channels], to measure the"
    " images against; with --feature_model.",
    flag_values=values,
  )
  flags.DEFINE_string(
    "feature_model",
    None,
    "A .keras file of the network whose features are compared.",
    flag_values=values,
  )
  define_value_range(values)


def define_value_range(values: flags.FlagValues) -> None:
  """Adds the flag that says what the values of images mean.

  Args:
    values: Of the subcommand.
  """
  flags.DEFINE(
    _ValueRange(),
    "value_range",
    None,
    "Values of the network's images that mean black and white, such as 0,1; by"
    " default what bounds its outputs says it.",
    flag_values=values,
  )


class _InputShape(flags.ArgumentParser):
  """Reads sizes of inputs as the package's functions take `input_shape`."""

  syntactic_help = "sizes"

  def parse(self, argument):
    """Returns a tuple, a list of them, or a dict by the inputs' names."""
    parts = [part.rpartition("=")[::2] for part in argument.split(";")]
    shapes = [_sizes(sizes) for _, sizes in parts]
    names = [name.strip() for name, _ in parts]
    if all(names):
      return dict(zip(names, shapes, strict=True))
    return shapes[0] if len(shapes) == 1 else shapes


def _sizes(text: str) -> tuple[int, ...]:
  try:
    found = tuple(int(size) for size in text.split(","))
  except ValueError:
    found = (0,)
  if min(found) < 1:
    raise ValueError("sizes are whole numbers above 0, such as 64,64,3")
  return found


class _ValueRange(flags.ArgumentParser):
  """Reads the values that mean black and white."""

  syntactic_help = "two numbers"

  def parse(self, argument):
    """Returns `(low, high)`."""
    try:
      low, high = (float(number) for number in argument.split(","))
    except ValueError:
      low = high = math.nan
    if not -math.inf < low < high < math.inf:
      raise ValueError(
        "give the values of black and white, the lower one first, such as 0,1"
      )
    return low, high
