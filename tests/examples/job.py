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
"""The main job, so small that tests can run it."""

import pathlib
import signal
import subprocess
import sys
import time

from tests import build_files

SMALL = [
  "--image_size=12",
  "--width=2",
  "--latent_dim=8",
  "--epochs=2",
  "--prune_epochs=2",
  "--eval_images=200",
  "--train_split=train[:10%]",
  "--test_split=test[:20%]",
  "--targets=cpu",
  "--targets=cpu-small",
  "--frequency=4",
]


def command(output_dir, data_dir, *flags):
  """Returns the small job's command line."""
  return [
    sys.executable,
    "-m",
    "examples.mnist_dcgan",
    f"--output_dir={output_dir}",
    f"--data_dir={data_dir}",
    *SMALL,
    *flags,
  ]


def run(*arguments):
  """Runs the small job; takes what `command` takes."""
  return subprocess.run(
    command(*arguments),
    cwd=build_files.ROOT,
    capture_output=True,
    text=True,
    check=False,
  )


def kill_when_there(file: pathlib.Path, command):
  """Starts a program, and kills it when a file is there."""
  with subprocess.Popen(
    command,
    cwd=build_files.ROOT,
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
  ) as process:
    deadline = time.time() + 300
    while not file.exists() and process.poll() is None:
      assert time.time() < deadline
      time.sleep(0.02)
    assert process.poll() is None, "the job ended before it was to be killed"
    process.send_signal(signal.SIGKILL)
