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
"""Tests of the main job, small, as its user runs it."""

import json
import os
import re

import pytest
from absl import flags
from absl.testing import flagsaver

import tf_ganprune as tgp
from examples import mnist_dcgan  # noqa: F401 (its flags)
from tests.examples import job
from tf_ganprune.experiments import dcgan_task, experiment, fields

# One process runs the job for all of these tests.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("job")]


def test_one_worker_runs_the_job(request):
  if "PYTEST_XDIST_WORKER" not in os.environ:
    pytest.skip("There are no workers.")
  assert request.node.nodeid.endswith("@job"), "the job would run twice"


@pytest.mark.slow
def test_killed_job_goes_on(finished):
  output, text = finished
  assert f"Resuming the run in {output}." in text
  assert "Phase 'begin': already trained" in text
  assert "Phase 'dense': already trained" in text
  assert re.search(r"Phase 'pruned': (resumes after epoch 1|already)", text)
  assert not list(output.glob(".*"))


def test_leaves_everything(finished):
  output, _ = finished
  names = {path.name for path in output.iterdir()}
  assert {
    "dense.keras",
    "pruned.keras",
    "dense_generator.keras",
    "pruned_generator.keras",
    "dense_cpu.tflite",
    "pruned_cpu-small.tflite",
    "samples.png",
    "metrics.json",
    "report.html",
    "logs",
  } <= names
  assert list((output / "logs" / "pruned").rglob("events.*"))
  assert len(list((output / "samples" / "dense").iterdir())) == 2


def test_numbers_agree_with_the_files(finished):
  output, text = finished
  metrics = json.loads((output / "metrics.json").read_text())
  dense, pruned = (metrics["contestants"][n] for n in ("dense", "pruned"))
  assert dense["zeros"] < 0.01
  assert pruned["zeros"] == pytest.approx(0.8, abs=0.01)
  keys = {"frechet_distance", "kernel_distance", "precision", "recall"}
  assert keys <= set(dense["metrics"])
  for name, contestant in metrics["contestants"].items():
    for file in contestant["files"]:
      path = output / f"{name}_{file['target']}.tflite"
      assert path.stat().st_size == file["num_bytes"]
  assert pruned["files"][0]["gzip_bytes"] < dense["files"][0]["gzip_bytes"]
  network = tgp.keras.models.load_model(output / "pruned_generator.keras")
  assert tgp.sparsity_report(network).overall == pruned["zeros"]
  frechet = f"{dense['metrics']['frechet_distance']:.4g}"
  assert frechet in text
  page = (output / "report.html").read_text()
  assert frechet in page
  assert "pruned_generator" not in page
  assert "<h2>What pruning changed: pruned</h2>" in page
  assert "Classes that are drawn: pruned" in page
  assert str(os.path.sep + "root") not in page


@pytest.mark.slow
def test_the_default_compares_three(programs, tmp_path):
  others = ("--phases", "--width")
  arguments = [x for x in job.SMALL if not x.startswith(others)]
  output = tmp_path / "out"
  result = programs.run(
    job.PROGRAM,
    *arguments,
    f"--output_dir={output}",
    f"--data_dir={tmp_path}",
    "--width=4",
    "--slim_macs=0.5",
  )
  assert result.returncode == 0, result.stderr[-2000:]
  found = json.loads((output / "metrics.json").read_text())["contestants"]
  assert list(found) == ["dense", "pruned", "slim"]
  assert found["slim"]["macs"] <= 0.5 * found["dense"]["macs"]
  assert found["pruned"]["zeros"] == pytest.approx(0.8, abs=0.03)


@pytest.mark.slow
def test_dense_and_pruned_train_equally(finished):
  output, _ = finished
  dense, pruned = (
    tgp.keras.models.load_model(output / f"{name}.keras")
    for name in ("dense", "pruned")
  )
  assert int(dense.g_optimizer.iterations) == 4 * (400 // 32)
  begun = tgp.keras.models.load_model(output / "begin.keras")
  # The pruned one's optimizers begin anew, since it learns from a teacher.
  for name in ("d_optimizer", "g_optimizer"):
    counts = [getattr(x, name).iterations for x in (begun, dense, pruned)]
    before, ours, theirs = map(int, counts)
    assert ours - before == theirs


@pytest.mark.parametrize(
  ("flag", "message"),
  [
    ("--loss=bce", "value should be one of <hinge"),
    ("--targets=gpu9", "value should be one of <cpu"),
    ("--final_sparsity=1", r"must be in \[0, 1\)"),
    ("--ema_decay=1.0", "must lie between 0 and 1"),
    ("--epochs=0", "--epochs=0"),
    ("--latent_dim=x", "--latent_dim=x"),
    ("--no_such_flag=1", "Unknown command line flag 'no_such_flag'"),
    ("--image_size=13", r"\(13, 13, 1\).*resize the images to 14x14"),
    ("--train_split=train[:0]", r"train\[:0\]"),
    ("--dataset=mnist_6k", "`name` must be"),
    ("--frequency=99", "--frequency 99 leaves no pruning"),
    ("--feature_model=typo.keras", "typo.keras"),
    ("--batch_size=5000", "`batch_size` 5000 is more than"),
  ],
)
def test_bad_flag_is_one_sentence_and_leaves_nothing(
  finished, tmp_path, flag, message
):
  output, _ = finished
  values = flags.FLAGS
  with flagsaver.flagsaver(), pytest.raises((flags.Error, ValueError)) as error:
    arguments = job.arguments(tmp_path / "out", output.parent / "data", flag)
    values([job.PROGRAM, *arguments])
    settings = fields.from_flags(dcgan_task.Settings, values)
    experiment.Experiment(dcgan_task.DCGAN, settings, values.output_dir)
  assert re.search(message, str(error.value))
  assert "\n" not in str(error.value)
  assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
  ("flag", "message"),
  [
    ("--dataset=mnist_6k", "mnist_dcgan: `name` must be"),
    ("stray", "Unknown argument 'stray'"),
    ("--seed=1", "mnist_dcgan: .*--seed was 0 and is 1"),
  ],
)
def test_program_says_it_without_a_traceback(programs, finished, flag, message):
  output, _ = finished
  arguments = job.arguments(output, output.parent / "data", flag)
  result = programs.run(job.PROGRAM, *arguments)
  assert result.returncode == 1
  assert re.search(message, result.stdout + result.stderr)
  assert "Traceback" not in result.stderr
