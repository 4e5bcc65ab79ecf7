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
r"""Exports a saved generator for a target, and prints the report.

  python -m examples.export_tflite --model=generator.keras --target=gpu \
    --output=generator.tflite

takes any network: plain or pruned, of tf_keras or of Keras 3, or a whole GAN,
whose (averaged) generator is exported. If the target does not take it, the exit
code is 1, one sentence says why, and no file is written.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402
from absl import app, flags  # noqa: E402

import tf_ganprune as tgp  # noqa: E402
from tf_ganprune.experiments import handover  # noqa: E402
from tf_ganprune.saving import models  # noqa: E402

_MODEL = flags.DEFINE_string("model", None, "A .keras file.", required=True)
_TARGET = flags.DEFINE_enum(
  "target", "cpu", list(tgp.EXPORT_TARGETS), "What to export for."
)
_OUTPUT = flags.DEFINE_string(
  "output", None, "The .tflite file to write.", required=True
)
_INPUTS = flags.DEFINE_string(
  "inputs",
  None,
  "A .npy file of inputs as the network will see them, [n, ...], to calibrate"
  " int8 and to compare with; by default they are drawn from N(0, 1).",
)


def load(path: str) -> tgp.keras.Model:
  """Returns the network of a file.

  Args:
    path: A `.keras` file of tf_keras or of Keras 3.

  Raises:
    ValueError: If there is none, or it cannot be loaded or converted.
  """
  models.check_whole(path)
  if models.is_keras3_file(path):
    return tgp.from_keras3(_load_keras3(path))
  model = tgp.load_model(path)
  is_gan = isinstance(model, (tgp.GAN, tgp.WGANGP))
  return handover.exported(model)["generator"] if is_gan else model


def _load_keras3(path: str):
  import keras  # noqa: PLC0415

  try:
    return keras.saving.load_model(path, compile=False)
  except Exception as error:  # Keras raises many types.
    reason = " ".join(str(error).split())
    raise ValueError(f"{path!r} cannot be loaded: {reason[:300]}") from error


def read_inputs(path: str | None) -> np.ndarray | None:
  """Returns the array of a `.npy` file, None for None.

  Raises:
    ValueError: If it is none.
  """
  if path is None:
    return None
  try:
    return np.load(path, allow_pickle=False)
  except (OSError, EOFError, ValueError) as error:
    raise ValueError(f"--inputs {path!r} cannot be read: {error}.") from error


def main(argv):
  """Exports, or says why not."""
  if len(argv) > 1:
    raise app.UsageError(f"Unknown argument {argv[1]!r}; flags begin with --.")
  try:
    report = tgp.export_tflite(
      load(_MODEL.value),
      _OUTPUT.value,
      _TARGET.value,
      representative_data=read_inputs(_INPUTS.value),
    )
  except (ImportError, ValueError) as error:
    sys.exit(f"export_tflite: {error}")
  print(report)


if __name__ == "__main__":
  app.run(main)
