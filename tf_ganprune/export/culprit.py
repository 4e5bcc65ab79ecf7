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
"""Finds the layer, and the sample, that make an export fail."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_ganprune.export import (
  convert,
  halved_graph,
  number_formats,
  runtime,
  samples,
  signature,
  stateless,
)
from tf_ganprune.graphs import walks
from tf_ganprune.keras_compat import keras

# As many as show the types of what flows.
_CALIBRATED = 4
# Two runs of the same function may add in another order.
_SAME = 1e-4


def with_layer(
  error: convert.ConversionError,
  model: keras.Model,
  setting: number_formats.Setting,
  calibration: list[samples.Sample],
) -> convert.ConversionError:
  """Returns a converter's error with the layer that causes it in its message.

  Args:
    error: The error that converting the network raised.
    model: The network.
    setting: How it was to be converted.
    calibration: The samples that it was calibrated with.

  Returns:
    An error with `layer` and `remedy`; the given one if no layer is found.
  """
  if error.places:
    return _without_operator(error, model)
  if not isinstance(error, convert.CrashError):
    return error
  if setting.numbers.activations == tf.int8:
    if found := overflow(model, calibration):
      layer, number = found
      return convert.CrashError(
        f"{error}, since sample {number} of those it is calibrated with makes"
        f" {layer!r} give NaN or infinity",
        layer,
        "Leave such samples out of `representative_data`, or bound what that"
        " layer is given.",
      )
  name = crashing(model, setting)
  if name is None:
    return error
  return convert.CrashError(
    f"{error}, in layer {name!r}", name, "Use another layer in its place."
  )


def overflow(
  model: keras.Model, inputs: list[samples.Sample]
) -> tuple[str, int] | None:
  """Finds the first layer that gives NaN or infinity, and the sample for it.

  If all layers give finite numbers, the operations within them are searched: in
  `1 / (1 + tf.exp(x))` only the exponential overflows.

  Args:
    model: A network that Keras itself can run on the inputs.
    inputs: Samples, each with one array for each input.

  Returns:
    The layer's name and the sample's number; None if all numbers are finite.
  """
  found = _infinite(_probe(model, _is_finite), inputs)
  return found or _infinite(_probe_operations(model), inputs)


def _is_finite(y):
  return tf.cast(tf.reduce_all(tf.math.is_finite(y)), tf.float64)


def _stays_finite(y):
  """Returns 0 if an operation makes infinity of finite numbers, else 1."""
  given = [_is_finite(x) for x in y.op.inputs if x.dtype.is_floating]
  is_given = tf.reduce_min(given) if given else tf.zeros((), tf.float64)
  return tf.maximum(_is_finite(y), 1.0 - is_given)


def _infinite(probe, inputs) -> tuple[str, int] | None:
  names, run = probe
  for number, sample in enumerate(inputs):
    finite = run(sample)
    if not np.all(finite):
      return names[int(np.argmin(finite))], number
  return None


def random(model: keras.Model, sample: samples.Sample) -> str | None:
  """Finds the first layer that gives other numbers when it runs again.

  Args:
    model: A network that Keras itself can run on the sample.
    sample: One array for each input.

  Returns:
    The layer's name; None if there is none.
  """

  def size(y):
    return tf.reduce_sum(tf.abs(tf.cast(y, tf.float64)))

  names, run = _probe(model, size)
  first, second = run(sample), run(sample)
  same = np.isclose(first, second, rtol=_SAME, equal_nan=True)
  return None if np.all(same) else names[int(np.argmin(same))]


def crashing(model: keras.Model, setting: number_formats.Setting) -> str | None:
  """Finds the first layer at which the converter crashes.

  Networks that end early, at one of the layers, are converted in a binary
  search.

  Args:
    model: A network that crashes the converter.
    setting: How to convert.

  Returns:
    The layer's name, inside of nested networks as in `block/conv`; None if no
    network that ends early crashes the converter.
  """
  return _first(model, lambda one: _crashes(one, setting))


def not_loaded(
  model: keras.Model, setting: number_formats.Setting
) -> str | None:
  """Finds the first layer at which LiteRT does not load the network's file.

  Args:
    model: A network whose file does not load.
    setting: How to convert.

  Returns:
    As in `crashing`.
  """
  return _first(model, lambda one: not _loads(one, setting))


def _first(model, fails) -> str | None:
  """Returns the layer at the end of the shortest part that `fails`, or None."""
  nodes = walks.nodes(model)
  if not nodes or not fails(_beginning(model, nodes)):
    return None
  fine, wrong = 0, len(nodes)
  while wrong - fine > 1:
    middle = (fine + wrong) // 2
    if fails(_beginning(model, nodes[:middle])):
      wrong = middle
    else:
      fine = middle
  layer = nodes[wrong - 1].layer
  if walks.is_nested(layer) and _has_sizes(layer):
    inside = _first(layer, fails)
  else:
    inside = _recurrent_inside(layer)
  return f"{layer.name}/{inside}" if inside else layer.name


def _recurrent_inside(layer) -> str | None:
  """Returns the name of the only recurrent layer inside a layer, or None."""
  inside = layer._flatten_layers(include_self=False)
  names = [x.name for x in inside if isinstance(x, keras.layers.RNN)]
  return names[0] if len(names) == 1 else None


def _without_operator(error, model) -> convert.ConversionError:
  """Returns the error with the layers whose operators LiteRT lacks."""
  known = {one.name for one in model.submodules if hasattr(one, "name")}
  layers = []
  for path in error.places:
    # The first part is the network's own name, the last is the operator's.
    parts = [x for x in path.split("/")[1:] if x in known] or [path]
    layers.append(parts[-1])
  layers = list(dict.fromkeys(layers))
  shown = ", ".join(map(repr, layers[:3]))
  more = f" and {len(layers) - 3} more" if len(layers) > 3 else ""
  return convert.ConversionError(
    f"{error}, in {shown}{more}",
    layers[0],
    "Use another layer or operation in place of that.",
  )


def _probe(
  model: keras.Model, measure: Callable
) -> tuple[list[str], Callable[[samples.Sample], np.ndarray]]:
  """Returns a function that measures each layer's output, and their names.

  The list of names is filled by the first run.
  """
  names = []

  @tf.function
  def traced(inputs):
    names.clear()
    found = []

    def look(name, y):
      if tf.is_tensor(y) and y.dtype.is_floating:
        names.append(name)
        found.append(measure(y))

    _run(model, inputs, "", look)
    return tf.stack(found) if found else tf.ones((1,), tf.float64)

  def run(sample):
    inputs = [tf.convert_to_tensor(sample[x]) for x in model.input_names]
    return traced(inputs).numpy()

  return names, run


def _probe_operations(
  model: keras.Model,
) -> tuple[list[str], Callable[[samples.Sample], np.ndarray]]:
  """Returns a function that checks each operation, and the names of layers."""
  specs = signature.input_specs(model)
  function, _ = convert.traced(model)
  frozen = halved_graph.freeze(function, list(specs))
  watched = [f"{name}:0" for name in frozen.names]

  @tf.function(autograph=False, input_signature=[specs])
  def run(inputs):
    given = {frozen.inputs[k]: x for k, x in inputs.items()}
    found = tf.import_graph_def(frozen.definition, given, watched)
    return tf.stack([*map(_stays_finite, found), tf.ones((), tf.float64)])

  def call(sample):
    return run({k: tf.constant(x) for k, x in sample.items()}).numpy()

  layer_of = stateless.Layers(model)
  return [_place(x, layer_of, model) for x in frozen.names], call


def _place(operation, layer_of, model) -> str:
  """Returns an operation's layer, or its own name if the network calls it."""
  layer = layer_of(operation)
  return operation if layer == model.name else layer


