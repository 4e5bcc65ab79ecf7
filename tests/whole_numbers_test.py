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
"""Every whole number that a user gives is one, and not True."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune import pictures
from tf_ganprune.callbacks import backup, drawing
from tf_ganprune.metrics import manifold

_IMAGES = np.zeros((8, 8, 8, 1), "float32")


def _gan(**arguments):
  return tgp.GAN(
    tiny.discriminator(), tiny.generator(), **{"latent_dim": 4} | arguments
  )


def _grid(**arguments):
  return pictures.image_grid(_IMAGES, **arguments)


def _benchmark(**arguments):
  return tgp.benchmark_tflite(b"", **arguments)


def _evaluator(**arguments):
  return tgp.metrics.Evaluator(tiny.discriminator(), _IMAGES, **arguments)


# What takes a number, its name, the least, and whether None is another way.
_TAKERS = {
  "GAN latent_dim": (_gan, "latent_dim", 1),
  "GAN discriminator_steps": (_gan, "discriminator_steps", 1),
  "GAN generator_batch_size": (_gan, "generator_batch_size", 1),
  "generate": (lambda n: _gan().generate(n), "n", 1),
  "Drawing": (drawing.Drawing, "latent_dim", 1),
  "clusters": (
    lambda **x: tgp.cluster_weights(tiny.generator(), **x),
    "number_of_clusters",
    2,
  ),
  "load": (lambda **x: tgp.data.load(**x), "batch_size", 1),
  "threads": (_benchmark, "num_threads", 1),
  "runs": (_benchmark, "runs", 1),
  "Evaluator": (_evaluator, "batch_size", 1),
  "k": (
    lambda **x: manifold.precision_recall(np.eye(9), np.eye(9), **x),
    "k",
    1,
  ),
  "width": (lambda **x: tgp.networks.dcgan_discriminator(**x), "width", 1),
  "num_downs": (
    lambda **x: tgp.networks.u_net_generator((64, 64, 1), **x),
    "num_downs",
    2,
  ),
  "columns": (_grid, "columns", 1),
  "zoom": (_grid, "zoom", 1),
  "gap": (_grid, "gap", 0),
  "Random": (tgp.importance.Random, "seed", 0),
  "directions": (tgp.importance.Spectral, "directions", 1),
  "iterations": (tgp.importance.Spectral, "iterations", 1),
}
_OPTIONAL = ("generator_batch_size", "columns")


@pytest.mark.parametrize("taker", list(_TAKERS))
@pytest.mark.parametrize("value", [True, 1.5, "3", None, "too low"])
def test_what_is_no_whole_number_is_refused_by_name(taker, value):
  function, name, least = _TAKERS[taker]
  if value is None and (name in _OPTIONAL or taker == "Drawing"):
    pytest.skip("None is another way.")
  given = least - 1 if value == "too low" else value
  with pytest.raises(ValueError, match=f"`{name}` must be a whole number") as x:
    function(**{name: given})
  assert f"got {given!r}." in str(x.value)


@pytest.mark.parametrize("value", [True, 1.5, "3", None, 0])
def test_numbers_with_other_words_are_whole_too(value, tmp_path):
  with pytest.raises(ValueError, match="`save_freq` must be"):
    backup.BackupAndRestore(tmp_path, save_freq=value)
  with pytest.raises(ValueError, match="`block_size` must be two whole"):
    tgp.prune_low_magnitude(tiny.generator(), block_size=(1, value))
  with pytest.raises(ValueError, match="`image_size` must be a whole number"):
    tgp.data.load(image_size=(8, value))


@pytest.mark.slow
@pytest.mark.parametrize("value", [True, False, "0.5", None, 1.5])
def test_shares_are_numbers(value):
  with pytest.raises(ValueError, match="`sparsity` must be in"):
    tgp.AdaptiveSparsity(value)
  for taker in (tgp.OneShot, lambda x: tgp.LotteryTicket(x, 1, 1)):
    with pytest.raises(ValueError, match="`final_sparsity` must be in"):
      taker(value)


@pytest.mark.slow
def test_numbers_of_numpy_are_numbers():
  gan = _gan(generator_batch_size=np.int64(3), latent_dim=np.int32(4))
  assert gan.get_config()["generator_batch_size"] == 3
