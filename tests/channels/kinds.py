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
"""Networks of each kind of layer that channels can leave."""

import numpy as np
import tensorflow as tf

import tf_ganprune as tgp

keras = tgp.keras
layers = keras.layers


def images(*shape):
  """Returns an input of images, or of that shape."""
  return keras.Input(shape or (8, 8, 3))


def _dense():
  x = inputs = images(5)
  for units in (8, 6):
    x = layers.Dense(units, activation="relu")(x)
  return inputs, layers.Dense(2)(x)


def _dense_of_steps():
  inputs = images(4, 3)
  return inputs, layers.Dense(2)(layers.Dense(6)(inputs))


def _dcgan():
  network = tgp.networks.dcgan_generator((16, 16, 1), 6, 4)
  return network.inputs, network.outputs


def _discriminator():
  network = tgp.networks.dcgan_discriminator((16, 16, 1), 4)
  return network.inputs, network.outputs


def _conv_1d():
  inputs = images(8, 3)
  x = layers.Conv1D(6, 3, padding="same")(inputs)
  x = layers.SeparableConv1D(8, 3, depth_multiplier=2)(x)
  x = layers.DepthwiseConv1D(3, depth_multiplier=2)(x)
  x = layers.UpSampling1D()(layers.MaxPooling1D()(x))
  x = layers.Conv1DTranspose(6, 3)(layers.ZeroPadding1D()(x))
  return inputs, layers.Conv1D(2, 1)(layers.Cropping1D()(x))


def _conv_3d():
  inputs = images(4, 4, 4, 2)
  x = layers.Conv3D(6, 3, padding="same")(inputs)
  x = layers.AveragePooling3D()(x)
  x = layers.Conv3DTranspose(4, 2, strides=2)(x)
  return inputs, layers.Conv3D(2, 1)(x)


def _grouped():
  inputs = images(8, 8, 4)
  x = layers.Conv2D(12, 3)(inputs)
  x = layers.Conv2D(18, 3, groups=3)(x)
  x = layers.Conv2D(9, 1)(x)
  return inputs, layers.Conv2D(2, 1)(layers.Conv2D(18, 1, groups=9)(x))


def _depthwise():
  inputs = images()
  x = layers.Conv2D(6, 3)(inputs)
  x = layers.DepthwiseConv2D(3, depth_multiplier=2)(x)
  x = layers.SeparableConv2D(8, 3, depth_multiplier=2)(x)
  return inputs, layers.Conv2D(2, 1)(x)


def _norms():
  inputs = images()
  x = layers.Conv2D(8, 3)(inputs)
  x = layers.BatchNormalization(momentum=0.5)(x)
  x = layers.PReLU(shared_axes=[1, 2])(x)
  x = layers.Conv2D(6, 3)(x)
  x = layers.GroupNormalization(-1)(x)
  x = layers.PReLU()(x)
  x = layers.Conv2D(5, 1)(x)
  x = layers.GroupNormalization(5)(x)
  return inputs, layers.Conv2D(2, 1)(layers.LeakyReLU()(x))


def _residual():
  inputs = images()
  x = layers.Conv2D(6, 3, padding="same")(inputs)
  for _ in range(2):
    y = layers.ReLU()(layers.Conv2D(4, 3, padding="same")(x))
    x = layers.Add()([x, layers.Conv2D(6, 3, padding="same")(y)])
  return inputs, layers.Conv2D(2, 1)(x)


def _u_net():
  inputs = images()
  a = layers.Conv2D(4, 3, padding="same", activation="relu")(inputs)
  b = layers.Conv2D(6, 3, padding="same", strides=2)(a)
  c = layers.Conv2D(8, 3, padding="same", strides=2)(layers.ReLU()(b))
  x = layers.Concatenate()([layers.Conv2DTranspose(5, 4, 2, "same")(c), b])
  x = layers.Conv2DTranspose(6, 4, 2, "same")(layers.LeakyReLU()(x))
  x = layers.Concatenate()([inputs, x, a])
  return inputs, layers.Conv2D(2, 3, activation="tanh")(x)


def _squeeze_and_excitation():
  inputs = images()
  x = layers.Conv2D(8, 3)(inputs)
  y = layers.Dense(4, activation="relu")(layers.GlobalAveragePooling2D()(x))
  y = layers.Reshape((1, 1, 8))(layers.Dense(8, activation="sigmoid")(y))
  return inputs, layers.Conv2D(2, 1)(layers.Multiply()([x, y]))


