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
"""One run of the small main job for all who need it."""

import contextlib

import pytest

from tests.examples import job
from tests.examples import programs as programs_


@pytest.fixture(scope="session")
def programs():
  """Runs programs, and imports TensorFlow once for all of them."""
  with contextlib.closing(programs_.Programs()) as started:
    yield started


@pytest.fixture(scope="session")
def finished(programs, tmp_path_factory):
  """Returns the folder of a job that was killed twice, and its last output."""
  folder = tmp_path_factory.mktemp("job")
  output, data = folder / "out", folder / "data"
  arguments = job.arguments(output, data)
  for awaited in ("begin.csv", "checkpoints/pruned/chief/ckpt-1.digest"):
    job.kill_when_there(output / awaited, programs, *arguments)
  result = programs.run(job.PROGRAM, *arguments)
  assert result.returncode == 0, result.stderr[-2000:]
  return output, result.stdout
