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
"""Tests which feature of a TFDS data set labels its images."""

import numpy as np
import pytest
import tensorflow_datasets as tfds

from tf_ganprune import data

_FEATURES = tfds.features
_IMAGE = np.arange(16, dtype=np.uint8).reshape(4, 4, 1)


class _TwoImages(tfds.core.GeneratorBasedBuilder):
  """Two images, each with the other features of a class derived from this."""

  VERSION = tfds.core.Version("1.0.0")
  supervised = None
  others: dict = {}
  values: tuple = ()

  def _info(self):
    image = _FEATURES.Image(shape=(4, 4, 1))
    return tfds.core.DatasetInfo(
      builder=self,
      features=_FEATURES.FeaturesDict({"image": image, **self.others}),
      supervised_keys=self.supervised,
    )

  def _split_generators(self, dl_manager):
    return {"train": self._generate_examples()}

  def _generate_examples(self):
    for key, value in enumerate(self.values):
      yield key, {"image": _IMAGE + 100 * key} | value


class LabelByAnotherName(_TwoImages):
  supervised = ("image", "kind")
  others = {"kind": _FEATURES.ClassLabel(names=["cat", "dog"])}
  values = ({"kind": "dog"}, {"kind": "cat"})


class SupervisedBesideLabel(_TwoImages):
  supervised = ("image", "number")
  others = {"number": np.uint8, "label": np.int64}
  values = ({"number": 7, "label": 1}, {"number": 5, "label": 2})


class LabelThatTfdsDoesNotName(_TwoImages):
  others = {"label": np.int32}
  values = ({"label": 3}, {"label": -1})


class LabelNextToAnImageToMake(_TwoImages):
  supervised = ("label", "image")
  others = {"label": np.int64}
  values = ({"label": 3}, {"label": 4})


class LabelOfWords(_TwoImages):
  supervised = ("image", "label")
  others = {"label": _FEATURES.Text()}
  values = ({"label": "a"}, {"label": "b"})


class LabelOfFractions(_TwoImages):
  supervised = ("image", "label")
  others = {"label": np.float32}
  values = ({"label": 0.5}, {"label": 1.5})


class LabelOfSeveralNumbers(_TwoImages):
  supervised = ("image", "label")
  others = {"label": _FEATURES.Sequence(np.int64)}
  values = ({"label": [1, 2]}, {"label": []})


class LabelOfParts(_TwoImages):
  supervised = ("image", "label")
  others = {"label": _FEATURES.FeaturesDict({"a": np.int64})}
  values = ({"label": {"a": 1}}, {"label": {"a": 2}})


class LabelInAPair(_TwoImages):
  supervised = ("image", ("kind", "kind"))
  others = {"kind": np.int64}
  values = ({"kind": 1}, {"kind": 2})


class NoLabel(_TwoImages):
  values = ({}, {})


@pytest.mark.parametrize(
  ("name", "labels"),
  [
    ("label_by_another_name", [1, 0]),
    ("supervised_beside_label", [7, 5]),
    ("label_that_tfds_does_not_name", [3, -1]),
    ("label_next_to_an_image_to_make", [3, 4]),
  ],
)
def test_labels_are_whole_numbers_beside_their_images(tmp_path, name, labels):
  dataset = data.load(name, data_dir=tmp_path, with_labels=True)
  _, spec = dataset.element_spec
  assert spec.dtype == np.int64
  images, found = next(iter(dataset))
  firsts = np.round((images.numpy()[:, 0, 0, 0] + 1) * 127.5)
  by_image = dict(zip(firsts, found.numpy(), strict=True))
  assert by_image == {0: labels[0], 100: labels[1]}
  _, all_labels = data.load_arrays(name, "train", data_dir=tmp_path)
  assert sorted(all_labels) == sorted(labels) and all_labels.dtype == np.int64


@pytest.mark.parametrize(
  "name",
  [
    "label_of_words",
    "label_of_fractions",
    "label_of_several_numbers",
    "label_of_parts",
    "label_in_a_pair",
    "no_label",
  ],
)
def test_sets_without_labels_say_so(tmp_path, name):
  with pytest.raises(ValueError, match=f"`with_labels`.*{name}.*'image'") as e:
    data.load(name, data_dir=tmp_path, with_labels=True)
  assert "\n" not in str(e.value)
  images, labels = data.load_arrays(name, "train", data_dir=tmp_path)
  assert len(images) == 2 and labels is None


def test_names_of_classes(tmp_path):
  names = data.class_names("label_by_another_name", tmp_path)
  assert names == ["cat", "dog"]
  for name in ("supervised_beside_label", "no_label"):
    with pytest.raises(ValueError, match=f"labels of '{name}' have no names"):
      data.class_names(name, tmp_path)
