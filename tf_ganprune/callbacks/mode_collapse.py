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
"""Sees that a GAN loses its variety while it trains, and says so."""

import warnings

from tf_ganprune import arguments, metrics
from tf_ganprune.callbacks import drawing, of_one_keras
from tf_ganprune.inputs import choosing
from tf_ganprune.keras_compat import keras


class ModeCollapse(of_one_keras.OfOneKeras, keras.callbacks.Callback):
  """Measures a GAN's variety after epochs, and warns when it has collapsed.

  `recall`, and with a classifier `classes_hit`, go into the epoch's logs. What
  comes after this callback in the list of callbacks has them, such as
  `CSVLogger` or `PruningSummaries`; Keras' `History` and progress line always
  do. After an epoch that is not measured they are NaN.

  Example:
    >>> classifier = tgp.metrics.train_classifier(images, labels, 10)
    >>> evaluator = tgp.metrics.Evaluator(classifier, test_images)
    >>> watch = tgp.ModeCollapse(evaluator, num_images=500)
    >>> gan.fit(images, epochs=10, callbacks=[watch, CSVLogger("log.csv")])

  Attributes:
    sentence: What is wrong with the generator now, None if nothing is.
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
    """Takes over the evaluator; nothing is measured yet.

    Args:
      evaluator: Has the real images to measure against.
      num_images: How many images are generated, at least 4.
      frequency: After every how many epochs.
      stop: Whether a collapse ends the training.
      seed: Of the latents.
      generator: What makes the images, for a model of another class than
        tgp.GAN that has no `generate(n, seed=...)` and whose generator has no
        name that says so, such as `generator` or `generator_G`.
      latent_dim: Length of the latents; by default what the model, or the
        generator's input, says.
      inputs: What the generator is given: an object of `tgp.inputs`; an array,
        or a list or dict of arrays, whose first rows are taken; or a function
        of `(n, seed)` that returns them. By default what the model, or the
        generator's input, says; needed if that is an image, for example.
      value_range: Values of its images that mean black and white; by default
        what bounds its outputs says it, such as (0, 1) if it ends in a sigmoid.

    Raises:
      ValueError: If an argument is none of that.
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
    """Refuses what cannot draw images."""
    self.sentence = None
    self._drawing.begin("ModeCollapse", self.model)

  def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
    """Measures, and warns once when the generator has collapsed."""
    logs = {} if logs is None else logs
    if (epoch + 1) % self.frequency:
      # CSVLogger has the columns that there are after the first epoch.
      logs.update(dict.fromkeys(self._names(), float("nan")))
      return
    self._drawing.ensure_begun("ModeCollapse", self.model)
    images = self._drawing(self.num_images, self.seed)
    results = self.evaluator.evaluate(images)
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
    classes = self.evaluator.num_classes is not None
    return ["recall", "classes_hit"] if classes else ["recall"]
