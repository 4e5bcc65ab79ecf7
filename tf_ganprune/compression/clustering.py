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
"""Few values for the weights of a network, and zeros that stay zero."""

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
  """Lets each kernel of a network have few different values.

  As TF-MOT's function of this name: the values (centroids) and which weight has
  which are trained. Other than with TF-MOT's wrapper a forward call changes
  nothing, so all of it holds at any moment: in a GAN, in its moving average, in
  files. TF-MOT's also keeps batch normalizations from training, and a file of
  it computes something else when it is loaded. Han et al. 2016, "Deep
  Compression", section 3.

  Args:
    model: A built functional or Sequential network, without pruning wrappers.
      It stays as it is.
    number_of_clusters: How many different values a kernel may have, zero
      included: at least 2, or 3 if zeros are kept. Zero is then always one of
      them, also for a kernel without zeros, which has one value less. All
      others are used if a kernel has as many different weights. In training
      one that its last weight has left waits until a weight comes near again.
    preserve_sparsity: Whether weights that are 0 stay 0.
    exclude: Names of layers that are left as they are, as in `block/conv`.

  Returns:
    A network with weights of its own; those of its kernels are clustered by
    k-means. Kernels with no more weights than clusters are left alone.

  Raises:
    ValueError: If the graph is not known, a layer cannot be clustered, weights
      are not finite, or there is nothing to cluster.

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
  """Returns the network without wrappers, its kernels having few values.

  As TF-MOT's function of this name.

  Args:
    model: A network, clustered or not, which stays as it is.

  Returns:
    A network of plain layers that computes the same, with weights of its own.

  Raises:
    ValueError: If it is no network whose graph is known, or it is pruned or
      quantized.
  """
  compressible.check_network(model)
  for layer in model._flatten_layers():
    if isinstance(layer, weight_wrappers.QuantizeWeights):
      raise ValueError(
        f"{model.name!r} is quantized. Call tgp.strip_quantization, which keeps"
        " clusters."
      )
  return stripped(model, weight_wrappers.ClusterWeights)


def stripped(model: keras.Model, kind: type) -> keras.Model:
  """Returns a copy with layers that have what wrappers computed with.

  Args:
    model: A network whose graph is known.
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
