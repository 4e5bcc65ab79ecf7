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
"""Turns a Keras network into the bytes of a LiteRT file, for one setting."""

import contextlib
import os
import re
import tempfile
import warnings
from collections.abc import Iterator

import tensorflow as tf

from tf_ganprune.export import samples, settings, signature, stateless
from tf_ganprune.keras_compat import keras

_SIGNATURE = "serving_default"


class ConversionError(Exception):
  """The converter cannot do what was asked; the message says why."""


@contextlib.contextmanager
def saved(model: keras.Model, notes: list[str] | None = None) -> Iterator[str]:
  """Saves a network for inference at batch 1, to be converted several times.

  A dynamic batch runs 1.8 times slower on CPUs and is refused by GPUs. Only
  the one function is saved: of a Keras model every layer would be traced.

  Args:
    model: A network that passed `signature.check`.
    notes: Gets a sentence on what the file does otherwise than the layers.

  Yields:
    A temporary folder with a SavedModel, its inputs and outputs named as in
    Keras.

  Raises:
    StateError: If no file can compute what it does, as where it is random.
  """
  specs = signature.input_specs(model)

  @tf.function(input_signature=list(specs.values()))
  def run(*inputs):
    return signature.call(model, dict(zip(specs, inputs, strict=True)))

  traced = stateless.of(
    run.get_concrete_function(), list(specs.values()), model
  )
  if notes is not None:
    notes += traced.notes
  module = tf.Module()
  module.variables_of_model = [*model.variables, *traced.function.variables]
  with tempfile.TemporaryDirectory() as folder:
    with _quiet():
      tf.saved_model.save(module, folder, {_SIGNATURE: traced.function})
    yield folder


def convert(
  folder: str,
  setting: settings.Setting,
  calibration: list[samples.Sample],
  one_dense_scale: bool = False,
) -> bytes:
  """Converts a saved network.

  Args:
    folder: What `saved` gave.
    setting: Number format, and whether zeros are stored sparsely.
    calibration: Inputs that show the range of the activations; used if these
      are quantized.
    one_dense_scale: Whether an int8 kernel of a Dense layer has one scale, so
      that values that were equal stay equal, rather than one for each unit.

  Returns:
    The file's content. That it was made does not mean that it is right.

  Raises:
    ConversionError: If the converter fails.
  """
  with _quiet():
    converter = tf.lite.TFLiteConverter.from_saved_model(
      folder, signature_keys=[_SIGNATURE]
    )
    _configure(converter, setting, calibration)
    # The converter offers no other way.
    name = "_experimental_disable_per_channel_quantization_for_dense_layers"
    setattr(converter, name, one_dense_scale)
    try:
      return converter.convert()
    except Exception as error:  # The converter raises bare Exceptions too.
      raise ConversionError(_reason(error)) from error


def _configure(converter, setting, calibration) -> None:
  numbers = setting.numbers
  optimizations = []
  if setting.flag:
    optimizations.append(tf.lite.Optimize.EXPERIMENTAL_SPARSITY)
  if numbers.weights != tf.float32:
    optimizations.append(tf.lite.Optimize.DEFAULT)
  converter.optimizations = optimizations
  if numbers.weights == tf.float16:
    converter.target_spec.supported_types = [tf.float16]
  if numbers.activations == tf.int8:
    # Without this list an operator that has no int8 kernel stays float32.
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.representative_dataset = lambda: iter(calibration)
    converter.inference_input_type = numbers.interface
    converter.inference_output_type = numbers.interface


def _reason(error) -> str:
  """The part of the converter's pages of text that says what is wrong."""
  text = str(error)
  missing = sorted(set(re.findall(r"'(tf\.\w+)' op is neither", text)))
  if missing:
    return f"LiteRT has no operator for {', '.join(missing)}"
  lines = [line.strip() for line in text.splitlines() if line.strip()]
  return (lines or [type(error).__name__])[0][:300]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
  """Keeps the converter's progress reports from the terminal.

  It writes them, from C++, to the process's standard error, where no logging
  level reaches them; what goes wrong comes as an exception all the same.
  """
  with (
    warnings.catch_warnings(),
    tempfile.TemporaryFile() as sink,
    contextlib.ExitStack() as stack,
  ):
    warnings.simplefilter("ignore")
    terminal = os.dup(2)
    stack.callback(os.close, terminal)
    stack.callback(os.dup2, terminal, 2)
    os.dup2(sink.fileno(), 2)
    yield
