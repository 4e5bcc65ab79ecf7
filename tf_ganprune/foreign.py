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
"""What is refused of TF-MOT's wrappers for clustering and quantization."""

from tf_ganprune.keras_compat import keras

_WAYS_OUT = {
  "ClusterWeights": "Pass tfmot.clustering.keras.strip_clustering(network)",
  "QuantizeWrapper": "Pass the network that was quantized",
  "QuantizeWrapperV2": "Pass the network that was quantized",
  "QuantizeAnnotate": "Pass the network that was annotated",
}


def check(model: keras.Model, name: str, kinds=tuple(_WAYS_OUT)) -> None:
  """Raises if a network has wrappers of TF-MOT's that are not for pruning.

  Args:
    model: Any network.
    name: The argument it was passed as.
    kinds: The names of the classes that are refused.

  Raises:
    ValueError: With the layer's name and the way out.
  """
  for layer in model._flatten_layers():
    kind = type(layer)
    if kind.__name__ in kinds and kind.__module__.startswith(
      "tensorflow_model_optimization."
    ):
      raise ValueError(
        f"Layer {layer.name!r} of `{name}` is TF-MOT's {kind.__name__}, which"
        f" holds the layer's weights itself. {_WAYS_OUT[kind.__name__]}."
      )
