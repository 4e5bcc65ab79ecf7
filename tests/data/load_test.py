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
"""Tests loading: mnist_5k, data sets of TFDS, image folders, bad requests."""

import time

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from tf_ganprune import data
from tf_ganprune.data import load as load_function
from tf_ganprune.data import sources


class FloatImages(tfds.core.GeneratorBasedBuilder):
  """Two images of floating-point numbers, one of them above 1."""

  VERSION = tfds.core.Version("1.0.0")

  def _info(self):
    image = tfds.features.Tensor(shape=(4, 4, 1), dtype=np.float32)
    return tfds.core.DatasetInfo(
      builder=self, features=tfds.features.FeaturesDict({"image": image})
    )

  def _split_generators(self, dl_manager):
    return {"inside": self._examples(1.0), "outside": self._examples(2.0)}

  def _generate_examples(self):
    raise NotImplementedError

  def _examples(self, value):
    yield "a", {"image": np.full((4, 4, 1), value, np.float32)}


class OnlyText(tfds.core.GeneratorBasedBuilder):
  """A data set without images."""

  VERSION = tfds.core.Version("1.0.0")

  def _info(self):
    return tfds.core.DatasetInfo(
      builder=self,
      features=tfds.features.FeaturesDict(
        {"text": tfds.features.Text(), "id": tfds.features.Text()}
      ),
    )

  def _split_generators(self, dl_manager):
    return {"train": self._generate_examples()}

  def _generate_examples(self):
    yield "a", {"text": "a", "id": "b"}


@pytest.fixture(scope="module")
def image_folder(tmp_path_factory):
  """Images 12 wide and 8 high, each of one colour; their middle is black."""
  root = tmp_path_factory.mktemp("folder")
  for split, count in (("train", 5), ("test", 2)):
    for label, colour in (("blue", (0, 0, 255)), ("red", (255, 0, 0))):
      folder = root / split / label
      folder.mkdir(parents=True)
      for i in range(count):
        image = np.full((8, 12, 3), colour, np.uint8)
        image[:, 2:10] = 0
        png = tf.io.encode_png(image).numpy()
        (folder / f"{i}.png").write_bytes(png)
  return root


def _images(dataset):
  return np.concatenate([batch.numpy() for batch in dataset])


@pytest.mark.slow
def test_range_shape_and_type(data_dir):
  dataset = data.load(data_dir=data_dir)
  spec = dataset.element_spec
  assert (spec.dtype, spec.shape.as_list()) == (tf.float32, [None, 28, 28, 1])
  images = _images(dataset)
  assert images.shape == (4000, 28, 28, 1)
  assert (images.min(), images.max()) == (-1.0, 1.0)


@pytest.mark.slow
def test_last_batch(data_dir):
  request = {"split": "test", "batch_size": 64, "data_dir": data_dir}
  sizes = [len(batch) for batch in data.load(**request)]
  assert sizes == [64] * 15 + [40]
  full = data.load(**request, drop_remainder=True)
  assert [len(batch) for batch in full] == [64] * 15
  assert full.element_spec.shape.as_list() == [64, 28, 28, 1]


@pytest.mark.slow
def test_labels_stay_with_their_images(data_dir):
  images, labels = data.load_arrays(split="test", data_dir=data_dir)
  label_of = {i.tobytes(): n for i, n in zip(images, labels, strict=True)}
  dataset = data.load(split="test", data_dir=data_dir, with_labels=True)
  for batch, batch_labels in dataset:
    found = [label_of[image.tobytes()] for image in batch.numpy()]
    assert found == batch_labels.numpy().tolist()


@pytest.mark.slow
def test_each_epoch_is_all_images_in_a_new_order(data_dir):
  dataset = data.load(split="test", data_dir=data_dir)
  first, second = _images(dataset), _images(dataset)
  assert (first != second).any()
  expected, _ = data.load_arrays(split="test", data_dir=data_dir)
  for epoch in (first, second):
    keys = sorted(image.tobytes() for image in epoch)
    assert keys == sorted(image.tobytes() for image in expected)


def test_the_shuffling_reaches_across_the_split(data_dir):
  expected, _ = data.load_arrays(split="test", data_dir=data_dir)
  place = {image.tobytes(): i for i, image in enumerate(expected)}
  shuffled = _images(data.load(split="test", data_dir=data_dir))[:100]
  places = [place[image.tobytes()] for image in shuffled]
  # Of 100 places drawn from 0 to 999, the mean is 500 to within 4 x 29.
  assert 384 < np.mean(places) < 616


