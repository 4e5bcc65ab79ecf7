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
"""A thousand random sets of flags: they are right, or one sentence says why."""

import functools
import math
import re
import string

import hypothesis
import pytest
import tensorflow_datasets as tfds
from absl import flags
from absl.testing import flagsaver
from hypothesis import strategies as st

import tf_ganprune as tgp
from examples import (
  mnist_dcgan,
)
from tf_ganprune.experiments import dcgan_task, experiment, fields

_FIELDS = list(fields.flat(dcgan_task.Settings))
# No line breaks: a message may repeat what was typed.
_CHARACTERS = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
_GARBAGE = st.one_of(
  st.integers(-(2**70), 2**70).map(str),
  st.integers(-3, 300).map(str),
  st.floats().map(str),
  st.floats(-1e-3, 1.5).map(repr),
  st.sampled_from(
    ["", " ", "nan", "-inf", "1e400", "0x10", "1_0", "-0", "٣", "None", "\0"]
  ),
  st.text(_CHARACTERS, max_size=12),
  st.text(string.ascii_letters + string.digits + "/:[]%+-.,_", max_size=12),
)
# What is nearly right; some of it is.
_NEAR = {
  "dataset": ["mnist_5k", "mnist_5", "mnist_5k:1.0.0", "mnist_5k:7.0.0"]
  + ["mnist_5k/x", "Mnist5k", "image_folder", "../mnist_5k"],
  # A folder that can be written to would get a data set of its own.
  "data_dir": ["/dev/null", "/proc/nowhere/data", "", " ", "a\0b"],
  "train_split": ["train[:50%]", "train[:1]", "train[:0]", "train[5:2]"]
  + ["train[:1%]+test", "all", "train[:3", "validation", "train[-40:]"],
  "test_split": ["test[:3]", "test[:4]", "test[900:]", "train[:99999]"],
  "image_size": ["8", "12", "13", "32", "256", "1024", "7"],
  "generator": ["dcgan", "sparse", "unet"],
  "latent_dim": ["1", "64", "65536", "65537"],
  "width": ["1", "2", "4096"],
  "translation": ["0", "0.9", "0.91"],
  "batch_size": ["1", "64", "4000", "4001"],
  "loss": sorted(tgp.losses.LOSSES),
  "r1_weight": ["0", "10", "1e6", "1e39"],
  "d_learning_rate": ["0", "1e-4", "1", "1.1", "5e-324"],
  "g_learning_rate": ["0", "1e-4", "1", "1.1", "5e-324"],
  "ema_decay": ["0", "1", "0.5", "0.99999999999999999"],
  "epochs": ["1", "100000", "100001"],
  "prune_epochs": ["1", "100000", "100001"],
  "prune": ["generator", "discriminator", "both", "none"],
  "final_sparsity": ["0", "0.5", "0.999999999", "1", "-1e-9"],
  "frequency": ["1", "2", "50", "1749", "1751", "1000000000"],
  "feature_model": ["missing.keras", "/dev/null", "."],
  "eval_images": ["9", "10", "100000"],
  "targets": [*tgp.EXPORT_TARGETS, "gpu", "cpu,cpu-fp16"],
  "seed": ["0", "2147483647", "2147483648"],
  "phases": ["dense", "pruned", "dense,pruned", "whole"],
  "importance": ["magnitude", "random", "l2", "taylor"],
  "allocation": ["uniform", "lamp", "equal"],
  "generator_batch_size": ["1", "256", "65537", "0"],
  "decay_from": ["0", "0.5", "1", "1.1"],
  "decay_to": ["0", "0.1", "1", "1.1"],
}
_OF_PHASES = ("slim_", "zeros_")
# Of the phase with fewer channels, which has a test of its own.
_NEAR |= {x: ["0.5", "1"] for x in _FIELDS if x.startswith(_OF_PHASES)}
_NEAR |= {
  "zeros_distillation": ["image", "ssim"],
  "zeros_discriminator": ["new"],
}
# Those of one phase are many, and have less to go wrong with.
_DRAWN = [*_FIELDS, *(x for x in _FIELDS if not x.startswith(_OF_PHASES))]
_MIXED = {
  name: [*_NEAR[name], *([] if name == "data_dir" else [None, None])]
  for name in _FIELDS
}


@st.composite
def _arguments(draw):
  """Draws some flags, each nearly right or garbage, most sets one of each."""
  names = draw(st.lists(st.sampled_from(_DRAWN), min_size=1, max_size=4))
  arguments = []
  for name in names:
    value = draw(st.sampled_from(_MIXED[name]))
    if value is None:
      value = draw(_GARBAGE)
    arguments.append(f"--{name}={value}")
  if draw(st.integers(0, 19)) == 0:
    arguments.append(draw(st.sampled_from(["--epochs", "--nowidth", "--x=1"])))
  return arguments


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
  path = tmp_path_factory.mktemp("data")
  tgp.data.splits("mnist_5k", path)
  return path


