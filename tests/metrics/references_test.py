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
"""What is known of real images, saved and loaded."""

import numpy as np
import pytest

from tests.metrics import evaluator_labels_test, evaluator_test
from tf_ganprune import metrics
from tf_ganprune.metrics import gaussian

FAKE, LABELS = evaluator_labels_test.FAKE, evaluator_labels_test.LABELS


def saved(tmp_path, **kwargs):
  evaluator = evaluator_labels_test.evaluator(**kwargs)
  path = tmp_path / "real.npz"
  evaluator.save(path, data_set="pixels", split="test")
  return evaluator, path


def test_a_loaded_evaluator_is_the_saved_one(tmp_path, monkeypatch):
  evaluator, path = saved(tmp_path)
  network = evaluator_test.argmax_classifier()
  fits = []
  fit = gaussian.fit
  monkeypatch.setattr(gaussian, "fit", lambda x: fits.append(len(x)) or fit(x))
  loaded = metrics.Evaluator.load(path, network)
  assert loaded.evaluate(FAKE, labels=LABELS) == evaluator.evaluate(
    FAKE, labels=LABELS
  )
  # The mean and the covariance of the 24 real images are read.
  assert 32 in fits and 24 not in fits
  assert loaded.by_class(FAKE, LABELS) == evaluator.by_class(FAKE, LABELS)
  assert loaded.reference(8) == evaluator.reference(8)
  assert loaded.notes == evaluator.notes
  assert (loaded.data_set, loaded.split) == ("pixels", "test")
  np.testing.assert_array_equal(loaded.real_features, evaluator.real_features)
  loaded.save(path)
  again = metrics.Evaluator.load(path, network)
  assert (again.data_set, again.split) == ("pixels", "test")


def test_the_kind_of_images_is_known(tmp_path):
  _, path = saved(tmp_path, labels=None)
  network = evaluator_test.argmax_classifier()
  loaded = metrics.Evaluator.load(path, network, batch_size=3, max_rows=9)
  with pytest.warns(UserWarning, match=r"as if `images` were in \[0, 1\]"):
    loaded.evaluate((FAKE + 1) / 2)
  with pytest.raises(ValueError, match="pass `labels` to `Evaluator`"):
    loaded.evaluate(FAKE, labels=LABELS)


def test_resizing_is_that_of_the_file(tmp_path):
  real = evaluator_test.random_images(0, 20)
  large = np.repeat(np.repeat(real, 3, axis=1), 3, axis=2)
  network = evaluator_test.flattener()
  results = {}
  for resize in ("bilinear", "bicubic"):
    evaluator = metrics.Evaluator(network, large, resize=resize)
    evaluator.save(tmp_path / "real.npz")
    results[resize] = evaluator.evaluate(large[::-1] * 0.5)
    loaded = metrics.Evaluator.load(tmp_path / "real.npz", network)
    assert loaded.evaluate(large[::-1] * 0.5) == results[resize]
    assert loaded.notes == evaluator.notes
  assert results["bilinear"] != results["bicubic"]


def test_another_network_is_refused(tmp_path):
  _, path = saved(tmp_path)
  other = evaluator_test.argmax_classifier()
  other.set_weights([999.0 * np.eye(4)])
  with pytest.raises(ValueError, match=f"real.npz' .*'{other.name}'"):
    metrics.Evaluator.load(path, other)
  other = evaluator_test.flattener()
  with pytest.raises(ValueError, match=f"real.npz' .*'{other.name}'"):
    metrics.Evaluator.load(path, other)


def test_bad_files(tmp_path):
  evaluator, path = saved(tmp_path)
  network = evaluator_test.argmax_classifier()
  with pytest.raises(ValueError, match="must end in .npz; got .*real.npy"):
    evaluator.save(tmp_path / "real.npy")
  with pytest.raises(ValueError, match=f"`path` '{tmp_path}'"):
    evaluator.save(tmp_path)
  bad = {
    "missing.npz": None,
    "cut.npz": path.read_bytes()[:500],
    "text.npz": b"no archive",
  }
  for name, content in bad.items():
    if content is not None:
      (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=f"{name}' holds no statistics"):
      metrics.Evaluator.load(tmp_path / name, network)
  np.savez(tmp_path / "other.npz", features=np.zeros((4, 4)))
  with pytest.raises(ValueError, match="other.npz' .*'format'"):
    metrics.Evaluator.load(tmp_path / "other.npz", network)
