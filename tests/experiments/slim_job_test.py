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
"""Tests for slim_job: what is trained, and what with."""

import types

import pytest

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.experiments import (
  digits_job,
  distilling,
  slim_job,
  slim_settings,
)


def _job(**settings):
  job = slim_job.SlimJob.__new__(slim_job.SlimJob)
  job.settings = slim_settings.Settings(**settings)
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
  job.settings = slim_settings.Settings(whole_epochs=0)
  assert job._dense().ema_generator == "begun"


@pytest.mark.parametrize(
  ("settings", "expected"),
  [
    ({"fade_to": 0.1}, [(0.1, 70)]),
    (
      {"fade_to": 0.1, "cuts": 2, "whole_epochs": 3, "cut_epochs": 4},
      [(1.0, 1), (0.1, 91)],
    ),
  ],
)
def test_what_is_learnt_fades_after_the_last_cut(settings, expected):
  job = _job(**settings)
  job.main.steps_per_epoch = 7
  assert [job._fade(n + 1) for n in range(len(expected))] == expected


def test_weights_fall_evenly():
  found = distilling.losses(tiny.discriminator(), fade_to=0.5, fade_steps=8)
  assert [[float(x.weight(n)) for n in (0, 4, 8, 9)] for x in found] == [
    [10.0, 7.5, 5.0, 5.0],
    [3.0, 2.25, 1.5, 1.5],
  ]
  assert [x.weight for x in distilling.losses(tiny.discriminator())] == [10, 3]


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
    settings = slim_settings.Settings(macs=macs)
    job = slim_job.SlimJob(tmp_path / name, settings, _Main(), tmp_path / "w")
    job.train()
  assert trained == [
    (d, p) for x in "ab" for d, p in (("w", "whole"), (x, "slim"))
  ]
  for other in ({"whole_epochs": 3}, {"generator_batch_size": 3}):
    settings = slim_settings.Settings(macs=0.5, **other)
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
  job = slim_job.SlimJob(
    tmp_path / "a", slim_settings.Settings(macs=0.5), _Main()
  )
  assert job.train_whole() == "whole"
  settings = slim_settings.Settings(macs=0.5, whole_epochs=0)
  job = slim_job.SlimJob(tmp_path / "b", settings, _Main())
  monkeypatch.setattr(job, "_dense", lambda: "begun")
  assert job.train_whole() == "begun"


def test_the_page_says_what_fades():
  (note,) = _job(fade_to=0.2)._notes()
  assert "features, less and less, 20% of it in the end. Its" in note
  (note,) = _job(fade_to=1.0)._notes()
  assert "image and discriminator_features. Its" in note


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
    slim_job.SlimJob(tmp_path / "x", slim_settings.Settings(**changes), main)


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
  job.settings = slim_settings.Settings(macs=0.5, cuts=2, whole_epochs=0)
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
  job.settings = slim_settings.Settings(**settings)
  job.main = types.SimpleNamespace(run_directory=_Trained(dense="trained"))
  dense = types.SimpleNamespace(ema_generator="average", generator="generator")
  before = types.SimpleNamespace(discriminator="before", teacher="later")
  assert job._teacher(dense, before, 1) == (teacher, judge)
  assert job.needed == needed
  later = "later" if teacher == "generator" else teacher
  assert job._teacher(dense, before, 2) == (later, judge)


def test_nothing_is_needed_of_a_teacher_who_teaches_nothing():
  job = slim_job.SlimJob.__new__(slim_job.SlimJob)
  job.settings = slim_settings.Settings(
    teacher="trained", distillation=(), weights=()
  )
  assert job.needed == ("begin",)


@pytest.mark.parametrize("discriminator", ["kept", "new", "shrunk"])
def test_discriminators(discriminator, tmp_path):
  job = slim_job.SlimJob.__new__(slim_job.SlimJob)
  job.settings = slim_settings.Settings(discriminator=discriminator, cuts=1)
  network = tgp.networks.dcgan_discriminator((12, 12, 1), 4)
  found = job._opponent(network, 1)
  assert (found is network) == (discriminator == "kept")
  if discriminator == "shrunk":
    assert found.count_params() < 0.5 * network.count_params()
  else:
    assert found.count_params() == network.count_params()


def test_a_discriminator_that_matches():
  job = slim_job.SlimJob.__new__(slim_job.SlimJob)
  job.settings = slim_settings.Settings(discriminator="matched", cuts=2)
  network = tgp.networks.dcgan_discriminator((12, 12, 1), 16)
  whole = tgp.networks.dcgan_generator((12, 12, 1), 8, 16)
  small = tgp.prune_channels(whole, params=0.5)
  assert job._opponent(network, 1, small, whole) is network
  found = job._opponent(network, 2, small, whole)
  assert 0.3 < found.count_params() / network.count_params() <= 0.5
