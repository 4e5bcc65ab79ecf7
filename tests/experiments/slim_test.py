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
"""Tests of the phase that loses channels: what is trained, and what with."""

import types

import numpy as np
import pytest

import tf_ganprune as tgp
from tests import tiny
from tests.experiments import slims
from tf_ganprune.experiments import (
  distilling,
  run_directory,
  slim_settings,
)

_SHAPE = (12, 12, 1)
_Experiment, _slim = slims.Experiment, slims.contestant


def _gan(width=4, **kwargs) -> tgp.GAN:
  gan = tgp.GAN(
    tgp.networks.dcgan_discriminator(_SHAPE, 4),
    tgp.networks.dcgan_generator(_SHAPE, 4, width),
    latent_dim=4,
    **kwargs,
  )
  gan.compile("adam", "adam")
  return gan


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
    for directory, phase in _slim(whole="whole", **settings).parts()
  ]
  assert found == expected


def test_each_phase_begins_with_what_the_one_before_left(monkeypatch):
  way = _slim(cuts=2)
  monkeypatch.setattr(way, "cut", lambda number: f"cut {number}")
  monkeypatch.setattr(way, "_whole", lambda: "whole")
  begun = [phase.begin() for _, phase in way.parts()]
  assert begun == ["whole", "cut 1", "cut 2"]


def test_what_is_cut_first():
  whole = types.SimpleNamespace(load={"whole.keras": "trained on"}.get)
  experiment = _Experiment(begin="begun")
  assert _slim(experiment, whole=whole)._dense() == "trained on"
  assert _slim(experiment, whole_epochs=0)._dense() == "begun"


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
  way = _slim(**settings)
  assert [way._fade(n + 1) for n in range(len(expected))] == expected


def test_weights_fall_evenly():
  found = distilling.losses(tiny.discriminator(), fade_to=0.5, fade_steps=8)
  assert [[float(x.weight(n)) for n in (0, 4, 8, 9)] for x in found] == [
    [10.0, 7.5, 5.0, 5.0],
    [3.0, 2.25, 1.5, 1.5],
  ]
  assert [x.weight for x in distilling.losses(tiny.discriminator())] == [10, 3]


def test_ways_share_a_whole_network(tmp_path):
  experiment = _Experiment()
  whole = run_directory.RunDirectory(tmp_path / "w", {})
  for name, macs in (("a", 0.5), ("b", 0.25)):
    own = run_directory.RunDirectory(tmp_path / name, {})
    _slim(experiment, own, whole, macs=macs).train()
  assert experiment.trained == [
    (d, p) for x in "ab" for d, p in (("w", "whole"), (x, "slim"))
  ]


def test_the_whole_network_alone():
  assert _slim(macs=0.5).train_whole() == "whole"
  experiment = _Experiment(begin="begun")
  assert _slim(experiment, macs=0.5, whole_epochs=0).train_whole() == "begun"


def test_the_page_says_what_fades():
  (note,) = _slim(fade_to=0.2).notes()
  assert "features, with weights that fall to 20%. Its" in note
  (note,) = _slim(fade_to=1.0).notes()
  assert "image and discriminator_features. Its" in note


@pytest.mark.parametrize(
  ("epochs", "said"),
  [
    (4, "generator trained on whole for 4 epochs, then was"),
    (0, "generator was"),
  ],
)
def test_the_page_says_how_long_it_was_whole(epochs, said):
  (note,) = _slim(whole_epochs=epochs).notes()
  assert note.startswith(
    f"The slim {said} cut once, down to 0.0625 of the MACs"
  )


def test_the_whole_network_trains_on_with_more_latents():
  gan = _gan()
  whole = _slim(_Experiment(begin=gan), generator_batch_size=48)._whole()
  assert whole.generator_batch_size == 48
  assert whole.generator is gan.generator
  whole = _slim(_Experiment(begin=gan), generator_batch_size=None)._whole()
  assert whole.generator_batch_size is None


@pytest.mark.parametrize(
  ("changes", "sentence"),
  [
    ({"weights": (1.0,)}, "--slim_distillation.*--slim_weights has 1 "),
    ({"cuts": 5, "cut_epochs": 5}, "--slim_cuts 5 .*raise --slim_epochs"),
    ({"whole_epochs": 20}, "--slim_whole_epochs 20.*--slim_epochs"),
    ({"whole_epochs": -1}, "--slim_whole_epochs must be"),
    ({"macs": 0.0}, "--slim_macs .*0"),
    (
      {"distillation": ("image", "image")},
      r"--slim_distillation .*\('image', 'image'\)",
    ),
    ({"discriminator": "none"}, "--slim_discriminator"),
    ({"teacher": "none"}, "--slim_teacher"),
  ],
)
def test_settings_that_will_not_do(changes, sentence):
  with pytest.raises(ValueError, match=sentence):
    _slim(**changes).check()


def test_widths_that_cannot_be_had_are_refused():
  experiment = _Experiment()
  experiment.begin = _gan
  with pytest.raises(ValueError, match="`macs=1e-06`"):
    _slim(experiment, macs=1e-6).check()
  _slim(experiment, macs=0.5).check()


