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
"""Tests of pruning on several replicas, in one process and in two."""

import json
import os
import socket
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from tests import build_files, tiny
from tf_ganprune import gan, replicas
from tf_ganprune.keras_compat import keras

_KINDS = [
  "mean",
  "shared",
  "dynamic",
  "outside",
  "adaptive",
  "ticket",
  "balanced",
  "compressed",
  "four networks",
  "autoencoder",
  "cycle_gan",
  "dual_gan",
  "pix2pix",
  "own tape",
  "critic",
  "several",
  "foreign",
  "float16",
]


def _start(module, *arguments, **environment):
  return subprocess.Popen(
    [sys.executable, "-m", module, *arguments],
    cwd=build_files.ROOT,
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
    env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"} | environment,
  )


def _output(process) -> str:
  out, error = process.communicate(timeout=180)
  assert process.returncode == 0, error[-3000:]
  return out


@pytest.fixture(scope="module")
def mirrored():
  """What a process with two replicas printed."""
  process = _start("tests.gan.mirrored_program", *_KINDS)
  out, error = process.communicate(timeout=900)
  assert process.returncode == 0, error[-3000:]
  return out.splitlines(), error


@pytest.mark.slow
@pytest.mark.xdist_group("mirrored")  # else each worker starts the process
@pytest.mark.parametrize("kind", _KINDS)
def test_two_replicas_in_a_process(mirrored, kind):
  lines, error = mirrored
  assert f"checked {kind}" in lines, error[-3000:]


def _free_ports(n):
  sockets = [socket.socket() for _ in range(n)]
  for one in sockets:
    one.bind(("localhost", 0))
  ports = [one.getsockname()[1] for one in sockets]
  for one in sockets:
    one.close()
  return ports


@pytest.mark.slow
def test_two_processes_have_the_same_masks():
  addresses = [f"localhost:{port}" for port in _free_ports(2)]
  workers = []
  for index in range(2):
    cluster = {
      "cluster": {"worker": addresses},
      "task": {"type": "worker", "index": index},
    }
    workers.append(
      _start("tests.gan.worker_program", TF_CONFIG=json.dumps(cluster))
    )
  lines = [_output(worker).strip().splitlines()[-1] for worker in workers]
  assert lines[0] == lines[1]
  assert lines[0].startswith("digest 2 ")


def test_workers_that_are_not_in_step_are_refused(monkeypatch):
  replicas.check()

  class OutOfStep(tf.distribute.ParameterServerStrategy):
    """One that needs no cluster."""

    def __init__(self):
      pass

  monkeypatch.setattr(tf.distribute, "get_strategy", OutOfStep)
  with pytest.raises(ValueError, match="MultiWorkerMirroredStrategy"):
    replicas.check()


class _Constant(gan.GAN):
  def generator_loss(self, fake):
    del fake
    return tf.add_n(
      [tf.reduce_sum(w) for w in self.generator.trainable_weights]
    )


def test_without_a_strategy_an_update_is_a_plain_one():
  assert replicas.count() == 1
  variable = tf.Variable([1.0, 2.0])
  replicas.update([(variable,)], lambda v, x: v.assign(v * x), tf.constant(3.0))
  np.testing.assert_array_equal(variable, [3.0, 6.0])
  model = _Constant(tiny.discriminator(), tiny.generator(), 4)
  model.compile("adam", keras.optimizers.SGD(1.0))
  before = model.generator.get_weights()[0]
  model.fit(tiny.images(4), batch_size=4, verbose=0)
  after = model.generator.get_weights()[0]
  np.testing.assert_allclose(after, before - 1.0, atol=1e-6)
