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

import os
import pathlib
import signal
import time

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
  "--phases=dense",
  "--phases=pruned",
]


PROGRAM = "examples.mnist_dcgan"


def arguments(output_dir, data_dir, *flags):
  """Returns the small job's command line, after the program."""
  return [
    f"--output_dir={output_dir}",
    f"--data_dir={data_dir}",
    *SMALL,
    *flags,
  ]


def kill_when_there(
  file: pathlib.Path, programs, *arguments, program: str = PROGRAM
):
  """Starts the job, or another program, and kills it when a file is there."""
  process = programs.start(program, *arguments)
  deadline = time.time() + 300
  while not file.exists():
    assert time.time() < deadline
    os.kill(process, 0)  # is refused if it has ended
    time.sleep(0.02)
  os.kill(process, signal.SIGKILL)
  # It was alive: this signal and nothing else ended it.
  assert os.WTERMSIG(programs.wait()) == signal.SIGKILL
