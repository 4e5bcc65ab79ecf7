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
"""Tests that the code of `report/` names no family, and nothing of one."""

import ast
import re

import pytest

import tf_ganprune as tgp
from tests import build_files, tiny
from tests.gan import translations

_ROOM = build_files.ROOT / "tf_ganprune" / "report"
# What a table's column may say of a network that is there: an argument of
# `NetworkResult` from when there was one family.
_ALLOWED = {("comparison.py", "discriminator")}
# Of families; they are none.
_BASES = ("tf_ganprune.gan.adversarial", "tf_ganprune.gan.cyclic")


def _families(base=tgp.PrunedGAN) -> list[type]:
  """Returns the package's families."""
  found = [x for x in base.__subclasses__() if _is_ours(x)]
  below = [y for x in found for y in _families(x)]
  return [*(x for x in found if x.__module__ not in _BASES), *below]


def _is_ours(model_class) -> bool:
  return model_class.__module__.startswith("tf_ganprune.")


def _names_of(family) -> set[str]:
  """Returns what it is called, its file, its networks and its optimizers."""
  model = _made(family)
  return {
    family.__name__,
    family.__module__,
    *model.networks,
    *(model.average_name(name) for name in model.averages),
    *(model.optimizer_name(name) for name in model.networks),
  }


def _made(family):
  shape, labels = (8, 8, 1), {"latent_dim": 4, "num_classes": 3}
  if family is tgp.ConditionalGAN:
    judge = tgp.networks.conditional_discriminator(shape, 3, width=4)
    maker = tgp.networks.conditional_generator(shape, 4, 3, width=4)
    return family(judge, maker, ema_decay=0.5, **labels)
  if family is tgp.SemiSupervisedGAN:
    judge = tgp.networks.dcgan_classifier(shape, 3, width=4)
    return family(judge, tiny.generator(), ema_decay=0.5, **labels)
  if family in (tgp.CycleGAN, tgp.DualGAN):
    return family(**translations.networks(), ema_decay=0.5)
  if family is tgp.Pix2Pix:
    return translations.pix2pix(ema_decay=0.5)
  return family(tiny.discriminator(), tiny.generator(), 4, ema_decay=0.5)


def _names() -> set[str]:
  return {"critic"}.union(*map(_names_of, _families()))


def _words(code: str) -> set[str]:
  """Returns identifiers, keywords, imports, and strings that are such."""
  found = set()
  for node in ast.walk(ast.parse(code)):
    if isinstance(node, ast.ImportFrom):
      found |= {node.module, *(f"{node.module}.{x.name}" for x in node.names)}
    for field in ("id", "attr", "arg", "name", "value"):
      if isinstance(word := getattr(node, field, None), str):
        found.add(word)
  return found


def test_knows_the_families():
  names = _names()
  assert {"GAN", "WGANGP", "tf_ganprune.gan.wgan_gp"} <= names
  assert {"generator", "ema_generator", "d_optimizer"} <= names


def test_code_names_no_family():
  names = _names()
  found = {
    (path.name, word)
    for path in _ROOM.rglob("*.py")
    for word in _words(path.read_text("utf-8")) & names
  }
  assert found == _ALLOWED


def test_templates_name_no_family():
  pages = list(_ROOM.rglob("*.html"))
  assert pages
  for page in pages:
    code = re.findall(r"{[{%].*?[%}]}", page.read_text("utf-8"), re.S)
    assert code
    words = set(re.findall(r"\w+", " ".join(code)))
    assert not words & _names(), page


@pytest.mark.parametrize(
  "code",
  [
    "model.generator",
    "getattr(model, 'generator', None)",
    "networks['generator']",
    "f(generator=None)",
    "from a import generator",
    "def generator(): pass",
  ],
)
def test_a_name_is_found(code):
  assert {"generator", "a.generator"} & _words(code)
  assert "generator" not in _words("'The generator of a GAN.'; generators = 1")
