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
"""Scores of what an exported file makes, and of what Keras makes."""

import dataclasses
import functools

import numpy as np

from tf_ganprune import inputs as inputs_
from tf_ganprune import states
from tf_ganprune import value_range as value_ranges
from tf_ganprune.export import (
  image_ends,
  runtime,
  samples,
  signature,
  verify,
)
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import classifier_evaluator as classifiers
from tf_ganprune.metrics import evaluator as evaluators
from tf_ganprune.metrics import output_evaluator as outputs_

_COUNT = 1000
_OF_OUTPUTS = (outputs_.OutputEvaluator, classifiers.ClassifierEvaluator)
_BATCH = 250
# Other latents than those that calibrate, and than those that are compared.
_SEED = 2
_TITLES = {"frechet_distance": "Frechet distance"}
_NO_LABELS = (
  " No score of labels: none were found among the inputs; for a generator that"
  " takes labels, pass the object of tgp.inputs that draws them as"
  " `representative_data`."
)
# What stands beside an evaluator's first number in a sentence.
_AS_WELL = ("intra_class_frechet_distance", "label_accuracy")


@dataclasses.dataclass(frozen=True)
class Quality:
  """Scores of what a network makes, and of what its file makes.

  Example:
    >>> print(measure(generator, content, None, evaluator).file)

  Attributes:
    keras: The scores of Keras's outputs, by name.
    file: Those of the file's outputs for the same inputs.
    count: How many inputs they are of.
    remark: A sentence on scores that are missing, or nothing.
  """

  keras: dict[str, float]
  file: dict[str, float]
  count: int
  remark: str = ""

  def __str__(self) -> str:
    (first, *_), keras = self.file, self.keras
    name = _TITLES.get(first, first)
    others = "".join(
      f"; {x} {self.file[x]:.4g}, {keras[x]:.4g} in Keras"
      for x in _AS_WELL
      if x in self.file and x != first
    )
    return (
      f"{name} {self.file[first]:.4g} in the file, {keras[first]:.4g} in Keras"
      f"{others}, from the same {self.count:,} inputs.{self.remark}"
    )


def check(model: keras.Model, evaluator) -> None:
  """Raises unless an evaluator can measure a network's outputs.

  Args:
    model: The network, as a graph.
    evaluator: What the user passed.

  Raises:
    ValueError: If `evaluator` is none of `tgp.metrics`, it measures images and
      the network does not give one output of images, or it brings inputs that
      the network does not take.
  """
  if isinstance(evaluator, _OF_OUTPUTS):
    _own_inputs(model, evaluator)
    return
  if not isinstance(evaluator, evaluators.Evaluator):
    raise ValueError(
      "`evaluator` must be a tgp.metrics.Evaluator, ClassifierEvaluator or"
      f" OutputEvaluator; got {type(evaluator).__name__}."
    )
  shapes = [tuple(x.shape) for x in model.outputs]
  if len(shapes) != 1 or len(shapes[0]) != 4:
    raise ValueError(
      f"`evaluator` measures images, [n, height, width, channels], and `model`"
      f" {model.name!r} gives {shapes}; pass a tgp.metrics.OutputEvaluator, or"
      " leave it out."
    )


def measure(
  model: keras.Model,
  content: bytes,
  user_samples: list[samples.Sample] | None,
  evaluator: evaluators.Evaluator
  | classifiers.ClassifierEvaluator
  | outputs_.OutputEvaluator,
  value_range: tuple[float, float] | None = None,
  source=None,
  ends: image_ends.Ends = image_ends.NONE,
) -> Quality:
  """Runs Keras and a file on the same inputs, and measures both outputs.

  Args:
    model: The network.
    content: The file's content.
    user_samples: Inputs to use; None to draw 1,000.
    evaluator: The evaluator that measures the outputs.
    value_range: The values of images that mean black and white.
    source: An object of `tgp.inputs` that draws inputs; by default
      `inputs.draw`.
    ends: The file's inputs and outputs with another range than the network's.

  Raises:
    ValueError: If outputs cannot be measured, or the file does not run.
  """
  inputs = _own_inputs(model, evaluator) or user_samples
  inputs = inputs or samples.draw(model, _COUNT, _SEED, source)
  found = _outputs(content, [ends.to_file(one) for one in inputs])
  found = ends.outputs_to_network({k: x[:, 0] for k, x in found.items()})
  made, given, remark = _made(model, inputs), _joined(inputs), ""
  if isinstance(evaluator, _OF_OUTPUTS):
    function = functools.partial(_of_outputs, evaluator, given)
  else:
    said = value_range or getattr(source, "value_range", None)
    meant = value_ranges.of_network(model, _plain(made), said)
    labels = _labels(evaluator, given, source)
    remark = (
      _NO_LABELS if evaluator.labels is not None and labels is None else ""
    )
    function = functools.partial(_of_images, evaluator, meant, labels)
  return Quality(function(made), function(found), len(inputs), remark)


