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
"""Times what the base of all families costs.

  python -m benchmarks.pruning.gan_step --step_before=FOLDER

times the train step of `tgp.GAN`, dense and pruned, in two processes that take
turns: one of this checkout and one of that in FOLDER (for example `git worktree
add FOLDER COMMIT`). And it times a family of four networks, two generators and
two discriminators with a cycle, that uses one tape, against the same family
with a tape for each network. As a control, this checkout is timed against
itself. Medians of ratios of neighbours are printed and written as JSON;
`--parts=GAN, pruned` measures some, and keeps what the file has of the others.
"""

import contextlib
import os
import pathlib
import subprocess
import sys
from collections.abc import Iterator

import tensorflow as tf
from absl import app, flags

import tf_ganprune as tgp
from benchmarks import result_files, timing, verdicts
from tf_ganprune import markdown_table

_BEFORE = flags.DEFINE_string("step_before", None, "Another checkout's folder.")
_STEPS = flags.DEFINE_integer("turn_steps", 10, "Steps in a turn.", 1)
_TURNS = flags.DEFINE_integer("turns", 30, "Pairs of turns.", 3)
_WIDTH = flags.DEFINE_integer("step_width", 32, "Of the main job's networks.")
_SIZE = flags.DEFINE_integer("image_sides", 32, "Of the four networks' images.")
_FILTERS = flags.DEFINE_integer("filters", 16, "Of the four networks.", 1)
_PARTS = flags.DEFINE_multi_string("parts", None, "Rows; by default all.")
_PROGRAM = pathlib.Path(__file__).with_name("gan_step_program.py")
_BATCH_SIZE = 4
_TAPES, _ITSELF = "one tape for four", "GAN, pruned, against itself"
_GOALS = {"GAN, dense": 1.02, "GAN, pruned": 1.02, _TAPES: 0.75}
_KINDS = {"GAN, dense": "dense", "GAN, pruned": "ours", _ITSELF: "ours"}
_HEADER = ("step", "base, ms", "now, ms", "ratio", "95 %", "goal")


class FourNetworks(tgp.PrunedGAN):
  """A CycleGAN whose losses are computed on one tape, or on one for each.

  Zhu et al. 2017, "Unpaired Image-to-Image Translation using Cycle-Consistent
  Adversarial Networks", equation 3, with least squares.

  Example:
    `FourNetworks(size=32, filters=16, one_tape=True)`
  """

  def __init__(self, size: int, filters: int, one_tape: bool):
    """Makes the networks."""
    shape = (size, size, 3)
    super().__init__(
      {
        "generator_G": _translator(shape, filters),
        "generator_F": _translator(shape, filters),
        "discriminator_X": _judge(shape, filters),
        "discriminator_Y": _judge(shape, filters),
      }
    )
    self.one_tape = one_tape
    self._adversarial = tgp.losses.get("least_squares")

  def _made(self, x, y) -> dict:
    """Returns what the losses are computed from."""
    fake_y = self.generator_G(x, training=True)
    fake_x = self.generator_F(y, training=True)
    again_x = self.generator_F(fake_y, training=True)
    again_y = self.generator_G(fake_x, training=True)
    cycle = tf.reduce_mean(tf.abs(again_x - x))
    cycle += tf.reduce_mean(tf.abs(again_y - y))
    return {"x": fake_x, "y": fake_y, "cycle": 10.0 * cycle}

  def _fooled(self, discriminator, fake) -> tf.Tensor:
    return self._adversarial.generator(discriminator(fake, training=True))

  def _judged(self, discriminator, real, fake) -> tf.Tensor:
    fake = tf.stop_gradient(fake)
    return self._adversarial.discriminator(
      discriminator(real, training=True), discriminator(fake, training=True)
    )

  def _loss(self, name, x, y) -> tf.Tensor:
    """Returns one network's loss, with nothing from another's."""
    if name == "discriminator_X":
      fake = self.generator_F(y, training=True)
      return self._judged(self.discriminator_X, x, fake)
    if name == "discriminator_Y":
      fake = self.generator_G(x, training=True)
      return self._judged(self.discriminator_Y, y, fake)
    made = self._made(x, y)
    if name == "generator_G":
      return made["cycle"] + self._fooled(self.discriminator_Y, made["y"])
    return made["cycle"] + self._fooled(self.discriminator_X, made["x"])

  def update(self, batch) -> dict[str, tf.Tensor]:
    """Updates each network once."""
    x, y = batch
    if self.one_tape:
      return self._at_once(x, y)
    return {
      name: self.minimize(name, lambda name=name: self._loss(name, x, y))
      for name in self.networks
    }

  def _at_once(self, x, y) -> dict[str, tf.Tensor]:
    with tf.GradientTape(persistent=True) as tape:
      made = self._made(x, y)
      fooled = self._fooled(self.discriminator_Y, made["y"])
      fooled += self._fooled(self.discriminator_X, made["x"])
      judged = self._judged(self.discriminator_X, x, made["x"])
      judged += self._judged(self.discriminator_Y, y, made["y"])
      losses = {
        ("generator_G", "generator_F"): fooled + made["cycle"],
        ("discriminator_X", "discriminator_Y"): judged,
      }
    self.apply(self.gradients(tape, losses), losses)
    return {"generators": fooled + made["cycle"], "discriminators": judged}


