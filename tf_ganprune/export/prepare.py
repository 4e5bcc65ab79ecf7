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
"""Prepares a network for conversion: strips wrappers and replaces layers."""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator

import tensorflow as tf

from tf_ganprune import compression, states
from tf_ganprune.export import image_ends, precision, rewrites, samples, targets
from tf_ganprune.export.rewrites import rewrite_rule
from tf_ganprune.graphs import copies, signatures
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import strip
from tf_ganprune.sparsity.wrapping import wrapped_layers

_NOT_REWRITTEN = (
  "No layer was replaced by a faster or simpler one: with the replacements, no"
  " file was right."
)


@dataclasses.dataclass(frozen=True)
class Prepared:
  """A network, and the network that is converted in its place.

  Example:
    >>> with prepared(generator, targets.get("gpu")) as ready:
    ...   print(ready.converted.name, *ready.notes)

  Attributes:
    model: The user's network as a graph, without pruning wrappers.
    converted: The same network, or a copy with other layers that gives the same
      outputs.
    notes: The replacements and their reasons, one sentence each.
    anywhere: Replacements of layers that are made wherever these are called,
      when the converted network is traced.
    own: The network with its own ranges of images.
    plain: The network to convert, before layers of it were replaced.
    ends: The inputs and outputs whose range in `model` is not that of `own`.
    byte_ends: Those of them that are bytes in `model` and floats in
      `converted`.
  """

  model: keras.Model
  converted: keras.Model
  own: keras.Model
  plain: keras.Model
  notes: tuple[str, ...] = ()
  anywhere: tuple[rewrite_rule.Rewrite, ...] = ()
  ends: image_ends.Ends = image_ends.NONE
  byte_ends: image_ends.Ends = image_ends.NONE

  @property
  def is_rewritten(self) -> bool:
    """Whether another network is converted than the user's."""
    return self.converted is not self.plain or bool(self.anywhere)

  def without_replacements(self) -> "Prepared":
    """Returns the user's network without replacements of layers."""
    return dataclasses.replace(
      self, converted=self.plain, notes=(_NOT_REWRITTEN,), anywhere=()
    )

  def calibration(self, given: list[samples.Sample]) -> list[samples.Sample]:
    """Returns samples of `own` as samples of `converted`.

    Args:
      given: Samples that show the range of the activations.
    """
    inputs = self.byte_ends.inputs_to_network
    found = [inputs(self.ends.to_file(one)) for one in given]
    if self.byte_ends.inputs:
      found.append(self.byte_ends.whole_range(found[0]))
    return found


@contextlib.contextmanager
def prepared(
  model,
  plan: targets.Target,
  shapes: list[tuple] | None = None,
  ends_of: Callable[[keras.Model], image_ends.Ends] | None = None,
) -> Iterator[Prepared]:
  """Yields a network ready to convert, and restores its variables afterwards.

  Stripping applies the masks to weights that are shared with `model`, whose
  pruned weights need not be zero in the middle of training; and a layer may
  change its variables whenever it is called.

  Args:
    model: A network that passed `signature.check`.
    plan: The target.
    shapes: The shapes of its inputs, where the user gives them.
    ends_of: A function that takes the network as a graph, and returns the ends
      whose range is another in the file.

  Yields:
    The network as a graph without wrappers, and the network to convert. Both
    are valid within the `with` statement.
  """
  with states.Kept(model):
    model = _without_compression(model, plan)
    # Cloned layers would get a second call node, and `layer.output` fail.
    if wrapped_layers.pruned_layers(model):
      model = strip.strip_pruning(model)
    sized = _sized(model, shapes)
    ends = ends_of(sized) if ends_of else image_ends.NONE
    yield with_replacements(sized, plan, ends)


def _sized(model, shapes) -> keras.Model:
  """Returns the network as a graph, in a copy if the user gives sizes."""
  if shapes is None or not signatures.is_graph(model):
    return signatures.as_functional(signatures.with_shapes(model, shapes))
  with signatures.running(model, shapes):
    return copies.copy(model, shapes=shapes)


def _without_compression(model, plan):
  """Returns a network without `quantize_model`'s and clustering's wrappers.

  Ranges of activations stay if the network was quantized.
  """
  if compression.is_quantized(model) and not _is_integer(plan):
    raise ValueError(
      f"{model.name!r} rounds what flows between its layers to int8, and this"
      " target does not. Use target 'cpu-int8' or 'npu', or pass"
      " tgp.strip_quantization(model)."
    )
  if not compression.is_compressed(model):
    return model
  return compression.strip_weights(model)


def _is_integer(plan) -> bool:
  return plan.settings[0].numbers.activations == tf.int8


def with_replacements(
  network: keras.Model,
  plan: targets.Target,
  ends: image_ends.Ends = image_ends.NONE,
) -> Prepared:
  """Replaces layers of a network as its target needs, in a copy.

  Args:
    network: A graph without wrappers.
    plan: The target.
    ends: The ends whose range is another in the file.
  """
  network, notes = precision.in_float32(network)
  model = plain = ends.wrapped(network)
  byte_ends = ends.of_bytes() if _is_integer(plan) else image_ends.NONE
  if byte_ends:
    plain = ends.of_floats().wrapped(network)
  rewritten = rewrites.apply(plain, plan.rewrites)
  return Prepared(
    model,
    rewritten.model,
    network,
    plain,
    (*notes, *ends.notes, *rewritten.notes),
    rewrites.anywhere(rewritten.model, plan.rewrites),
    ends,
    byte_ends,
  )
