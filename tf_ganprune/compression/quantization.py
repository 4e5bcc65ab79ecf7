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
"""Quantization-aware training: networks that compute with int8 numbers."""

import numpy as np
import tensorflow as tf

from tf_ganprune import arguments, array_types, inputs, keras_errors, states
from tf_ganprune.compression import (
  clustering,
  clusters,
  compressible,
  integers,
  rounded_calls,
  weight_wrappers,
)
from tf_ganprune.graphs import copies, signatures, walks
from tf_ganprune.inputs import network_batch
from tf_ganprune.keras_compat import keras

_LAYERS = keras.layers
# Kernels that LiteRT's int8 files have as `integers.rounded` has them.
_QUANTIZED = (_LAYERS.Dense, _LAYERS.Conv2D, _LAYERS.Conv2DTranspose)
_OBSERVED = 256
_OTHER_INPUTS = "Pass inputs that it takes as `representative_data`."
_ANY_BATCH = (
  "If that layer has a fixed batch size, use -1 or tf.shape(x)[0], or pass"
  " `representative_data` of that batch size."
)


def quantize_model(
  model: keras.Model,
  preserve_sparsity: bool = True,
  preserve_clusters: bool = True,
  representative_data: array_types.Arrays | inputs.Inputs | None = None,
  input_shape: array_types.InputShape | None = None,
) -> keras.Model:
  """Returns a network for quantization-aware training with int8 numbers.

  It does what TF-MOT's `quantize_model` and its schemes PQAT (zeros kept), CQAT
  (clusters kept) and PCQAT (both) do; those refuse `Conv2DTranspose` and a
  batch normalization behind a Reshape, and so every DCGAN generator. Kernels
  are rounded by `QuantizeWeights`, and activations by `FakeQuantize` layers
  where an int8 file rounds them. `tgp.export_tflite(..., target="cpu-int8")`
  uses the ranges of these layers.

  Kernels of Dense, Conv2D and Conv2DTranspose are rounded. Those of other
  layers stay float in the network, and become int8 in the file only.

  Args:
    model: A built functional or Sequential network, clustered or not, without
      pruning wrappers. It is not changed.
    preserve_sparsity: Whether weights that are 0 stay 0.
    preserve_clusters: Whether kernels with up to 254 different values keep
      their number: in Dense layers, and in each output channel of convolutions.
    representative_data: Inputs from which the first ranges are taken: a batch
      of the network's inputs, or an object of `tgp.inputs`, such as a GAN's
      `input_source`, which draws 256. If None, 256 inputs are drawn as
      `tgp.export_tflite` draws them.
    input_shape: The sizes of inputs to draw, such as `(64, 64, 3)`, for a
      network of unknown height and width, which the result has, too; a list or
      a dict by name for several inputs.

  Returns:
    A network with weights of its own.

  Raises:
    ValueError: If the network is subclassed or quantized already, there is
      nothing to quantize, or weights or inputs are not finite.

  Example:
    >>> quantized = tgp.quantize_model(tgp.cluster_weights(generator))
    >>> gan = tgp.GAN(discriminator, quantized, latent_dim=64)
  """
  compressible.check_network(model)
  compressible.check_finite(model)
  arguments.boolean("preserve_sparsity", preserve_sparsity)
  arguments.boolean("preserve_clusters", preserve_clusters)
  if is_quantized(model):
    raise ValueError(
      f"Network {model.name!r} is quantized already. Call"
      " tgp.strip_quantization first."
    )
  shapes = signatures.fixed_shapes(model, input_shape)
  signatures.with_shapes(model, shapes)  # raises if it does not run
  plain = clustering.strip_clustering(model)
  made, ranges = [], rounded_calls.RoundedCalls(plain)

  def replace(old, new, name):
    if type(old) not in _QUANTIZED:
      return new
    count = _values(old, preserve_sparsity) if preserve_clusters else None
    made.append(
      weight_wrappers.QuantizeWeights(
        new,
        count,
        preserve_sparsity,
        per_unit=old in ranges.scaled,
        name=f"quant_{old.name}",
      )
    )
    return made[-1]

  quantized = copies.copy(plain, replace, ranges.after)
  compressible.check_any(made, model, "quantize")
  for layer in made:
    layer.start()
  _observe(quantized, plain, representative_data, shapes)
  return quantized


def strip_quantization(model: keras.Model) -> keras.Model:
  """Returns a quantized network as a float network with the rounded weights.

  Args:
    model: A network that `quantize_model` returned, which is not changed.

  Returns:
    A network with weights of its own, which does not round activations.

  Raises:
    ValueError: If the network is subclassed or pruned.
  """
  compressible.check_network(model)
  return _without_ranges(strip_weights(model))


def strip_weights(model: keras.Model) -> keras.Model:
  """Returns a network without weight wrappers, with its `FakeQuantize` layers.

  Its outputs have the names from before it was quantized.

  Args:
    model: A network, clustered, quantized or neither, which is not changed.
  """
  plain = clustering.stripped(model, weight_wrappers.CompressedWeights)
  names = [_name_without_range(x) for x in plain.outputs]
  if len(set(names)) == len(names):
    plain.output_names = [
      new or old for new, old in zip(names, plain.output_names, strict=True)
    ]
  return plain


