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
"""Tests of `report`: what the page shows of saved networks."""

import re

import numpy as np
import pytest

import tf_ganprune as tgp


def _page(tmp_path):
  return (tmp_path / "r.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_networks_and_gans_side_by_side(run, tmp_path, folder):
  ran = run(
    "report dense.keras pruned.keras gan.keras --output=r.html --target=cpu"
    " --target=arm-sparse --runs=2 --num_samples=3"
  )
  assert ran.code == 0, ran.err
  page = _page(tmp_path)
  assert "<h1>dense and pruned and gan</h1>" in page
  for name in ("dense", "pruned", "gan"):
    assert f"<figcaption>{name}</figcaption>" in page
    assert f"{name}, arm-sparse: " in page and "no 1x1 convolution" in page
  assert page.count("File for cpu") == 1
  assert "the same inputs, which were drawn." in page
  assert "Mean difference from dense" in page
  assert "--target" in page and "--title" not in page
  assert run.written() == {"r.html"}


@pytest.mark.slow
def test_the_difference_is_that_of_the_outputs(run, tmp_path, folder):
  x = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
  np.save("x.npy", x)
  assert run("report dense.keras gan.keras --samples=x.npy --output=r.html")
  dense = tgp.load_model(folder / "dense.keras")(x, training=False)
  average = tgp.load_model(folder / "gan.keras").ema_generator
  expected = np.abs(dense - average(x, training=False)).mean()
  row = _page(tmp_path).partition("Mean difference from dense")[2]
  cells = re.findall(r"<td[^>]*>([^<]*)", row.partition("</tr>")[0])
  assert cells[0] == "n/a"
  assert float(cells[1]) == pytest.approx(expected, rel=1e-3)


def test_input_output_and_truth(run, tmp_path):
  x = np.random.default_rng(0).uniform(-1, 1, (3, 8, 8, 1))
  np.save("x.npy", x.astype(np.float32))
  np.save("y.npy", np.zeros((3, 8, 8, 3), np.uint8))
  ran = run(
    "report image.keras --input_shape=8,8,1 --samples=x.npy --truth=y.npy"
    " --output=r.html --num_samples=2"
  )
  assert ran.code == 0, ran.err
  headings = re.findall('<th scope="col">(.*?)</th>', _page(tmp_path))
  assert headings[:3] == ["input", "image", "truth"]  # before the table
  assert _page(tmp_path).count('alt="truth, example') == 2


def test_sounds(run, tmp_path):
  ran = run("report sound.keras --output=r.html --sample_rate=8000")
  assert ran.code == 0, ran.err
  assert _page(tmp_path).count("<audio") == 8
  ran = run("report sound.keras --output=r.html")
  assert "--sample_rate" in ran.out
  assert "<audio" not in _page(tmp_path)


def test_networks_of_other_inputs(run, tmp_path):
  ran = run("report dense.keras image.keras --output=r.html")
  assert ran.code == 0, ran.err
  assert "image was not run: " in _page(tmp_path)
  assert "image: no MACs were counted" in ran.out


def test_the_network_of_gans_beside_a_network(run, tmp_path):
  ran = run("report gan.keras dense.keras --network=generator --output=r.html")
  assert ran.code == 0, ran.err
  assert "the same inputs, which were drawn." in _page(tmp_path)
  ran = run("report dense.keras --network=generator --output=x.html")
  assert ran.code == 1 and "holds one network" in ran.sentence
  assert run.written() == {"r.html"}


def test_names_of_files_in_several_folders(run, tmp_path):
  (tmp_path / "other").mkdir()
  (tmp_path / "other/dense.keras").symlink_to(tmp_path / "dense.keras")
  assert run("report dense.keras other/dense.keras --output=r.html").code == 0
  assert "<figcaption>other/dense.keras</figcaption>" in _page(tmp_path)


@pytest.mark.parametrize(
  ("line", "reason"),
  [
    ("dense.keras dense.keras --output=r.html", "A file is given twice"),
    ("dense.keras dense.tflite --output=r.html", "'dense.tflite' is no .keras"),
    ("dense.keras --output=no/r.html", "a folder that does not exist"),
    ("dense.keras --output=r.html --truth=y.npy", "--truth needs --samples"),
    ("dense.keras --output=r.html --samples=x.npy", "has the shape (2, 9)"),
    ("image.keras --output=r.html --input_shape=1", "--input_shape"),
    (
      "dense.keras --output=r.html --samples=z.npy --truth=x.npy",
      "--truth must be one array with a row for each of the 4 samples",
    ),
    (
      "sound.keras --output=r.html --reference=i.npy --feature_model=f.keras",
      "makes no images",
    ),
  ],
)
def test_refused(line, reason, run, tmp_path):
  np.save("x.npy", np.zeros((2, 9), np.float32))
  np.save("z.npy", np.zeros((4, 4), np.float32))
  np.save("i.npy", np.random.default_rng(0).uniform(-1, 1, (8, 8, 8, 1)))
  layers = tgp.keras.layers
  network = tgp.keras.Sequential(
    [tgp.keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(3)]
  )
  tgp.save_model(network, tmp_path / "f.keras")
  ran = run(f"report {line}")
  assert ran.code == 1
  assert reason in ran.sentence
  assert "r.html" not in run.written()
