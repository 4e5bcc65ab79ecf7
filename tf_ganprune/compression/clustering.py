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
"""Weight clustering: few different values in each kernel; zeros stay zero."""

from collections.abc import Sequence

from tf_ganprune.compression import compressible, weight_wrappers
from tf_ganprune.graphs import copies
from tf_ganprune.keras_compat import keras


def cluster_weights(
  model: keras.Model,
  number_of_clusters: int = 16,
  preserve_sparsity: bool = True,
  exclude: Sequence[str] = (),
) -> keras.Model:
  """Returns a network whose kernels have few different values each.

  Like TF-MOT's function of this name: the values (centroids) and the assignment
  of weights to them are trained. Unlike with TF-MOT's wrapper, a forward call
  changes nothing, so kernels are clustered at any moment: in a GAN, in its
  moving average, in files. TF-MOT's wrapper also keeps batch normalizations
  from training, and its saved networks compute something else when loaded. Han
  et al. 2016, "Deep Compression", section 3.

  Args:
    model: A built functional or Sequential network, without pruning wrappers.
      It is not changed.
    number_of_clusters: The number of different values of a kernel, zero
      included: at least 2, or 3 if zeros are kept. Zero is then always one of
      them, also for a kernel without zeros, which has one value less. All
      other values are used if a kernel has as many different weights. If a
      value loses its last weight in training, it stays until a weight is near
      it again.
    preserve_sparsity: Whether weights that are 0 stay 0.
    exclude: Names of layers that are not clustered, as in `block/conv`.

  Returns:
    A network with weights of its own; its kernels are clustered by k-means.
    Kernels with no more weights than clusters are left as they are.

  Raises:
    ValueError: If the network is subclassed, a layer cannot be clustered,
      weights are not finite, or there is nothing to cluster.

  Example:
    >>> small = tgp.cluster_weights(tgp.strip_pruning(generator), 16)
    >>> gan = tgp.GAN(discriminator, small, latent_dim=64)
  """
  compressible.check_network(model)
  compressible.check_finite(model)
  compressible.check_clusters(number_of_clusters, preserve_sparsity)
  chosen = compressible.chosen(model, exclude)
  made = []

  def replace(old, new, name):
    if name not in chosen:
      return new
    kernels = [getattr(old, x) for x in weight_wrappers.kernel_names(old)]
    if max(x.shape.num_elements() for x in kernels) <= number_of_clusters:
      return new
    made.append(
      weight_wrappers.ClusterWeights(
        new, number_of_clusters, preserve_sparsity, name=f"cluster_{old.name}"
      )
    )
    return made[-1]

  clustered = copies.copy(model, replace)
  compressible.check_any(made, model, "cluster")
  for layer in made:
    layer.start()
  return clustered


def strip_clustering(model: keras.Model) -> keras.Model:
  """Returns a network without clustering wrappers; kernels stay clustered.

  Like TF-MOT's function of this name.

  Args:
    model: A network, clustered or not, which is not changed.

  Returns:
    A network of plain layers that computes the same, with weights of its own.

  Raises:
    ValueError: If the network is subclassed, pruned or quantized.
  """
  compressible.check_network(model)
  for layer in model._flatten_layers():
    if isinstance(layer, weight_wrappers.QuantizeWeights):
      raise ValueError(
        f"Network {model.name!r} is quantized. Call tgp.strip_quantization"
        " instead, which keeps clusters."
      )
  return stripped(model, weight_wrappers.ClusterWeights)


def stripped(model: keras.Model, kind: type) -> keras.Model:
  """Returns a copy without wrappers, with the kernels that they computed.

  Args:
    model: A functional or Sequential network.
    kind: The class of the wrappers.
  """
  found = []

  def replace(old, new, name):
    if not isinstance(old, kind):
      return new
    found.append((old, new.layer))
    return new.layer

  plain = copies.copy(model, replace)
  for old, layer in found:
    for ours, theirs in zip(layer.weights, old.layer.weights, strict=True):
      ours.assign(theirs)
    for name, kernel in old.kernels().items():
      getattr(layer, name).assign(kernel)
  return plain