def _of_outputs(evaluator, given, outputs) -> dict[str, float]:
  if isinstance(evaluator, classifiers.ClassifierEvaluator):
    return evaluator.evaluate(_plain(outputs))
  return evaluator.evaluate(_plain(outputs), _plain(given))


def _of_images(evaluator, meant, labels, outputs) -> dict[str, float]:
  images = meant.to_standard(_plain(outputs))
  try:
    return evaluator.evaluate(images, labels=labels)
  except ValueError as error:
    raise ValueError(
      f"`evaluator` cannot measure {len(images)} images of these inputs; no"
      f" file was written: {error} Pass more `representative_data`, or the"
      " object of tgp.inputs that draws it."
    ) from error


def _own_inputs(model, evaluator) -> list[samples.Sample] | None:
  """Returns the inputs that an evaluator brings, as samples."""
  if getattr(evaluator, "inputs", None) is None:
    return None
  try:
    return samples.split_for(model, evaluator.inputs, most=None)
  except ValueError as error:
    said = str(error).replace(samples.ARGUMENT, "inputs")
    raise ValueError(f"Of `evaluator`, {said}") from error


def _labels(evaluator, given: dict, source) -> np.ndarray | None:
  """Returns the labels among inputs, if the evaluator knows those of images."""
  if evaluator.labels is None:
    return None
  if len(given) == 1:
    found = inputs_.labels_of(source, _plain(given))
    return None if found is None else np.asarray(found)
  whole = [x for x in given.values() if np.issubdtype(x.dtype, np.integer)]
  flat = [x.reshape(len(x)) for x in whole if x[:1].size == 1]
  return flat[0] if len(flat) == 1 else None


def _plain(arrays: dict):
  """Returns the only array of a dict, or the dict if it has several."""
  return next(iter(arrays.values())) if len(arrays) == 1 else arrays


def _joined(inputs) -> dict[str, np.ndarray]:
  return {x: np.concatenate([one[x] for one in inputs]) for x in inputs[0]}


def _outputs(content, inputs) -> dict[str, np.ndarray]:
  try:
    return runtime.run(content, inputs).outputs
  except runtime.NotRunError as error:
    raise ValueError(
      f"`evaluator` cannot measure the file, which {error}; none was written."
      " Pass inputs that the network takes as `representative_data`."
    ) from error


def _made(model, inputs) -> dict[str, np.ndarray]:
  """Returns Keras's outputs, in batches if that makes no difference."""
  batch = _of_batch(model, inputs[:_BATCH])
  alone = _alone(model, inputs[:1])
  if not all(_are_alike(batch[name][:1], alone[name]) for name in alone):
    return _alone(model, inputs)
  starts = range(_BATCH, len(inputs), _BATCH)
  others = [_of_batch(model, inputs[i : i + _BATCH]) for i in starts]
  return {k: np.concatenate([x[k] for x in (batch, *others)]) for k in batch}


def _are_alike(ours, theirs) -> bool:
  return np.allclose(ours, theirs, 1e-3, 1e-3 * np.abs(theirs).max())


def _of_batch(model, inputs) -> dict[str, np.ndarray]:
  with states.Kept(model):
    made = signature.call(model, _joined(inputs))
  return {name: value.numpy() for name, value in made.items()}


def _alone(model, inputs) -> dict[str, np.ndarray]:
  """Returns Keras's outputs of samples run one by one, as in a file."""
  return {k: x[:, 0] for k, x in verify.stacked(model, inputs).items()}
