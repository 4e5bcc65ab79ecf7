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
"""Runs networks on inputs, and makes sections of a page of their outputs."""

import dataclasses

import numpy as np

from tf_ganprune import value_range as value_ranges
from tf_ganprune.export import prepare, samples, signature, targets
from tf_ganprune.keras_compat import keras
from tf_ganprune.report import sections as sections_

_MOST_ROWS = 8


@dataclasses.dataclass(frozen=True, eq=False)
class Outcome:
  """The inputs of a network, and its outputs for them.

  Example:
    `outcome("dense", generator, None, 16, seed=0)`

  Attributes:
    inputs: An array `[n, ...]` for each input, by its name.
    outputs: An array `[n, ...]` for each output.
    images: The first output in [-1, 1] if it is images, else None.
    is_given: Whether the inputs are the user's.
    note: The reason why the network was not run, a sentence; empty if it was.
  """

  inputs: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
  outputs: tuple[np.ndarray, ...] = ()
  images: np.ndarray | None = None
  is_given: bool = False
  note: str = ""


def outcome(
  name: str,
  network: keras.Model,
  given,
  count: int,
  seed: int = 0,
  input_shape=None,
  value_range=None,
  source=None,
) -> Outcome:
  """Runs a network on inputs, one example at a time.

  Args:
    name: The name of the network, for messages.
    network: A network without pruning wrappers; it is not changed.
    given: Arrays to run it on, or None to draw inputs.
    count: The most inputs to run.
    seed: The seed of inputs that are drawn.
    input_shape: As in `tgp.export_tflite`.
    value_range: The values of its images that mean black and white.
    source: An object of `tgp.inputs` that draws inputs, or None.

  Raises:
    ValueError: If it does not take the inputs that were given.
  """
  try:
    taken, outputs = _run(network, given, count, seed, input_shape, source)
  except ValueError as error:
    if given is not None or input_shape is not None:
      raise ValueError(f"{name}: {error}") from error
    return Outcome(note=f"{name} was not run: {error}")
  images = None
  if is_images(outputs[0]):
    meant = value_ranges.of_network(network, outputs[0], value_range)
    images = meant.to_standard(outputs[0])
  return Outcome(taken, outputs, images, given is not None)


def _run(network, given, count, seed, input_shape, source):
  shapes = signature.sized(network, input_shape)
  with prepare.prepared(network, targets.get("cpu"), shapes) as ready:
    model = ready.model
    if given is None:
      taken = samples.draw(model, count, seed, source)
    else:
      taken = samples.split_for(model, given)[:count]
    # One at a time, as in a file: a batch could be too large for the memory.
    made = [signature.call(model, sample) for sample in taken]
  inputs = {k: np.concatenate([x[k] for x in taken]) for k in taken[0]}
  outputs = tuple(
    np.concatenate([np.asarray(x[k]) for x in made]) for k in made[0]
  )
  return inputs, outputs


def is_images(array: np.ndarray) -> bool:
  """Whether an array has the shape of images with 1 or 3 channels.

  Args:
    array: An array `[n, ...]`.
  """
  return array.ndim == 4 and array.shape[-1] in (1, 3)


def difference(base: Outcome, other: Outcome) -> float | None:
  """Returns the mean absolute difference of outputs from the same inputs.

  Args:
    base: The outcome of the first network.
    other: The outcome of another network.

  Returns:
    The difference; None if inputs differ, or outputs differ in shape.
  """
  if not base.outputs or not _same_inputs([base, other]):
    return None
  pairs = list(zip(base.outputs, other.outputs, strict=False))
  if any(one.shape != its.shape for one, its in pairs):
    return None
  total = sum(np.abs(one.astype(float) - its).sum() for one, its in pairs)
  return float(total / sum(one.size for one, _ in pairs))


def _same_inputs(outcomes: list[Outcome]) -> bool:
  first = list(outcomes[0].inputs.values())
  return all(
    len(first) == len(one.inputs)
    and all(map(np.array_equal, first, one.inputs.values()))
    for one in outcomes[1:]
  )


def sections(
  outcomes: dict[str, Outcome],
  count: int,
  truth: np.ndarray | None,
  sample_rate: int | None,
  notes: list[str],
) -> list[sections_.Section]:
  """Makes the sections of a page with the outputs of networks.

  Args:
    outcomes: The outcomes by the networks' names.
    count: How many examples to show.
    truth: The true outputs, or None.
    sample_rate: The samples a second of outputs that are sounds, or None.
    notes: A list to which a note on outputs that are not shown is added.

  Raises:
    ValueError: If `truth` does not have a row for each output.
  """
  ran = {name: one for name, one in outcomes.items() if one.outputs}
  if not ran:
    return []
  if truth is not None:
    _check_truth(truth, next(iter(ran.values())))
  caption = _caption(list(ran.values()))
  outputs = {name: one.outputs[0][:count] for name, one in ran.items()}
  if sample_rate is not None:
    return [_sounds(outputs, truth, sample_rate, caption)]
  if all(one.images is not None for one in ran.values()):
    return [_pictures(ran, count, truth, caption)]
  shapes = {name: list(array.shape[1:]) for name, array in outputs.items()}
  notes.append(
    f"Outputs of the shapes {shapes} are no images and are not shown; if they"
    " are sounds, give --sample_rate."
  )
  return []


def _check_truth(truth, one: Outcome) -> None:
  count = len(one.outputs[0])
  if not isinstance(truth, np.ndarray) or not truth.ndim or len(truth) < count:
    got = list(truth.shape) if isinstance(truth, np.ndarray) else "several"
    raise ValueError(
      f"--truth must be one array with a row for each of the {count} samples;"
      f" got {got}."
    )


def _caption(outcomes: list[Outcome]) -> str:
  if not _same_inputs(outcomes):
    return "The networks take different shapes, so their inputs differ."
  if outcomes[0].is_given:
    return "Outputs for the inputs of --samples."
  return "Outputs for the same inputs, which were drawn."


def _sounds(outputs, truth, sample_rate, caption) -> sections_.Sounds:
  columns = {name: array[:_MOST_ROWS] for name, array in outputs.items()}
  if truth is not None:
    columns["truth"] = truth[: len(next(iter(columns.values())))]
  return sections_.Sounds("Outputs", columns, sample_rate, caption=caption)


def _pictures(ran, count, truth, caption) -> sections_.Section:
  first = next(iter(ran.values()))
  given = [x for x in first.inputs.values() if is_images(x)]
  if not first.is_given or not (given or truth is not None):
    grids = {name: one.images[:count] for name, one in ran.items()}
    return sections_.Pictures("Outputs", grids, caption=caption)
  rows = min(count, _MOST_ROWS, len(first.images))
  columns = {}
  for i, array in enumerate(given):
    columns["input" if len(given) == 1 else f"input {i + 1}"] = _standard(array)
  columns |= {name: one.images for name, one in ran.items()}
  if truth is not None:
    columns["truth"] = _standard(truth)
  cut = {name: images[:rows] for name, images in columns.items()}
  return sections_.PictureRows("Outputs", cut, caption=caption)


def _standard(images: np.ndarray) -> np.ndarray:
  """Converts images to [-1, 1], from the range that their values are in."""
  return value_ranges.of_network(None, images).to_standard(images)
