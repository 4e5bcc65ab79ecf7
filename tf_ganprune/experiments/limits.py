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
"""What the settings of the jobs must be, each said in one sentence."""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  generators,
)

_MOST_WEIGHTS = 500_000_000
_MOST_IMAGE_BYTES = 8 * 2**30


@dataclasses.dataclass(frozen=True)
class Limit:
  """What a setting must be.

  Example:
    `Limit("must not be empty", bool)`

  Attributes:
    rule: Goes after the setting's name, in words.
    holds: Whether a value is so.
    optional: Whether None will do as well.
  """

  rule: str
  holds: Callable[[object], bool]
  optional: bool = False


def _whole(least: int, most: int, optional: bool = False) -> Limit:
  def holds(value):
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and least <= value <= most

  rule = f"must be a whole number from {least} to {most}"
  return Limit(rule, holds, optional)


def _real(rule: str, holds: Callable[[float], bool]) -> Limit:
  # Every comparison with NaN is false.
  def is_real(value):
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and holds(value)

  return Limit(f"must {rule}", is_real)


def _text(optional: bool = False) -> Limit:
  def holds(value):
    return isinstance(value, str) and bool(value.strip()) and "\0" not in value

  return Limit("must be a text that is not empty", holds, optional)


def _one_of(names) -> Limit:
  return Limit(f"must be one of {sorted(names)}", set(names).__contains__)


def _are_some_of(names) -> Callable[[object], bool]:
  return lambda values: (
    set(values) <= set(names) and len(values) == len(set(values))
  )


def _are_targets(values) -> bool:
  return bool(values) and _are_some_of(tgp.EXPORT_TARGETS)(values)


# float32 ends at 3e38, and numbers near it are as good as infinite.
_WEIGHT = _real("lie from 0 to 1e6", lambda w: 0 <= w <= 1e6)
_RATE = _real("lie above 0 and not above 1", lambda r: 0 < r <= 1)

LIMITS = {
  "dataset": _text(),
  "data_dir": _text(optional=True),
  "train_split": _text(),
  "test_split": _text(),
  "image_size": _whole(8, 1024, optional=True),
  "generator": _one_of(generators.GENERATORS),
  "latent_dim": _whole(1, 65_536),
  "width": _whole(1, 4096),
  "translation": _real("lie from 0 to 0.9", lambda t: 0 <= t <= 0.9),
  "batch_size": _whole(1, 65_536),
  "loss": _one_of(tgp.losses.LOSSES),
  "r1_weight": _WEIGHT,
  "d_learning_rate": _RATE,
  "g_learning_rate": _RATE,
  "ema_decay": _real(
    "lie between 0 and 1, 0.999999 at most", lambda d: 0 < d <= 0.999999
  ),
  "epochs": _whole(1, 100_000),
  "prune_epochs": _whole(1, 100_000),
  "prune": _one_of(["generator", "discriminator", "both"]),
  "final_sparsity": _real("be in [0, 1)", lambda s: 0 <= s < 1),
  "frequency": _whole(1, 1_000_000_000),
  "feature_model": _text(optional=True),
  "eval_images": _whole(10, 100_000),
  "targets": Limit(
    f"must be some of {list(tgp.EXPORT_TARGETS)}, each once", _are_targets
  ),
  "seed": _whole(0, 2**31 - 1),
}


