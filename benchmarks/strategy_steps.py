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

The strategies are those of `examples.sweep`. Each trains in turn with the dense
GAN, step by step, so that what else the machine does hits both. A round has as
many steps of each as there are between prunings, and so one pruning; what a
strategy adds is the median of the rounds' ratios.
"""

from collections.abc import Callable, Sequence

import tensorflow as tf
from absl import app, flags

import tf_ganprune as tgp
from benchmarks import contest, train_step
from examples import strategies, sweep

# Left out are those that train on more latents or with a teacher, fewer
# channels, and measured sensitivity, which only says beforehand how sparse.
TIMED = (
  "magnitude",
  "gradient",
  "taylor",
  "movement",
  "spectral",
  "snip",
  "random",
  "erk",
  "global",
  "lamp",
  "l1",
  "l2",
  "group_lasso",
  "cosine",
  "exponential",
  "staged",
  "one_shot",
  "set",
  "rigl",
  "balanced",
  "ticket",
  "both",
)
_TIMED = flags.DEFINE_list(
  "timed_strategies", list(TIMED), "Of those of examples.sweep."
)
flags.register_validator(
  "timed_strategies",
  lambda names: set(names) <= set(strategies.STRATEGIES),
  f"must be of {', '.join(strategies.STRATEGIES)}.",
)
_WIDTH = flags.DEFINE_integer(
  "timed_width", sweep.DEFAULTS["width"], "Of the networks.", 1
)
_FREQUENCY = flags.DEFINE_integer(
  "timed_frequency", 50, "Steps between prunings, and of a round.", 1
)
READ_GRADIENTS = (
  *("gradient", "taylor", "movement", "snip"),
  *("rigl", "balanced"),
)
_GOAL, _GRADIENTS_GOAL = 0.05, 0.1
_BASE = strategies.BASE
_LATENT_DIM, _BATCH_SIZE, _SEED, _SPARSITY = 64, 32, 0, 0.8
# So long that a run ends before the schedule does.
_EPOCHS, _STEPS_PER_EPOCH = 1000, 125


def measure(
  names: Sequence[str], width: int, frequency: int, rounds: int
) -> dict[str, tuple[contest.Timing, ...]]:
  """Returns how long a strategy's steps take, compared with dense ones.

  Args:
    names: Of the strategies.
    width: Of the networks.
    frequency: Steps between prunings, and of a round.
    rounds: How often both are compared.

  Returns:
    As of `contest.run_pair`, by name.
  """

  def step(name):
    return _step(gan(name, width, frequency))

  dense = step(_BASE)
  return {
    name: contest.run_pair(dense, step(name), rounds, frequency)
    for name in names
  }


def _step(trained: tgp.GAN) -> Callable[[], object]:
  """Returns a train step as `fit` makes it, always of the same images."""
  images = tf.random.stateless_uniform(
    [_BATCH_SIZE, *train_step.IMAGE_SHAPE], [_SEED, 0], -1.0
  )
  data = tf.data.Dataset.from_tensors(images).repeat()
  options = tf.data.Options()
  options.autotune.enabled = False  # as of tgp.data.load: a tuner's sleeps
  data = data.with_options(options)
  trained.fit(data, steps_per_epoch=1, verbose=0)
  function, iterator = trained.make_train_function(), iter(data)
  return lambda: function(iterator)


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
  goal = _GRADIENTS_GOAL if name in READ_GRADIENTS else _GOAL
  if abs(over - goal) < unsure:
    return f"{goal:.0%}: cannot be told"
  return f"{goal:.0%}: {contest.verdict(over <= goal)}"


def _numbers(ratios, own, dense, steps: int) -> dict[str, float]:
  return {
    "milliseconds": 1e3 * own.median / steps,
    "dense_milliseconds": 1e3 * dense.median / steps,
    "over": ratios.median - 1,
    "half_width": ratios.half_width,
  }


def main(argv):
  """Measures, prints and writes."""
  del argv
  steps = _FREQUENCY.value
  timings = measure(_TIMED.value, _WIDTH.value, steps, contest.ROUNDS.value)
  found = {name: _numbers(*x, steps) for name, x in timings.items()}
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
