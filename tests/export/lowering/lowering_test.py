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
"""Tests of operators that become others for GPU delegates."""

import functools

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert import interpreter as litert
from ai_edge_litert import schema_py_generated as schema

import tf_ganprune as tgp
from tests.export.lowering import networks
from tf_ganprune.export import (
  adapters,
  convert,
  finding,
  gpu_run,
  graph,
  lowering,
  number_formats,
  signature,
  targets,
)
from tf_ganprune.keras_compat import keras

_HAS_GPU = pytest.mark.skipif(
  adapters.software_folder() is None,
  reason="there is no SwiftShader: install Debian's package chromium",
)
_IMAGES = networks.REFUSED | networks.WRONG
_BROKEN = {name: ("", f) for name, f in networks.BROKEN.items()}
_L = keras.layers


@functools.cache
def _network(kind):
  if kind == "labels":
    return networks.of_labels()
  functions = {"images": _IMAGES | _BROKEN}.get(kind) or {
    "refused": networks.REFUSED,
    "wrong": networks.WRONG,
  }.get(kind)
  if functions is None:
    functions = {kind: _BROKEN[kind]}
  return networks.of_images({k: f for k, (_, f) in functions.items()})


@functools.cache
def _converted(kind) -> bytes:
  return _content(_network(kind))


def _content(network) -> bytes:
  with convert.saved(network) as folder:
    return convert.convert(
      folder, number_formats.Setting(number_formats.FLOAT32), []
    )


@functools.cache
def _lowered(kind) -> lowering.Lowered:
  return lowering.apply(_converted(kind), lowering.FOR_GPUS)


def _inputs(network, count=2) -> list[dict]:
  rng = np.random.default_rng(0)
  return [
    {
      name: rng.integers(0, 5, spec.shape).astype("int32")
      if spec.dtype == tf.int32
      else rng.standard_normal(spec.shape).astype("float32")
      for name, spec in signature.input_specs(network).items()
    }
    for _ in range(count)
  ]


def _expected(network) -> dict[str, np.ndarray]:
  runs = [signature.call(network, one) for one in _inputs(network)]
  return {k: np.stack([run[k] for run in runs]) for k in runs[0]}


def _on_cpu(content, network) -> dict[str, np.ndarray]:
  run = litert.Interpreter(model_content=content).get_signature_runner()
  runs = [run(**one) for one in _inputs(network)]
  return {k: np.stack([run[k] for run in runs]) for k in runs[0]}


def _on_gpu(content, network) -> dict[str, np.ndarray]:
  return gpu_run.run(content, _inputs(network)).outputs


_cached_on_gpu = functools.cache(
  lambda kind: _on_gpu(_lowered(kind).content, _network(kind))
)


def _assert_equal(found, network, atol=2e-6):
  expected = _expected(network)
  assert set(found) == set(expected)
  for name, value in expected.items():
    np.testing.assert_allclose(found[name], value, atol=atol, err_msg=name)


def _findings(content, network) -> list[finding.Finding]:
  file, plan = graph.read(content, network), targets.get("gpu")
  found = plan.limits.findings(file)
  return found + [x for rule in plan.rules for x in rule(file)]


@pytest.mark.parametrize("kind", ["images", "labels"])
def test_the_same_on_the_cpu(kind):
  _assert_equal(_on_cpu(_lowered(kind).content, _network(kind)), _network(kind))


@pytest.mark.slow
@_HAS_GPU
@pytest.mark.parametrize("kind", ["images", "labels"])
def test_the_same_on_the_gpu(kind):
  _assert_equal(_cached_on_gpu(kind), _network(kind), atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["images", "labels"])
def test_nothing_is_found_then(kind):
  assert not tgp.check_target(_network(kind), "gpu")


@pytest.mark.parametrize("kind", ["refused", "wrong", "labels"])
def test_the_table_knows_them_and_their_layers(kind):
  found = _findings(_converted(kind), _network(kind))
  wanted = {
    "refused": networks.REFUSED,
    "wrong": networks.WRONG,
    "labels": networks.LABELS,
  }[kind]
  reasons = {one.layer: one.reason for one in found}
  for name, (operator, *_) in wanted.items():
    assert operator in reasons[name], name
  assert all(one.refused for one in found)


@_HAS_GPU
def test_the_delegate_says_what_it_refuses():
  network = _network("refused")
  with pytest.raises(gpu_run.RefusedError) as error:
    gpu_run.run(_converted("refused"), _inputs(network))
  for operator in {operator for operator, _ in networks.REFUSED.values()}:
    assert f"{operator}: " in str(error.value)


@_HAS_GPU
@pytest.mark.parametrize("name", networks.WRONG)
def test_the_delegate_computes_them_wrongly(name):
  network = networks.of_images({name: networks.WRONG[name][1]})
  found = _on_gpu(_content(network), network)
  assert np.abs(found[name] - _expected(network)[name]).max() > 0.1


@_HAS_GPU
@pytest.mark.parametrize(
  # A layer norm is converted from means and variances, which it takes.
  "kind",
  [kind for kind in networks.BROKEN if kind != "norm"],
)
def test_the_delegate_breaks_on_them(kind):
  with pytest.raises(gpu_run.RefusedError):
    gpu_run.run(_converted(kind), _inputs(_network(kind)))