@pytest.fixture(scope="module")
def cheap_job(data_dir, tmp_path_factory):
  """Leaves out reading images; all checks are real."""
  patch = pytest.MonkeyPatch()
  images, labels = tgp.data.load_arrays(split="test[:4]", data_dir=data_dir)
  patch.setattr(tgp.data, "load_arrays", lambda **_: (images, labels))
  for module, name in [
    (dcgan_task, "num_weights"),
    (tfds, "list_builders"),
    (tgp.data, "load"),
  ]:
    patch.setattr(module, name, functools.cache(getattr(module, name)))
  cached_load = tgp.data.load
  patch.setattr(
    tgp.data, "load", lambda seed=0, **kwargs: cached_load(**kwargs)
  )
  patch.chdir(tmp_path_factory.mktemp("cwd"))
  yield
  patch.undo()


def _parse(arguments, data_dir):
  with flagsaver.flagsaver():
    left = flags.FLAGS(
      ["mnist_dcgan", f"--data_dir={data_dir}", "--output_dir=out", *arguments]
    )
    assert left == ["mnist_dcgan"]
    return fields.from_flags(dcgan_task.Settings)


def _check_sentence(message, arguments):
  """Fails unless the message is one line that names an argument or a value."""
  assert message and message == message.strip()
  assert "\n" not in message
  assert len(message) < 1200
  names = ["batch_size", "frequency", "name", "split", "path", "image_shape"]
  names += ["data_dir"]
  values = []
  for argument in arguments:
    name, _, value = argument.removeprefix("--").partition("=")
    names.append(name)
    values.append(repr(value))
  by_name = any(
    re.search(rf"(--|`|'|\b){re.escape(n)}(`|'|=| |$)", message) for n in names
  )
  assert by_name or any(v in message for v in values), message


_seen = {"right": 0, "flag": 0, "job": 0}


@hypothesis.settings(
  max_examples=1000,
  derandomize=True,
  deadline=None,
  database=None,
  phases=[hypothesis.Phase.generate],  # looking for a shorter set takes minutes
  suppress_health_check=list(hypothesis.HealthCheck),
)
@hypothesis.given(_arguments())
def _fuzz(data_dir, arguments):
  try:
    settings = _parse(arguments, data_dir)
  except flags.Error as error:
    # absl tells all flags that are wrong, each on a line.
    lines = str(error).splitlines()
    assert len(lines) <= len(arguments)
    for line in lines:
      _check_sentence(line.replace("\0", ""), arguments)
    _seen["flag"] += 1
    return
  try:
    experiment.Experiment(dcgan_task.DCGAN, settings, "out")
  except ValueError as error:
    _check_sentence(str(error), arguments)
    _seen["job"] += 1
    return
  _seen["right"] += 1
  _check_sound(settings)


def _check_sound(settings):
  for name in ("d_learning_rate", "g_learning_rate", "r1_weight", "ema_decay"):
    assert math.isfinite(getattr(settings, name))
  assert settings.d_learning_rate > 0 and settings.g_learning_rate > 0
  assert 0 <= settings.final_sparsity < 1 and 0 < settings.ema_decay < 1
  assert settings.targets and len(set(settings.targets)) == len(
    settings.targets
  )
  assert 0 <= settings.seed < 2**31


@pytest.mark.slow
def test_a_thousand_sets_of_flags(cheap_job, data_dir, capsys):
  _seen.update(dict.fromkeys(_seen, 0))
  _fuzz(data_dir)
  assert sum(_seen.values()) >= 1000
  # Each way out is taken often, so that each is tested.
  assert min(_seen.values()) >= 50, _seen


@pytest.mark.parametrize("flag", ["d_learning_rate", "g_learning_rate"])
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "0", "-1", "1e39"])
def test_no_rate_that_cannot_train(flag, value):
  with flagsaver.flagsaver(), pytest.raises(flags.Error, match="above 0 and"):
    flags.FLAGS(["mnist_dcgan", f"--{flag}={value}"])


@pytest.mark.slow
@pytest.mark.parametrize(
  ("values", "message"),
  [
    ({"d_learning_rate": math.nan}, "--d_learning_rate .*got nan"),
    ({"epochs": True}, "--epochs .*got True"),
    ({"latent_dim": 6.0}, "--latent_dim .*got 6.0"),
    ({"targets": ()}, "--targets must be some of"),
    ({"targets": ("cpu", "cpu")}, "--targets .*each once"),
    ({"loss": "bce"}, "--loss"),
    ({"data_dir": ""}, "--data_dir"),
    ({"width": 4096}, "--width 4096 and .*: lower|--width 4096 .* weights"),
    ({"image_size": 1024, "eval_images": 10000}, "39 GB of memory"),
    ({"test_split": "test[:3]"}, "'test.:3.' holds 3 images"),
  ],
)
def test_settings_that_no_flag_checked(data_dir, tmp_path, values, message):
  settings = dcgan_task.Settings(**{"data_dir": str(data_dir), **values})
  with pytest.raises(ValueError, match=message):
    experiment.Experiment(dcgan_task.DCGAN, settings, tmp_path / "out")
  assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("path", ["", " ", "a\0b"])
def test_no_output_dir_that_is_none(path):
  with flagsaver.flagsaver(), pytest.raises(flags.Error, match="--output_dir"):
    flags.FLAGS(["mnist_dcgan", f"--output_dir={path}"])


def test_every_setting_has_a_flag():
  key_flags = flags.FLAGS.get_key_flags_for_module(mnist_dcgan)
  assert {flag.name for flag in key_flags} == {*_FIELDS, "output_dir"}
  fields.check(dcgan_task.Settings())