def _gated():
  inputs = images()
  x = layers.Conv2D(8, 3)(inputs)
  a, b = tf.split(x, 2, axis=-1)
  gate = layers.Conv2D(1, 1, activation="sigmoid")(x)
  return inputs, layers.Conv2D(2, 1)(tf.nn.relu(a) * tf.tanh(b) * gate)


def _operators():
  inputs = images()
  x = layers.Conv2D(8, 3, padding="same")(inputs)
  y = tf.concat([x * 2.0, tf.nn.leaky_relu(x - 0.0)], -1)
  y = tf.transpose(tf.reshape(y, [-1, 64, 16]), [0, 2, 1])
  y = tf.reshape(tf.transpose(y, [0, 2, 1]), [-1, 8, 8, 16])
  y = tf.expand_dims(tf.reduce_mean(y[:, ::2, 1:], [1, 2], keepdims=True), 1)
  y = tf.pad(tf.squeeze(y, 1), [[0, 0], [1, 0], [0, 1], [0, 0]])
  return inputs, layers.Conv2D(2, 1)(y)


def _blocks_of_channels():
  inputs = images()
  x = layers.Conv2D(16, 3, padding="same")(inputs)
  x = layers.Conv2D(6, 1)(tf.nn.depth_to_space(x, 2))
  return inputs, layers.Conv2D(2, 1)(tf.nn.space_to_depth(x, 2))


def _conditioned():
  latents, label = images(6), keras.Input((1,), dtype="int32")
  x = layers.Flatten()(layers.Embedding(3, 8)(label))
  x = layers.Multiply()([layers.Dense(8)(latents), x])
  x = layers.Reshape((4, 4, 5))(layers.Dense(80)(x))
  return [latents, label], layers.Conv2DTranspose(2, 3)(x)


def _constants():
  """Weights that begin as arrays; arrays that tensors are combined with."""
  inputs = keras.Input((4,), 2)
  constant = keras.initializers.Constant(np.arange(9.0))
  x = layers.Dense(9, bias_initializer=constant)(inputs)
  x = layers.BatchNormalization(renorm=True)(x)
  x = layers.Dense(6, activation="relu")(x)
  y = layers.Multiply()([layers.Dense(3)(x), np.ones([2, 3], np.float32)])
  x = tf.concat([tf.ones([2, 3]), y, layers.Dense(7)(x)], -1)
  x = layers.Concatenate()([x, tf.ones([2, 1])])
  return inputs, layers.Dense(2)(layers.Dense(8)(x))


def _spectral():
  inputs = images()
  norm = layers.SpectralNormalization
  x = norm(layers.Conv2D(6, 3))(inputs)
  x = norm(layers.Conv2DTranspose(5, 3))(x)
  return inputs, norm(layers.Dense(2))(layers.Flatten()(x))


def _nested():
  inner_inputs = images(8, 8, 6)
  x = layers.Conv2D(4, 3, padding="same", name="inner")(inner_inputs)
  x = layers.Add()([inner_inputs, layers.Conv2D(6, 1)(x)])
  inner = keras.Model(inner_inputs, x, name="block")
  tail = keras.Sequential([layers.Flatten(), layers.Dense(5), layers.ReLU()])
  inputs = images()
  x = inner(inner(layers.Conv2D(6, 3, padding="same")(inputs)))
  return inputs, layers.Dense(2)(tail(x))


def _shared():
  a, b = images(), images()
  first, second = layers.Conv2D(6, 3), layers.Conv2D(4, 3)
  x = layers.Concatenate()([second(first(a)), second(first(b))])
  return [a, b], layers.Dense(2)(layers.Flatten()(x))


def _attention():
  inputs = images(6, 5)
  x = layers.Dense(8)(inputs)
  y = layers.MultiHeadAttention(4, 3, value_dim=2)(x, layers.Dense(7)(inputs))
  x = layers.Add()([x, y])
  return inputs, layers.Dense(2)(x)


def _attention_by_hand():
  inputs = images(6, 5)
  query, key, value = (layers.Dense(n)(inputs) for n in (8, 8, 6))
  scores = tf.nn.softmax(tf.matmul(query, key, transpose_b=True))
  return inputs, layers.Dense(2)(tf.matmul(scores, value))


def _dot():
  a, b = images(4, 5), images(6, 5)
  x = layers.Dot(2)([layers.Dense(8)(a), layers.Dense(8)(b)])
  return [a, b], layers.Dense(2)(x)


