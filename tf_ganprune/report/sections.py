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
"""Sections of a page with networks' outputs: pictures, sounds and texts."""

import dataclasses
from collections.abc import Mapping, Sequence, Sized
from typing import Protocol

import numpy as np

from tf_ganprune import arguments, pictures
from tf_ganprune.report import audio, side_by_side

_BYTES = (0.0, 255.0)


@dataclasses.dataclass(frozen=True)
class Cell:
  """One cell of a section: an image, a sound or a text, with a note.

  Example:
    `Cell(image=png, note="12 dB")`

  Attributes:
    image: The bytes of a PNG, or None.
    audio: The bytes of a WAV file, or None.
    text: A text to show as it is, with its line breaks, or None.
    note: A note below, in small letters.
    alt: The image or sound in words, for readers who cannot see it.
  """

  image: bytes | None = None
  audio: bytes | None = None
  text: str | None = None
  note: str = ""
  alt: str = ""


@dataclasses.dataclass(frozen=True)
class Drawn:
  """The cells of a section, ready to be put into the page.

  Example:
    `Drawn(["dense", "pruned"], [[Cell(text="a"), Cell(text="b")]])`

  Attributes:
    columns: The columns' headings, such as the networks' names.
    rows: The rows, each with a cell for each column.
    labels: The heading of each row; empty for no headings.
    small: Whether the images are enlarged to a common size, with sharp pixels.
  """

  columns: Sequence[str]
  rows: Sequence[Sequence[Cell]]
  labels: Sequence[str] = ()
  small: bool = False


class Section(Protocol):
  """The interface of a page's section, for classes of one's own."""

  @property
  def title(self) -> str:
    """The section's heading."""

  @property
  def caption(self) -> str:
    """A sentence below the heading, or the empty text."""

  def drawn(self) -> Drawn:
    """Returns the section's cells."""


def _examples(section, columns: Mapping[str, Sized]) -> int:
  """Returns the number of examples, and checks that all columns have it."""
  counts = {name: len(values) for name, values in columns.items()}
  if len(set(counts.values())) != 1 or not min(counts.values()):
    raise ValueError(
      f"The section {section.title!r} must have columns of one length, at least"
      f" 1; got {counts}."
    )
  count = next(iter(counts.values()))
  if len(section.labels) not in (0, count):
    raise ValueError(
      f"`labels` of the section {section.title!r} must be one for each of its"
      f" {count} rows; got {len(section.labels)}."
    )
  return count


def _images(images, value_range):
  """Returns images `[n, height, width, channels]`, and their value range."""
  images = np.asarray(images)
  if value_range is None and images.dtype == np.uint8:
    value_range = _BYTES
  return (images[..., None] if images.ndim == 3 else images), value_range


@dataclasses.dataclass(frozen=True, eq=False)
class Pictures:
  """A section with one grid of pictures for each network.

  Example:
    `Pictures("Samples", {"dense": images, "pruned": others})`

  Attributes:
    title: The section's heading.
    images: The images by the networks' names: `[n, height, width]`, or with a
      last axis of 1 or 3 channels, floats in [-1, 1] or uint8. Sizes and
      numbers may differ between networks.
    columns: The pictures in a row of each grid; by default grids are about
      square.
    value_range: The values that mean black and white, in place of (-1, 1).
    caption: A sentence below the heading.
  """

  title: str
  images: Mapping[str, np.ndarray]
  columns: int | None = None
  value_range: tuple[float, float] | None = None
  caption: str = ""

  def drawn(self) -> Drawn:
    """Draws the grids.

    Raises:
      ValueError: If there are no images, or they have another shape or range.
    """
    if not self.images:
      raise ValueError(f"The section {self.title!r} has no pictures.")
    cells = [self._cell(name, x) for name, x in self.images.items()]
    return Drawn(list(self.images), [cells])

  def _cell(self, name, images) -> Cell:
    images, value_range = _images(images, self.value_range)
    zoom = side_by_side.enlargement(images.shape)
    grid = pictures.image_grid(
      images, self.columns, zoom=zoom, value_range=value_range
    )
    return Cell(
      pictures.encode_png(grid), alt=f"{self.title}, {name}: {len(images)}"
    )


