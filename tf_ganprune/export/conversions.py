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
"""Files that a network was converted to, each made once."""

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence

from tf_ganprune import compression
from tf_ganprune.export import (
  convert,
  culprit,
  finding,
  graph,
  lowering,
  number_formats,
  samples,
  targets,
)
from tf_ganprune.export.rewrites import rewrite_rule
from tf_ganprune.keras_compat import keras


@dataclasses.dataclass(frozen=True)
class Conversions:
  """Converts one network in several ways.

  Example:
    >>> with of(generator, calibration) as conversions:
    ...   content = conversions.content(settings.Setting(settings.FLOAT32))

  Attributes:
    model: The network.
    folder: Where it is saved.
    calibration: Inputs that show the range of the activations.
    is_given: Whether the user gave these.
    lowerings: Which operators of a file are replaced.
    state_notes: What its files do otherwise than its layers, one sentence each.
  """

  model: keras.Model
  folder: str
  calibration: list[samples.Sample]
  is_given: bool = False
  lowerings: tuple[lowering.Lowering, ...] = ()
  state_notes: tuple[str, ...] = ()
  _made: dict = dataclasses.field(default_factory=dict)

  def content(self, setting: number_formats.Setting) -> bytes:
    """Returns the content of a file.

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
        self._made[key] = culprit.explained(
          error, self.model, setting, self.calibration
        )
    if isinstance(self._made[key], Exception):
      raise self._made[key]
    return self._made[key].content

  @property
  def notes(self) -> list[str]:
    """Sentences on what its files made so far do otherwise, each once."""
    made = [x for x in self._made.values() if not isinstance(x, Exception)]
    notes = [note for one in made for note in one.notes]
    return list(dict.fromkeys([*self.state_notes, *notes]))

  def _convert(self, setting) -> bytes:
    return convert.convert(
      self.folder,
      setting,
      self.calibration,
      compression.has_few_dense_values(self.model),
    )

  def findings(self, plan: targets.Target) -> list[finding.Finding]:
    """Returns what of a network a target does not take, or not well.

    Args:
      plan: The target.

    Raises:
      ConversionError: If the converter fails.
    """
    numbers = plan.settings[0].numbers
    # The flag hides from the rules which weights are zero.
    content = self.content(number_formats.Setting(numbers))
    file = graph.read(content, self.model)
    found = plan.limits.findings(file)
    return found + [x for rule in plan.rules for x in rule(file)]


@contextlib.contextmanager
def of(
  model: keras.Model,
  calibration: list[samples.Sample],
  is_given: bool = False,
  lowerings: tuple[lowering.Lowering, ...] = (),
  scales_squares: bool = False,
  anywhere: Sequence[rewrite_rule.Rewrite] = (),
) -> Iterator[Conversions]:
  """Saves a network to be converted in several ways.

  Args:
    model: A network that passed `signature.check`.
    calibration: Inputs that show the range of the activations.
    is_given: Whether the user gave these.
    lowerings: Which operators of a file are replaced.
    scales_squares: Whether what is squared is divided before.
    anywhere: Which layers are replaced wherever they are called.

  Yields:
    What converts it.
  """
  notes: list[str] = []
  with convert.saved(model, notes, scales_squares, anywhere) as folder:
    yield Conversions(
      model, folder, calibration, is_given, lowerings, tuple(notes)
    )
