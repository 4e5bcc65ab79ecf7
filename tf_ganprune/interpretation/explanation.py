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
"""The result of `explain`, as records and as text."""

import dataclasses

import numpy as np

from tf_ganprune import deprecated
from tf_ganprune.interpretation import classes as classes_
from tf_ganprune.interpretation import directions as directions_
from tf_ganprune.interpretation import layer_changes as layers_
from tf_ganprune.interpretation import pairs
from tf_ganprune.metrics import collapse


@dataclasses.dataclass(frozen=True, eq=False)
class Explanation:
  """The changes that pruning made to a generator; `str()` is a summary.

  Example:
    >>> found = tgp.explain(dense, pruned, evaluator)
    >>> print(found)
    >>> worst = max(found.classes, key=lambda one: one.lost)

  Attributes:
    layers: The weights and channels that are left of each layer.
    directions: The latent directions along which images change less than
      before, the worst first.
    classes: The numbers of images of each class, in the order of labels; empty
      without a classifier.
    image_pairs: The pairs of images that differ most, the worst first.
    differences: The root mean square difference of each pair of images,
      `[num_latents]`.
    has_latents: Whether the generators take latents.
    label_accuracies: The shares of images that the classifier gives the label
      that they were asked for, of the dense and the pruned generator; None
      without labels or a classifier.
  """

  layers: tuple[layers_.LayerChange, ...]
  directions: tuple[directions_.Direction, ...]
  classes: tuple[classes_.ClassChange, ...]
  image_pairs: pairs.Pairs
  differences: np.ndarray
  has_latents: bool = True
  label_accuracies: tuple[float, float] | None = None

  @property
  def pictures(self) -> pairs.Pairs:
    """The former name of `image_pairs`."""
    deprecated.warn("`pictures` of an Explanation", "`image_pairs`")
    return self.image_pairs

  @property
  def weights(self) -> tuple[int, int]:
    """The numbers of nonzero weights of the dense and the pruned network."""
    columns = [(layer.weights, layer.weights_left) for layer in self.layers]
    before, after = np.sum(columns or [(0, 0)], axis=0).tolist()
    return before, after

  @property
  def classes_hit(self) -> tuple[int, int] | None:
    """The number of classes each generator hits (see `metrics.classes_hit`)."""
    if not self.classes:
      return None
    before, after = (
      collapse.classes_hit(
        np.repeat(np.arange(len(counts)), counts), len(counts)
      )
      for counts in zip(
        *((one.dense, one.pruned) for one in self.classes), strict=True
      )
    )
    return before, after

  @property
  def sentences(self) -> list[str]:
    """The most important changes, a sentence each."""
    return [
      *self._on_layers(),
      *([self._on_directions()] if self.has_latents else []),
      *self._on_classes(),
      f"Images of the same {self._given} differ by"
      f" {np.mean(self.differences):.3g} on average and by"
      f" {np.max(self.differences):.3g} at most (root mean square of a pixel).",
    ]

  @property
  def _given(self) -> str:
    return "latent" if self.has_latents else "input"

  def _on_layers(self):
    before, after = self.weights
    had_some = [layer for layer in self.layers if layer.weights]
    if not had_some:
      return
    least = min(had_some, key=lambda layer: layer.share)
    yield (
      f"{after:,} of {before:,} weights are left ({after / before:.1%}), the"
      f" fewest in {least.name} ({least.share:.1%})."
    )
    if narrower := [layer for layer in self.layers if layer.is_narrower]:
      yield "Channels: " + ", ".join(map(_channels, narrower)) + "."

  def _on_directions(self) -> str:
    if not self.directions:
      return "Images change as much as before along every latent direction."
    worst = self.directions[0]
    order = np.argsort(-np.abs(worst.vector), kind="stable")[:3]
    return (
      "Along the latent direction that lost most, images keep"
      f" {worst.kept:.1%} of their change (mean square), mostly of latents"
      f" {', '.join(map(str, order))}."
    )

  def _on_classes(self):
    if not self.classes:
      return
    before, after = self.classes_hit
    yield (
      f"{after} of {len(self.classes)} classes are hit; before pruning,"
      f" {before} were."
    )
    worst = max(self.classes, key=lambda one: one.lost)
    if worst.lost > 0:
      yield (
        f"Class {worst.label} lost most: {worst.pruned:,} of"
        f" {len(self.differences):,} images; before pruning,"
        f" {worst.dense:,}."
      )
    if self.label_accuracies is not None:
      before, after = self.label_accuracies
      yield (
        f"{after:.1%} of the images have the label that was asked for; before"
        f" pruning, {before:.1%} had."
      )
    stayed = sum(one.stayed for one in self.classes)
    yield (
      f"{stayed / len(self.differences):.1%} of the {self._given}s give an"
      " image of the same class as before."
    )

  def __str__(self) -> str:
    tables = [self._layer_table(), self._direction_table(), self._class_table()]
    text = "\n".join(self.sentences)
    return "\n\n".join([text, *filter(None, map(_format, tables))])

  def _layer_table(self) -> list[tuple]:
    rows: list[tuple] = [("Layer", "Weights", "Left", "", "Channels", "Left")]
    for layer in self.layers:
      share = "" if layer.share is None else f"{layer.share:.1%}"
      counts = layer.weights, layer.weights_left
      channels = layer.channels, layer.channels_left
      rows.append(
        (layer.name, *map(_count, counts), share, *map(_count, channels))
      )
    return rows

  def _direction_table(self) -> list[tuple]:
    rows: list[tuple] = [("Latent direction", "Change", "Left", "")]
    for i, one in enumerate(self.directions, 1):
      amounts = f"{one.dense:.3g}", f"{one.pruned:.3g}"
      rows.append((str(i), *amounts, f"{one.kept:.1%}"))
    return rows

  def _class_table(self) -> list[tuple]:
    rows: list[tuple] = [("Class", "Images", "Left", "Same")]
    for one in self.classes:
      rows.append(
        tuple(map(_count, (one.label, one.dense, one.pruned, one.stayed)))
      )
    return rows


def _channels(layer) -> str:
  return f"{layer.name} {layer.channels_left:,} of {layer.channels:,}"


def _count(number: int | None) -> str:
  return "" if number is None else f"{number:,}"


def _format(rows: list[tuple]) -> str:
  """Returns rows as lines of text, '' if there is only the heading."""
  if len(rows) < 2:
    return ""
  widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
  return "\n".join(
    "  ".join(
      [first.ljust(widths[0]), *map(str.rjust, others, widths[1:])]
    ).rstrip()
    for first, *others in rows
  )
