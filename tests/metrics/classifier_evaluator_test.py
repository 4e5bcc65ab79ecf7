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
"""Tests of the accuracy of classifiers."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tests import tiny

_LABELS = [0, 1, 2, 0]
_LOGITS = np.array([[2, 1, 0], [2, 1, 0], [0, 1, 2], [3, 0, 0]], float)


def _evaluator(**kwargs):
  return tgp.metrics.ClassifierEvaluator(tiny.images(4), _LABELS, **kwargs)


def test_accuracy_and_error():
  assert _evaluator().evaluate(_LOGITS) == {"accuracy": 0.75, "error": 0.25}
  found = _evaluator().evaluate(np.where(_LOGITS == 3, np.nan, _LOGITS))
  assert np.isnan(list(found.values())).all()


@pytest.mark.parametrize("batch_size", [1, 3, 4])
def test_a_network_is_measured_in_batches(batch_size):
  keras = tgp.keras
  keras.utils.set_random_seed(1)
  network = keras.Sequential(
    [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(3)]
  )
  evaluator = _evaluator(batch_size=batch_size)
  found = evaluator.evaluate_network(network)
  right = network(tiny.images(4)).numpy().argmax(1) == _LABELS
  assert found["accuracy"] == np.mean(right)


def test_what_is_refused():
  with pytest.raises(ValueError, match="`labels` .*4"):
    tgp.metrics.ClassifierEvaluator(tiny.images(4), _LABELS[:3])
  with pytest.raises(ValueError, match="`images` "):
    tgp.metrics.ClassifierEvaluator(np.zeros((0, 8, 8, 1)), [])
  with pytest.raises(ValueError, match=r"row of scores for each of the 4"):
    _evaluator().evaluate(_LOGITS[:3])
  with pytest.raises(ValueError, match="tells 2 classes apart"):
    _evaluator().evaluate(_LOGITS[:, :2])
