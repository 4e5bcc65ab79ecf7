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

import pytest

from tests.examples import job


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
  """Returns the folder of a job that was killed twice, and its last output."""
  folder = tmp_path_factory.mktemp("job")
  output, data = folder / "out", folder / "data"
  for awaited in ("begin.csv", "checkpoints/pruned/chief/ckpt-1.digest"):
    job.kill_when_there(output / awaited, job.command(output, data))
  result = job.run(output, data)
  assert result.returncode == 0, result.stderr[-2000:]
  return output, result.stdout