def test_seed_decides_every_epoch(data_dir):
  def epochs(seed):
    dataset = data.load(split="test[:200]", data_dir=data_dir, seed=seed)
    return np.stack([_images(dataset), _images(dataset)])

  np.testing.assert_array_equal(epochs(3), epochs(3))
  assert (epochs(3) != epochs(4)).any()


def test_no_shuffling_is_the_order_of_load_arrays(data_dir):
  dataset = data.load(split="test", data_dir=data_dir, shuffle=False)
  expected, _ = data.load_arrays(split="test", data_dir=data_dir)
  np.testing.assert_array_equal(_images(dataset), expected)


def test_parts_of_a_split(data_dir):
  whole, _ = data.load_arrays(split="test", data_dir=data_dir)
  part, _ = data.load_arrays(split="test[:10]+test[-5:]", data_dir=data_dir)
  np.testing.assert_array_equal(part, np.concatenate([whole[:10], whole[-5:]]))


@pytest.mark.slow
def test_an_epoch_ends_with_its_last_batch(data_dir):
  # A tuner sleeps 10, 20, 40 ... ms: now from 1.27 s to 2.55 s.
  images = data.load(data_dir=data_dir)
  assert images.options().autotune.enabled is False
  iterator = iter(images)
  next(iterator)
  time.sleep(1.4)
  begun = time.monotonic()
  del iterator
  assert time.monotonic() - begun < 0.5


def test_small_sets_are_read_once(data_dir, monkeypatch):
  reads = []

  def count(image):
    reads.append(1)
    return image

  read = sources.read

  def counting_read(*args, **kwargs):
    def pass_on(example):
      image = tf.numpy_function(count, [example["image"]], tf.uint8)
      image.set_shape((28, 28, 1))
      return {**example, "image": image}

    return read(*args, **kwargs).map(pass_on)

  monkeypatch.setattr(sources, "read", counting_read)
  dataset = data.load(split="test[:32]", data_dir=data_dir)
  _images(dataset)
  _images(dataset)
  assert len(reads) == 32


def test_large_sets_are_not_kept(data_dir, monkeypatch):
  module = load_function.__globals__
  monkeypatch.setitem(module, "_CACHE_BYTES", 1000)
  monkeypatch.setitem(module, "_SHUFFLE_BYTES", 50 * 784)
  images = _images(data.load(split="test[:200]", data_dir=data_dir))
  expected, _ = data.load_arrays(split="test[:200]", data_dir=data_dir)
  # With 50 images in the buffer, the first one out is among the first 50.
  assert images[0].tobytes() in {image.tobytes() for image in expected[:50]}
  assert {i.tobytes() for i in images} == {i.tobytes() for i in expected}


def test_resized(data_dir):
  images, _ = data.load_arrays(
    split="test[:3]", image_size=(32, 16), data_dir=data_dir
  )
  assert images.shape == (3, 32, 16, 1)
  assert images.min() >= -1 and images.max() <= 1


def test_a_data_set_of_tfds(tmp_path):
  with tfds.testing.mock_data(num_examples=10):
    dataset = data.load(
      "cifar10", "test", 16, 4, data_dir=tmp_path, with_labels=True
    )
    batches = [(x.numpy(), y.numpy()) for x, y in dataset]
    images, labels = data.load_arrays("cifar10", data_dir=tmp_path)
  assert [x.shape for x, _ in batches] == [
    (4, 16, 16, 3),
    (4, 16, 16, 3),
    (2, 16, 16, 3),
  ]
  assert (images.shape, labels.shape) == ((10, 32, 32, 3), (10,))
  assert -1 <= images.min() < -0.9 and 0.9 < images.max() <= 1


def test_another_process_may_build_the_set_meanwhile(tmp_path, monkeypatch):
  open_builder = tfds.builder

  def too_early(*args, **kwargs):
    builder = open_builder(*args, **kwargs)
    FloatImages(data_dir=tmp_path).download_and_prepare()
    return builder

  monkeypatch.setattr(tfds, "builder", too_early)
  sizes = data.splits("float_images", tmp_path)
  assert sizes == {"inside": 1, "outside": 1}


def test_images_without_labels(tmp_path):
  with tfds.testing.mock_data(num_examples=2):
    images, labels = data.load_arrays("celeb_a", data_dir=tmp_path)
    assert labels is None
    assert images.shape == (2, 218, 178, 3)
    with pytest.raises(ValueError, match="`with_labels`.*'attributes'"):
      data.load("celeb_a", data_dir=tmp_path, with_labels=True)