def _outputs(make) -> keras.Model:
  keras.utils.set_random_seed(0)
  x = keras.Input((4, 4, 2), name="x")
  return keras.Model(x, make(x, _L.Conv2D(3, 3, name="conv")(x)))


_LOST = {
  "an input": lambda x, y: [y, _L.Activation("linear", name="same")(x)],
  "an input alone": lambda x, y: _L.Dropout(0.5)(x),
  "one twice": lambda x, y: [_L.Dropout(0.5)(y), _L.Activation("linear")(y)],
  "equal ones": lambda x, y: [tf.tanh(y), tf.tanh(y)],
  "a nested one": lambda x, y: [
    y,
    keras.Sequential([keras.Input(y.shape[1:]), _L.Dropout(0.5)])(y),
  ],
  "one used in a product": lambda x, y: [y, y * 2.0],
  "one used in a sum": lambda x, y: [y, y + 1.0],
  "a sum used further": lambda x, y: [y + y, (y + y) * 3.0],
  "a dense one": lambda x, y: (lambda z: [z, z / 3.0])(_L.Dense(4)(x)),
}


@pytest.mark.parametrize("name", _LOST)
def test_each_output_is_a_tensor_of_its_own(name):
  network = _outputs(_LOST[name])
  content = _content(network)
  done = lowering.apply(content, lowering.FOR_GPUS)
  file = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(done.content, 0))
  numbers = file.subgraphs[0].outputs.tolist()
  assert len({*numbers, *file.subgraphs[0].inputs}) == len(numbers) + 1
  assert done.notes[-1].startswith("Copied, since GPU delegates lose")
  _assert_equal(_on_cpu(done.content, network), network)
  assert not _findings(done.content, network)


@pytest.mark.parametrize("name", ["an input", "one used in a product"])
def test_outputs_of_an_exported_file(name, tmp_path):
  report = tgp.export_tflite(_outputs(_LOST[name]), tmp_path / "g", "gpu")
  assert any(note.startswith("Copied, since GPU") for note in report.notes)
  assert report.max_abs_error < 1e-5


def test_outputs_that_are_lost_are_found():
  for name in ("an input", "one twice"):
    network = _outputs(_LOST[name])
    (found,) = _findings(_content(network), network)
    assert found.layer == network.name
    assert "lose one of them" in found.reason


def test_a_file_that_needs_nothing_stays():
  network = _outputs(lambda x, y: _L.LeakyReLU()(y))
  content = _content(network)
  done = lowering.apply(content, lowering.FOR_GPUS)
  assert done == lowering.Lowered(content)
  assert lowering.apply(content, ()).content is content


def test_constants_stay_aligned():
  content = _lowered("images").content
  file = schema.Model.GetRootAsModel(content, 0)
  for i in range(file.BuffersLength()):
    data = file.Buffers(i).DataAsNumpy()
    if not isinstance(data, int):
      start = np.frombuffer(content, np.uint8).ctypes.data
      assert (data.ctypes.data - start) % 16 == 0


@pytest.mark.parametrize(
  ("make", "operator"),
  [
    (lambda x: tf.argmax(x, -1), "ARG_MAX"),
    (lambda x: tf.nn.leaky_relu(x, -0.2), "LEAKY_RELU"),
    (lambda x: tf.matmul(np.ones((1, 2, 5, 2), "f"), x), "BATCH_MATMUL"),
    (lambda x: tf.cumsum(tf.cast(x, tf.int32), 1), "CUMSUM"),
    (
      lambda x: tf.pad(tf.cast(x, tf.int32), [[0, 0], [1, 1], [0, 0], [0, 0]]),
      "PAD",
    ),
    (lambda x: tf.gather_nd(x, [[0, 1]]), "GATHER_ND"),
    (lambda x: tf.space_to_batch(x, [2, 2], [[0, 0]] * 2), "SPACE_TO_BATCH"),
  ],
)
def test_what_cannot_be_replaced_is_found(make, operator):
  network = _outputs(lambda x, y: _L.Lambda(make, name="it")(y))
  (found, *_) = _findings(_content(network), network)
  assert operator in found.reason
  assert (found.layer, found.refused) == ("it", True)


def test_variables_stay():
  x = keras.Input((4, 2), name="x")
  content = _content(keras.Model(x, _L.LSTM(2, name="lstm")(x)))
  assert lowering.apply(content, lowering.FOR_GPUS).content


def test_inputs_that_gpus_do_not_take():
  for dtype in ("int64", "float16"):
    x = keras.Input((3,), dtype=dtype, name="x")
    y = _L.Lambda(lambda x: tf.cast(x, tf.float32) * 2.0)(x)
    found = tgp.check_target(keras.Model(x, y, name="net"), "gpu")
    assert (found[0].layer, dtype in found[0].reason) == ("net", True)
  x = keras.Input((2, 2, 2, 2))
  found = tgp.check_target(keras.Model(x, _L.Flatten()(x)), "gpu")
  assert "5 axes" in found[0].reason
