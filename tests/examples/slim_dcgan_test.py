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
"""Tests of the slim job on what the small main job left."""

import dataclasses
import json
import types

import pytest

import tf_ganprune as tgp
from examples import digits_job, slim_dcgan, slim_job

# The worker that ran the main job has its files.
pytestmark = pytest.mark.xdist_group("job")

_SMALL = [
  "--macs=0.5",
  "--cuts=2",
  "--cut_epochs=1",
  "--slim_epochs=3",
  "--slim_targets=cpu",
  "--teacher=online",
  "--discriminator=kept",
]


def _run(programs, main_dir, slim_dir, *flags):
  return programs.run(
    "examples.slim_dcgan",
    f"--main_dir={main_dir}",
    f"--slim_dir={slim_dir}",
    *_SMALL,
    *flags,
  )


@pytest.fixture(scope="module")
def slim(programs, finished, tmp_path_factory):
  """Returns the main job's folder, the slim job's, and what that printed."""
  main_dir, _ = finished
  slim_dir = tmp_path_factory.mktemp("slim") / "out"
  result = _run(programs, main_dir, slim_dir)
  assert result.returncode == 0, result.stderr[-2000:]
  return main_dir, slim_dir, result.stdout


def test_takes_the_main_jobs_networks(slim):
  _, _, text = slim
  for name in ("begin", "dense", "pruned"):
    assert f"Phase {name!r}: already trained" in text
  for name in ("whole", "cut_1", "slim"):
    assert f"Phase {name!r}: 1 epochs" in text


def test_leaves_a_smaller_network(slim):
  main_dir, slim_dir, _ = slim
  dense = tgp.load_model(main_dir / "dense_generator.keras")
  small = tgp.load_model(slim_dir / "slim_generator.keras")
  share = tgp.profile(small).macs / tgp.profile(dense).macs
  assert 0.3 < share <= 0.5
  assert (slim_dir / "slim_cpu.tflite").stat().st_size < (
    (slim_dir / "dense_cpu.tflite").stat().st_size
  )


def test_compares_the_three(slim):
  _, slim_dir, text = slim
  found = json.loads((slim_dir / "metrics.json").read_text())["contestants"]
  assert list(found) == ["dense", "pruned", "slim"]
  assert found["slim"]["macs"] <= 0.5 * found["dense"]["macs"]
  assert found["pruned"]["macs"] == found["dense"]["macs"]
  assert "MACs" in text
  page = (slim_dir / "report.html").read_text()
  assert "a dense, a pruned and a slim DCGAN" in page
  assert "trained on beside it: image and discriminator_features" in page


def test_bad_flags_are_refused_before_anything_is_trained(programs, tmp_path):
  result = _run(programs, tmp_path / "m", tmp_path / "x", "--macs=0.0001")
  assert result.returncode == 1
  assert "the least that can be had" in result.stderr
  assert "Traceback" not in result.stderr
  assert not any(tmp_path.iterdir())


def _begin(folder, **settings):
  folder.mkdir(parents=True)
  given = dataclasses.asdict(digits_job.Settings(**settings))
  (folder / "settings.json").write_text(json.dumps(given))