def test_image_folder_is_cropped_and_labelled(image_folder):
  assert data.splits("image_folder", image_folder) == {"train": 10, "test": 4}
  request = {"name": "image_folder", "data_dir": image_folder}
  # The square in the middle of each image is black.
  images, labels = data.load_arrays(**request, image_size=4)
  assert images.shape == (4, 4, 4, 3)
  assert (images == -1).all()
  assert sorted(labels) == [0, 0, 1, 1]
  whole, labels = data.load_arrays(**request, image_size=(8, 12))
  corner = {tuple(c) for c in whole[labels == 0, 0, 0].tolist()}
  assert corner == {(-1, -1, 1)}


def test_parts_of_an_image_folder(image_folder):
  request = {"name": "image_folder", "data_dir": image_folder, "image_size": 4}
  dataset = data.load(**request, split="train[:3]+test[50%:]", channels=1)
  assert _images(dataset).shape == (5, 4, 4, 1)
  builder = sources.open_builder("image_folder", image_folder)

  def names(split):
    examples = sources.read(builder, split).as_numpy_iterator()
    return [example["image/filename"] for example in examples]

  train, test = names("train"), names("test")
  assert names("train[3:5]+test[50%:]") == train[3:5] + test[2:]


def test_float_images_need_their_range(tmp_path):
  request = {"name": "float_images", "data_dir": tmp_path}
  with pytest.raises(ValueError, match="stored as float32"):
    data.load(**request, split="inside")
  images, _ = data.load_arrays(**request, split="inside", value_range=(0, 1))
  assert (images == 1).all()
  dataset = data.load(**request, split="outside", value_range=(0, 1))
  with pytest.raises(
    tf.errors.InvalidArgumentError, match=r"range \[0\.0, 1\.0\]"
  ):
    _images(dataset)


def test_no_image_lists_the_features(tmp_path):
  with pytest.raises(ValueError, match=r"no feature `image`.*\['id', 'text'\]"):
    data.load("only_text", data_dir=tmp_path)


@pytest.mark.parametrize(
  ("request_", "message"),
  [
    ({"name": "mnist_5"}, "near it are .*'mnist_5k'"),
    ({"name": "qqqqqqqq"}, "list_builders"),
    ({"name": None}, "`name` .*got None"),
    ({"split": "dev"}, r"\{'train': 4000, 'test': 1000\}.*no 'dev'"),
    ({"split": "train[:9"}, r"has no 'train\[:9'"),
    ({"split": "train[:9999]"}, r"no 'train\[:9999\]'"),
    ({"split": None}, "`split`.*None"),
    ({"split": "train[:0]"}, r"'train\[:0\]' of 'mnist_5k' is empty"),
    ({"split": "train[9:5]"}, r"`split` 'train\[9:5\]'"),
    ({"image_size": 3}, "`image_size`"),
    ({"batch_size": 0}, "`batch_size` .*got 0"),
    ({"batch_size": 2.0}, "`batch_size` .*got 2.0"),
    ({"batch_size": 4001, "drop_remainder": True}, "4001 .*leaves no batch"),
    ({"channels": 2}, "`channels` .*1"),
  ],
)
def test_bad_requests(data_dir, request_, message):
  with pytest.raises(ValueError, match=message) as raised:
    data.load(**{"data_dir": data_dir, **request_})
  assert "\n" not in str(raised.value)


def test_unwritable_data_dir(tmp_path):
  (tmp_path / "file").write_text("")
  with pytest.raises(ValueError, match="`data_dir`.*file/below'"):
    data.load(data_dir=tmp_path / "file" / "below")
  assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_bad_image_folders(tmp_path, image_folder):
  with pytest.raises(ValueError, match="needs `data_dir`"):
    data.load("image_folder")
  with pytest.raises(ValueError, match="`data_dir`.*/none'"):
    data.load("image_folder", data_dir=tmp_path / "none")
  with pytest.raises(ValueError, match="`data_dir`.*train/cat/1.png"):
    data.load("image_folder", data_dir=tmp_path)
  with pytest.raises(ValueError, match="differ in size: pass `image_size`"):
    data.load("image_folder", data_dir=image_folder)
  with pytest.raises(ValueError, match="has no 'dev'"):
    data.load("image_folder", "dev", 8, data_dir=image_folder)
