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
"""Converts a Keras network to the bytes of a `.tflite` file."""

import contextlib
import os
import re
import tempfile
import warnings
from collections.abc import Iterator, Sequence

import tensorflow as tf

from tf_ganprune.export import (
  axes,
  graph_rewrite,
  native,
  native_program,
  number_formats,
  rewrites,
  samples,
  signature,
  single,
  stateless,
)
from tf_ganprune.export.rewrites import rewrite_rule
from tf_ganprune.keras_compat import keras

_SIGNATURE = "serving_default"


class ConversionError(Exception):
  """The converter fails on a network; the message says why.

  Attributes:
    layer: The name of the layer that causes it, if it is known.
    remedy: The change that helps, a sentence.
    places: Paths in TensorFlow's graph of the operators that LiteRT lacks.
  """

  def __init__(
    self,
    message: str,
    layer: str | None = None,
    remedy: str = "Use another layer or operation.",
    places: tuple[str, ...] = (),
  ):
    """Makes the error.

    Args:
      message: The reason, without a full stop.
      layer: The name of the layer that causes it.
      remedy: The change that helps, a sentence.
      places: Paths in TensorFlow's graph, which have names of layers in them.
    """
    super().__init__(message)
    self.layer, self.remedy, self.places = layer, remedy, places


class CrashError(ConversionError):
  """The converter crashed, and its process ended; the message says how."""


def traced(
  model: keras.Model,
  graph_rewrites: Sequence[graph_rewrite.GraphRewrite] = (),
  anywhere: Sequence[rewrite_rule.Rewrite] = (),
):
  """Traces a network's inference at batch 1, which its file is to compute.

  Args:
    model: A network that passed `signature.check`.
    graph_rewrites: Changes of the traced graph, made in this order.
    anywhere: Replacements of layers that are made wherever these are called.

  Returns:
    A concrete function, whose inputs are by position, and sentences on its
    differences from the layers.

  Raises:
    ValueError: If the network does not run on one sample.
    StateError: If the network is random, or changes variables as no file can.
  """
  specs = signature.input_specs(model)

  @tf.function(input_signature=list(specs.values()))
  def run(*inputs):
    return signature.call(model, dict(zip(specs, inputs, strict=True)))

  with single.running(model), rewrites.exchanged(model, anywhere) as replaced:
    found = stateless.without_writes(
      run.get_concrete_function(), list(specs.values()), model
    )
  said = [*rewrites.sentences(replaced), *found.notes]
  function = axes.narrowed(found.function, list(specs.values()))
  for rewrite in graph_rewrites:
    function, more = rewrite(function, list(specs.values()), model)
    said += more
  return function, said


@contextlib.contextmanager
def saved(
  model: keras.Model,
  notes: list[str] | None = None,
  graph_rewrites: Sequence[graph_rewrite.GraphRewrite] = (),
  anywhere: Sequence[rewrite_rule.Rewrite] = (),
) -> Iterator[str]:
  """Saves a network for inference at batch 1, to be converted several times.

  A dynamic batch runs 1.8 times slower on CPUs and is refused by GPUs. Only
  the one function is saved: of a Keras model every layer would be traced.

  Args:
    model: A network that passed `signature.check`.
    notes: A list that sentences on differences of the file from the layers are
      appended to.
    graph_rewrites: Changes of the traced graph, made in this order.
    anywhere: Replacements of layers that are made wherever these are called.

  Yields:
    A temporary folder with a SavedModel, its inputs and outputs named as in
    Keras.

  Raises:
    ValueError: If the network does not run on one sample.
    StateError: If the network is random, or changes variables as no file can.
  """
  single.check(model)
  native.prepare()
  module = tf.Module()
  with native.folder() as folder:
    with _quiet():
      function, said = traced(model, graph_rewrites, anywhere)
      module.variables_of_model = [*model.variables, *function.variables]
      tf.saved_model.save(module, str(folder), {_SIGNATURE: function})
    if notes is not None:
      notes += said
    yield str(folder)


def convert(
  folder: str,
  setting: number_formats.Setting,
  calibration: list[samples.Sample],
  one_dense_scale: bool = False,
) -> bytes:
  """Converts a saved network with one setting.

  Args:
    folder: The folder that `saved` yielded.
    setting: The number format, and whether zeros are stored sparsely.
    calibration: Samples that show the range of the activations; used if these
      are quantized.
    one_dense_scale: Whether an int8 kernel of a Dense layer has one scale, so
      that values that were equal stay equal, rather than one for each unit.

  Returns:
    The file's content, which may still be wrong and has to be compared.

  Raises:
    ConversionError: If the converter fails.
  """
  numbers = setting.numbers
  with native.folder() as made:
    if numbers.activations == tf.int8:
      native.write_inputs(made, calibration)
    try:
      native.call(
        "convert",
        saved=os.fspath(folder),
        folder=os.fspath(made),
        signature=_SIGNATURE,
        weights=numbers.weights.name,
        activations=numbers.activations.name,
        interface=numbers.interface.name,
        flag=setting.flag,
        one_dense_scale=one_dense_scale,
      )
    except native.CrashError as error:
      kind = CrashError if error.step else ConversionError
      raise kind(str(error)) from error
    except native.FailedError as error:
      raise _understood(str(error)) from None  # pages of text
    return (made / native_program.CONTENT).read_bytes()


def _understood(text) -> ConversionError:
  """Returns the error in the converter's pages of text, in one sentence."""
  missing = sorted(set(re.findall(r"'(tf\.\w+)' op is neither", text)))
  if missing:
    places = re.findall(
      r"error: loc\([^\n]*?, \"([^\"@]+)@[^\n]*op is neither", text
    )
    return ConversionError(
      f"LiteRT has no operator for {', '.join(missing)}",
      places=tuple(dict.fromkeys(places)),
    )
  lines = [line.strip() for line in text.splitlines() if line.strip()]
  said = [line for line in lines if line.startswith(("error:", "loc("))]
  return ConversionError((said or lines)[0][:300].rstrip("."))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
  """Keeps TensorFlow's progress reports of saving from the terminal.

  TensorFlow writes them from C++ to the process's standard error, whatever the
  logging level is. Errors still come as exceptions.
  """
  with (
    warnings.catch_warnings(),
    tempfile.TemporaryFile() as sink,
    contextlib.ExitStack() as stack,
  ):
    warnings.simplefilter("ignore")
    with contextlib.suppress(OSError):  # a service may have closed it
      terminal = os.dup(2)
      stack.callback(os.close, terminal)
      stack.callback(os.dup2, terminal, 2)
      os.dup2(sink.fileno(), 2)
    yield
