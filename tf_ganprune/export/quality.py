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
"""Frechet distances of an exported file's images and of Keras's."""

import dataclasses

import numpy as np

from tf_ganprune import states
from tf_ganprune import value_range as value_ranges
from tf_ganprune.export import runtime, samples, signature, verify
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import evaluator as evaluators

_IMAGES = 1000
_BATCH = 250
# Other latents than those that calibrate, and than those that are compared.
_SEED = 2


@dataclasses.dataclass(frozen=True)
class Quality:
  """Frechet distances of a network's images, and of its file's.

  Example:
    >>> print(measure(generator, content, specs, None, evaluator).file)

  Attributes:
    keras: The distance of the images that Keras makes.
    file: The distance of the images that the file makes from the same inputs.
    images: How many images each distance is computed from.
  """

  keras: float
  file: float
  images: int

  def __str__(self) -> str:
    return (
      f"Frechet distance {self.file:.4g} in the file, {self.keras:.4g} in"
      f" Keras, from the same {self.images:,} inputs."
    )


def check(model: keras.Model, evaluator) -> None:
  """Raises unless an evaluator can measure a network's images.

  Args:
    model: The network, as a graph.
    evaluator: What the user passed.

  Raises:
    ValueError: If `evaluator` is no `tgp.metrics.Evaluator`, or the network
      does not give one output of images.
  """
  if not isinstance(evaluator, evaluators.Evaluator):
    raise ValueError(
      "`evaluator` must be a tgp.metrics.Evaluator; got"
      f" {type(evaluator).__name__}."
    )
  shapes = [tuple(x.shape) for x in model.outputs]
  if len(shapes) != 1 or len(shapes[0]) != 4:
    raise ValueError(
      f"`evaluator` measures images, [n, height, width, channels], and `model`"
      f" {model.name!r} gives {shapes}; leave it out."
    )


def measure(
  model: keras.Model,
  content: bytes,
  user_samples: list[samples.Sample] | None,
  evaluator: evaluators.Evaluator,
  value_range: tuple[float, float] | None = None,
  source=None,
) -> Quality:
  """Makes images with Keras and with a file, and measures both distances.

  Args:
    model: The network.
    content: The file's content.
    user_samples: Inputs to use; None to draw 1,000.
    evaluator: The evaluator that measures the images.
    value_range: The values of images that mean black and white.
    source: An object of `tgp.inputs` that draws inputs; by default
      `inputs.draw`.

  Raises:
    ValueError: If images are not finite, or the file does not run.
  """
  inputs = user_samples or samples.draw(model, _IMAGES, _SEED, source)
  (found,) = _outputs(content, inputs).values()
  made = _images(model, inputs)
  said = value_range or getattr(source, "value_range", None)
  meant = value_ranges.of_network(model, made, said)
  distances = [
    evaluator.evaluate(meant.to_standard(images))["frechet_distance"]
    for images in (made, found[:, 0])
  ]
  return Quality(distances[0], distances[1], images=len(inputs))


def _outputs(content, inputs) -> dict[str, np.ndarray]:
  try:
    return runtime.run(content, inputs).outputs
  except runtime.NotRunError as error:
    raise ValueError(
      f"`evaluator` cannot measure the file, which {error}; none was written."
      " Pass inputs that the network takes as `representative_data`."
    ) from error


def _images(model, inputs) -> np.ndarray:
  """Returns Keras's images, made in batches if that makes no difference."""
  batch = _of_batch(model, inputs[:_BATCH])
  alone = _alone(model, inputs[:1])
  if not np.allclose(batch[:1], alone, 1e-3, 1e-3 * np.abs(alone).max()):
    return _alone(model, inputs)
  starts = range(_BATCH, len(inputs), _BATCH)
  others = [_of_batch(model, inputs[i : i + _BATCH]) for i in starts]
  return np.concatenate([batch, *others])


def _of_batch(model, inputs) -> np.ndarray:
  joined = {x: np.concatenate([one[x] for one in inputs]) for x in inputs[0]}
  with states.Kept(model):
    (images,) = signature.call(model, joined).values()
  return images.numpy()


def _alone(model, inputs) -> np.ndarray:
  """Returns Keras's images of samples that are run one by one, as in a file."""
  (images,) = verify.stacked(model, inputs).values()
  return images[:, 0]