def _name_without_range(output) -> str | None:
  layer = output.node.layer
  is_range = isinstance(layer, integers.FakeQuantize)
  return layer.name.removeprefix(rounded_calls.PREFIX) if is_range else None


def is_quantized(model: keras.Model) -> bool:
  """Returns whether a network has `FakeQuantize` layers."""
  kinds = integers.FakeQuantize
  return any(isinstance(x, kinds) for x in model._flatten_layers())


def is_compressed(model: keras.Model) -> bool:
  """Returns whether a network has wrappers of clustered or rounded weights."""
  kind = weight_wrappers.CompressedWeights
  return any(isinstance(x, kind) for x in model._flatten_layers())


def has_few_dense_values(model: keras.Model) -> bool:
  """Returns whether a single int8 scale is enough for each Dense kernel.

  That is so if all have few different values, because they are clustered or
  were rounded to one scale, and no batch normalization follows, which the file
  multiplies into the kernel.

  Args:
    model: A built network of plain layers.
  """
  if not signatures.is_graph(model) or not model.inputs:
    return False
  calls = rounded_calls.RoundedCalls(model)
  dense = [x for x in model._flatten_layers() if type(x) is _LAYERS.Dense]
  if any(x not in calls.layers or x in calls.scaled for x in dense):
    return False
  few = [clusters.number_of_values(np.asarray(x.kernel)) for x in dense]
  return bool(few) and all(few)


def _values(layer, preserve_sparsity) -> int | None:
  """Returns the number of values of a clustered kernel, None for others."""
  kernel = np.asarray(layer.kernel)
  weights = kernel[kernel != 0] if preserve_sparsity else kernel.flatten()
  found = clusters.number_of_values(weights)
  return found and found + preserve_sparsity


def _check_known(model, shapes) -> None:
  for name, x in zip(model.input_names, model.inputs, strict=True):
    if shapes is None and None in tuple(x.shape[1:]):
      raise ValueError(
        f"Input {name!r} of {model.name!r} has the shape {tuple(x.shape)} with"
        " unknown sides, so no inputs can be drawn; pass"
        " `representative_data`, or"
        f" {signatures.example_shape(x.shape)}."
      )


def _observe(model, plain, data, shapes) -> None:
  """Sets each range to that of a batch, one layer after the other."""
  if data is None:
    _check_known(model, shapes)
    drawn = inputs.draw(signatures.with_shapes(plain, shapes), _OBSERVED)
    data = [drawn[name] for name in model.input_names]
    data = tf.nest.pack_sequence_as(model._nested_inputs, data)
  elif inputs.is_inputs(data):
    data = inputs.source(data, plain).draw(_OBSERVED, seed=0)
  batch = network_batch.batch(model, data, "representative_data")
  named = dict(zip(model.input_names, batch, strict=True))
  inputs.check_rows("representative_data", plain, named)
  ranges = [
    variable
    for layer in model._flatten_layers()
    if isinstance(layer, integers.FakeQuantize)
    for variable in layer.variables
  ]
  try:
    with states.Kept(model, without=ranges):
      _run(model, batch)
  except tf.errors.OpError as error:
    reason = keras_errors.short(error)
    is_of_rows = keras_errors.is_of_a_look_up(reason)
    raise ValueError(
      f"Network {model.name!r} does not run on a batch of {len(batch[0])}"
      f" ({reason}). {_OTHER_INPUTS if is_of_rows else _ANY_BATCH}"
    ) from None


def _run(model, given) -> list:
  def visit(layer, args, kwargs, node):
    if walks.is_nested(layer):
      outputs = _run(layer, walks.given(layer, args, kwargs))
      return tf.nest.pack_sequence_as(layer._nested_outputs, outputs)
    if isinstance(layer, integers.FakeQuantize):
      _check_finite(layer, args[0])
      layer.observe(args[0])
    if layer._expects_training_arg:
      kwargs = {"training": False, **kwargs}
    return layer(*args, **kwargs)

  return walks.walk(model, given, visit)


def _check_finite(layer, x) -> None:
  """Raises if the inputs of a `FakeQuantize` layer are NaN or infinite."""
  flat = tf.reshape(x, [tf.shape(x)[0], -1]) if x.shape.rank else x
  is_finite = np.isfinite(flat.numpy())
  if is_finite.all():
    return
  rows = np.flatnonzero(~is_finite.all(axis=-1))
  raise ValueError(
    f"Sample {rows[0]} of `representative_data` makes layer"
    f" {layer.name.removeprefix(rounded_calls.PREFIX)!r} give NaN or infinity;"
    " leave such samples out, or bound that layer's inputs."
  )


def _without_ranges(model):
  def replace(old, new, name):
    return None if isinstance(old, integers.FakeQuantize) else new

  return copies.copy(model, replace)
