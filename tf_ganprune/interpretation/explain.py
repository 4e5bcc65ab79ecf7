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
"""Explains what pruning changed in a generator."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_ganprune import arguments, metrics
from tf_ganprune import inputs as inputs_
from tf_ganprune import value_range as value_ranges
from tf_ganprune.graphs import signatures
from tf_ganprune.inputs import choosing
from tf_ganprune.interpretation import (
  classes,
  directions,
  explanation,
  layer_changes,
  pairs,
)
from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import ensemble
from tf_ganprune.networks import generators as generators_


def explain(
  dense: keras.Model,
  pruned: keras.Model,
  classifier: metrics.Evaluator
  | keras.Model
  | Callable[[np.ndarray], np.ndarray]
  | None = None,
  num_latents: int = 1000,
  num_directions: int = 5,
  num_images: int = 16,
  seed: int = 0,
  slope_latents: int = 32,
  value_range: tuple[float, float] | None = None,
  inputs: choosing.Given | None = None,
) -> explanation.Explanation:
  """Explains what pruning removed from a generator, and what that changed.

  Both generators make images of the same `num_latents` latents, those of
  `GAN.generate(num_latents, seed)`. The latent directions that lost most are
  the first eigenvectors of C_dense - C_pruned, where C = E[J^T J] / pixels and
  J are the derivatives of an image by its latent (`interpretation.directions`);
  that takes 4 · `slope_latents` · latent_dim more images. If generators take
  labels as well, these stay as drawn, the same for both. For generators that
  take no latents, but images, no directions are returned.

  Args:
    dense: The dense generator, or a GAN: its averaged generator, if it has one,
      else the live one.
    pruned: The pruned generator, or a GAN: with pruning wrappers, stripped, or
      with fewer channels.
    classifier: A classifier of images: a `metrics.Evaluator` with a classifier,
      a Keras network that ends in a Dense layer of logits, or a function from
      images to logits, `[n, classes]`. None leaves classes out.
    num_latents: The number of latents, or of other inputs, on which the
      generators are compared.
    num_directions: The largest number of latent directions to return.
    num_images: The largest number of pairs of images to return, those that
      differ most.
    seed: The seed of the latents.
    slope_latents: The largest number of latents at which derivatives are taken.
    value_range: The generators' values that mean black and white; by default
      they follow from their outputs.
    inputs: The generators' inputs: an object of `tgp.inputs`; an array, or a
      list or dict of arrays, whose first `num_latents` rows are taken; or a
      function of `(n, seed)`. By default those of the GAN, or latents; needed
      if the generators take an image, for example.

  Returns:
    The explanation; `str()` is a summary, and `report.Comparison` shows it.

  Raises:
    ValueError: If the generators take different inputs, such as latents of
      different lengths, make images of different shapes, are not built, or make
      images that are not finite; or if an argument is out of range.

  Example:
    >>> print(tgp.explain(dense_gan, pruned_gan, evaluator))
  """
  gan = _knowing(dense, pruned)
  dense, pruned = _generators(dense, pruned, gan, inputs)
  value_ranges.checked(value_range)
  for name, value in [
    ("num_latents", num_latents),
    ("num_directions", num_directions),
    ("num_images", num_images),
    ("slope_latents", slope_latents),
  ]:
    arguments.whole(name, value, 1)
  arguments.whole("seed", seed, 0)
  read = None if classifier is None else classes.logits_of(classifier)
  source = _source(gan, dense, inputs)
  value_range = value_range or getattr(source, "value_range", None)
  z = tf.nest.map_structure(np.asarray, source.draw(num_latents, seed=seed))
  differences, logits = _compare(dense, pruned, z, read, value_range)
  worst = np.argsort(-differences, kind="stable")[:num_images]
  few = pairs.taken(z, slice(slope_latents))
  has_latents = inputs_.latents_of(source, few) is not None
  return explanation.Explanation(
    layer_changes.changes(dense, pruned),
    directions.lost(dense, pruned, few, num_directions, source)
    if has_latents
    else (),
    classes.changes(logits) if logits else (),
    pairs.images(dense, pruned, pairs.taken(z, worst), value_range),
    differences,
    has_latents,
    classes.label_accuracies(logits, inputs_.labels_of(source, z)),
  )


def _knowing(dense, pruned):
  """Returns the model that knows what is drawn: the first that is a GAN."""
  is_gan = getattr(dense, "input_source", None) is not None
  knows = getattr(pruned, "input_source", None) is not None
  return pruned if knows and not is_gan else dense


def _generators(dense, pruned, gan, inputs) -> list:
  """Returns the two generators; raises unless they can be compared."""
  named = {
    name: generators_.generator_of(model, name)
    for name, model in (("dense", dense), ("pruned", pruned))
  }
  for name, network in named.items():
    if isinstance(network, ensemble.Ensemble):
      raise ValueError(
        f"`{name}` is an Ensemble, in which a latent's index in the batch"
        " decides which generator makes its image; pass one of its"
        " `generators`."
      )
  said = getattr(gan, "input_source", None) if inputs is None else inputs
  is_of_latents = said is None or isinstance(said, inputs_.Latents)
  if is_of_latents and not any(map(_takes_more, named.values())):
    generators_.check_alike(named)
  else:
    generators_.check_pair(named)
  return list(named.values())


def _takes_more(network) -> bool:
  """Returns whether an image generator takes other inputs than one vector."""
  takes, makes = signatures.shapes(network)
  if isinstance(takes, list | dict):
    return True
  return len(takes) != 2 and isinstance(makes, tuple) and len(makes) == 4


def _source(gan, network, inputs) -> inputs_.Inputs:
  """Returns the object that draws the generators' inputs."""
  if inputs is None:
    return inputs_.of(gan, network=network, who="tgp.explain")
  return inputs_.source(inputs, network)


def _compare(dense, pruned, z, read, value_range):
  """Returns the difference of each pair of images, and the batches' logits."""
  differences, logits = [], []
  for batch in pairs.batches(dense, pruned, z, value_range):
    differences.append(batch.differences)
    if read is not None:
      images = batch.dense, batch.pruned
      logits.append([classes.checked_logits(read, some) for some in images])
  return np.concatenate(differences), logits
