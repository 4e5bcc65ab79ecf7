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
"""One of several workers that train a GAN; `TF_CONFIG` says which.

Prints a digest of every weight, mask and step as it is on this worker.
"""

import hashlib

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot

# Before anything touches a device.
strategy = tf.distribute.MultiWorkerMirroredStrategy()

import tf_ganprune as tgp  # noqa: E402
from tests import tiny, watch  # noqa: E402
from tf_ganprune.sparsity.wrapping import wrapped_layers  # noqa: E402

keras = tgp.keras
_SCHEDULE = tfmot.sparsity.keras.PolynomialDecay(0.0, 0.75, 1, 5, frequency=2)


def _digest(networks) -> str:
  layers = [x for n in networks for x in wrapped_layers.pruned_layers(n)]
  values = [variable for layer in layers for variable in layer.weights]
  raw = b"".join(np.ascontiguousarray(v.numpy()).tobytes() for v in values)
  return hashlib.sha256(raw).hexdigest()


def main() -> None:
  """Trains for six steps."""
  keras.utils.set_random_seed(0)
  with strategy.scope():
    model = tgp.GAN(
      tgp.prune_low_magnitude(tiny.discriminator(), _SCHEDULE),
      tgp.prune_low_magnitude(tiny.generator(), _SCHEDULE),
      4,
      ema_decay=0.5,
    )
    model.compile("adam", "adam")
  networks = (model.generator, model.discriminator)
  watched = watch.Watch(
    {"generator": _SCHEDULE, "discriminator": _SCHEDULE},
    lambda one, name: getattr(one, f"{name[0]}_optimizer").iterations.numpy(),
  )
  images = tf.data.Dataset.from_tensor_slices(tiny.images(48)).batch(8)
  model.fit(images, verbose=0, callbacks=[watched])
  assert watched.steps == 6
  assert model.g_optimizer.iterations.numpy() == 6
  print("digest", strategy.num_replicas_in_sync, _digest(networks))


if __name__ == "__main__":
  main()
