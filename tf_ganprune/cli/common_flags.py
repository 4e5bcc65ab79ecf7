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
"""Defines the flags that several commands have, and parses their values."""

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
  """Adds the flags for loading a network: --network, --import, --input_shape.

  Args:
    values: The flags of the command.
  """
  flags.DEFINE_string(
    "network",
    None,
    "The name of one of a GAN's networks; needed if it exports several.",
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
    "The input's sizes without the batch, such as 64,64,3, for a network that"
    " takes any; with ; between several inputs, in their order or as"
    " NAME=64,64,3.",
    flag_values=values,
  )


def define_target(values: flags.FlagValues) -> None:
  """Adds the flag --target, the export target.

  Args:
    values: The flags of the command.
  """
  flags.DEFINE_enum(
    "target",
    "cpu",
    TARGETS,
    "The export target of the file.",
    flag_values=values,
  )


def define_output(values: flags.FlagValues, suffix: str) -> None:
  """Adds the flag --output, the file to write.

  Args:
    values: The flags of the command.
    suffix: The suffix of the file, such as ".keras".
  """
  flags.DEFINE_string(
    "output",
    None,
    f"The {suffix} file to write; it appears whole or not at all.",
    flag_values=values,
  )


def define_samples(values: flags.FlagValues, use: str) -> None:
  """Adds the flag --samples, a file of inputs.

  Args:
    values: The flags of the command.
    use: The use of the inputs, for the help text.
  """
  flags.DEFINE_string(
    "samples",
    None,
    f"Inputs as the network will see them, {use}: a .npy file of an array"
    " [n, ...], or a .npz file with one for each input's name. By default they"
    " are drawn: from the inputs of a saved GAN, or else latents from N(0, 1)"
    " and labels from the rows of their embedding.",
    flag_values=values,
  )


def define_evaluation(values: flags.FlagValues) -> None:
  """Adds the flags for measuring images: --reference, --feature_model, ...

  Args:
    values: The flags of the command.
  """
  flags.DEFINE_string(
    "reference",
    None,
    "Real images to compare with, a .npy file [n, height, width, channels];"
    " needs --feature_model.",
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
  """Adds the flag --value_range, the values of black and white.

  Args:
    values: The flags of the command.
  """
  flags.DEFINE(
    _ValueRange(),
    "value_range",
    None,
    "The values of the network's images that mean black and white, such as 0,1;"
    " by default they follow from its last activation.",
    flag_values=values,
  )


class _InputShape(flags.ArgumentParser):
  """Parses the sizes of inputs to a value of `input_shape`."""

  syntactic_help = "sizes"

  def parse(self, argument):
    """Returns a tuple of sizes, a list of tuples, or a dict by input names."""
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
  """Parses the values that mean black and white."""

  syntactic_help = "two numbers"

  def parse(self, argument):
    """Returns the values as a tuple, `(low, high)`."""
    try:
      low, high = (float(number) for number in argument.split(","))
    except ValueError:
      low = high = math.nan
    if not -math.inf < low < high < math.inf:
      raise ValueError(
        "give the values of black and white, the lower one first, such as 0,1"
      )
    return low, high
