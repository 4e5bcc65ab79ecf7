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
"""The accuracy of a classifier, for callers that steer by a score."""

import numpy as np

from tf_ganprune import array_types, states
from tf_ganprune.graphs import calling
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import label_checks


class ClassifierEvaluator:
  """Computes how many labelled images a network puts into the right class.

  `tgp.sensitivity` and `tgp.AdaptivePruning` take it in place of an
  `Evaluator`, and then measure a GAN's first exported network, such as the
  classifier of a `tgp.SemiSupervisedGAN`.

  Example:
    >>> evaluator = tgp.metrics.ClassifierEvaluator(test_images, test_labels)
    >>> evaluator.evaluate_network(gan.discriminator)["accuracy"]
    >>> table = tgp.sensitivity(gan, evaluator)

  Attributes:
    inputs: The images, `[n, height, width, channels]`.
    labels: Their labels, int32, `[n]`.
    score: The name of the score to steer by, `"error"`.
  """

  score = "error"

  def __init__(
    self,
    images: array_types.Array,
    labels: array_types.Array,
    batch_size: int = 256,
  ):
    """Sets the images.

    Args:
      images: Images that were not trained on, as the network takes them.
      labels: Their labels, whole numbers from 0 on, `[n]`.
      batch_size: The number of images in a batch of the network.

    Raises:
      ValueError: If there are no images, or labels are not as described.
    """
    self.inputs = np.asarray(images)
    if not self.inputs.ndim or not len(self.inputs):
      raise ValueError("`images` must be an array of at least one image.")
    self.labels = label_checks.check_labels(labels, len(self.inputs))
    self._batch_size = batch_size

  def evaluate(self, logits: array_types.Array) -> dict[str, float]:
    """Returns the metrics of a network's outputs by name.

    Args:
      logits: Scores of the classes for each of `inputs`, `[n, num_classes]`.

    Returns:
      A dict with 'accuracy', the share of images whose own class has the
      highest score, and 'error', the share of the others; both are NaN if a
      logit is not finite.

    Raises:
      ValueError: If there is not a row for each image, or no column for a
        label.
    """
    logits = np.asarray(logits)
    if logits.ndim != 2 or len(logits) != len(self.labels):
      raise ValueError(
        "`logits` must have a row of scores for each of the"
        f" {len(self.labels)} images, [{len(self.labels)}, num_classes]; got"
        f" {list(logits.shape)}."
      )
    if logits.shape[1] <= self.labels.max():
      raise ValueError(
        f"The network tells {logits.shape[1]} classes apart, and labels run to"
        f" {self.labels.max()}."
      )
    if not np.isfinite(logits).all():
      return {"accuracy": float("nan"), "error": float("nan")}
    right = float(np.mean(logits.argmax(1) == self.labels))
    return {"accuracy": right, "error": 1.0 - right}

  def evaluate_network(self, network: keras.Model) -> dict[str, float]:
    """Returns the metrics of a classifier by name.

    Args:
      network: Maps images to scores of the classes, `[n, num_classes]`.

    Raises:
      ValueError: As of `evaluate`.
    """
    size, n = self._batch_size, len(self.inputs)
    with states.Kept(network):
      parts = [
        np.asarray(calling.called(network, self.inputs[i : i + size]))
        for i in range(0, n, size)
      ]
    return self.evaluate(np.concatenate(parts))
