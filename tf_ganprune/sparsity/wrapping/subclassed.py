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
"""Pruning of subclassed networks, whose layers cannot be replaced."""

import functools
from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune.graphs import shallow_copies, signatures
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.wrapping import dense_weights, prunable, wrapper

_ATTRIBUTE = "_pruning_wrappers"


class PrunedNetwork:
  """A mixin for the class of a subclassed network that is pruned.

  The network's layers stay in the attributes that its `call` uses. The wrappers
  that prune them are in another attribute, which Keras tracks, so that masks
  are in `weights`, in checkpoints and in `.keras` files.

  Example:
    `network = attach(network, [PruneLowMagnitude(network.dense, schedule)])`
  """

  def __call__(self, *args, **kwargs):
    """Calls the network; raises if a training call has no owner to count it."""
    training = _training(self, args, kwargs)
    for layer in wrappers(self):
      if layer.owner() is None:
        layer.refuse_training(training)
    return super().__call__(*args, **kwargs)

  def load_weights(self, filepath, *args, **kwargs):
    """Loads weights, also those of the network before it was wrapped."""
    dense = functools.partial(detached, self)
    own = super().load_weights
    return dense_weights.load(self, dense, own, filepath, *args, **kwargs)

  def set_weights(self, weights):
    """Sets weights, also those of the network before it was wrapped."""
    dense = functools.partial(detached, self)
    dense_weights.put(self, dense, super().set_weights, weights)

  def get_build_config(self):
    """Returns None: `from_config` builds the network."""
    return None

  def get_config(self):
    """Returns the configs of the unwrapped network, its calls and wrappers."""
    places = {
      id(leaf.layer): place for place, leaf in enumerate(prunable.leaves(self))
    }
    network = keras.utils.serialize_keras_object(detached(self))
    network.pop("build_config", None)  # it is called, with all arguments
    return {
      "network": network,
      "called_with": [
        signatures.serialize(one) for one in signatures.call_specs(self)
      ],
      "wrappers": [
        [places[id(layer.layer)], _own_config(layer)]
        for layer in wrappers(self)
      ],
    }

  @classmethod
  def from_config(cls, config, custom_objects=None):
    """Builds a network from its config, and attaches its wrappers."""
    deserialize = keras.utils.deserialize_keras_object
    network = deserialize(config["network"], custom_objects=custom_objects)
    args, kwargs = _called_with(config)
    network(*args, **kwargs)
    layers = [leaf.layer for leaf in prunable.leaves(network)]
    return attach(
      network,
      [
        wrapper.PruneLowMagnitude.from_config(of_one | {"layer": layers[place]})
        for place, of_one in config["wrappers"]
      ],
    )


# The classes that `attach` makes have this name, and are looked up by it.
keras.utils.get_custom_objects()[PrunedNetwork.__name__] = PrunedNetwork


def _called_with(config) -> tuple[list, dict]:
  """Returns symbolic inputs for a network; older configs have one argument."""
  args, kwargs = config.get("called_with", ([config.get("inputs")], {}))
  args = [signatures.deserialize(one) for one in args]
  kwargs = signatures.deserialize(kwargs) if kwargs else {}
  return signatures.symbolic_inputs((args, kwargs))


def _training(network, args, kwargs):
  """Returns `training` of a call, or of the outer model's call."""
  spec = network._call_spec
  if spec.arg_was_passed("training", args, kwargs):
    return spec.get_arg_value("training", args, kwargs)
  return keras.src.engine.base_layer_utils.call_context().training


def _own_config(layer) -> dict:
  """Returns a wrapper's config without its layer, which the network has."""
  config = layer.get_config()
  del config["layer"]
  return config


def attach(
  network: keras.Model, layers: Sequence[wrapper.PruneLowMagnitude]
) -> keras.Model:
  """Attaches pruning wrappers to a subclassed network, whose layers they prune.

  Args:
    network: A built, subclassed network; it is changed in place.
    layers: Wrappers of layers of the network that are built.

  Returns:
    The network.
  """
  for layer in layers:
    with tf.name_scope(layer.name):
      layer.build(None)
  setattr(network, _ATTRIBUTE, [*wrappers(network), *layers])
  if not isinstance(network, PrunedNetwork):
    network.__class__ = _pruned_class(type(network))
  return network


def wrappers(network) -> list[wrapper.PruneLowMagnitude]:
  """Returns the wrappers that `attach` added to a network, in order."""
  return list(getattr(network, _ATTRIBUTE, ()))


def detached(network: keras.Model) -> keras.Model:
  """Returns a network without attached wrappers, on the same layers.

  Args:
    network: A network that `attach` returned; it is not changed.
  """
  copy = shallow_copies.copy(network, without=_ATTRIBUTE)
  copy.__class__ = type(network).__mro__[2]
  return copy


def _pruned_class(network_class: type) -> type:
  """Returns a network's class with `PrunedNetwork` as its mixin, and its name.

  Keras looks up the name when it loads a file, and finds `PrunedNetwork`.
  """
  members = {"__module__": __name__, "__doc__": network_class.__doc__}
  bases = (PrunedNetwork, network_class)
  return type(PrunedNetwork.__name__, bases, members)