def _steps():
  inputs = images(3, 8, 8, 2)
  x = layers.TimeDistributed(layers.Conv2D(6, 3))(inputs)
  x = layers.TimeDistributed(layers.Flatten())(x)
  return inputs, layers.TimeDistributed(layers.Dense(2))(x)


def _repeated():
  inputs = images(5)
  x = layers.RepeatVector(4)(layers.Dense(6)(inputs))
  x = layers.Permute((2, 1))(layers.Permute((2, 1))(x))
  return inputs, layers.Conv1D(2, 3)(x)


def _channels_after_steps():
  inputs = images(3, 4)
  x = layers.Reshape((-1, 8))(layers.Conv1D(16, 2)(inputs))
  return inputs, layers.Dense(2)(x)


def _shared_by_ranks():
  a, b = images(6), images(3, 6)
  shared = layers.Dense(4)
  outputs = [shared(layers.Dense(8)(x)) for x in (a, b)]
  return [a, b], [layers.Dense(2)(x) for x in outputs]


def _reshaped_between_calls():
  a, b = images(2, 5), images(5)
  shared = layers.Reshape((6,))
  outputs = [shared(layers.Dense(3)(a)), shared(layers.Dense(6)(b))]
  return [a, b], [layers.Dense(2)(x) for x in outputs]


def _mixed_pixels():
  inputs = images(6, 5)
  x = layers.Dense(8)(inputs)
  y = layers.Permute((2, 1))(x)
  for units in (4, 6):
    y = layers.Dense(units, use_bias=False)(y)
  return inputs, layers.Dense(2)(layers.Add()([x, layers.Permute((2, 1))(y)]))


def _product_by_channels():
  inputs = images(3, 4, 5)
  a, b = (layers.Dense(8, use_bias=False)(inputs) for _ in range(2))
  x = tf.matmul(tf.transpose(a, [0, 3, 1, 2]), tf.transpose(b, [0, 3, 2, 1]))
  return inputs, layers.Dense(2)(tf.transpose(x, [0, 2, 3, 1]))


def _steps_to_the_batch():
  inputs = images(6, 5)
  x = tf.transpose(layers.Dense(8)(inputs), [0, 2, 1])
  x = layers.Dense(16)(tf.reshape(x, [-1, 6]))
  return inputs, layers.Dense(2)(tf.reshape(x, [-1, 8, 16]))


def _steps_of_attention():
  inputs = images(6, 5)
  x = layers.Permute((2, 1))(layers.Dense(8)(inputs))
  return inputs, layers.Dense(2)(layers.MultiHeadAttention(4, 3)(x, x))


def _nested_by_names():
  p, q = keras.Input((4,), name="p"), keras.Input((6,), name="q")
  x = layers.Add()([layers.Dense(8)(p), layers.Dense(8)(q)])
  inner = keras.Model([q, p], x)
  inputs = images(5)
  parts = {"p": layers.Dense(4)(inputs), "q": layers.Dense(6)(inputs)}
  return inputs, layers.Dense(2)(inner(parts))


def _spectral_embedding():
  inputs = keras.Input((2,), dtype="int32")
  x = layers.SpectralNormalization(layers.Embedding(3, 8))(inputs)
  return inputs, layers.Dense(2)(x)


def _lists_of_numbers():
  inputs = images(5)
  x = layers.Dense(3)(layers.Dense(8)(inputs)) * [1.0, 2.0, 3.0]
  return inputs, layers.Dense(2)(x)


NETWORKS = {
  function.__name__.strip("_"): function
  for function in (
    _attention,
    _attention_by_hand,
    _blocks_of_channels,
    _channels_after_steps,
    _conditioned,
    _constants,
    _conv_1d,
    _conv_3d,
    _dcgan,
    _dense,
    _dense_of_steps,
    _depthwise,
    _discriminator,
    _dot,
    _gated,
    _grouped,
    _lists_of_numbers,
    _mixed_pixels,
    _nested,
    _nested_by_names,
    _norms,
    _operators,
    _product_by_channels,
    _repeated,
    _reshaped_between_calls,
    _residual,
    _shared,
    _shared_by_ranks,
    _spectral,
    _spectral_embedding,
    _squeeze_and_excitation,
    _steps,
    _steps_of_attention,
    _steps_to_the_batch,
    _u_net,
  )
}
