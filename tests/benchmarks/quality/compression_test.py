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
"""Tests of the benchmark of compression."""

import dataclasses
import functools

import numpy as np
import pytest
from absl.testing import flagsaver

from benchmarks.quality import compression, compression_table
from tests.benchmarks import records
from tf_ganprune.compression import stages
from tf_ganprune.experiments import dcgan_task


def _stages(distance, gzip_bytes) -> list[stages.Stage]:
  return [
    stages.Stage("dense", 0.0, 1000, 1000, 900, 2.0),
    stages.Stage("quantized", 0.9, 16, 400, gzip_bytes, distance),
  ]


@pytest.mark.parametrize(
  ("distance", "gzip_bytes", "said"),
  [
    (2.2, 28, "| 1.10 | 35 times: met, 1.1: met |"),
    (2.3, 29, "| 1.15 | 35 times: missed, 1.1: missed |"),
  ],
)
def test_a_goal_can_be_met_and_missed(distance, gzip_bytes, said):
  rows = compression_table.summarize({0: _stages(distance, gzip_bytes)})
  lines = compression_table.table(rows).splitlines()
  assert lines[-1].endswith(said)
  assert lines[-2].endswith("| 1.00 |  |")


def test_seeds_are_averaged():
  rows = compression_table.summarize({0: _stages(1.0, 20), 1: _stages(3.0, 30)})
  assert rows[1]["frechet_distance"]["mean"] == 2.0
  assert rows[1]["frechet_distance"]["stdev"] == pytest.approx(2**0.5)
  assert rows[1]["gzip_bytes"]["values"] == [20, 30]


def test_one_seed_is_said_to_be_one():
  rows = compression_table.summarize({0: _stages(2.5, 20)})
  assert "| 2.5 (one seed) |" in compression_table.table(rows)


@pytest.mark.parametrize("field", dataclasses.fields(compression.How))
def test_each_way_has_a_folder_of_its_own(field):
  how = compression.How(0.25, 0.75, 8, 5e-3, 1e-3, 128, (5, 5, 4, 6))
  values = {"stage_epochs": (6, 4, 5, 5), "discriminator": "kept"}
  other = dataclasses.replace(how, **{field.name: values.get(field.name, 1)})
  assert other.name != how.name


@pytest.mark.parametrize(
  ("epochs", "sentence"),
  [
    ("14,3,6", "must be 4 whole numbers of at least 1; got '14,3,6'"),
    ("20,0,0,1", "must be 4 whole numbers of at least 1; got '20,0,0,1'"),
    ("ten,4,6,1", "got 'ten,4,6,1'"),
  ],
)
def test_each_stage_has_epochs(epochs, sentence, tmp_path):
  with flagsaver.as_parsed(compression_dir=str(tmp_path), stage_epochs=epochs):
    with pytest.raises(SystemExit, match=f"^compression: .*{sentence}"):
      compression.main([])


@pytest.mark.parametrize(
  "flags",
  [{"kept_macs": "0"}, {"zeros": "1"}, {"stage_rate": "0"}, {"late_rate": "0"}],
)
def test_what_no_stage_can_do_is_refused_at_first(flags, tmp_path):
  folder = tmp_path / "runs"
  (name,) = flags
  with flagsaver.as_parsed(compression_dir=str(folder), **flags):
    with pytest.raises(SystemExit, match=f"^compression: --{name} must lie"):
      compression.main([])
  assert not folder.exists()


@pytest.fixture(name="small")
def _small_job(monkeypatch):
  settings = functools.partial(
    dcgan_task.Settings,
    width=2,
    latent_dim=4,
    epochs=1,
    frequency=1,
    train_split="train[:256]",
    test_split="test[:64]",
    eval_images=64,
  )
  monkeypatch.setattr(compression.dcgan_task, "Settings", settings)


