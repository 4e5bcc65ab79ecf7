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
"""The tasks with labels, from the data set to the page."""

import dataclasses
import json
import types

import numpy as np
import pytest

import tf_ganprune as tgp
from tf_ganprune import experiments
from tf_ganprune.experiments import (
  conditional_task,
  dcgan_task,
  few_labels,
  semi_supervised_task,
  slim_settings,
  strategies,
)

_SMALL = {
  "width": 2,
  "epochs": 1,
  "prune_epochs": 2,
  "frequency": 5,
  "train_split": "train[:320]",
  "targets": ("cpu",),
  "phases": ("dense", "pruned", "slim"),
  "slim": slim_settings.Settings(
    macs=0.6,
    whole_epochs=0,
    generator_batch_size=None,
    distillation=(),
    weights=(),
  ),
}


def _run(task, folder, **settings) -> tuple[dict, str]:
  """Returns the metrics and the page of an experiment."""
  chosen = task.Settings(**_SMALL, **settings)
  experiments.Experiment(task, chosen, folder).run()
  found = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
  return found, (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_images_of_classes(tmp_path):
  found, page = _run(conditional_task.Conditional, tmp_path, eval_images=60)
  for contestant in found["contestants"].values():
    assert 0.0 <= contestant["metrics"]["label_accuracy"] <= 1.0
    assert contestant["metrics"]["intra_class_frechet_distance"] > 0.0
  assert "Images of the asked class" in page
  assert page.count("class 3: distance ") == 1
  assert found["contestants"]["pruned"]["zeros"] == pytest.approx(0.8, abs=0.03)
  assert (tmp_path / "slim_cpu.tflite").exists()
  assert "share of its images" in page
  for contestant in found["contestants"].values():
    (file,) = contestant["files"]
    assert 0.0 <= file["scores"]["label_accuracy"] <= 1.0
  assert page.count('<th scope="row">Images of the asked class') == 2


@pytest.mark.slow
def test_a_classifier_of_few_labels(tmp_path):
  task = semi_supervised_task.SemiSupervised
  found, page = _run(task, tmp_path, num_labels=20)
  for contestant in found["contestants"].values():
    metrics = contestant["metrics"]
    assert metrics["accuracy"] + metrics["error"] == pytest.approx(100.0)
    (file,) = contestant["files"]
    assert file["scores"]["accuracy"] == pytest.approx(
      metrics["accuracy"], abs=0.5
    )
  assert "20 of 320 images have a label" in page
  assert (tmp_path / "pruned_cpu.tflite").exists()
  # The generator's images are seen in training.
  assert len(list((tmp_path / "samples").rglob("epoch_*.png"))) >= 3


def test_a_classifier_is_pruned_by_its_sensitivity():
  images = np.random.default_rng(0).uniform(-1, 1, (12, 8, 8, 1))
  measured = semi_supervised_task.Measured(
    images.astype("float32"), np.arange(12) % 3, 0.5, 0.5
  )
  gan = tgp.SemiSupervisedGAN(
    tgp.networks.dcgan_classifier((8, 8, 1), 3, 4),
    tgp.networks.dcgan_generator((8, 8, 1), 4, 4),
    4,
    3,
  )
  gan.compile("adam", "adam")
  plan = strategies.Plan(0.8, 4, 2, 1, seed=0, evaluator=measured)
  pruned = strategies.STRATEGIES["sensitivity"].make(gan, plan)
  assert tgp.sparsity.pruned_layers(pruned.discriminator)
  assert not tgp.sparsity.pruned_layers(pruned.generator)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["balanced", "sensitivity", "taught"])
def test_strategies_with_labels(name):
  rng = np.random.default_rng(0)
  labels = np.arange(12) % 3
  images = rng.uniform(-1, 1, (12, 8, 8, 1)).astype("float32")
  flat = tgp.keras.Sequential(
    [tgp.keras.Input((8, 8, 1)), tgp.keras.layers.Flatten()]
  )
  evaluator = tgp.metrics.Evaluator(flat, images, labels=labels)
  gan = tgp.ConditionalGAN(
    tgp.networks.conditional_discriminator((8, 8, 1), 3, width=4),
    tgp.networks.conditional_generator((8, 8, 1), 4, 3, width=4),
    4,
    3,
    ema_decay=0.5,
  )
  gan.compile("adam", "adam")
  strategy = strategies.STRATEGIES[name]
  given = [images, labels]
  plan = strategies.Plan(0.5, 2, 3, 1, 0, evaluator, given, batch_size=4)
  pruned = strategy.make(gan, plan)
  logs = pruned.fit(
    images,
    labels,
    batch_size=4,
    epochs=2,
    verbose=0,
    callbacks=strategy.callbacks(plan),
  ).history
  assert np.isfinite(logs["g_loss"]).all()
  assert tgp.sparsity_report(pruned.generator).overall > 0.4


