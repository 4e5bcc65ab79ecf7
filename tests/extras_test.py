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
"""Tests that the extras of the package are there, and have what they must."""

import ast
import functools
import importlib.metadata
import re
import runpy
import sys

import pytest
import setuptools

from tests import build_files
from tf_ganprune.report import optional_imports

_PACKAGE = build_files.ROOT / "tf_ganprune"


@pytest.fixture(scope="module", name="setup")
def _setup():
  """Returns what `setup.py` gives `setuptools.setup`."""
  found = {}
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(setuptools, "setup", lambda **given: found.update(given))
    runpy.run_path(str(build_files.ROOT / "setup.py"))
  return found


def _packages(requirements) -> set[str]:
  """Returns the names alone, of `name>=1.2`."""
  return {re.match(r"[\w-]+", x).group().lower() for x in requirements}


def _trees():
  for path in _PACKAGE.rglob("*.py"):
    yield ast.parse(path.read_text(encoding="utf-8"))


def _imported(tree) -> set[str]:
  """Returns the top packages that are imported, wherever in the code."""
  found = set()
  for node in ast.walk(tree):
    if isinstance(node, ast.Import):
      found |= {alias.name for alias in node.names}
    elif isinstance(node, ast.ImportFrom):
      found.add(node.module)
    elif isinstance(node, ast.Call):
      found |= _imported_by_call(node)
  return {name.partition(".")[0] for name in found}


def _imported_by_call(call) -> set[str]:
  """Returns what `need("...")` and `import_module("...")` import."""
  function = ast.unparse(call.func).rpartition(".")[2]
  if function not in ("need", "import_module") or len(call.args) != 1:
    return set()
  return {x.value for x in call.args if isinstance(x, ast.Constant)}


_installed = functools.cache(importlib.metadata.packages_distributions)


def _distributions(module: str) -> set[str]:
  """Returns the packages that a module may come from."""
  found = _installed().get(module, [module])
  return {name.lower().replace("_", "-") for name in found}


def _comes_from(module: str, packages: set[str]) -> bool:
  names = {name.replace("_", "-") for name in packages}
  return bool(_distributions(module) & names)


@pytest.mark.slow
def test_what_is_imported_is_installed_with_the_package_or_an_extra(setup):
  imported = set().union(*map(_imported, _trees()))
  ours = {"tf_ganprune", "__future__", *sys.stdlib_module_names}
  extra = setup["extras_require"]
  installed = _packages(setup["install_requires"])
  known = installed | _packages(extra["report"]) | _packages(extra["ray"])
  known |= {"keras"}  # which TensorFlow brings
  strange = {x for x in imported - ours if not _comes_from(x, known)}
  assert strange == set()
  wanted = {"jinja2", "matplotlib", "mlxtend", "tqdm"}
  assert wanted <= imported
  for module in wanted:
    assert _comes_from(module, _packages(extra["report"]))
    assert not _comes_from(module, installed)


def test_what_the_report_lacks_is_said_to_be_in_its_extra(setup, monkeypatch):
  for package in _packages(setup["extras_require"]["report"]):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=f"needs the package {package}") as e:
      optional_imports.need(package)
    (name,) = re.findall(r"tf_ganprune\[(\w+)\]", str(e.value))
    assert name in setup["extras_require"]


def test_examples_is_another_name_of_report(setup):
  found = setup["extras_require"]
  assert found["report"]
  assert found["examples"] == found["report"]


def test_whatever_tests_need_has_what_the_report_needs(setup):
  found = setup["extras_require"]
  for name in ("test", "dev"):
    assert set(found["report"] + found["ray"]) <= set(found[name])