@dataclasses.dataclass(frozen=True, eq=False)
class PictureRows:
  """A section with a row of pictures an example, such as input and output.

  Example:
    `PictureRows("Edges to shoes", {"input": x, "dense": a, "truth": y})`

  Attributes:
    title: The section's heading.
    images: The images by the columns' names: `[n, height, width]`, or with a
      last axis of 1 or 3 channels, floats in [-1, 1] or uint8. Columns may
      have pictures of different sizes, such as a small input; all are shown
      in one size.
    labels: A heading for each row.
    value_range: The values that mean black and white, in place of (-1, 1).
    caption: A sentence below the heading.
  """

  title: str
  images: Mapping[str, np.ndarray]
  labels: Sequence[str] = ()
  value_range: tuple[float, float] | None = None
  caption: str = ""

  def drawn(self) -> Drawn:
    """Draws the pictures.

    Raises:
      ValueError: If columns differ in length, or images have another shape or
        range.
    """
    count = _examples(self, self.images)
    rows = [
      [self._cell(name, images, i) for name, images in self.images.items()]
      for i in range(count)
    ]
    return Drawn(list(self.images), rows, self.labels, small=True)

  def _cell(self, name, images, i) -> Cell:
    image, value_range = _images(images[i : i + 1], self.value_range)
    pixels = pictures.image_grid(image, 1, value_range=value_range)
    return Cell(pictures.encode_png(pixels), alt=f"{name}, example {i + 1}")


@dataclasses.dataclass(frozen=True, eq=False)
class Sounds:
  """A section with a row of sounds an example, with their spectrograms.

  Example:
    `Sounds("Speech", {"dense": a, "pruned": b, "truth": y}, 22_050)`

  Attributes:
    title: The section's heading.
    sounds: The sounds by the columns' names: `[n, samples]`, or with a last
      axis of 1 or 2 channels, in [-1, 1]; samples outside are clipped, which
      a note on the page tells. Or a list of n sounds of different lengths.
    sample_rate: The number of samples a second.
    labels: A heading for each row.
    caption: A sentence below the heading.
  """

  title: str
  sounds: Mapping[str, np.ndarray | Sequence[np.ndarray]]
  sample_rate: int
  labels: Sequence[str] = ()
  caption: str = ""

  def drawn(self) -> Drawn:
    """Draws the spectrograms; those of a row have one scale.

    Raises:
      ValueError: If columns differ in length, or a sound has another shape or
        type.
      ImportError: If matplotlib is not installed.
    """
    rate = arguments.whole("sample_rate", self.sample_rate, 1)
    count = _examples(self, self.sounds)
    rows = [self._row(i, rate) for i in range(count)]
    return Drawn(list(self.sounds), rows, self.labels)

  def _row(self, i, rate) -> list[Cell]:
    sounds = {
      name: audio.checked(f"{self.title}, {name}, example {i + 1}", values[i])
      for name, values in self.sounds.items()
    }
    images = audio.spectrograms(list(sounds.values()), rate)
    return [
      Cell(
        image=image,
        audio=audio.encode_wav(sound, rate),
        note=audio.clipped(sound),
        alt=f"{name}, example {i + 1}",
      )
      for (name, sound), image in zip(sounds.items(), images, strict=True)
    ]


@dataclasses.dataclass(frozen=True)
class Texts:
  """A section with a row of texts an example, such as prompt and answers.

  Example:
    `Texts("Captions", {"dense": ["a cat"], "pruned": ["a cut"]})`

  Attributes:
    title: The section's heading.
    texts: The texts by the columns' names, one for each example; None is shown
      as "n/a".
    labels: A heading for each row.
    caption: A sentence below the heading.
  """

  title: str
  texts: Mapping[str, Sequence[str | None]]
  labels: Sequence[str] = ()
  caption: str = ""

  def drawn(self) -> Drawn:
    """Returns the texts as they are.

    Raises:
      ValueError: If columns differ in length, or have other than texts.
    """
    count = _examples(self, self.texts)
    rows = [
      [self._cell(name, texts, i) for name, texts in self.texts.items()]
      for i in range(count)
    ]
    return Drawn(list(self.texts), rows, self.labels)

  def _cell(self, name, texts, i) -> Cell:
    text = None if isinstance(texts, str) else texts[i]
    if isinstance(texts, str) or not isinstance(text, (str, type(None))):
      raise ValueError(
        f"`texts` of {name!r} in the section {self.title!r} must be a list of"
        f" texts; got {texts!r}."
      )
    return Cell(text="n/a" if text is None else text)
