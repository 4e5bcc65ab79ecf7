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
"""Tests that the wheel, installed outside the checkout, is complete."""

import os
import shutil
import subprocess
import sys

import pytest

from tests import build_files

_PROGRAM = """
import pathlib, sys
import tf_ganprune as tgp
root = pathlib.Path(tgp.__file__).parent
assert str(root).startswith(sys.argv[1]), root
for name in ("py.typed", "report/templates/report.html"):
  assert (root / name).exists(), name
for name in ("README.md", "CITATIONS.bib", "TAGS.txt"):
  assert (root / "data/mnist_5k" / name).exists(), name
images, labels = tgp.data.load_arrays("mnist_5k", "test", data_dir="data")
assert images.shape == (1000, 28, 28, 1), images.shape
from tf_ganprune import experiments
assert experiments.DCGAN.Settings().phases == ("dense", "pruned")
tgp.report.write_report("r.html", tgp.report.Comparison(
  "t", [tgp.report.NetworkResult("dense", {}, zeros=0.0)]))
print("version", tgp.__version__)
"""


def _pip(*arguments):
  subprocess.run(
    [sys.executable, "-m", "pip", "--quiet", *arguments], check=True
  )


@pytest.fixture(scope="module")
def site(tmp_path_factory):
  """Returns a folder with the wheel's content."""
  folder = tmp_path_factory.mktemp("wheel")
  source = folder / "source"
  source.mkdir()
  for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
    shutil.copy(build_files.ROOT / name, source)
  shutil.copytree(build_files.ROOT / "tf_ganprune", source / "tf_ganprune")
  _pip("wheel", "--no-deps", "--no-build-isolation", "-w", folder, source)
  (wheel,) = folder.glob("*.whl")
  _pip("install", "--no-deps", "--target", folder / "site", wheel)
  return folder / "site"


@pytest.mark.slow
def test_wheel_works_outside_the_checkout(site, tmp_path):
  result = subprocess.run(
    [sys.executable, "-c", _PROGRAM, str(site)],
    cwd=tmp_path,
    env=os.environ | {"PYTHONPATH": str(site)},
    capture_output=True,
    text=True,
    check=False,
  )
  assert result.returncode == 0, result.stderr[-2000:]
  version = (build_files.ROOT / "tf_ganprune/version.py").read_text()
  assert result.stdout.split()[-1] in version


@pytest.mark.slow
def test_the_program_of_the_wheel_helps(site, tmp_path):
  for arguments in (["--help"], ["export", "--help"]):
    result = subprocess.run(
      [sys.executable, "-m", "tf_ganprune", *arguments],
      cwd=tmp_path,
      env=os.environ | {"PYTHONPATH": str(site)},
      capture_output=True,
      text=True,
      check=False,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    assert "python -m tf_ganprune export" in result.stdout


@pytest.mark.slow
def test_wheel_has_no_tests_and_no_examples(site):
  names = {path.name for path in site.iterdir()}
  assert "tests" not in names and "examples" not in names
