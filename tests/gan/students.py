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
"""GANs with a teacher, for tests."""

from tests import tiny
from tf_ganprune import gan


def teacher():
  """Returns a generator that is wider than `tiny.generator`, and is named."""
  network = tiny.generator(width=5)
  network._name = "teacher"
  return network


def make(losses=("image",), model_class=gan.GAN, generator=None, **arguments):
  """Returns a GAN whose generator learns from a teacher, not compiled."""
  return model_class(
    tiny.discriminator(),
    generator or tiny.generator(),
    4,
    teacher=teacher(),
    distillation=losses,
    **arguments,
  )


def fit(model, n=8, epochs=1, **arguments):
  """Trains on `n` images in batches of 4, and returns the history."""
  return model.fit(
    tiny.images(n), batch_size=4, epochs=epochs, verbose=0, **arguments
  ).history
