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
"""Networks of Keras 3 with random weights, and what to call them with."""

import keras as keras3
import numpy as np

layers = keras3.layers


def randomize(model, seed: int = 0):
  """Gives every weight a number, batch statistics included; returns it."""
  rng = np.random.default_rng(seed)
  for weight in model.weights:
    values = rng.normal(0.0, 0.5, tuple(weight.shape))
    if "variance" in weight.path:
      values = 0.5 + np.abs(values)
    weight.assign(values)
  return model


def inputs(model, seed: int = 0) -> list:
  """Returns a batch of two for each of a network's inputs."""
  rng = np.random.default_rng(seed)
  batches = []
  for tensor in model.inputs:
    shape = [2, *(6 if n is None else n for n in tensor.shape[1:])]
    if "int" in tensor.dtype:
      batches.append(rng.integers(0, 3, shape).astype(tensor.dtype))
    else:
      batches.append(rng.normal(size=shape).astype(tensor.dtype))
  return batches


def outputs(model, given: list) -> list[np.ndarray]:
  """Returns what a network of either Keras computes, as a list."""
  made = model(given[0] if len(given) == 1 else given, training=False)
  return [np.asarray(x).astype("float64") for x in keras3.tree.flatten(made)]


def difference(a, b, given: list) -> float:
  """Returns the largest difference between two networks' outputs."""
  pairs = zip(outputs(a, given), outputs(b, given), strict=True)
  return max(float(np.max(np.abs(x - y), initial=0.0)) for x, y in pairs)


def around(shape, make, dtype: str = "float32", n: int = 1):
  """Returns a functional network of `n` inputs and what `make` makes of them.

  Args:
    shape: Of each input, without the batch.
    make: Called with the inputs; returns a tensor, or a structure of them.
    dtype: Of the inputs.
    n: How many.
  """
  given = [keras3.Input(shape, dtype=dtype) for _ in range(n)]
  return randomize(keras3.Model(given, make(*given)))


def dcgan_generator():
  """Returns a Sequential generator of 16x16x1 images."""
  return randomize(
    keras3.Sequential(
      [
        keras3.Input((8,)),
        layers.Dense(4 * 4 * 8, use_bias=False, name="dense"),
        layers.BatchNormalization(),
        layers.LeakyReLU(0.2),
        layers.Reshape((4, 4, 8)),
        layers.Conv2DTranspose(
          4, 4, strides=2, padding="same", use_bias=False, name="up"
        ),
        layers.BatchNormalization(),
        layers.LeakyReLU(),
        layers.Conv2DTranspose(
          1, 4, strides=2, padding="same", activation="tanh", name="image"
        ),
      ],
      name="generator",
    )
  )


def conditional_generator():
  """Returns a functional generator with two inputs and three outputs."""
  latent = keras3.Input((8,), name="latent")
  label = keras3.Input((1,), dtype="int32", name="label")
  x = layers.Flatten()(layers.Embedding(10, 16, name="classes")(label))
  x = layers.Dense(4 * 4 * 4)(keras3.ops.concatenate([x, latent], axis=-1))
  x = keras3.ops.reshape(x, (-1, 4, 4, 4))
  shared = layers.Conv2D(4, 3, padding="same", name="shared")
  x = shared(x) + 2.0 * x
  x = shared(keras3.ops.relu(x)) - keras3.ops.mean(
    x, axis=(1, 2), keepdims=True
  )
  block = keras3.Sequential(
    [
      keras3.Input((4, 4, 4)),
      layers.GroupNormalization(2),
      layers.PReLU(),
      layers.UpSampling2D(),
    ],
    name="block",
  )
  x = block(x)
  image = layers.Conv2D(3, 1, activation="tanh", name="image")(x)
  return randomize(
    keras3.Model(
      [latent, label],
      {"image": image, "half": x[:, ::2, ::2], "mean": keras3.ops.mean(image)},
      name="conditional",
    )
  )
