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
"""Tests of sounds and of what their spectrograms show."""

import numpy as np
import pytest

from tf_ganprune.report import audio

_RATE = 8000


def _tone(hertz, seconds=0.5, loud=1.0):
  t = np.arange(int(_RATE * seconds)) / _RATE
  return audio.checked("x", loud * np.sin(2 * np.pi * hertz * t))


def test_the_loudest_frequency_is_the_tones():
  highest, power = audio._power(_tone(1000).mean(axis=1), _RATE)
  assert highest == 4000
  bins = power.shape[0] - 1
  assert power.argmax(axis=0) == pytest.approx(bins * 1000 / highest)


def test_decibels_are_of_the_loudest_of_all():
  loud, faint = (
    audio._power(_tone(1000, loud=x).mean(axis=1), _RATE)[1] for x in (1, 0.1)
  )
  assert audio._decibels(loud, loud.max()).max() == pytest.approx(0)
  assert audio._decibels(faint, loud.max()).max() == pytest.approx(-20, abs=0.1)
  assert audio._decibels(faint, loud.max()).min() == pytest.approx(-80)


def test_silence_and_a_single_sample_are_drawn():
  silence = audio.checked("x", np.zeros(100, np.float32))
  (picture,) = audio.spectrograms([silence], _RATE)
  assert picture.startswith(b"\x89PNG")
  assert audio.spectrograms([silence[:1]], _RATE)


def test_the_same_sound_gives_the_same_picture():
  one, other = (audio.spectrograms([_tone(500)], _RATE) for _ in range(2))
  assert one == other


def test_int16_and_stereo():
  sound = audio.checked("x", np.array([[16384, -32768]], np.int16))
  np.testing.assert_array_equal(sound, [[0.5, -1.0]])
  assert sound.dtype == np.float32
  assert audio.encode_wav(sound, _RATE)[22:24] == b"\x02\x00"  # channels