def test_a_short_main_job_is_run_where_there_is_none(tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  folder, settings = slim_dcgan.find_main_job(None, "runs/slim/")
  assert (folder, settings.prune_epochs) == ("runs/slim_main", 10)
  _begin(tmp_path / "runs" / "mnist_dcgan", seed=3)
  folder, settings = slim_dcgan.find_main_job(None, "runs/slim")
  assert (folder, settings.seed) == ("runs/mnist_dcgan", 3)
  # A short one that was begun goes on.
  _begin(tmp_path / "runs" / "slim_main", seed=4)
  folder, settings = slim_dcgan.find_main_job(None, "runs/slim")
  assert (folder, settings.seed) == ("runs/slim_main", 4)


def test_the_main_job_that_is_asked_for_is_run_whole(tmp_path):
  folder, settings = slim_dcgan.find_main_job(str(tmp_path), "runs/slim")
  assert (folder, settings) == (str(tmp_path), digits_job.Settings())


def test_the_slim_network_learns_as_long_as_the_dense_one():
  values = dataclasses.asdict(slim_job.Settings())
  main = digits_job.Settings(prune_epochs=7)
  for given, expected in ((None, 7), (3, 3)):
    flags = types.SimpleNamespace(**values | {"slim_epochs": given})
    assert slim_dcgan.slim_settings(flags, main).slim_epochs == expected


@pytest.mark.parametrize(
  ("given", "cuts", "expected"), [(None, 1, 5), (None, 3, 3), (0, 1, 0)]
)
def test_the_whole_network_has_half_of_what_cuts_leave(given, cuts, expected):
  values = dataclasses.asdict(slim_job.Settings(cuts=cuts))
  flags = types.SimpleNamespace(
    **values | {"whole_epochs": given, "slim_epochs": 10}
  )
  found = slim_dcgan.slim_settings(flags, digits_job.Settings())
  assert found.whole_epochs == expected


def _job(**settings):
  job = slim_job.SlimJob.__new__(slim_job.SlimJob)
  job.settings = slim_job.Settings(**settings)
  job.run_directory, job._whole_directory = "own", "whole"
  job.main = types.SimpleNamespace(settings=digits_job.Settings(epochs=26))
  return job


@pytest.mark.parametrize(
  ("settings", "expected"),
  [
    ({}, [("whole", "whole", 10, 26), ("own", "slim", 10, 36)]),
    ({"whole_epochs": 0}, [("own", "slim", 20, 26)]),
    (
      {"whole_epochs": 3, "cuts": 2, "cut_epochs": 4},
      [
        ("whole", "whole", 3, 26),
        ("own", "cut_1", 4, 29),
        ("own", "slim", 13, 33),
      ],
    ),
  ],
)
def test_updates_are_shared_out(settings, expected):
  found = [
    (directory, phase.name, phase.epochs, phase.earlier_epochs)
    for directory, phase in _job(**settings)._phases()
  ]
  assert found == expected


def test_each_phase_begins_with_what_the_one_before_left(monkeypatch):
  job = _job(cuts=2)
  monkeypatch.setattr(job, "cut", lambda number: f"cut {number}")
  monkeypatch.setattr(job, "_whole", lambda: "whole")
  begun = [phase.begin() for _, phase in job._phases()]
  assert begun == ["whole", "cut 1", "cut 2"]


def test_what_is_cut_first():
  job = _job()
  job.main.run_directory = _Trained(begin="begun")
  job._whole_directory = _Trained(whole="trained on")
  assert job._dense().ema_generator == "trained on"
  job.settings = slim_job.Settings(whole_epochs=0)
  assert job._dense().ema_generator == "begun"


class _Main:
  """A main job without data."""

  settings = digits_job.Settings()
  train_images = None

  def networks(self):
    return {"generator": tgp.networks.dcgan_generator((12, 12, 1), 4, 8)}

  def all_settings(self):
    return {"seed": 0}

  def open(self):
    return self


def test_jobs_share_a_whole_network(tmp_path, monkeypatch):
  trained = []
  monkeypatch.setattr(
    slim_job.training,
    "train",
    lambda run, phase, _: trained.append((run.path.name, phase.name)),
  )
  for name, macs in (("a", 0.5), ("b", 0.25)):
    settings = slim_job.Settings(macs=macs)
    job = slim_job.SlimJob(tmp_path / name, settings, _Main(), tmp_path / "w")
    job.train()
  assert trained == [
    (d, p) for x in "ab" for d, p in (("w", "whole"), (x, "slim"))
  ]
  for other in ({"whole_epochs": 3}, {"generator_batch_size": 3}):
    settings = slim_job.Settings(macs=0.5, **other)
    with pytest.raises(
      ValueError, match="was .* and is 3.*another --curve_dir"
    ):
      slim_job.SlimJob(
        tmp_path / "c", settings, _Main(), tmp_path / "w", "curve_dir"
      )


def test_the_whole_network_alone(tmp_path, monkeypatch):
  monkeypatch.setattr(
    slim_job.training, "train", lambda run, phase, _: phase.name
  )
  job = slim_job.SlimJob(tmp_path / "a", slim_job.Settings(macs=0.5), _Main())
  assert job.train_whole() == "whole"
  settings = slim_job.Settings(macs=0.5, whole_epochs=0)
  job = slim_job.SlimJob(tmp_path / "b", settings, _Main())
  monkeypatch.setattr(job, "_dense", lambda: "begun")
  assert job.train_whole() == "begun"


@pytest.mark.parametrize(
  ("epochs", "said"),
  [
    (4, "generator trained on whole for 4 epochs, then was"),
    (0, "generator was"),
  ],
)
def test_the_page_says_how_long_it_was_whole(epochs, said):
  (note,) = _job(whole_epochs=epochs)._notes()
  assert note.startswith(
    f"The slim {said} cut once, down to 0.0625 of the MACs"
  )


def test_the_whole_network_trains_on_with_more_latents():
  job = _job(generator_batch_size=48)
  gan = tgp.GAN(
    tgp.networks.dcgan_discriminator((12, 12, 1), 4),
    tgp.networks.dcgan_generator((12, 12, 1), 4, 4),
    latent_dim=4,
  )
  gan.compile("adam", "adam")
  job.main.run_directory = types.SimpleNamespace(load={"begin.keras": gan}.get)
  whole = job._whole()
  assert whole.generator_batch_size == 48
  assert whole.generator is gan.generator


@pytest.mark.parametrize(
  ("changes", "sentence"),
  [
    ({"weights": (1.0,)}, "give one each"),
    ({"cuts": 5, "cut_epochs": 5}, "leaves none of"),
    ({"whole_epochs": 20}, "--whole_epochs 20.*leaves none of"),
    ({"whole_epochs": -1}, "--whole_epochs must be"),
    ({"macs": 0.0}, "--macs must lie above 0"),
    ({"distillation": ("image", "image")}, "each once"),
    ({"discriminator": "none"}, "--discriminator must be one of"),
    ({"teacher": "none"}, "--teacher must be one of"),
  ],
)
def test_settings_that_will_not_do(changes, sentence, tmp_path):
  main = digits_job.DigitsJob.__new__(digits_job.DigitsJob)
  main.settings = digits_job.Settings()
  with pytest.raises(ValueError, match=sentence):
    slim_job.SlimJob(tmp_path / "x", slim_job.Settings(**changes), main)


class _Trained:
  """GANs of which nothing but the generators is there."""

  def __init__(self, **generators):
    self._generators = generators

  def load(self, name):
    generator = self._generators[name.removesuffix(".keras")]
    return types.SimpleNamespace(
      ema_generator=generator, discriminator=generator
    )


def test_a_cut_after_one_that_went_too_far_keeps_what_is_left(monkeypatch):
  dense = tgp.networks.dcgan_generator((12, 12, 1), 4, 8)
  small = tgp.prune_channels(dense, macs=0.3)
  job = slim_job.SlimJob.__new__(slim_job.SlimJob)
  job.settings = slim_job.Settings(macs=0.5, cuts=2, whole_epochs=0)
  job.main = types.SimpleNamespace(
    run_directory=_Trained(begin=dense),
    settings=digits_job.Settings(latent_dim=4),
  )
  job.run_directory = _Trained(cut_1=small)
  monkeypatch.setattr(job, "_gan", lambda *arguments: arguments[2])
  assert tgp.profile(job.cut(2)).macs == tgp.profile(small).macs


@pytest.mark.parametrize(
  ("settings", "teacher", "judge", "needed"),
  [
    ({}, "average", "before", ("begin",)),
    ({"teacher": "trained"}, "trained", "trained", ("begin", "dense")),
    ({"teacher": "online"}, "generator", "before", ("begin",)),
  ],
)
def test_teachers(settings, teacher, judge, needed):
  job = slim_job.SlimJob.__new__(slim_job.SlimJob)
  job.settings = slim_job.Settings(**settings)
  job.main = types.SimpleNamespace(run_directory=_Trained(dense="trained"))
  dense = types.SimpleNamespace(ema_generator="average", generator="generator")
  before = types.SimpleNamespace(discriminator="before", teacher="later")
  assert job._teacher(dense, before, 1) == (teacher, judge)
  assert job.needed == needed
  later = "later" if teacher == "generator" else teacher
  assert job._teacher(dense, before, 2) == (later, judge)


def test_nothing_is_needed_of_a_teacher_who_teaches_nothing():
  job = slim_job.SlimJob.__new__(slim_job.SlimJob)
  job.settings = slim_job.Settings(
    teacher="trained", distillation=(), weights=()
  )
  assert job.needed == ("begin",)


@pytest.mark.parametrize("discriminator", ["kept", "new", "shrunk"])
def test_discriminators(discriminator, tmp_path):
  job = slim_job.SlimJob.__new__(slim_job.SlimJob)
  job.settings = slim_job.Settings(discriminator=discriminator, cuts=1)
  network = tgp.networks.dcgan_discriminator((12, 12, 1), 4)
  found = job._opponent(network, 1)
  assert (found is network) == (discriminator == "kept")
  if discriminator == "shrunk":
    assert found.count_params() < 0.5 * network.count_params()
  else:
    assert found.count_params() == network.count_params()


def test_a_discriminator_that_matches():
  job = slim_job.SlimJob.__new__(slim_job.SlimJob)
  job.settings = slim_job.Settings(discriminator="matched", cuts=2)
  network = tgp.networks.dcgan_discriminator((12, 12, 1), 16)
  whole = tgp.networks.dcgan_generator((12, 12, 1), 8, 16)
  small = tgp.prune_channels(whole, params=0.5)
  assert job._opponent(network, 1, small, whole) is network
  found = job._opponent(network, 2, small, whole)
  assert 0.3 < found.count_params() / network.count_params() <= 0.5
