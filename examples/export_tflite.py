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
whose (averaged) generator is exported. If the target refuses the network, the
exit code is 1, one sentence tells the reason, and no file is written. The
package's own `python -m tf_ganprune export` does the same, with more flags.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from absl import app, flags  # noqa: E402

import tf_ganprune as tgp  # noqa: E402
from tf_ganprune.cli import export_command, saved  # noqa: E402

_MODEL = flags.DEFINE_string("model", None, "A .keras file.", required=True)
_TARGET = flags.DEFINE_enum(
  "target", "cpu", list(tgp.EXPORT_TARGETS), "The export target."
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


def main(argv):
  """Exports the network and prints the report, or exits with an error."""
  if len(argv) > 1:
    raise app.UsageError(f"Unknown argument {argv[1]!r}; flags begin with --.")
  try:
    report = export_command.export(
      _MODEL.value,
      _OUTPUT.value,
      _TARGET.value,
      saved.read_arrays("inputs", _INPUTS.value),
    )
  except (ImportError, ValueError) as error:
    sys.exit(f"export_tflite: {error}")
  print(report)


if __name__ == "__main__":
  app.run(main)
