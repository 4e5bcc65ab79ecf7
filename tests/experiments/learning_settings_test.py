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
"""Tests of what phases have in common in which networks learn."""

import pytest

from tests import tiny
from tf_ganprune.experiments import (
  distilling,
  fields,
  learning_settings,
  slim_settings,
  zeros_settings,
)

_BOTH = (slim_settings.Settings, zeros_settings.Settings)


@pytest.mark.parametrize("kind", _BOTH)
@pytest.mark.parametrize("name", ["distillation", "weights", "fade_to"])
def test_phases_have_the_limits_of_one_place(kind, name):
  limits = [
    fields.flat(x)[name].metadata["limit"]
    for x in (kind, learning_settings.Settings)
  ]
  assert limits[0] is limits[1]


@pytest.mark.parametrize("kind", _BOTH)
def test_a_weight_for_each_loss(kind):
  settings = kind(distillation=("image",), weights=(1.0, 2.0))
  sentence = "--x_distillation has 1 losses, and --x_weights has 2 numbers;"
  with pytest.raises(ValueError, match=sentence):
    learning_settings.check(settings, "x_")
  learning_settings.check(kind(distillation=("image",), weights=(1.0,)), "x_")


def test_what_is_learnt_in_words():
  kind = learning_settings.Settings
  assert kind().learnt == "nothing"
  two = kind(("image", "ssim"), (1.0, 1.0), fade_to=1.0)
  assert two.learnt == "image and ssim"
  fading = kind(("image",), (1.0,), fade_to=0.1)
  assert fading.learnt == "image, with weights that fall to 10%"


def test_lessons_are_by_the_names_of_who_learns():
  settings = learning_settings.Settings(("image",), (2.0,))
  judge = tiny.discriminator()
  taught = {"there": ("teacher of there", judge), "back": ("of back", judge)}
  found = distilling.lessons(taught, settings, 0.5, 8)
  assert found["teachers"] == {"there": "teacher of there", "back": "of back"}
  (loss,) = found["distillation"]["back"]
  assert [float(loss.weight(n)) for n in (0, 8)] == [2.0, 1.0]
