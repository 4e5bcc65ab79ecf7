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
"""Builds mnist_5k once for the tests of this folder."""

import pytest

from tf_ganprune import data
from tf_ganprune.data.mnist_5k import mnist_5k_dataset_builder as mnist_5k


@pytest.fixture(scope="session")
def source():
  return mnist_5k.read_source()


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory):
  path = tmp_path_factory.mktemp("tfds")
  data.splits("mnist_5k", data_dir=path)
  return path