def test_a_cut_after_one_that_went_too_far_keeps_what_is_left(monkeypatch):
  dense = _gan(8)
  small = _gan(8)
  small.generator = tgp.prune_channels(dense.generator, macs=0.3)
  own = types.SimpleNamespace(load={"cut_1.keras": small}.get)
  settings = {"macs": 0.5, "cuts": 2, "whole_epochs": 0}
  way = _slim(_Experiment(begin=dense), own, **settings)
  monkeypatch.setattr(way, "_gan", lambda *arguments: arguments[2])
  found = way.cut(2)["generator"]
  assert tgp.profile(found).macs == tgp.profile(small.generator).macs


@pytest.mark.parametrize(
  ("settings", "teacher", "judge", "needed"),
  [
    ({}, "average", "before", ()),
    ({"teacher": "trained"}, "trained", "its judge", ("dense",)),
    ({"teacher": "online"}, "generator", "before", ()),
  ],
)
def test_teachers(settings, teacher, judge, needed):
  def gan(generator, average, judge, teacher=None):
    networks = {
      "generator": generator,
      "discriminator": judge,
      "teacher": teacher,
    }
    return types.SimpleNamespace(
      networks=networks,
      averaged=lambda name: average,
      judge_of=lambda name: "discriminator",
      teacher_of={"generator": "teacher"}.get,
    )

  trained = gan(None, "trained", "its judge")
  way = _slim(_Experiment(dense=trained), **settings)
  dense = gan("generator", "average", None)
  before = gan(None, None, "before", "later")
  assert way._teacher(dense, before, 1, "generator") == (teacher, judge)
  assert way.needed == needed
  later = "later" if teacher == "generator" else teacher
  assert way._teacher(dense, before, 2, "generator") == (later, judge)


def test_nothing_is_needed_of_a_teacher_who_teaches_nothing():
  way = _slim(teacher="trained", distillation=(), weights=())
  assert way.needed == ()
  assert way._lessons(None, None, {}, 1) == {}


@pytest.mark.parametrize("discriminator", ["kept", "new", "shrunk"])
def test_discriminators(discriminator):
  way = _slim(discriminator=discriminator, cuts=1)
  network = tgp.networks.dcgan_discriminator(_SHAPE, 4)
  found = way._opponent(network, 1)
  assert (found is network) == (discriminator == "kept")
  if discriminator == "shrunk":
    assert found.count_params() < 0.5 * network.count_params()
  else:
    assert found.count_params() == network.count_params()


def test_a_discriminator_that_matches():
  way = _slim(discriminator="matched", cuts=2)
  network = tgp.networks.dcgan_discriminator(_SHAPE, 16)
  whole = tgp.networks.dcgan_generator(_SHAPE, 8, 16)
  small = tgp.prune_channels(whole, params=0.5)
  assert way._opponent(network, 1, small, whole) is network
  found = way._opponent(network, 2, small, whole)
  assert 0.3 < found.count_params() / network.count_params() <= 0.5


@pytest.mark.parametrize("kind", ["kept", "new"])
def test_optimizers_of_networks_that_stay_go_on(kind):
  gan = _gan(8, ema_decay=0.9)
  discriminator, optimizer = gan.discriminator, gan.d_optimizer
  settings = {"macs": 0.5, "whole_epochs": 0, "discriminator": kind}
  found = _slim(_Experiment(begin=gan), **settings).cut(1)
  assert (found.discriminator is discriminator) == (kind == "kept")
  assert (found.d_optimizer is optimizer) == (kind == "kept")
  assert found.g_optimizer is not gan.g_optimizer
  assert float(found.g_optimizer.learning_rate) == pytest.approx(5e-3)
  assert found.teacher is gan.ema_generator
  assert found.t_optimizer is None
  assert (
    tgp.profile(found.generator).macs < 0.5 * tgp.profile(gan.generator).macs
  )


def test_a_teacher_that_learns_goes_on_over_all_cuts():
  gan = _gan(8, ema_decay=0.9)
  teacher, optimizer = gan.generator, gan.g_optimizer
  gan.ema_generator.set_weights([x + 1 for x in teacher.get_weights()])
  averaged = gan.ema_generator.get_weights()
  first = _slim(
    _Experiment(begin=gan),
    macs=0.5,
    whole_epochs=0,
    teacher="online",
    cuts=2,
  )
  one = first.cut(1)
  first._loaded = lambda *_: one
  gan.generator = teacher
  two = first.cut(2)
  for found in (one, two):
    assert found.teacher is teacher
    assert found.t_optimizer is optimizer
    for ours, theirs in zip(
      found.ema_teacher.get_weights(), averaged, strict=True
    ):
      np.testing.assert_array_equal(ours, theirs)
  assert two.generator.count_params() < one.generator.count_params()


def test_epochs_that_are_not_known_yet_are_refused():
  with pytest.raises(ValueError, match="`resolved`"):
    slim_settings.Settings().epochs()
  assert slim_settings.Settings().resolved(4).epochs() == [
    ("whole", 2),
    ("slim", 2),
  ]
