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
"""Tests that families of one's own keep every invariant, in every way.

Four networks on two tapes; and an autoencoder with a discriminator, the encoder
of which is updated twice for each batch.
"""

import math

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert import interpreter as litert

import tf_ganprune as tgp
from tests import watch
from tests.gan import family_cases, ways_test
from tf_ganprune.gan import fusing
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.wrapping import wrapped_layers

_BATCHES = 8
_ADAMS = (ways_test.OPTIMIZERS["adam"],) * 2


@pytest.fixture(name="policy")
def _policy():
  yield keras.mixed_precision.set_global_policy
  keras.mixed_precision.set_global_policy("float32")


@pytest.fixture(scope="module", name="case", params=family_cases.CASES)
def _case(request):
  return family_cases.CASES[request.param]


def _updates(model, name) -> int:
  """Returns how many updates an optimizer has made, without those skipped."""
  optimizer = model.optimizers[name]
  skipped = 0  # each of which halves the scale
  if isinstance(optimizer, keras.mixed_precision.LossScaleOptimizer):
    halved = optimizer.initial_scale / float(optimizer.loss_scale)
    skipped = round(math.log2(halved))
  return int(optimizer.iterations) - skipped


def _counted(case, way):
  """Returns how updates are counted; None by the weights that changed."""
  once = set(case.updates.values()) == {1}
  return None if once and way != "several steps" else _updates


@pytest.mark.slow
@pytest.mark.parametrize(
  "way, in_one_pass", [*((x, False) for x in ways_test.WAYS), ("xla", True)]
)
def test_every_way_to_train(case, way, in_one_pass, policy, monkeypatch):
  if in_one_pass:
    monkeypatch.setattr(fusing, "_LARGE", 1)
  keras.utils.set_random_seed(1)
  dtype, optimizers, options = ways_test.WAYS[way]
  if dtype:
    policy(dtype)
  makes = [ways_test.OPTIMIZERS[x] for x in optimizers]
  model = case.pruned(makes, options)
  watched = watch.Watch(case.schedules, _counted(case, way))
  # Large losses take more updates until their scale is found.
  batches = 3 * _BATCHES if "scaled" in optimizers else _BATCHES
  data = case.data(4 * batches)
  history = model.fit(data, verbose=0, callbacks=[watched]).history
  assert list(history) == list(case.logged)
  assert watched.steps == batches // options.get("steps_per_execution", 1)
  for name in case.schedules:
    optimizer = optimizers[name in case.second]
    _check_updates(model, name, optimizer, batches * case.updates[name])
  for name in case.averaged:
    _check_zeros(model, name, _kernels(model.averaged(name)))


def _check_updates(model, name, optimizer, calls):
  layer, *_ = wrapped_layers.pruned_layers(model.networks[name])
  updates = int(layer.pruning_step)
  if optimizer == "accumulation":
    assert updates == calls // 3
  elif optimizer == "scaled":
    assert 2 <= updates <= calls == int(model.optimizers[name].iterations)
  else:
    assert updates == calls


def _kernels(network) -> list[np.ndarray]:
  return [w.numpy() for w in network.weights if "kernel" in w.name]


def _check_zeros(model, name, kernels):
  """Asserts that kernels, in a network's order, have the zeros of its masks."""
  layers = wrapped_layers.pruned_layers(model.networks[name])
  for kernel, layer in zip(kernels, layers, strict=True):
    (_, mask, _), *_ = layer.pruning_vars
    gone = mask.numpy() == 0
    assert gone.any() and (kernel[gone] == 0).all()
    assert np.any(kernel != 0)


@pytest.mark.slow
def test_batches_by_hand(case):
  keras.utils.set_random_seed(1)
  model = case.pruned(_ADAMS, {"run_eagerly": True})
  for i, batch in enumerate(case.data(4 * _BATCHES), 1):
    model.train_on_batch(*batch if case.in_pairs else [batch])
    for name, schedule in case.schedules.items():
      assert _updates(model, name) == i * case.updates[name]
      watch.check(model.networks[name], schedule, i * case.updates[name])


def _taught(case):
  keras.utils.set_random_seed(0)
  return case.pruned(_ADAMS, {"run_eagerly": True}, **case.taught())


@pytest.fixture(scope="module", name="trained")
def _trained(case):
  """Returns a family after some updates, which tests leave as it is."""
  model = _taught(case)
  model.fit(case.data(4 * _BATCHES), verbose=0)
  return model


@pytest.mark.slow
def test_forward_passes_change_nothing(case, trained):
  for name, inputs in case.inputs().items():
    watch.check_function(trained.networks[name], inputs)


