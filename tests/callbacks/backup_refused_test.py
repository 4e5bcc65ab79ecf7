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
"""Tests of backups that training cannot go on from."""

import pytest
import tensorflow as tf

from tests.callbacks import trainings
from tf_ganprune import gan
from tf_ganprune.callbacks import backup
from tf_ganprune.keras_compat import keras


def _fit(model, folder, **data):
  model.fit(
    **(data or trainings.plain()),
    epochs=trainings.EPOCHS,
    verbose=0,
    callbacks=[backup.BackupAndRestore(folder, 2)],
  )


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory):
  """A folder with the backup of a training that was interrupted."""
  folder = tmp_path_factory.mktemp("backup")
  with pytest.raises(trainings.Interrupted):
    trainings.gan().fit(
      **trainings.plain(),
      epochs=trainings.EPOCHS,
      verbose=0,
      callbacks=[backup.BackupAndRestore(folder, 2), trainings.InterruptAt(5)],
    )
  return folder


def _refused(model, folder, **data) -> str:
  before = {path: path.read_bytes() for path in folder.glob("*/*")}
  with pytest.raises(ValueError) as error:  # noqa: PT011
    _fit(model, folder, **data)
  assert {path: path.read_bytes() for path in folder.glob("*/*")} == before
  assert "\n" not in str(error.value)
  return str(error.value)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["index", "data-00000-of-00001", "digest"])
def test_a_damaged_backup_is_refused(backed_up, suffix):
  (path,) = backed_up.glob(f"*/*.{suffix}")
  content = path.read_bytes()
  model = trainings.gan()
  try:
    for at in [*range(0, len(content), 1 + len(content) // 8), -1]:
      changed = bytearray(content)
      changed[at] ^= 1
      path.write_bytes(changed)
      message = _refused(model, backed_up)
      assert "Nothing was deleted" in message
      assert str(backed_up) in message
      path.write_bytes(content[:at])
      _refused(model, backed_up)
    path.unlink()
    assert "missing" in _refused(model, backed_up)
  finally:
    path.write_bytes(content)
  assert int(model.g_optimizer.iterations) == 0


@pytest.mark.slow
def test_another_architecture_is_refused(backed_up):
  other = gan.GAN(
    trainings.discriminator(), trainings.generator(), 4, ema_decay=0.9
  )
  other.compile("adam", "adam")
  assert "of another architecture" in _refused(other, backed_up)
  wider = trainings.gan()
  wider.compile(keras.optimizers.Adam(amsgrad=True), "adam")
  assert "of another architecture" in _refused(wider, backed_up)


def test_less_data_are_refused(backed_up):
  dataset = tf.data.Dataset.from_tensor_slices(trainings.IMAGES[:2]).batch(1)
  data = {"x": dataset, "steps_per_epoch": 5}
  assert "2 batches" in _refused(trainings.gan(), backed_up, **data)


def test_arguments_are_checked(tmp_path):
  for save_freq in (0, -1, True, False, "batch", 1.5):
    with pytest.raises(ValueError, match="`save_freq` .*'epoch' or"):
      backup.BackupAndRestore(tmp_path, save_freq)
  with pytest.raises(ValueError, match="`save_before_preemption`"):
    backup.BackupAndRestore(tmp_path, save_before_preemption=True)
  assert "assert_cardinality" in _refused(
    trainings.gan(), tmp_path, **trainings.of_unknown_length()
  )
