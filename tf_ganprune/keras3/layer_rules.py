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
"""Layers that both Kerases have, and differences in their arguments."""

LAYERS = frozenset(
  """
  Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention
  Average AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization
  Bidirectional CategoryEncoding CenterCrop Concatenate Conv1D Conv1DTranspose
  Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D
  Cropping1D Cropping2D Cropping3D Dense DepthwiseConv1D DepthwiseConv2D Dot
  Dropout ELU EinsumDense Embedding Flatten GRU GRUCell GaussianDropout
  GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D
  GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
  GlobalMaxPooling3D GroupNormalization Identity LSTM LSTMCell Lambda
  LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D MaxPooling3D
  Maximum Minimum MultiHeadAttention Multiply Normalization PReLU Permute RNN
  ReLU RepeatVector
  Rescaling Reshape Resizing SeparableConv1D SeparableConv2D SimpleRNN
  SimpleRNNCell Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D
  SpectralNormalization StackedRNNCells Subtract TimeDistributed
  UnitNormalization UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D
  ZeroPadding2D ZeroPadding3D
  """.split()
)

# (layer, argument of Keras 3, argument of tf_keras)
_RENAMED = (("LeakyReLU", "negative_slope", "alpha"),)

# Arguments that do not change results, or are found out or copied later.
IGNORED = frozenset(
  {
    "batch_input_shape",
    "build_config",
    "flash_attention",
    "implementation",
    "input_length",
    "key_shape",
    "query_shape",
    "seed",
    "trainable",
    "use_cudnn",
    "value_shape",
  }
)
# tf_keras takes these without naming them in its constructors.
UNNAMED = {
  "ConvLSTM1D": {"zero_output_for_mask"},
  "ConvLSTM2D": {"zero_output_for_mask"},
  "ConvLSTM3D": {"zero_output_for_mask"},
  "GRU": {"zero_output_for_mask"},
  "LSTM": {"zero_output_for_mask"},
  "RNN": {"zero_output_for_mask"},
  "SimpleRNN": {"zero_output_for_mask"},
}
# tf_keras inherits them, and the layers have others in their place.
_INHERITED = {
  "groups",
  "kernel_constraint",
  "kernel_initializer",
  "kernel_regularizer",
}
INHERITED = {
  "DepthwiseConv1D": _INHERITED,
  "DepthwiseConv2D": _INHERITED,
  "SeparableConv1D": _INHERITED,
  "SeparableConv2D": _INHERITED,
}


def renamed(layer: str, argument: str, to_keras3: bool) -> str:
  """Returns the name of an argument in the other Keras.

  Args:
    layer: The name of the layer's class.
    argument: The name of the argument in the layer's own Keras.
    to_keras3: Whether the other Keras is Keras 3.
  """
  for name, new, old in _RENAMED:
    if name == layer and argument == (old if to_keras3 else new):
      return new if to_keras3 else old
  return argument
