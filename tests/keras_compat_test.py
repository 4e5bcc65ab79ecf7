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
"""Tests of the choice of Keras."""

import os
import subprocess
import sys

import keras as keras3
import numpy as np
import pytest
import tensorflow as tf
import tf_keras

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune import keras_compat


def test_is_the_keras_of_tfmot():
  assert keras_compat.keras is tf_keras


@pytest.mark.slow
def test_bad_install_says_how_to_mend_it():
  program = "import sys; sys.modules['tf_keras'] = None; import tf_ganprune"
  result = subprocess.run(
    [sys.executable, "-c", program], capture_output=True, text=True, check=False
  )
  assert result.returncode
  assert "pip install 'tf-keras>=2.21'" in result.stderr.splitlines()[-1]


def test_check_model_refuses_what_is_no_model():
  with pytest.raises(ValueError, match="`x` must be a Keras model, and is a"):
    keras_compat.check_model(tf.constant(1), "x")


def _run(program):
  # As a user starts Python: importing TF-MOT has set it here.
  env = {k: x for k, x in os.environ.items() if k != "TF_USE_LEGACY_KERAS"}
  result = subprocess.run(
    [sys.executable, "-c", program],
    capture_output=True,
    text=True,
    check=False,
    env=env,
  )
  assert not result.returncode, result.stderr
  return result.stdout, result.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
  "line",
  [
    "from tensorflow.keras import layers",
    "import tensorflow.keras",
    "import tensorflow as tf; tf.keras.layers.Dense(3)",
    "from tensorflow import keras; keras.Sequential()",
  ],
)
def test_another_keras_from_before_is_warned_of_in_one_sentence(line):
  _, error = _run(f"{line}\nimport tf_ganprune")
  (warning,) = [x for x in error.splitlines() if "UserWarning" in x]
  assert "move `import tf_ganprune` above the first line that" in warning
  assert "from tf_ganprune import keras" in warning
  assert ". " not in warning.partition("UserWarning: ")[2]


@pytest.mark.slow
@pytest.mark.parametrize(
  "before", ["import tensorflow as tf", "from tensorflow import keras", ""]
)
@pytest.mark.parametrize(
  "after",
  [
    "from tensorflow.keras import layers",
    "from tensorflow.keras.layers import Dense; import tensorflow.keras.layers"
    " as layers",
    "from tensorflow import keras; layers = keras.layers",
  ],
)
def test_from_then_on_there_is_one_keras(before, after):
  program = (
    f"{before}\nimport tf_ganprune as tgp\n{after}\n"
    "print(layers.Dense is tgp.keras.layers.Dense)"
  )
  out, error = _run(program)
  assert out.split() == ["True"]
  assert "UserWarning" not in error


@pytest.mark.slow
def test_keras_3_itself_may_be_imported_first():
  out, error = _run(
    "import keras, tf_ganprune as tgp; from tensorflow import keras as tf_keras"
    "; print(tf_keras.Model is tgp.keras.Model)"
  )
  assert out.split() == ["True"]
  assert "UserWarning" not in error


_OTHERS = {
  "a layer": lambda: tgp.prune_low_magnitude(keras3.layers.Dense(3)),
  "a list": lambda: tgp.prune_low_magnitude([keras3.layers.Dense(3)]),
  "an optimizer": lambda: _gan().compile(keras3.optimizers.Adam(), "adam"),
  "a callback": lambda: _fit(keras3.callbacks.LambdaCallback()),
}


def _gan():
  return tgp.GAN(
    tiny.discriminator(), tiny.generator(), latent_dim=tiny.LATENT_DIM
  )


def _fit(callback):
  gan = _gan()
  gan.compile("adam", "adam")
  gan.fit(tiny.images(4), verbose=0, callbacks=[callback])


@pytest.mark.parametrize("case", _OTHERS)
def test_what_is_of_keras_3_is_refused_at_once(case):
  with pytest.raises(ValueError, match="is of Keras 3 .*tf_ganprune.keras"):
    _OTHERS[case]()


@pytest.mark.parametrize(
  "make",
  [
    tgp.UpdatePruningStep,
    lambda: tgp.PruningSummaries("nowhere"),
    lambda: tgp.GANMonitor("nowhere"),
    lambda: tgp.BackupAndRestore("nowhere"),
  ],
)
def test_our_callbacks_refuse_to_train_with_another_keras(
  make, tmp_path, monkeypatch
):
  monkeypatch.chdir(tmp_path)
  model = keras3.Sequential([keras3.Input((2,)), keras3.layers.Dense(1)])
  model.compile("sgd", "mse")
  with pytest.raises(ValueError, match="Keras 3 model .*from_keras3"):
    model.fit(np.ones((1, 2)), np.ones((1, 1)), verbose=0, callbacks=[make()])
