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
"""Trains, prunes, evaluates and exports a DCGAN: the whole way in one program.

  python -m examples.mnist_dcgan

leaves networks, `.tflite` files, pictures, numbers and `report.html` in
`--output_dir`. Killed and started again with the same flags, it goes on.
"""

import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from absl import app, flags, logging  # noqa: E402

import tf_ganprune as tgp  # noqa: E402
from tf_ganprune.experiments import (  # noqa: E402
  digits_job,
  generators,
  limits,
)

_D = digits_job.Settings()

_OUTPUT_DIR = flags.DEFINE_string(
  "output_dir", "runs/mnist_dcgan", "Where everything goes."
)
flags.DEFINE_string(
  "dataset", _D.dataset, "A TFDS image data set, or image_folder."
)
flags.DEFINE_string("data_dir", _D.data_dir, "Where TFDS keeps data sets.")
flags.DEFINE_string("train_split", _D.train_split, "Images to train on.")
flags.DEFINE_string("test_split", _D.test_split, "Held-out images.")
flags.DEFINE_integer(
  "image_size", _D.image_size, "Resize to this; by default as they are."
)
flags.DEFINE_enum(
  "generator",
  _D.generator,
  sorted(generators.GENERATORS),
  "A DCGAN's, or one for XNNPACK's sparse kernels on ARM, which has twice the"
  " channels.",
)
flags.DEFINE_integer("latent_dim", _D.latent_dim, "Size of a latent.")
flags.DEFINE_integer("width", _D.width, "Channels of the outer layers.")
flags.DEFINE_float(
  "translation",
  _D.translation,
  "Up to which part of its size the discriminator's images are shifted.",
)
flags.DEFINE_integer("batch_size", _D.batch_size, "Images in a batch.")
flags.DEFINE_enum(
  "loss", _D.loss, sorted(tgp.losses.LOSSES), "The adversarial loss."
)
flags.DEFINE_float("r1_weight", _D.r1_weight, "Of the R1 penalty.")
flags.DEFINE_float("d_learning_rate", _D.d_learning_rate, "Adam's.")
flags.DEFINE_float("g_learning_rate", _D.g_learning_rate, "Adam's.")
flags.DEFINE_float(
  "ema_decay", _D.ema_decay, "Of the generator's moving average."
)
flags.DEFINE_integer("epochs", _D.epochs, "Dense epochs, for both.")
flags.DEFINE_integer(
  "prune_epochs", _D.prune_epochs, "Epochs after that, pruned and dense."
)
flags.DEFINE_enum(
  "prune",
  _D.prune,
  ["generator", "discriminator", "both"],
  "The networks to prune.",
)
flags.DEFINE_float("final_sparsity", _D.final_sparsity, "Share of zeros.")
flags.DEFINE_integer("frequency", _D.frequency, "Steps between prunings.")
flags.DEFINE_string(
  "feature_model",
  _D.feature_model,
  "A saved Keras network for the metrics' features, such as InceptionV3; by"
  " default a classifier is trained.",
)
flags.DEFINE_integer("eval_images", _D.eval_images, "Images generated.")
flags.DEFINE_multi_enum(
  "targets", list(_D.targets), list(tgp.EXPORT_TARGETS), "What to export for."
)
flags.DEFINE_integer("seed", _D.seed, "Of everything random.")


def _register_validator(name):
  def check(value):
    rule = limits.broken(name, value)
    if rule:
      raise flags.ValidationError(rule + ".")
    return True

  flags.register_validator(name, check)


for _name in limits.LIMITS:
  _register_validator(_name)
flags.register_validator(
  "output_dir",
  lambda path: bool(path and path.strip()) and "\0" not in path,
  "must be a text that is not empty.",
)


def main(argv):
  """Runs the job that the flags describe."""
  if len(argv) > 1:
    raise app.UsageError(f"Unknown argument {argv[1]!r}; flags begin with --.")
  logging.set_verbosity(logging.WARNING)  # TFDS tells each file that it reads
  begun = time.time()
  settings = digits_job.Settings.from_flags(flags.FLAGS)
  try:
    job = digits_job.DigitsJob(_OUTPUT_DIR.value, settings).open()
  except ValueError as error:
    sys.exit(f"mnist_dcgan: {error}")
  job.run()
  print(f"Done in {time.time() - begun:.0f} s.")


if __name__ == "__main__":
  app.run(main)
