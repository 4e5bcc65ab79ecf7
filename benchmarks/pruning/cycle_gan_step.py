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
"""Times a train step of `tgp.CycleGAN` beside one that is written by hand.

  python -m benchmarks.pruning.cycle_gan_step

Both train networks of the same layers (ResNets and discriminators of patches)
on the same images with the same weights of losses, in one process, in turns.
The other class computes the losses of all four networks on one tape, and asks
it for gradients four times, as CycleGANs are written by hand; there a generator
learns from its own half of the cycle, and discriminators see no earlier images.
Medians of ratios of neighbours are printed and written as JSON; as a control,
`tgp.CycleGAN` is timed against itself.
"""

import functools

import tensorflow as tf
from absl import app, flags

import tf_ganprune as tgp
from benchmarks import result_files, timing, verdicts
from tf_ganprune import markdown_table

_STEPS = flags.DEFINE_integer("cycle_steps", 2, "Steps in a turn.", 1)
_TURNS = flags.DEFINE_integer("cycle_turns", 15, "Pairs of turns.", 3)
_SIZE = flags.DEFINE_integer("cycle_size", 64, "Of a side of images.", 16)
_WIDTH = flags.DEFINE_integer("cycle_width", 16, "Of the generators.", 1)
_BLOCKS = flags.DEFINE_integer("cycle_blocks", 6, "Residual blocks.", 1)
_BATCH = flags.DEFINE_list("cycle_batches", ["1", "8"], "Images in a batch.")
_GOAL = 0.8
_ITSELF = "against itself"
_HEADER = ("step", "by hand, ms", "tgp, ms", "ratio", "95 %", "goal")


class ByHand(tgp.keras.Model):
  """A CycleGAN on one persistent tape with four requests for gradients.

  Example:
    `ByHand(generator_G, generator_F, discriminator_X, discriminator_Y)`
  """

  def __init__(
    self, generator_G, generator_F, discriminator_X, discriminator_Y
  ):
    """Takes over the networks."""
    super().__init__()
    self.generators = [generator_G, generator_F]
    self.judges = [discriminator_X, discriminator_Y]

  def compile(self, *optimizers) -> None:  # noqa: F811
    """Sets the optimizers, in the order of the networks."""
    super().compile()
    self.four_optimizers = optimizers

  def call(self, inputs):
    """Is not used."""
    return inputs

  def train_step(self, data):
    """Trains on one batch."""
    x, y = data
    with tf.GradientTape(persistent=True) as tape:
      losses = self._four_losses(x, y)
    networks = [*self.generators, *self.judges]
    for network, optimizer, loss in zip(
      networks, self.four_optimizers, losses, strict=True
    ):
      variables = network.trainable_variables
      gradients = tape.gradient(loss, variables)
      optimizer.apply_gradients(zip(gradients, variables, strict=True))
    names = ("G_loss", "F_loss", "D_X_loss", "D_Y_loss")
    return dict(zip(names, losses, strict=True))

  def _four_losses(self, x, y) -> list[tf.Tensor]:
    G, F, X, Y = (
      functools.partial(network, training=True)
      for network in (*self.generators, *self.judges)
    )
    fake_y, fake_x = G(x), F(y)
    again_x, again_y, same_x, same_y = F(fake_y), G(fake_x), F(x), G(y)
    scores = X(x), X(fake_x), Y(y), Y(fake_y)
    return [
      _square(scores[3], 1) + 10 * _far(y, again_y) + 5 * _far(y, same_y),
      _square(scores[1], 1) + 10 * _far(x, again_x) + 5 * _far(x, same_x),
      0.5 * (_square(scores[0], 1) + _square(scores[1], 0)),
      0.5 * (_square(scores[2], 1) + _square(scores[3], 0)),
    ]


def _square(scores, label: float) -> tf.Tensor:
  return tf.reduce_mean(tf.square(scores - label))


def _far(one, other) -> tf.Tensor:
  return tf.reduce_mean(tf.abs(one - other))


def networks(size: int, width: int, blocks: int) -> dict:
  """Returns new networks by their names in `tgp.CycleGAN`."""
  shape = (size, size, 3)
  tgp.keras.utils.set_random_seed(0)
  generator = functools.partial(
    tgp.networks.resnet_generator, shape, width, blocks
  )
  judge = functools.partial(
    tgp.networks.patch_discriminator, shape, width=width
  )
  return {
    "generator_G": generator(),
    "generator_F": generator(),
    "discriminator_X": judge(),
    "discriminator_Y": judge(),
  }


def _run(kind, batch_size: int):
  """Returns a function that makes steps of one class."""
  size = _SIZE.value
  gan = kind(**networks(size, _WIDTH.value, _BLOCKS.value))
  gan.compile(*(tgp.keras.optimizers.Adam(2e-4, 0.5) for _ in range(4)))
  images = [
    tf.random.stateless_uniform([batch_size, size, size, 3], [i, 0], -1.0)
    for i in range(2)
  ]
  data = iter(tf.data.Dataset.from_tensors(tuple(images)).repeat())
  function = gan.make_train_function()

  def run():
    for _ in range(_STEPS.value):
      logs = function(data)
    timing.wait(logs)

  return run


def parts() -> dict[str, tuple]:
  """Returns the rows to measure: both classes, and the size of a batch."""
  sizes = [int(x) for x in _BATCH.value]
  found = {f"batches of {n}": (ByHand, tgp.CycleGAN, n) for n in sizes}
  return found | {_ITSELF: (tgp.CycleGAN, tgp.CycleGAN, sizes[-1])}


def goals(record: dict) -> dict[str, bool]:
  """Returns by row whether the step is fast enough."""
  return {
    name: found["ratio"] <= _GOAL
    for name, found in record["results"].items()
    if name != _ITSELF
  }


def table(record: dict) -> str:
  """Returns what a machine's record has, in Markdown."""
  met = goals(record)
  rows = [
    [
      name,
      f"{found['base_ms']:.1f}",
      f"{found['now_ms']:.1f}",
      f"{found['ratio']:.3f}",
      f"± {found['half_width']:.3f}",
      f"{_GOAL:g}: {verdicts.word(met[name])}" if name in met else "",
    ]
    for name, found in record["results"].items()
  ]
  return markdown_table.text(_HEADER, rows)


def _measured(base, now, batch_size: int) -> dict:
  runs = _run(base, batch_size), _run(now, batch_size)
  ratio, faster, slower = timing.run_pair(*runs, _TURNS.value)
  scale = 1e3 / _STEPS.value
  return {
    "base_ms": scale * slower.median,
    "now_ms": scale * faster.median,
    "ratio": ratio.median,
    "half_width": ratio.half_width,
  }


def main(argv):
  """Measures, prints and writes."""
  del argv
  settings = {
    "steps_in_a_turn": _STEPS.value,
    "image_side": _SIZE.value,
    "width": _WIDTH.value,
    "blocks": _BLOCKS.value,
  }
  file = result_files.opened("cycle_gan_step", settings)
  for name, part in parts().items():
    file.add({"results": {name: _measured(*part)}})
  print(verdicts.text(file.machines(), table, goals))


if __name__ == "__main__":
  app.run(main)
