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
"""Tests that four networks on one tape keep every invariant, in every way."""

import numpy as np
import pytest
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import watch
from tests.gan import families, ways_test
from tf_ganprune.gan import fusing
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras
sparsity = tfmot.sparsity.keras
_SCHEDULES = {
  "generator_G": sparsity.PolynomialDecay(0.2, 0.8, 2, 8, frequency=2),
  "generator_F": sparsity.ConstantSparsity(0.5, 3, frequency=1),
  "discriminator_X": sparsity.PolynomialDecay(0.1, 0.5, 1, 6, frequency=1),
  "discriminator_Y": sparsity.ConstantSparsity(0.75, 1, frequency=4),
}
_BATCHES = 8
_GENERATORS = ("generator_G", "generator_F")


@pytest.fixture(name="policy")
def _policy():
  yield keras.mixed_precision.set_global_policy
  keras.mixed_precision.set_global_policy("float32")


def _compiled(optimizers=("adam", "adam"), options=None, **arguments):
  """Returns a pruned family whose pairs of networks have these optimizers."""
  model = families.cycle(_SCHEDULES, ema_decay=0.9, **arguments)
  makes = [ways_test.OPTIMIZERS[x] for x in optimizers]
  model.compile(*(makes[i // 2]() for i in range(4)), **(options or {}))
  return model


def _iterations(model, name):
  return int(model.optimizers[name].iterations)


@pytest.mark.parametrize(
  "way, in_one_pass", [*((x, False) for x in ways_test.WAYS), ("xla", True)]
)
def test_every_way_to_train(way, in_one_pass, policy, monkeypatch):
  if in_one_pass:
    monkeypatch.setattr(fusing, "_LARGE", 1)
  keras.utils.set_random_seed(1)
  dtype, optimizers, options = ways_test.WAYS[way]
  if dtype:
    policy(dtype)
  model = _compiled(optimizers, options)
  counted = _iterations if way == "several steps" else None
  watched = watch.Watch(_SCHEDULES, counted)
  # Large losses take more updates until their scale is found.
  batches = 3 * _BATCHES if "scaled" in optimizers else _BATCHES
  data = families.pairs(4 * batches)
  history = model.fit(data, verbose=0, callbacks=[watched]).history
  assert list(history) == ["G_loss", "F_loss", "D_X_loss", "D_Y_loss"]
  assert watched.steps == batches // options.get("steps_per_execution", 1)
  of_pairs = dict(zip(_SCHEDULES, np.repeat(optimizers, 2), strict=True))
  for name, optimizer in of_pairs.items():
    _check_updates(model, name, optimizer, batches)
  for name in _GENERATORS:
    _check_average(model, name)


def _check_updates(model, name, optimizer, batches):
  layer, *_ = wrapped_layers.pruned_layers(model.networks[name])
  updates = int(layer.pruning_step)
  if optimizer == "accumulation":
    assert updates == batches // 3
  elif optimizer == "scaled":
    assert 2 <= updates <= batches == _iterations(model, name)
  else:
    assert updates == batches


def _check_average(model, name):
  kernels = [w for w in model.averaged(name).weights if "kernel" in w.name]
  layers = wrapped_layers.pruned_layers(model.networks[name])
  assert len(kernels) == len(layers)
  for kernel, layer in zip(kernels, layers, strict=True):
    (_, mask, _), *_ = layer.pruning_vars
    assert (kernel.numpy()[mask.numpy() == 0] == 0).all()
    assert np.any(kernel.numpy() != 0)


class _Interrupted(Exception):
  """Stands for the end of a process."""


class _InterruptAt(keras.callbacks.Callback):
  def on_train_batch_end(self, batch, logs=None):
    if _iterations(self.model, "generator_G") == 3:
      raise _Interrupted


def _taught():
  keras.utils.set_random_seed(0)
  model = _compiled(
    options={"run_eagerly": True},
    teachers={"generator_G": families.image_network("big")},
    distillation={"generator_G": ["image", "features"]},
  )
  return model


def test_what_was_interrupted_goes_on_to_the_bit(tmp_path):
  data = families.pairs(20)
  expected = _taught()
  logs = expected.fit(data, epochs=2, verbose=0).history
  assert {"distillation_loss", "image", "features"} < set(logs)
  backup = lambda: tgp.BackupAndRestore(tmp_path / "b", 2)  # noqa: E731
  with pytest.raises(_Interrupted):
    _taught().fit(data, verbose=0, callbacks=[backup(), _InterruptAt()])
  model = _taught()
  model.fit(data, epochs=2, verbose=0, callbacks=[backup()])
  _assert_same(model, expected)


def _assert_same(model, other):
  parts = [
    [*x.weights, *(v for one in x.optimizers.values() for v in one.variables)]
    for x in (model, other)
  ]
  extras = [x.generator_G_adapter_optimizer.variables for x in (model, other)]
  for ours, theirs in (*zip(*parts, strict=True), *zip(*extras, strict=True)):
    if "metric" not in ours.name:
      np.testing.assert_array_equal(ours, theirs)


def test_saves_and_loads_and_goes_on(tmp_path):
  model = _taught()
  model.fit(families.pairs(12), verbose=0)
  tgp.save_model(model, tmp_path / "cycle.keras")
  loaded = tgp.load_model(tmp_path / "cycle.keras")
  assert type(loaded) is families.Cycle and loaded.lambda_cycle == 10.0
  assert loaded.loss_kind == "least_squares"
  _assert_same(loaded, model)
  loaded.fit(families.pairs(8), verbose=0)
  for name, schedule in _SCHEDULES.items():
    watch.check(loaded.networks[name], schedule, 5)


def test_sparsity_is_reported_for_the_averages():
  model = _compiled(options={"run_eagerly": True})
  model.fit(families.pairs(4 * _BATCHES), verbose=0)
  found = tgp.sparsity_report(model.averaged("generator_F")).overall
  assert found == pytest.approx(0.5, abs=0.01)