@pytest.mark.slow
def test_checkpoints_have_the_zeros(case, trained, tmp_path):
  path = str(tmp_path / "checkpoint")
  trained.save_weights(path)
  for name in case.schedules:
    _check_zeros(trained, name, _of_checkpoint(path, name))
  for name in case.averaged:
    _check_zeros(trained, name, _of_checkpoint(path, f"ema_{name}"))


def _of_checkpoint(path, name) -> list[np.ndarray]:
  """Returns a network's kernels, layer by layer."""
  keys = [
    key
    for key, _ in tf.train.list_variables(path)
    if key.startswith(f"{name}/") and "kernel/.ATTRIBUTES" in key
  ]
  return [tf.train.load_variable(path, key) for key in sorted(keys)]


@pytest.mark.slow
def test_exports_have_the_zeros(trained, tmp_path):
  for name in trained.exported:
    network = trained.averaged(name)
    report = tgp.export_tflite(network, tmp_path / name, "cpu")
    found = _of_file(report.path)
    for kernel in _kernels(network):
      # Its other numbers have the scales of batch norm in them.
      zeros = np.sum(kernel == 0)
      same = [x for x in found if x.size == kernel.size]
      assert zeros and zeros in [np.sum(x == 0) for x in same]


def _of_file(path) -> list[np.ndarray]:
  """Returns the tensors of a file after a run, which unpacks sparse kernels."""
  file = litert.Interpreter(
    str(path),
    experimental_preserve_all_tensors=True,
    experimental_op_resolver_type=litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
  )
  file.allocate_tensors()
  file.invoke()
  numbers = [detail["index"] for detail in file.get_tensor_details()]
  return [file.get_tensor(number) for number in numbers]


@pytest.mark.slow
def test_sparsity_is_reported_for_the_averages(case, trained):
  for name in case.averaged:
    found = tgp.sparsity_report(trained.averaged(name)).overall
    expected = watch.sparsity_at(case.schedules[name], _BATCHES)
    assert found == pytest.approx(expected, abs=0.02)


class _Interrupted(Exception):
  """Stands for the end of a process."""


class _InterruptAt(keras.callbacks.Callback):
  def on_train_batch_end(self, batch, logs=None):
    if int(self.model.optimizer.iterations) == 3:
      raise _Interrupted


@pytest.mark.slow
def test_what_was_interrupted_goes_on_to_the_bit(case, tmp_path):
  data = case.data(20)
  expected = _taught(case)
  logs = expected.fit(data, epochs=2, verbose=0).history
  losses = tf.nest.flatten(case.taught()["distillation"])
  assert {"distillation_loss", *losses} < set(logs)
  backup = lambda: tgp.BackupAndRestore(tmp_path / "b", 2)  # noqa: E731
  with pytest.raises(_Interrupted):
    _taught(case).fit(data, verbose=0, callbacks=[backup(), _InterruptAt()])
  model = _taught(case)
  model.fit(data, epochs=2, verbose=0, callbacks=[backup()])
  _assert_same(model, expected)


def _state(model) -> list[tf.Variable]:
  """Returns weights, averages, masks, steps, and optimizers' variables."""
  optimizers = [x for k, x in vars(model).items() if k.endswith("_optimizer")]
  found = [v for one in optimizers if one for v in one.variables]
  return [*(x for x in model.weights if "metric" not in x.name), *found]


def _assert_same(model, other):
  states = [_state(x) for x in (model, other)]
  assert len(states[0]) > len(model.weights)
  for ours, theirs in zip(*states, strict=True):
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.slow
def test_saves_and_loads_and_goes_on(case, trained, tmp_path):
  tgp.save_model(trained, tmp_path / "gan.keras")
  loaded = tgp.load_model(tmp_path / "gan.keras")
  assert type(loaded).__qualname__ == type(trained).__qualname__
  _assert_same(loaded, trained)
  for name in case.averaged:
    _check_zeros(loaded, name, _kernels(loaded.averaged(name)))
  loaded.fit(case.data(8), verbose=0)
  for name, schedule in case.schedules.items():
    updates = (_BATCHES + 2) * case.updates[name]
    watch.check(loaded.networks[name], schedule, updates)


@pytest.mark.slow
def test_arguments_of_a_familys_own_are_saved(tmp_path):
  case = family_cases.CASES["four networks"]
  model = case.pruned(_ADAMS, {"loss": "hinge"}, lambda_cycle=5.0)
  tgp.save_model(model, tmp_path / "cycle.keras")
  loaded = tgp.load_model(tmp_path / "cycle.keras")
  assert type(loaded) is type(model) and loaded.lambda_cycle == 5.0
  assert loaded.loss_kind == "hinge"