def _run(model, inputs, prefix, look) -> list:
  def visit(layer, args, kwargs, node):
    del node
    name = prefix + layer.name
    if walks.is_nested(layer):
      outputs = _run(layer, walks.given(layer, args, kwargs), f"{name}/", look)
      return tf.nest.pack_sequence_as(layer._nested_outputs, outputs)
    if layer._expects_training_arg and kwargs.get("training") is None:
      kwargs = {**kwargs, "training": False}
    outputs = layer(*args, **kwargs)
    for y in tf.nest.flatten(outputs):
      look(name, y)
    return outputs

  return walks.walk(model, inputs, visit)


def _beginning(model, nodes) -> keras.Model:
  """Returns the part of a network that some calls make up, by their nodes.

  Its outputs are the tensors that none of these calls takes.
  """
  taken = {
    id(x)
    for node in nodes
    for x in tf.nest.flatten((node.call_args, node.call_kwargs))
  }
  outputs = [x for node in nodes for x in tf.nest.flatten(node.outputs)]
  last = [x for x in outputs if id(x) not in taken]
  return keras.Model(model.inputs, last, name=model.name)


def _crashes(model, setting) -> bool:
  calibration = samples.draw(model, _CALIBRATED)
  try:
    with convert.saved(model) as folder:
      convert.convert(folder, setting, calibration)
  except convert.ConversionError as error:
    return isinstance(error, convert.CrashError)
  except ValueError:  # the beginning alone cannot be saved
    return False
  return False


def _loads(model, setting) -> bool:
  calibration = samples.draw(model, _CALIBRATED)
  try:
    with convert.saved(model) as folder:
      content = convert.convert(folder, setting, calibration)
    runtime.input_details(content)
  except runtime.NotRunError:
    return False
  except (convert.ConversionError, ValueError):  # which is another matter
    return True
  return True


def _has_sizes(model) -> bool:
  return all(None not in x.shape[1:] for x in model.inputs)