SLIM_LIMITS = {
  "macs": _real("lie above 0 and not above 1", lambda m: 0 < m <= 1),
  "importance": _one_of(tgp.channels.IMPORTANCES),
  "allocation": _one_of(tgp.channels.ALLOCATIONS),
  "round_to": _whole(1, 1024),
  "cuts": _whole(1, 100),
  "cut_epochs": _whole(1, 100_000),
  "slim_epochs": _whole(1, 100_000),
  "whole_epochs": _whole(0, 100_000),
  "slim_learning_rate": _RATE,
  "generator_batch_size": _whole(1, 65_536),
  "distillation": Limit(
    f"must be some of {sorted(tgp.distillation.LOSSES)}, each once",
    _are_some_of(tgp.distillation.LOSSES),
  ),
  "weights": Limit(
    "must be a number from 0 to 1e6 for each --distillation",
    lambda weights: all(map(_WEIGHT.holds, weights)),
  ),
  "fade_to": _real("lie between 0 and 1", lambda share: 0 <= share <= 1),
  "teacher": _one_of(["online", "trained", "whole"]),
  "discriminator": _one_of(["kept", "matched", "new", "shrunk"]),
  "slim_targets": Limit(
    f"must be some of {list(tgp.EXPORT_TARGETS)}, each once", _are_targets
  ),
}


def broken(name: str, value, limits=None) -> str | None:
  """Returns the rule that a setting's value breaks, or None.

  Args:
    name: Of the setting, which is that of its flag.
    value: Of the setting.
    limits: By name; by default those of the main job.
  """
  limit = (limits or LIMITS)[name]
  if (limit.optional and value is None) or limit.holds(value):
    return None
  return limit.rule


def check(settings, limits=None) -> None:
  """Raises where a setting breaks its rule.

  Args:
    settings: A dataclass with a field for each limit.
    limits: By name; by default those of the main job.

  Raises:
    ValueError: If a value will not do.
  """
  for name in limits or LIMITS:
    value = getattr(settings, name)
    rule = broken(name, value, limits)
    if rule:
      raise ValueError(f"--{name} {rule}; got {value!r}.")


def num_weights(
  image_shape: tuple[int, int, int],
  latent_dim: int,
  width: int,
  generator: str = "dcgan",
) -> int:
  """Returns how many weights the two networks have, without making them.

  Args:
    image_shape: `(height, width, channels)`.
    latent_dim: Of the generator.
    width: Of both networks.
    generator: The kind of generator.

  Raises:
    ValueError: If there are no such networks.
  """
  # A graph's variables take no memory before they are initialized.
  with tf.Graph().as_default():
    kind = generators.GENERATORS[generator]
    network = kind.make(image_shape, latent_dim, width)
    discriminator = tgp.networks.dcgan_discriminator(image_shape, width)
    return network.count_params() + discriminator.count_params()


def check_sizes(settings, image_shape, num_train: int, num_test: int) -> None:
  """Raises where networks or images would not fit into a machine's memory.

  Args:
    settings: Of the job.
    image_shape: `(height, width, channels)`.
    num_train: How many real images a classifier is trained on.
    num_test: How many held-out images there are.

  Raises:
    ValueError: If they would not, or the DCGAN cannot make such images.
  """
  height, columns, channels = image_shape
  if channels not in (1, 3):
    raise ValueError(
      f"The images of --dataset {settings.dataset!r} have {channels} channels,"
      " and the job draws those of 1 or 3."
    )
  weights = num_weights(
    image_shape, settings.latent_dim, settings.width, settings.generator
  )
  if weights > _MOST_WEIGHTS:
    raise ValueError(
      f"--width {settings.width} and --latent_dim {settings.latent_dim} make"
      f" networks of {weights:,} weights for images of {height}x{columns}, and"
      f" {_MOST_WEIGHTS:,} is the most; lower one of them or --image_size."
    )
  if num_test < 4:
    raise ValueError(
      f"--test_split {settings.test_split!r} holds {num_test} images, and the"
      " metrics need at least 4."
    )
  num_images = max(num_train, num_test, settings.eval_images)
  num_bytes = 4 * num_images * height * columns * channels
  if num_bytes > _MOST_IMAGE_BYTES:
    raise ValueError(
      f"{num_images:,} images of {height}x{columns}x{channels} take"
      f" {num_bytes / 2**30:.0f} GB of memory, and"
      f" {_MOST_IMAGE_BYTES / 2**30:.0f} GB is the most; lower --image_size or"
      " --eval_images, or take a part of a split, such as"
      " --train_split='train[:10000]'."
    )
