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

import subprocess
import sys

import pytest
import tensorflow as tf
import tf_keras

from tf_ganprune import keras_compat


def test_is_the_keras_of_tfmot():
  assert keras_compat.keras is tf_keras


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