def _translator(shape, filters: int) -> tgp.keras.Model:
  layers = tgp.keras.layers
  x = image = tgp.keras.Input(shape)
  for strides in (1, 2):
    x = layers.Conv2D(filters * strides, 3, strides, "same")(x)
    x = layers.ReLU()(layers.GroupNormalization(-1)(x))
  for _ in range(3):
    y = layers.Conv2D(2 * filters, 3, padding="same", activation="relu")(x)
    x = x + layers.Conv2D(2 * filters, 3, padding="same")(y)
  x = layers.Conv2DTranspose(filters, 3, 2, "same", activation="relu")(x)
  x = layers.Conv2D(shape[-1], 3, padding="same", activation="tanh")(x)
  return tgp.keras.Model(image, x)


def _judge(shape, filters: int) -> tgp.keras.Model:
  layers = tgp.keras.layers
  x = image = tgp.keras.Input(shape)
  for times in (1, 2, 4):
    x = layers.Conv2D(times * filters, 4, 2, "same")(x)
    x = layers.LeakyReLU(0.2)(x)
  return tgp.keras.Model(image, layers.Conv2D(1, 4, padding="same")(x))


def _steps(one_tape: bool, size: int, filters: int, count: int):
  """Returns a function that makes steps of the four networks."""
  tgp.keras.utils.set_random_seed(0)
  gan = FourNetworks(size, filters, one_tape)
  gan.compile(dict.fromkeys(gan.networks, "adam"))
  images = [
    tf.random.stateless_uniform([_BATCH_SIZE, size, size, 3], [i, 0], -1.0)
    for i in range(2)
  ]
  data = iter(tf.data.Dataset.from_tensors(tuple(images)).repeat())
  function = gan.make_train_function()

  def run():
    for _ in range(count):
      logs = function(data)
    timing.wait(logs)

  return run


@contextlib.contextmanager
def _worker(folder: pathlib.Path, kind: str, width: int) -> Iterator:
  """Starts a process of a checkout; yields what lets it make steps."""
  with subprocess.Popen(
    [sys.executable, str(_PROGRAM), kind, str(width)],
    env=os.environ | {"PYTHONPATH": str(folder), "TF_CPP_MIN_LOG_LEVEL": "3"},
    cwd=folder,
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    text=True,
  ) as process:

    def run(steps: int) -> float:
      process.stdin.write(f"{steps}\n")
      process.stdin.flush()
      line = process.stdout.readline()
      if not line:
        raise RuntimeError(f"{_PROGRAM.name} failed in {folder}.")
      return float(line)

    yield run
    process.stdin.close()


def _against(folder: pathlib.Path, kind: str) -> tuple:
  """Returns the timings of this checkout and of another, in turn."""
  here, steps = _PROGRAM.parents[2], _STEPS.value
  with (
    _worker(folder, kind, _WIDTH.value) as before,
    _worker(here, kind, _WIDTH.value) as now,
  ):
    return timing.run_pair(
      lambda: before(steps), lambda: now(steps), _TURNS.value
    )


def _tapes() -> tuple:
  """Returns the timings of one tape and of four, in turn."""
  runs = [
    _steps(one_tape, _SIZE.value, _FILTERS.value, _STEPS.value)
    for one_tape in (False, True)
  ]
  return timing.run_pair(*runs, _TURNS.value)


def goals(record: dict) -> dict[str, bool]:
  """Returns by row whether it costs little."""
  return {
    name: found["ratio"] <= _GOALS[name]
    for name, found in record["results"].items()
    if name in _GOALS
  }


def rows(record: dict) -> list[list]:
  """Returns the table's rows."""
  met = goals(record)
  return [
    [
      name,
      found["base_ms"],
      found["now_ms"],
      f"{found['ratio']:.3f}",
      f"± {found['half_width']:.3f}",
      f"{_GOALS[name]:g}: {verdicts.word(met[name])}" if name in met else "",
    ]
    for name, found in record["results"].items()
  ]


def table(record: dict) -> str:
  """Returns what a machine's record has, in Markdown."""
  return markdown_table.text(_HEADER, rows(record))


def _as_json(ratio, now, base) -> dict:
  scale = 1e3 / _STEPS.value
  return {
    "base_ms": scale * base.median,
    "now_ms": scale * now.median,
    "ratio": ratio.median,
    "half_width": ratio.half_width,
    "turns": ratio.rounds,
  }


def _measured(name: str) -> tuple:
  """Returns the timings of a row."""
  if name == _TAPES:
    return _tapes()
  here = _PROGRAM.parents[2]
  folder = here if name == _ITSELF else pathlib.Path(_BEFORE.value).resolve()
  return _against(folder, _KINDS[name])


def _names() -> list[str]:
  """Returns the rows to measure.

  Raises:
    ValueError: If one is not known, or needs another checkout.
  """
  known = [_TAPES, *_KINDS]
  names = _PARTS.value or [x for x in known if _BEFORE.value or x == _TAPES]
  for name in names:
    if name not in known:
      raise ValueError(f"--parts must be some of {known}; got {name!r}.")
    if name in _KINDS and name != _ITSELF and not _BEFORE.value:
      raise ValueError(f"--parts={name} needs --step_before, a checkout.")
  return names


def main(argv):
  """Measures, prints and writes."""
  del argv
  names = _names()
  settings = {
    "steps_in_a_turn": _STEPS.value,
    "width": _WIDTH.value,
    "four_networks": {
      "image_side": _SIZE.value,
      "filters": _FILTERS.value,
      "batch_size": _BATCH_SIZE,
    },
  }
  file = result_files.opened("gan_step", settings)
  for name in names:
    file.add({"results": {name: _as_json(*_measured(name))}})
  print(verdicts.text(file.machines(), table, goals))


if __name__ == "__main__":
  app.run(main)
