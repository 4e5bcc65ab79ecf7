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
"""Tests of what is logged and said while a GAN trains."""

import csv
import warnings

import numpy as np
import pytest

from tests import tiny
from tf_ganprune import callbacks, gan, metrics
from tf_ganprune.keras_compat import keras

layers = keras.layers


def _evaluator(real=None):
  """Features are pixels; the class is which half of the image is brighter."""
  real = tiny.images(40) if real is None else real
  logits = layers.Dense(2, use_bias=False)
  network = keras.Sequential(
    [keras.Input(real.shape[1:]), layers.Flatten(), logits]
  )
  half = np.repeat([1.0, -1.0], logits.kernel.shape[0] // 2)
  logits.set_weights([np.stack([half, -half], axis=1)])
  return metrics.Evaluator(network, real)


def _fit(watch, epochs=1, after=(), before=(), generator=None, shown=None):
  """Fits a GAN that makes what `shown` says of each epoch, if it is given."""
  model = gan.GAN(tiny.discriminator(), generator or tiny.generator(), 4)
  model.compile("adam", "adam")
  if shown:
    turns = iter(shown)
    model.generate = lambda n, seed: next(turns)[:n]
  return model.fit(
    np.abs(tiny.images(8)),
    batch_size=8,
    epochs=epochs,
    verbose=0,
    callbacks=[*before, watch, *after],
  )


_HEALTHY, _COLLAPSED = tiny.images(40, seed=1), np.repeat(tiny.images(1), 40, 0)


def test_a_constant_generator_is_seen_and_named_once(recwarn):
  watch = callbacks.ModeCollapse(_evaluator(), num_images=20)
  constant = tiny.generator()
  constant.get_layer("dense").kernel.assign(np.zeros((4, 48)))
  constant.trainable = False
  with pytest.warns(
    UserWarning, match="^Mode collapse after epoch 1: "
  ) as seen:
    history = _fit(watch, epochs=3, generator=constant).history
  assert len([w for w in seen if "Mode collapse" in str(w.message)]) == 1
  assert history["recall"] == [0.0] * 3
  assert history["classes_hit"] == [1] * 3
  assert set(history) == {"d_loss", "g_loss", "recall", "classes_hit"}
  assert "after epoch 3" in watch.sentence


def test_each_collapse_is_told_once_and_real_images_raise_none():
  watch = callbacks.ModeCollapse(_evaluator(), num_images=40)
  shown = [_HEALTHY, _COLLAPSED, _COLLAPSED, _HEALTHY, _COLLAPSED]
  with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    history = _fit(watch, epochs=5, shown=shown).history
  told = [str(w.message)[:28] for w in seen if "collapse" in str(w.message)]
  assert told == [f"Mode collapse after epoch {n}:" for n in (2, 5)]
  assert history["classes_hit"] == [2, 1, 1, 2, 1]
  assert history["recall"][0] > 0.5 > history["recall"][1]


def test_stops_only_if_it_is_asked_to():
  watch = callbacks.ModeCollapse(_evaluator(), num_images=40, stop=True)
  with pytest.warns(UserWarning, match="after epoch 2"):
    history = _fit(watch, epochs=5, shown=[_HEALTHY, *[_COLLAPSED] * 4])
  assert history.epoch == [0, 1]


def test_what_comes_later_in_the_list_has_the_numbers(tmp_path):
  watch = callbacks.ModeCollapse(_evaluator(), num_images=40, frequency=2)
  files = [tmp_path / "before.csv", tmp_path / "after.csv"]
  before, after = (keras.callbacks.CSVLogger(file) for file in files)
  shown = [_HEALTHY, _HEALTHY]
  history = _fit(watch, 4, [after], [before], shown=shown).history
  rows = list(csv.DictReader(files[1].open()))
  assert [row["classes_hit"] for row in rows] == ["nan", "2", "nan", "2"]
  assert [float(row["recall"]) for row in rows][1::2] == history["recall"][1::2]
  assert "recall" not in next(csv.reader(files[0].open()))
  assert np.isnan(history["recall"]).tolist() == [True, False] * 2


def test_a_sigmoid_is_measured_in_the_range_of_the_real_images():
  seen = []
  evaluator = _evaluator()
  evaluate = evaluator.evaluate

  def note(images):
    seen.append(images)
    return evaluate(images)

  evaluator.evaluate = note
  shown = [np.linspace(0.0, 1.0, 640).reshape(10, 8, 8, 1).astype(np.float32)]
  watch = callbacks.ModeCollapse(evaluator, num_images=10)
  with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    _fit(watch, generator=tiny.generator(activation="sigmoid"), shown=shown)
  assert (seen[0].min(), seen[0].max()) == (-1.0, 1.0)


def test_features_without_classes_log_recall_alone():
  network = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten()])
  evaluator = metrics.Evaluator(network, tiny.images(40))
  watch = callbacks.ModeCollapse(evaluator, num_images=40)
  history = _fit(watch, shown=[_HEALTHY]).history
  assert set(history) == {"d_loss", "g_loss", "recall"}


@pytest.mark.parametrize(
  ("arguments", "message"),
  [
    ({"evaluator": None}, "`evaluator` .*metrics.Evaluator"),
    ({"num_images": 3}, "`num_images` .*4"),
    ({"frequency": 0}, "`frequency` .*got 0"),
    ({"frequency": True}, "`frequency` .*got True"),
    ({"seed": -1}, "`seed`"),
  ],
)
def test_bad_arguments(arguments, message):
  with pytest.raises(ValueError, match=message):
    callbacks.ModeCollapse(**{"evaluator": _evaluator(), **arguments})


def test_a_model_that_draws_nothing_is_refused():
  model = tiny.classifier()
  model.compile("adam", keras.losses.SparseCategoricalCrossentropy(True))
  watch = callbacks.ModeCollapse(_evaluator())
  with pytest.raises(ValueError, match="Sequential .*`generator=`"):
    model.fit(np.zeros((4, 6)), np.zeros(4), verbose=0, callbacks=[watch])
