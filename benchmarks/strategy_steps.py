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
"""Times what each pruning strategy adds to a train step of the sweep's GAN.

  python -m benchmarks.strategy_steps

The strategies are those of `examples.sweep`. Each trains with `GAN.fit` in turn
with the dense GAN, in blocks of as many steps as there are between prunings, so
that each block has one. What it adds is told from the fastest third of the
blocks of each, with an interval from a bootstrap over the rounds.
"""

import tensorflow as tf
from absl import app, flags

import tf_ganprune as tgp
from benchmarks import contest, train_step
from examples import strategies, sweep

# Another's step costs as much: a schedule and a joint choice of what goes
# change when and where, and a lottery ticket and sensitivity what is around.
TIMED = (
  "magnitude",
  "gradient",
  "taylor",
  "movement",
  "spectral",
  "snip",
  "random",
  "global",
  "lamp",
  "l2",
  "group_lasso",
  "set",
  "rigl",
  "both",
)
_TIMED = flags.DEFINE_list(
  "timed_strategies", list(TIMED), "Of those of examples.sweep."
)
_WIDTH = flags.DEFINE_integer(
  "timed_width", sweep.DEFAULTS["width"], "Of the networks.", 1
)
_FREQUENCY = flags.DEFINE_integer(
  "timed_frequency", 50, "Steps between prunings, and in a block.", 1
)
_READ_GRADIENTS = ("gradient", "taylor", "movement", "snip", "rigl")
_GOAL, _GRADIENTS_GOAL = 0.05, 0.1
_BASE = strategies.BASE
_LATENT_DIM, _BATCH_SIZE, _SEED, _SPARSITY = 64, 32, 0, 0.8
# So long that a run ends before the schedule does.
_EPOCHS, _STEPS_PER_EPOCH = 1000, 125


def measure(
  names, width: int, frequency: int, rounds: int
) -> dict[str, contest.Pair]:
  """Returns how long a strategy's blocks take, compared with dense ones.

  Args:
    names: Of the strategies.
    width: Of the networks.
    frequency: Steps between prunings, and in a block.
    rounds: Pairs of blocks.
  """
  images = tf.random.stateless_uniform(
    [_BATCH_SIZE, *train_step.IMAGE_SHAPE], [_SEED, 0], -1.0
  )
  data = tf.data.Dataset.from_tensors(images).repeat(frequency)
  options = tf.data.Options()
  options.autotune.enabled = False  # as of tgp.data.load: a tuner's sleeps
  data = data.with_options(options)

  def block(name):
    trained = gan(name, width, frequency)
    return lambda: trained.fit(data, epochs=1, verbose=0)

  dense = block(_BASE)
  return {name: contest.run_pair(dense, block(name), rounds) for name in names}


def gan(name: str, width: int, frequency: int) -> tgp.GAN:
  """Returns a GAN that prunes by a strategy, compiled."""
  tgp.keras.utils.set_random_seed(_SEED)
  dense = tgp.GAN(
    *train_step.digits_networks(width), _LATENT_DIM, ema_decay=0.998
  )
  adam = tgp.keras.optimizers.Adam
  dense.compile(adam(2e-4), adam(2e-4), loss="hinge")
  plan = strategies.Plan(_SPARSITY, _EPOCHS, _STEPS_PER_EPOCH, frequency, _SEED)
  return strategies.STRATEGIES[name].make(dense, plan)


def rows(found: dict[str, dict]) -> list[list]:
  """Returns the table's rows.

  Args:
    found: By strategy, the `milliseconds` of its step and of the dense one's,
      the share `over` that it adds, and the `half_width` of that.
  """
  return [
    [
      name,
      f"{x['milliseconds']:.1f}",
      f"{x['dense_milliseconds']:.1f}",
      f"{x['over']:+.1%} ± {x['half_width']:.1%}",
      _verdict(name, x["over"], x["half_width"]),
    ]
    for name, x in found.items()
  ]


def _verdict(name: str, over: float, unsure: float) -> str:
  goal = _GRADIENTS_GOAL if name in _READ_GRADIENTS else _GOAL
  if abs(over - goal) < unsure:
    return f"{goal:.0%}: cannot be told"
  return f"{goal:.0%}: {contest.verdict(over <= goal)}"


def _numbers(pair: contest.Pair, steps: int) -> dict[str, float]:
  return {
    "milliseconds": 1e3 * pair.seconds / steps,
    "dense_milliseconds": 1e3 * pair.base_seconds / steps,
    "over": pair.ratio - 1,
    "half_width": pair.half_width,
  }


def main(argv):
  """Measures, prints and writes."""
  del argv
  steps = _FREQUENCY.value
  timings = measure(_TIMED.value, _WIDTH.value, steps, contest.ROUNDS.value)
  found = {name: _numbers(pair, steps) for name, pair in timings.items()}
  result = {
    "seed": _SEED,
    "sparsity": _SPARSITY,
    "batch_size": _BATCH_SIZE,
    "width": _WIDTH.value,
    "frequency": steps,
    "rounds": contest.ROUNDS.value,
    "strategies": found,
  }
  contest.write(__file__, result)
  header = ("strategy", "ms a step", "dense", "more than dense", "goal")
  print(contest.table(header, rows(found)))


if __name__ == "__main__":
  app.run(main)
