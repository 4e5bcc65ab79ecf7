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
"""The outputs that `tgp.sensitivity` measures, and the function that scores."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from tf_ganprune import arguments, model_generators, states
from tf_ganprune import inputs as inputs_
from tf_ganprune import value_range as value_ranges
from tf_ganprune.graphs import calling, network_checks, signatures
from tf_ganprune.inputs import choosing
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import labelled

_BATCH = 256


def prepared(
  model: keras.Model,
  evaluator: Any,
  inputs: choosing.Given | None,
  num_images: int,
  seed: int,
  value_range: tuple[float, float] | None,
) -> tuple[keras.Model, list, Callable[[np.ndarray], Mapping]]:
  """Returns the network to measure, its inputs, and a function that scores.

  Args:
    model: A GAN or a network.
    evaluator: As of `sensitivity`.
    inputs: As of `sensitivity`.
    num_images: How many images are drawn.
    seed: The seed of the inputs.
    value_range: The values that mean black and white, or None.

  Returns:
    The network; its inputs in batches; and a function from its outputs for all
    of them to their metrics by name.

  Raises:
    ValueError: As of `sensitivity`.
  """
  if getattr(evaluator, "inputs", None) is not None:
    _check_no_inputs(inputs)
    network = _exported_of(model)
    return network, _split(evaluator.inputs), evaluator.evaluate
  network = _generator_of(model)
  _check_makes_images(network)
  source = _source(model, network, inputs)
  batches = _batches(source, num_images, seed)
  judge = _judge(network, source, batches, value_range, evaluator)
  return network, batches, judge


def _check_no_inputs(inputs) -> None:
  if inputs is not None:
    raise ValueError(
      "`evaluator` has inputs of its own, so `inputs` would not be used; leave"
      " them out."
    )


def _exported_of(model) -> keras.Model:
  """Returns a GAN's first exported network, averaged, or the given network."""
  found = next(iter(model_generators.by_name(model).values()), model)
  network_checks.check_network(found, "gan_or_generator")
  return found


def _generator_of(model) -> keras.Model:
  """Returns a GAN's generator, averaged if it can be, or the given network."""
  network = model_generators.find_generator(model)
  if network is None or network is model:
    network_checks.check_network(model, "gan_or_generator")
    return model
  return network


def _check_makes_images(network) -> None:
  shape = signatures.shapes(network)[1]
  if not isinstance(shape, tuple) or len(shape) != 4:
    raise ValueError(
      f"Network {network.name!r} makes {shape}, and the Fréchet distance is"
      " between images, [n, height, width, channels]: only a generator can be"
      " measured, and a discriminator cannot; a classifier can, by a"
      " tgp.metrics.ClassifierEvaluator."
    )


def _source(model, network, inputs) -> inputs_.Inputs:
  """Returns the object of `tgp.inputs` that draws the generator's inputs."""
  if inputs is None:
    return inputs_.of(model, network=network, who="tgp.sensitivity")
  try:
    return inputs_.source(inputs, network)
  except ValueError as error:
    wanted = calling.named_specs(network).values()
    raise ValueError(
      f"`inputs` must have the shapes that {network.name!r} takes,"
      f" {', '.join(str(one.shape) for one in wanted)}; got"
      f" {_shapes(inputs)}: {error}"
    ) from error


def _shapes(given) -> str:
  shapes = [getattr(x, "shape", None) for x in tf.nest.flatten(given)]
  return ", ".join(map(str, shapes)) if all(shapes) else repr(given)


def _judge(
  network, source, batches, value_range, evaluator
) -> Callable[[np.ndarray], Mapping]:
  """Returns a function from a generator's images to their metrics."""
  said = value_range or getattr(source, "value_range", None)
  meant = value_ranges.of_network(network, of(network, batches), said)
  labels = _labels(source, batches)
  return lambda images: labelled.evaluate(
    evaluator, meant.to_standard(images), labels
  )


def _labels(source, batches) -> np.ndarray | None:
  """Returns the labels that inputs are drawn with, or None."""
  found = [inputs_.labels_of(source, x) for x in batches]
  known = [x for x in found if x is not None]
  return np.concatenate(known) if known else None


def _batches(source, num_images: int, seed: int) -> list:
  """Returns the generator's inputs in batches, as a list."""
  num_images = arguments.whole("num_images", num_images, 4)
  arguments.whole("seed", seed, 0)
  if isinstance(source, inputs_.Rows):
    num_images = source.num_rows
  return _split(source.draw(num_images, seed=seed))


def _split(given) -> list:
  """Returns inputs in batches."""
  return [
    tf.nest.map_structure(lambda x, i=i: x[i : i + _BATCH], given)
    for i in range(0, len(tf.nest.flatten(given)[0]), _BATCH)
  ]


def of(network: keras.Model, batches: list) -> np.ndarray:
  """Returns a network's outputs, `[n, ...]`.

  Args:
    network: The network.
    batches: Its inputs, as from `prepared`.
  """
  with states.Kept(network):  # each measurement begins with the same state
    return np.concatenate(
      [np.asarray(calling.called(network, x)) for x in batches]
    )