@pytest.mark.slow
def test_each_stage_is_there_once(small, tmp_path, capsys):
  path = tmp_path / "result.json"
  with flagsaver.as_parsed(
    output=str(path),
    compression_dir=str(tmp_path / "runs"),
    compression_seeds="0",
    zeros="0.75",
    clusters="4",
    kept_macs="0.6",
    stage_epochs="1,1,1,1",
  ):
    compression.main([])
    first = capsys.readouterr().out
    compression.main([])
  again = capsys.readouterr().out
  assert again.splitlines()[-7:] == first.splitlines()[-7:]
  assert "already trained" in again and "epochs." not in again
  rows = records.only(path)["stages"]
  assert [x["name"] for x in rows] == ["dense", *compression._STAGES]
  zeros = [x["sparsity"]["mean"] for x in rows]
  assert max(zeros[:2]) < 0.01
  assert min(zeros[2:]) == pytest.approx(0.75, abs=0.01)
  values = [x["number_of_clusters"]["mean"] for x in rows]
  assert values[2] > 4 and max(values[3:]) <= 4


@pytest.mark.slow
@pytest.mark.parametrize("discriminator", ["kept", "new"])
def test_a_new_discriminator_has_learnt_nothing(small, discriminator, tmp_path):
  how = compression.How(
    0.6, 0.75, 4, 5e-3, 1e-3, 8, (1, 1, 1, 1), discriminator
  )
  job = compression.Compression(tmp_path, 0, how)
  job._main.train(("begin",))
  whole = job._begin("whole")
  assert whole.generator_batch_size == 8
  assert whole.d_optimizer.iterations.numpy() > 0
  job._directory.save(whole, "whole.keras")
  first = job._begin("pruned")
  has_learnt = first.d_optimizer.iterations.numpy() > 0
  assert has_learnt == (discriminator == "kept")
  same = _are_equal(first.discriminator, whole.discriminator)
  assert same == (discriminator == "kept")
  job._directory.save(first, "pruned.keras")
  assert float(first.g_optimizer.learning_rate) == pytest.approx(5e-3)
  second = job._begin("clustered")
  assert _are_equal(second.discriminator, first.discriminator)


@pytest.mark.slow
def test_the_rate_falls_where_there_are_clusters(small, tmp_path):
  how = compression.How(0.6, 0.75, 4, 5e-3, 1e-3, 8, (1, 1, 2, 3))
  job = compression.Compression(tmp_path, 0, how)
  assert job._rate("pruned") == 5e-3
  for name, epochs in (("clustered", 2), ("quantized", 3)):
    rate, steps = job._rate(name), epochs * job._main.steps_per_epoch
    assert float(rate(0)) == pytest.approx(1e-3)
    assert float(rate(steps // 2)) == pytest.approx(5e-4, rel=0.1)
    assert float(rate(steps)) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.slow
def test_the_dense_gan_trains_as_long_as_all_stages(small, tmp_path):
  for epochs in ((4, 1, 2, 3), (1, 1, 1, 1)):
    how = compression.How(0.6, 0.75, 4, 5e-3, 1e-3, 8, epochs)
    job = compression.Compression(tmp_path, 0, how)
    assert job._main.settings.prune_epochs == sum(epochs)


@pytest.mark.slow
def test_all_stages_learn_from_the_whole_generator(small, tmp_path):
  how = compression.How(0.6, 0.75, 4, 5e-3, 1e-3, 8, (1, 1, 1, 1))
  job = compression.Compression(tmp_path, 0, how)
  job._main.train(("begin",))
  whole = job._begin("whole")
  whole.ema_generator.set_weights(
    [value + 1.0 for value in whole.ema_generator.get_weights()]
  )
  job._directory.save(whole, "whole.keras")
  pruned = job._begin("pruned")
  job._directory.save(pruned, "pruned.keras")
  for gan in (pruned, job._begin("clustered")):
    assert _are_equal(gan.teacher, whole.ema_generator)
    judges = [getattr(loss, "network", None) for loss in gan.distillation]
    (judge,) = [network for network in judges if network is not None]
    assert _are_equal(judge, whole.discriminator)


def _are_equal(network, other) -> bool:
  pairs = zip(network.get_weights(), other.get_weights(), strict=True)
  return all(np.array_equal(one, another) for one, another in pairs)
