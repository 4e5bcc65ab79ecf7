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
"""Tests the counts of classes before and after."""

import numpy as np
import pytest

from tf_ganprune import metrics
from tf_ganprune.interpretation import classes
from tf_ganprune.keras_compat import keras

layers = keras.layers


def _classifier(*after):
  """The brightest of four pixels is the class."""
  dense = layers.Dense(4, use_bias=False)
  network = keras.Sequential(
    [layers.Input((2, 2, 1)), layers.Flatten(), dense, *after],
    name="brightest",
  )
  dense.set_weights([np.eye(4)])
  return network


def _bright(*pixels):
  return np.eye(4, dtype=np.float32)[list(pixels)].reshape(-1, 2, 2, 1)


def test_counts_of_each_class():
  dense, pruned = [0, 0, 0, 1, 3], [0, 0, 1, 0, 3]
  batches = [
    (np.eye(4)[dense[:3]], np.eye(4)[pruned[:3]]),
    (np.eye(4)[dense[3:]], np.eye(4)[pruned[3:]]),
  ]
  found = classes.changes(batches)
  assert found == (
    classes.ClassChange(0, 3, 3, 2),
    classes.ClassChange(1, 1, 1, 0),
    classes.ClassChange(2, 0, 0, 0),
    classes.ClassChange(3, 1, 1, 1),
  )
  assert classes.ClassChange(1, 5, 3, 2).lost == 2


def test_one_logit_stands_for_two_classes():
  assert classes.changes([(np.array([[1.0], [-1.0]]), np.ones((2, 1)))]) == (
    classes.ClassChange(0, 1, 0, 0),
    classes.ClassChange(1, 1, 2, 1),
  )


@pytest.mark.parametrize(
  "kind", ["network", "softmax", "evaluator", "function"]
)
def test_whoever_classifies(kind):
  network = _classifier(*([layers.Softmax()] if kind == "softmax" else []))
  images = _bright(2, 0, 3, 3)
  classifier = {
    "evaluator": lambda: metrics.Evaluator(network, images),
    "function": lambda: lambda some: some.reshape(-1, 4),
  }.get(kind, lambda: network)()
  read = classes.logits_of(classifier)
  logits = classes.checked_logits(read, images)
  np.testing.assert_array_equal(logits, images.reshape(4, 4))


class _Subclassed(keras.Model):
  def call(self, inputs):
    return inputs


@pytest.mark.parametrize(
  "network", [_Subclassed(name="mine"), _classifier(layers.ReLU())]
)
def test_an_unknown_number_of_classes_is_refused(network):
  with pytest.raises(ValueError, match="`classifier` .*Pass a f"):
    classes.logits_of(network)
  evaluator = metrics.Evaluator(network, _bright(0, 1, 2, 3))
  with pytest.raises(ValueError, match="Pass a classifier as `feature_model`"):
    classes.logits_of(evaluator)(_bright(0))


def test_what_is_no_classifier_is_refused():
  with pytest.raises(ValueError, match="`classifier` .*got 'di"):
    classes.logits_of("digits")
  with pytest.raises(ValueError, match=r"have the shape \[n, d\].*got \[2\]"):
    classes.checked_logits(lambda images: np.ones(2), _bright(0, 1))
  with pytest.raises(ValueError, match="`classifier` .* 1 .* 2 images"):
    classes.checked_logits(lambda images: np.ones((1, 2)), _bright(0, 1))
  with pytest.raises(ValueError, match="holds 2 values that are NaN"):
    classes.checked_logits(lambda images: np.full((1, 2), np.nan), _bright(0))
