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
"""Encodes sounds as WAV files, and draws their spectrograms."""

import io
import wave

import numpy as np
import scipy.signal

from tf_ganprune.report import optional_imports

_LARGEST = 32_767
_WINDOW = 1024
_DYNAMIC_RANGE = 80  # Decibels: fainter parts are black.
_SIZE = (3.4, 1.7)  # Inches.


def checked(name: str, sound) -> np.ndarray:
  """Checks a sound, and returns it as float32 `[samples, channels]`.

  Args:
    name: The name of the sound, for the message.
    sound: `[samples]` or `[samples, channels]`, with 1 or 2 channels; floats in
      [-1, 1], or int16.

  Raises:
    ValueError: If its shape or type is another, it has no samples, or it has
      NaN or infinity.
  """
  sound = np.asarray(sound)
  if sound.dtype == np.int16:
    sound = sound / (_LARGEST + 1)
  if sound.ndim == 1:
    sound = sound[:, None]
  if sound.ndim != 2 or sound.shape[1] not in (1, 2) or sound.dtype.kind != "f":
    raise ValueError(
      f"The sound of {name} must be floats in [-1, 1] or int16, [samples] or"
      f" [samples, channels] with 1 or 2 channels; got {sound.dtype},"
      f" {list(sound.shape)}."
    )
  if not len(sound) or not np.isfinite(sound).all():
    what = "NaN or infinity" if len(sound) else "no samples"
    raise ValueError(f"The sound of {name} has {what}.")
  return sound.astype(np.float32)


def clipped(sound: np.ndarray) -> str:
  """Returns a note on the share of samples outside [-1, 1]; '' if none are.

  Args:
    sound: A sound as `checked` returns it.
  """
  share = float(np.mean(np.abs(sound) > 1))
  return f"{share:.1%} of its samples were clipped" if share else ""


def encode_wav(sound: np.ndarray, sample_rate: int) -> bytes:
  """Encodes a sound as a WAV file of 16 bits.

  Args:
    sound: A sound as `checked` returns it; samples outside [-1, 1] are clipped.
    sample_rate: The number of samples a second.
  """
  numbers = np.round(np.clip(sound, -1, 1) * _LARGEST).astype("<i2")
  buffer = io.BytesIO()
  with wave.open(buffer, "wb") as file:
    file.setnchannels(sound.shape[1])
    file.setsampwidth(2)
    file.setframerate(sample_rate)
    file.writeframes(numbers.tobytes())
  return buffer.getvalue()


def spectrograms(sounds: list[np.ndarray], sample_rate: int) -> list[bytes]:
  """Draws spectrograms of sounds that are compared, with one scale of colours.

  Args:
    sounds: Sounds as `checked` returns them; channels are averaged.
    sample_rate: The number of samples a second.

  Returns:
    The bytes of a PNG for each sound. The brightest colour is the loudest part
    of all sounds, and parts that are fainter by 80 dB or more are black.

  Raises:
    ImportError: If matplotlib is not installed.
  """
  powers = [_power(sound.mean(axis=1), sample_rate) for sound in sounds]
  loudest = max(float(power.max()) for *_, power in powers)
  seconds = max(len(sound) for sound in sounds) / sample_rate
  return [
    _draw(_decibels(power, loudest), len(sound) / sample_rate, rate, seconds)
    for sound, (rate, power) in zip(sounds, powers, strict=True)
  ]


def _power(sound, sample_rate) -> tuple[float, np.ndarray]:
  """Returns the highest frequency in Hz, and power by frequency and time."""
  window = min(_WINDOW, len(sound))
  frequencies, _, power = scipy.signal.spectrogram(
    sound, sample_rate, nperseg=window, noverlap=window // 2, detrend=False
  )
  return max(float(frequencies[-1]), 1.0), power


def _decibels(power: np.ndarray, loudest: float) -> np.ndarray:
  if not loudest:
    return np.full(power.shape, -float(_DYNAMIC_RANGE))
  floor = 10 ** (-_DYNAMIC_RANGE / 10)
  return 10 * np.log10(np.maximum(power / loudest, floor))


def _draw(decibels, seconds, highest, longest) -> bytes:
  figure = optional_imports.need("matplotlib.figure").Figure(
    _SIZE, layout="constrained"
  )
  axes = figure.add_subplot()
  axes.imshow(
    decibels,
    cmap="magma",
    vmin=-_DYNAMIC_RANGE,
    vmax=0,
    origin="lower",
    aspect="auto",
    extent=(0, seconds, 0, highest / 1000),
  )
  axes.set_facecolor("black")
  axes.set_xlim(0, longest)
  axes.set_xlabel("s", fontsize=7, labelpad=1)
  axes.set_ylabel("kHz", fontsize=7, labelpad=1)
  axes.tick_params(labelsize=7, length=2)
  buffer = io.BytesIO()
  # The version of matplotlib in a picture would make pages differ.
  figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
  return buffer.getvalue()
