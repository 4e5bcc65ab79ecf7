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
"""Measures whether reading images ever holds up the training of a GAN.

  python -m benchmarks.pruning.input_pipeline

prints, for each image size, how many images a second `tgp.data.load` gives in
its first epoch (read, decoded, resized) and in later ones (from memory), how
many a DCGAN of that size eats, and how much longer an epoch of `fit` takes on
the pipeline than on one batch repeated. The table is written as JSON.
"""

import dataclasses

from absl import app, flags

import tf_ganprune as tgp
from benchmarks import result_files, timing, verdicts
from tf_ganprune import markdown_table

_SIZES = flags.DEFINE_multi_integer(
  "pixels", [28, 32, 64, 128], "Pixels of a side."
)
_CHANNELS = flags.DEFINE_multi_integer("channels", [1, 3], "Grey or colour.")
_SPLIT = flags.DEFINE_string("split", "train", "Which images of mnist_5k.")
_DATA_DIR = flags.DEFINE_string("tfds_dir", None, "Where TFDS keeps data sets.")
_BATCH_SIZE = flags.DEFINE_integer(
  "images_a_batch", 32, "Images in a batch.", 1
)
_WIDTH = flags.DEFINE_integer("dcgan_width", 32, "Of the DCGAN.", 1)
_SECONDS = flags.DEFINE_float(
  "seconds", 4.0, "About how long a contestant trains in each round."
)
_ROUNDS = flags.DEFINE_integer("rounds", 15, "Not more than so many.", 1)
_MAX_SECONDS = flags.DEFINE_float(
  "max_seconds", 120.0, "About how long an image size takes."
)
_HEADER = (
  "Image",
  "First epoch, images/s",
  "Later epochs, images/s",
  "Train step, images/s",
  "First : step",
  "Later : step",
  "Cost in `fit`, %",
)


def load(size: int, channels: int):
  """Returns a new pipeline, nothing of which is in memory yet."""
  return tgp.data.load(
    "mnist_5k",
    _SPLIT.value,
    size,
    _BATCH_SIZE.value,
    data_dir=_DATA_DIR.value,
    channels=channels,
    drop_remainder=True,
  )


def read(batches) -> int:
  """Reads an epoch as fast as it comes; returns the number of images."""
  return sum(batch.shape[0] for batch in batches)


def make_gan(size: int, channels: int) -> tgp.GAN:
  """Returns the main job's GAN for images of that size."""
  shape = (size, size, channels)
  gan = tgp.GAN(
    tgp.networks.dcgan_discriminator(shape, _WIDTH.value, 0.1),
    tgp.networks.dcgan_generator(shape, 64, _WIDTH.value),
    latent_dim=64,
    ema_decay=0.998,
  )
  adam = tgp.keras.optimizers.Adam
  gan.compile(adam(2e-3), adam(2e-3), loss="hinge")
  return gan


def measure(size: int, channels: int) -> dict:
  """Returns one row of the table, and the timings that it comes from.

  Args:
    size: Pixels of a side.
    channels: 1 or 3.
  """
  pipeline, gan = load(size, channels), make_gan(size, channels)
  images = read(pipeline)  # what follows are later epochs
  in_memory = pipeline.take(1).cache().repeat()

  def fit(batches, steps):
    gan.fit(batches, steps_per_epoch=steps, epochs=1, verbose=0)

  fit(in_memory, 2)  # traces the step
  seconds = timing.timed(lambda: fit(in_memory, 4))
  steps = max(4, int(4 * _SECONDS.value / seconds))
  timings = timing.run(
    {
      "first_epoch": lambda: read(load(size, channels)),
      "later_epoch": lambda: read(pipeline),
      "fit_in_memory": lambda: fit(in_memory, steps),
      "fit_on_pipeline": lambda: fit(pipeline.repeat(), steps),
    },
    max_rounds=_ROUNDS.value,
    max_seconds=_MAX_SECONDS.value,
  )
  return row(f"{size}x{size}x{channels}", images, steps, timings)


def row(
  image: str, images: int, steps: int, timings: dict[str, timing.Timing]
) -> dict:
  """Returns speeds, ratios and timings.

  Args:
    image: The images' shape.
    images: How many are in an epoch.
    steps: How many train steps a call of `fit` made.
    timings: Of the four contestants.
  """
  median = {name: timing.median for name, timing in timings.items()}
  step = steps * _BATCH_SIZE.value / median["fit_in_memory"]
  first = images / median["first_epoch"]
  later = images / median["later_epoch"]
  cost = median["fit_on_pipeline"] / median["fit_in_memory"] - 1.0
  return {
    "image": image,
    "first_epoch": first,
    "later_epochs": later,
    "train_step": step,
    "first_ratio": first / step,
    "ratio": later / step,
    "cost_percent": 100.0 * cost,
    "images": images,
    "steps": steps,
    "seconds": {n: dataclasses.asdict(t) for n, t in timings.items()},
  }


def goals(record: dict) -> dict[str, bool]:
  """Returns whether the pipeline is never the bottleneck."""
  slowest = min(min(x["ratio"], x["first_ratio"]) for x in record["rows"])
  return {"never the bottleneck": slowest > 1.0}


def table(record: dict) -> str:
  """Returns what a machine's record has, in Markdown."""
  cells = [list(x.values())[: len(_HEADER)] for x in record["rows"]]
  (is_met,) = goals(record).values()
  return (
    f"{markdown_table.text(_HEADER, cells)}\n"
    f"Never the bottleneck: {verdicts.word(is_met)}."
  )


def main(argv):
  """Measures, prints and writes."""
  del argv
  settings = {
    "batch_size": _BATCH_SIZE.value,
    "width": _WIDTH.value,
    "split": _SPLIT.value,
  }
  file = result_files.opened("input_pipeline", {"settings": settings})
  for channels in _CHANNELS.value:
    for size in _SIZES.value:
      # After each row, because all of them take long.
      file.add({"rows": [measure(size, channels)]}, rows=["image"])
  print(verdicts.text(file.machines(), table, goals))


if __name__ == "__main__":
  app.run(main)
