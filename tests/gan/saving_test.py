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
"""Tests that a GAN is saved, loaded and trained on as if it had not been."""

import numpy as np
import pytest
import tensorflow_model_optimization as tfmot

from tests import tiny
from tf_ganprune import gan, losses, saving
from tf_ganprune.sparsity import prune, report
from tf_ganprune.sparsity.wrapping import wrapped_layers


@pytest.mark.slow
@pytest.mark.parametrize("model_class", [gan.GAN, gan.WGANGP])
def test_saves_and_loads_and_goes_on(tmp_path, model_class):
  schedule = tfmot.sparsity.keras.ConstantSparsity(0.5, 1, frequency=1)
  model = model_class(
    prune.prune_low_magnitude(tiny.discriminator(), schedule),
    prune.prune_low_magnitude(tiny.generator(), schedule),
    4,
    ema_decay=0.5,
  )
  model.compile("adam", "adam", loss="hinge", steps_per_execution=2)
  model.fit(tiny.images(8), batch_size=4, verbose=0)
  saving.save_model(model, tmp_path / "gan.keras")
  loaded = saving.load_model(tmp_path / "gan.keras")
  assert type(loaded) is model_class
  for name, value in model.get_config().items():
    if name not in ("discriminator", "generator"):
      assert loaded.get_config()[name] == value
  variables = lambda m: [  # noqa: E731
    *m.weights,
    *m.d_optimizer.variables,
    *m.g_optimizer.variables,
  ]
  for a, b in zip(variables(model), variables(loaded), strict=True):
    np.testing.assert_array_equal(a, b)
  assert loaded.loss_name == "hinge"
  loaded.fit(tiny.images(8), batch_size=4, verbose=0)
  assert int(loaded.g_optimizer.iterations) == 4
  assert loaded.get_compile_config()["steps_per_execution"] == 2
  for layer in wrapped_layers.pruned_layers(loaded.generator):
    assert int(layer.pruning_step) == 4
  assert report.sparsity_report(loaded.generator).overall == pytest.approx(
    0.5, abs=0.01
  )
  names = [layer.name for layer in loaded.layers]
  assert names == ["discriminator", "generator", "ema_generator"]


def test_loss_object_is_not_lost_silently(tmp_path):
  model = gan.GAN(tiny.discriminator(), tiny.generator(), tiny.LATENT_DIM)
  model.compile("adam", "adam", loss=losses.LOSSES["hinge"])
  saving.save_model(model, tmp_path / "gan.keras")
  loaded = saving.load_model(tmp_path / "gan.keras")
  with pytest.raises(ValueError, match="Call `compile"):
    loaded.fit(tiny.images(4), verbose=0)
