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
"""Converts a network with several settings, each at most once."""

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence

from tf_ganprune import compression
from tf_ganprune.export import (
  convert,
  culprit,
  finding,
  graph,
  graph_rewrite,
  image_ends,
  lowering,
  number_formats,
  samples,
  targets,
)
from tf_ganprune.export.rewrites import rewrite_rule
from tf_ganprune.keras_compat import keras


@dataclasses.dataclass(frozen=True)
class Conversions:
  """Makes the files of one network, one for each setting that is asked for.

  Example:
    >>> with saved(generator, calibration) as conversions:
    ...   content = conversions.content(settings.Setting(settings.FLOAT32))

  Attributes:
    model: The network.
    folder: The folder in which the network is saved.
    calibration: Samples that show the range of the activations.
    is_given: Whether the samples are the user's.
    lowerings: The replacements of operators in the files.
    byte_ends: The inputs and outputs that are to be bytes in an int8 file, and
      are floats in the network.
    state_notes: Differences of the files from the network's layers, one
      sentence each.
  """

  model: keras.Model
  folder: str
  calibration: list[samples.Sample]
  is_given: bool = False
  lowerings: tuple[lowering.Lowering, ...] = ()
  byte_ends: image_ends.Ends = image_ends.NONE
  state_notes: tuple[str, ...] = ()
  _made: dict = dataclasses.field(default_factory=dict)

  def content(self, setting: number_formats.Setting) -> bytes:
    """Returns the content of the file for a setting, converted at most once.

    Args:
      setting: How to convert.

    Raises:
      ConversionError: If the converter fails.
    """
    key = str(setting)
    if key not in self._made:
      try:
        content = self._convert(setting)
        self._made[key] = lowering.apply(content, self.lowerings)
      except convert.ConversionError as error:
        self._made[key] = culprit.with_layer(
          error, self.model, setting, self.calibration
        )
    if isinstance(self._made[key], Exception):
      raise self._made[key]
    return self._made[key].content

  @property
  def notes(self) -> list[str]:
    """Sentences on differences of the files made so far, each once."""
    made = [x for x in self._made.values() if not isinstance(x, Exception)]
    notes = [note for one in made for note in one.notes]
    return list(dict.fromkeys([*self.state_notes, *notes]))

  def _convert(self, setting) -> bytes:
    content = convert.convert(
      self.folder,
      setting,
      self.calibration,
      compression.has_few_dense_values(self.model),
    )
    return self._with_bytes(content) if self.byte_ends else content

  def _with_bytes(self, content) -> bytes:
    try:
      return lowering.byte_ends.apply(
        content,
        {name: x.network for name, x in self.byte_ends.inputs.items()},
        {name: x.network for name, x in self.byte_ends.outputs.items()},
      )
    except lowering.byte_ends.NotIntegersError as error:
      raise convert.ConversionError(
        str(error), remedy="Leave out `input_range` or `output_range`."
      ) from error

  def findings(self, plan: targets.Target) -> list[finding.Finding]:
    """Finds layers that a target refuses, or runs wrongly or slowly.

    Args:
      plan: The target.

    Raises:
      ConversionError: If the converter fails.
    """
    numbers = plan.settings[0].numbers
    # With the flag, zeros are stored packed, and the rules could not see them.
    content = self.content(number_formats.Setting(numbers))
    file = graph.read(content, self.model)
    found = plan.limits.findings(file)
    return found + [x for rule in plan.rules for x in rule(file)]


@contextlib.contextmanager
def saved(
  model: keras.Model,
  calibration: list[samples.Sample],
  is_given: bool = False,
  lowerings: tuple[lowering.Lowering, ...] = (),
  graph_rewrites: Sequence[graph_rewrite.GraphRewrite] = (),
  anywhere: Sequence[rewrite_rule.Rewrite] = (),
  byte_ends: image_ends.Ends = image_ends.NONE,
) -> Iterator[Conversions]:
  """Saves a network, to be converted with several settings.

  Args:
    model: A network that passed `signature.check`.
    calibration: Samples that show the range of the activations.
    is_given: Whether the samples are the user's.
    lowerings: The replacements of operators in the files.
    graph_rewrites: Changes of the traced graph, made in this order.
    anywhere: Replacements of layers that are made wherever these are called.
    byte_ends: As in `Conversions`.

  Yields:
    The object that makes the files.
  """
  notes: list[str] = []
  with convert.saved(model, notes, graph_rewrites, anywhere) as folder:
    yield Conversions(
      model,
      folder,
      calibration,
      is_given,
      lowerings,
      byte_ends,
      tuple(notes),
    )
