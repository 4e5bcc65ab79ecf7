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

  python -m benchmarks.pruning.strategy_steps

The strategies are those of `examples.sweep`. Each trains in turn with the dense
GAN, step by step, so that what else the machine does hits both. A round has as
many steps of each as there are between prunings, and so one pruning. The GANs
are built anew several times, since where a build's numbers lie in memory makes
a difference as large as that of some strategies. What a strategy adds is the
mean of the builds' medians of the rounds' ratios.
"""

import statistics
from collections.abc import Callable, Sequence

import tensorflow as tf
from absl import app, flags

import tf_ganprune as tgp
from benchmarks import result_files, timing, verdicts
from benchmarks.pruning import train_step
from tf_ganprune import markdown_table
from tf_ganprune.experiments import dcgan_task, strategies

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
  "timed_width",
  dcgan_task.DCGAN.sweep_defaults["width"],
  "Of the networks.",
  1,
)
_FREQUENCY = flags.DEFINE_integer(
  "timed_frequency", 50, "Steps between prunings, and of a round.", 1
)
_BUILDS = flags.DEFINE_integer(
  "builds", 5, "How often the GANs are built anew.", 2
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
  names: Sequence[str], width: int, frequency: int, rounds: int, builds: int
) -> dict[str, dict[str, float]]:
  """Returns how long a strategy's steps take, compared with dense ones.

  Args:
    names: Of the strategies.
    width: Of the networks.
    frequency: Steps between prunings, and of a round.
    rounds: How often both are compared, of each build.
    builds: How often the GANs are built anew.

  Returns:
    By name, as of `added`.
  """
  found = {name: [] for name in names}
  for number in range(builds):
    dense = _step(gan(_BASE, width, frequency))
    for name in names:
      other = _step(gan(name, width, frequency))
      found[name].append(timing.run_pair(dense, other, rounds, frequency))
      print(number, name, f"{found[name][-1][0].median - 1:+.1%}", flush=True)
  return {name: added(timings, frequency) for name, timings in found.items()}


def added(timings: Sequence[tuple], steps: int) -> dict[str, float]:
  """Summarizes the builds.

  Args:
    timings: As of `timing.run_pair`, of each build.
    steps: Of a round.

  Returns:
    The `milliseconds` of a step and of a dense one, the share `over` that the
    strategy adds, and the `half_width` of the 95 % interval of that, by
    Student's t over the builds.
  """
  ratios, own, dense = (
    [x.median for x in column] for column in zip(*timings, strict=True)
  )
  error = statistics.stdev(ratios) / len(ratios) ** 0.5
  return {
    "milliseconds": 1e3 * statistics.mean(own) / steps,
    "dense_milliseconds": 1e3 * statistics.mean(dense) / steps,
    "over": statistics.mean(ratios) - 1,
    "half_width": timing.half_width_95(error, len(ratios)),
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


def goals(record: dict) -> dict[str, bool | None]:
  """Returns by strategy whether it adds little; None if that is not sure."""
  return {
    name: None
    if abs(x["over"] - _goal(name)) < x["half_width"]
    else x["over"] <= _goal(name)
    for name, x in record["strategies"].items()
  }


def _goal(name: str) -> float:
  return _GRADIENTS_GOAL if name in READ_GRADIENTS else _GOAL


def rows(record: dict) -> list[list]:
  """Returns the table's rows."""
  met = goals(record)
  return [
    [
      name,
      f"{x['milliseconds']:.1f}",
      f"{x['dense_milliseconds']:.1f}",
      f"{x['over']:+.1%} ± {x['half_width']:.1%}",
      f"{_goal(name):.0%}: {verdicts.word(met[name])}",
    ]
    for name, x in record["strategies"].items()
  ]


def table(record: dict) -> str:
  """Returns what a machine's record has, in Markdown."""
  header = ("strategy", "ms a step", "dense", "more than dense", "goal")
  return markdown_table.text(header, rows(record))


def main(argv):
  """Measures, prints and writes."""
  del argv
  steps, rounds = _FREQUENCY.value, timing.ROUNDS.value
  file = result_files.opened(
    "strategy_steps",
    {
      "seed": _SEED,
      "sparsity": _SPARSITY,
      "batch_size": _BATCH_SIZE,
      "width": _WIDTH.value,
      "frequency": steps,
      "rounds": rounds,
      "builds": _BUILDS.value,
    },
  )
  found = measure(_TIMED.value, _WIDTH.value, steps, rounds, _BUILDS.value)
  file.add({"strategies": found})
  print(verdicts.text(file.machines(), table, goals))


if __name__ == "__main__":
  app.run(main)