def test_few_labels_are_even():
  labels = np.repeat(np.arange(4), [40, 10, 30, 20])
  found = few_labels.some(labels, 10, 0)
  kept = found[found >= 0]
  assert sorted(np.bincount(kept).tolist()) == [2, 2, 3, 3]
  np.testing.assert_array_equal(kept, labels[found >= 0])
  assert (few_labels.some(labels, 10, 1) != found).any()
  for count in (3, 101):
    with pytest.raises(ValueError, match=f"--num_labels .* got {count}"):
      few_labels.some(labels, count, 0)


def test_an_auxiliary_discriminator_needs_a_weight(tmp_path):
  settings = conditional_task.Settings(discriminator_conditioning="auxiliary")
  with pytest.raises(ValueError, match="--auxiliary_weight above 0"):
    experiments.Experiment(conditional_task.Conditional, settings, tmp_path)


def test_held_out_images_must_be_of_all_classes(tmp_path):
  settings = conditional_task.Settings(test_split="test[:30]")
  with pytest.raises(ValueError, match="'test.:30.' .* [0-3] images of 'class"):
    experiments.Experiment(conditional_task.Conditional, settings, tmp_path)
  assert not any(tmp_path.iterdir())


@pytest.mark.slow
def test_classes_of_a_gan_that_is_not_told_them(tmp_path):
  found, page = _run(dcgan_task.DCGAN, tmp_path, eval_images=60)
  assert page.count("class 3: distance ") == 1
  few = dcgan_task.DCGAN(dcgan_task.Settings(test_split="test[:30]"))
  assert not few._tells
  assert "share of all images" in page


def test_every_batch_has_labelled_images(tmp_path):
  settings = semi_supervised_task.Settings(
    width=2,
    batch_size=20,
    labelled_batch_size=6,
    num_labels=10,
    train_split="train[:100]",
  )
  task = semi_supervised_task.SemiSupervised(settings)
  batches = list(task.train_data())
  assert len(batches) == int(task.train_data().cardinality()) == 5
  known = dict(zip(map(bytes, task.train_images), task.labels, strict=True))
  for images, labels in batches:
    assert images.shape[0] == labels.shape[0] == 26
    assert (labels.numpy()[20:] >= 0).all()
    told = [known[bytes(x)] for x in images.numpy()]
    np.testing.assert_array_equal(labels, told)
  gan = task.gan(task.networks())
  (kind,) = gan.regularizers
  assert (kind.weight, kind.policies) == (1.0, ("translation",))
  settings = dataclasses.replace(settings, consistency_weight=0.0)
  task = semi_supervised_task.SemiSupervised(settings)
  assert not task.gan(task.networks()).regularizers


def test_images_of_a_file_are_judged_by_the_label_that_was_given():
  class Bright:
    def logits(self, images):
      return np.eye(2)[(images.mean((1, 2, 3)) > 0).astype(int)]

  images = np.array([-1, 1, 1, -1])[:, None, None, None] * np.ones((2, 2, 1))
  judge = conditional_task.Conditional.file_evaluator(None, "g", Bright())
  found = judge.evaluate(images, {"labels": np.array([0, 1, 0, 0])})
  assert found == {"label_accuracy": 0.75}


def test_a_strip_of_each_class():
  data = types.SimpleNamespace(test_labels=np.array([0, 2, 2]))
  task = types.SimpleNamespace(data=data)
  images = np.linspace(-1, 0.9, 4)[:, None, None, None] * np.ones((1, 2, 2, 1))
  found = experiments.ImageTask.strips(
    task, None, images, np.array([2, 0, 2, 1])
  )
  assert found.shape == (2, 2, 16, 1)
  np.testing.assert_allclose(found[0, 0, :4:2, 0], [images[1, 0, 0, 0], 1.0])
  shown = [images[0, 0, 0, 0], images[2, 0, 0, 0], 1.0]
  np.testing.assert_allclose(found[1, 0, :6:2, 0], shown)
