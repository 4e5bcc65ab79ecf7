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
"""Loads image data sets as `tf.data` pipelines; registers those of packages."""

from tf_ganprune.data.emoji import emoji_dataset_builder
from tf_ganprune.data.holes import holed, random_masks, with_holes
from tf_ganprune.data.load import class_names, load, load_arrays, splits
from tf_ganprune.data.mnist_5k import mnist_5k_dataset_builder
from tf_ganprune.data.optdigits import optdigits_dataset_builder
from tf_ganprune.data.pairs import (
  batches,
  domains,
  is_paired,
  load_pair_arrays,
  load_pairs,
  load_unpaired,
  unpaired,
)
from tf_ganprune.data.photographs import photographs_dataset_builder

__all__ = [
  "batches",
  "class_names",
  "domains",
  "emoji_dataset_builder",
  "holed",
  "is_paired",
  "load",
  "load_arrays",
  "load_pair_arrays",
  "load_pairs",
  "load_unpaired",
  "mnist_5k_dataset_builder",
  "optdigits_dataset_builder",
  "photographs_dataset_builder",
  "random_masks",
  "splits",
  "unpaired",
  "with_holes",
]
