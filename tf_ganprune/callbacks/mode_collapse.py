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
"""A callback that warns when a GAN's images lose their variety."""

import warnings

from tf_ganprune import arguments, metrics
from tf_ganprune.callbacks import drawing, keras3_refusal
from tf_ganprune.inputs import choosing
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import labelled


class ModeCollapse(keras3_refusal.RefusesKeras3, keras.callbacks.Callback):
  """Measures the variety of a GAN's images, and warns when it has collapsed.

  `recall`, and with a classifier `classes_hit`, are added to the epoch's logs;
  with labels of the real and the generated images `label_accuracy` as well.
  Callbacks that come after this one in the list of callbacks see them, such as
  `CSVLogger` or `PruningSummaries`; Keras' `History` and progress line always
  do. After an epoch that is not measured they are NaN.

  Example:
    >>> classifier = tgp.metrics.train_classifier(images, labels, 10)
    >>> evaluator = tgp.metrics.Evaluator(classifier, test_images)
    >>> watch = tgp.ModeCollapse(evaluator, num_images=500)
    >>> gan.fit(images, epochs=10, callbacks=[watch, CSVLogger("log.csv")])

  Attributes:
    sentence: A sentence on the present collapse, None without one.
  """

  def __init__(
    self,
    evaluator: metrics.Evaluator,
    num_images: int = 1000,
    frequency: int = 1,
    stop: bool = False,
    seed: int = 0,
    generator: keras.Model | None = None,
    latent_dim: int | None = None,
    inputs: choosing.Given | None = None,
    value_range: tuple[float, float] | None = None,
  ):
    """Sets the evaluator, and the source of images.

    Args:
      evaluator: The evaluator, with real images to compare with.
      num_images: The number of images to generate, at least 4.
      frequency: The number of epochs from one measurement to the next.
      stop: Whether a collapse ends the training.
      seed: The seed of the generator's inputs.
      generator: The network that makes the images. It is needed for a model
        that has neither `generate(n, seed=...)` nor a network with a name such
        as `generator` or `generator_G`.
      latent_dim: The length of the latents; by default the model's
        `latent_dim`, or that of the generator's input.
      inputs: The generator's inputs: an object of `tgp.inputs`; an array, or a
        list or dict of arrays, whose first rows are taken; or a function of
        `(n, seed)` that returns them. By default those of the model, or
        latents; needed if the generator takes an image, for example.
      value_range: The generator's values that mean black and white; by default
        they follow from its outputs, such as (0, 1) if it ends in a sigmoid.

    Raises:
      ValueError: If an argument has a wrong type or value.
    """
    super().__init__()
    if not isinstance(evaluator, metrics.Evaluator):
      raise ValueError(
        "`evaluator` must be a tgp.metrics.Evaluator; got a"
        f" {type(evaluator).__name__}."
      )
    self._drawing = drawing.Drawing(generator, latent_dim, inputs, value_range)
    arguments.whole("num_images", num_images, 4)
    arguments.whole("frequency", frequency, 1)
    arguments.whole("seed", seed, 0)
    self.evaluator = evaluator
    self.num_images = int(num_images)
    self.frequency = int(frequency)
    self.stop = stop
    self.seed = int(seed)
    self.sentence: str | None = None

  def on_train_begin(self, logs: dict | None = None) -> None:
    """Raises unless images can be generated with the model."""
    self.sentence = None
    self._drawing.begin("ModeCollapse", self.model)

  def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
    """Measures the images, and warns once when they have collapsed."""
    logs = {} if logs is None else logs
    self._drawing.ensure_begun("ModeCollapse", self.model)
    if (epoch + 1) % self.frequency:
      # CSVLogger has the columns that there are after the first epoch.
      logs.update(dict.fromkeys(self._names(), float("nan")))
      return
    images = self._drawing(self.num_images, self.seed)
    results = labelled.evaluate(self.evaluator, images, self._labels())
    logs.update({name: results[name] for name in self._names()})
    before, self.sentence = (
      self.sentence,
      self.evaluator.collapse(results, len(images), f"after epoch {epoch + 1}"),
    )
    if self.sentence and not before:
      warnings.warn(self.sentence, stacklevel=2)
    if self.sentence and self.stop:
      self.model.stop_training = True

  def _names(self):
    if self.evaluator.num_classes is None:
      return ["recall"]
    has_labels = getattr(self.evaluator, "labels", None) is not None
    if has_labels and self._labels() is not None:
      return ["recall", "classes_hit", "label_accuracy"]
    return ["recall", "classes_hit"]

  def _labels(self):
    """Returns the labels of the generated images, None if there are none."""
    return self._drawing.labels(self.num_images, self.seed)
