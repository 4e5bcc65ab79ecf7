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
"""Writes the BUILD files from the imports: `python -m tests.build_files`."""

import ast
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
_TREES = ("tf_ganprune", "examples", "benchmarks", "tests")
# What a program runs in another environment, whose packages are not ours.
_ELSEWHERE = {
  "benchmarks/channels/torch_pruning.py": [
    "torch_networks.py",
    "torch_pruning_contestant.py",
  ],
}
_PROGRAMS = (
  "benchmarks/channels/channel_scaling.py",
  "benchmarks/channels/curve.py",
  "benchmarks/channels/latency.py",
  "benchmarks/channels/torch_pruning.py",
  "benchmarks/export/arm_program.py",
  "benchmarks/export/arm_sparse.py",
  "benchmarks/export/seconds.py",
  "benchmarks/export/seconds_program.py",
  "benchmarks/export/targets.py",
  "benchmarks/pruning/gan_step.py",
  "benchmarks/pruning/gan_step_program.py",
  "benchmarks/pruning/input_pipeline.py",
  "benchmarks/pruning/mask_update.py",
  "benchmarks/pruning/scaling.py",
  "benchmarks/pruning/strategy_steps.py",
  "benchmarks/pruning/train_step.py",
  "benchmarks/quality/compression.py",
  "benchmarks/quality/evaluator_scale.py",
  "benchmarks/quality/job_seeds.py",
  "benchmarks/quality/small_data.py",
  "benchmarks/quality/sparse_generator.py",
  "benchmarks/quality/strategies.py",
  "examples/conditional_gan.py",
  "examples/export_tflite.py",
  "examples/mnist_dcgan.py",
  "examples/semi_supervised_gan.py",
  "examples/serve_demo.py",
  "examples/slim_dcgan.py",
  "examples/sweep.py",
  "tf_ganprune/__main__.py",
)
_MAIN = "tests/pytest_main.py"
_DATA = ("*.bib", "*.html", "*.md", "*.txt", "py.typed")
_LICENSE = "".join(
  line + "\n"
  for line in (ROOT / "setup.py").read_text().splitlines()[:13]
  if line.startswith("#")
)
# Where the import is not the package's name.
_PYPI = {
  "PIL": "pillow",
  "absl": "absl_py",
  "skimage": "scikit_image",
  "sklearn": "scikit_learn",
}


def imports(source: pathlib.Path) -> set[str]:
  """Returns the modules that a file imports, as dotted names."""
  names = set()
  for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
    if isinstance(node, ast.Import):
      names.update(alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
      names.update(f"{node.module}.{alias.name}" for alias in node.names)
  return names


def own_file(name: str) -> pathlib.Path | None:
  """Returns the file of this project that a dotted name leads to, or None."""
  parts = name.split(".")
  while parts:
    path = ROOT.joinpath(*parts)
    if path.with_suffix(".py").exists():
      return path.with_suffix(".py")
    if (path / "__init__.py").exists():
      return path / "__init__.py"
    parts.pop()  # what is left is a name in a module
  return None


def label(source: pathlib.Path) -> str:
  """Returns the label of a file's target."""
  package = source.parent.relative_to(ROOT).as_posix()
  return f"//{package}:{_target(source)}"


def dependencies(source: pathlib.Path) -> list[str]:
  """Returns the labels that a file's target depends on, in Bazel's order."""
  labels = set()
  for name in imports(source):
    top = name.partition(".")[0]
    if top in _TREES:
      labels.add(label(own_file(name)))
    elif top not in sys.stdlib_module_names:
      labels.add(f"@pypi//{_PYPI.get(top, top)}")
  labels.discard(label(source))
  return _in_order(labels)


def build_file(folder: pathlib.Path) -> str:
  """Returns what a folder's BUILD file must be."""
  sources = [x for x in sorted(folder.glob("*.py")) if not _is_elsewhere(x)]
  targets = [_rule(source) for source in sources]
  rules = sorted({text.partition("(")[0] for text in targets})
  loads = ", ".join(f'"{rule}"' for rule in rules)
  head = f'load("@rules_python//python:defs.bzl", {loads})\n'
  visibility = 'package(default_visibility = ["//visibility:public"])\n'
  exports = []
  if folder == (ROOT / _MAIN).parent:
    exports = [f'exports_files(["{pathlib.Path(_MAIN).name}"])\n']
  return "\n".join([_LICENSE, head, visibility, *exports, *targets])


def _is_elsewhere(source: pathlib.Path) -> bool:
  return any(
    source == (ROOT / program).parent / name
    for program, names in _ELSEWHERE.items()
    for name in names
  )


def folders() -> list[pathlib.Path]:
  """Returns the folders that have a BUILD file."""
  return sorted(
    {source.parent for tree in _TREES for source in (ROOT / tree).rglob("*.py")}
  )


def _target(source: pathlib.Path) -> str:
  return source.parent.name if source.name == "__init__.py" else source.stem


def _rule(source: pathlib.Path) -> str:
  attributes = {"name": _target(source), "srcs": [source.name]}
  deps = dependencies(source)
  rule = "py_library"
  if source.name.endswith("_test.py"):
    rule = "py_test"
    attributes["srcs"].append(f"//{_MAIN.replace('/py', ':py')}")
    attributes["args"] = [f"$(location {source.name})"]
    attributes["main"] = f"//{_MAIN.replace('/py', ':py')}"
    deps = _in_order({*deps, "@pypi//pytest", *_conftest(source.parent)})
  elif source.relative_to(ROOT).as_posix() in _PROGRAMS:
    rule = "py_binary"
  data = _data(source) if source.name == "__init__.py" else []
  data = data + _ELSEWHERE.get(source.relative_to(ROOT).as_posix(), [])
  return _format(rule, attributes | {"data": data, "deps": deps})


def _in_order(labels: set[str]) -> list[str]:
  return sorted(labels, key=lambda label: (label.startswith("@"), label))


def _conftest(folder: pathlib.Path) -> list[str]:
  """Returns the labels of what a folder's tests share, its parents' as well.

  That of all tests is for those beside it.
  """
  above = [x for x in folder.parents if ROOT / "tests" in x.parents]
  files = [x / "conftest.py" for x in (folder, *above)]
  return [label(file) for file in files if file.exists()]


def _data(init: pathlib.Path) -> list[str]:
  """Returns the files that a package carries; its subfolders' too."""
  return sorted(
    path.relative_to(init.parent).as_posix()
    for pattern in _DATA
    for path in init.parent.rglob(pattern)
    if not any((up / "__init__.py").exists() for up in _between(path, init))
  )


def _between(path: pathlib.Path, init: pathlib.Path) -> list[pathlib.Path]:
  return [up for up in path.parents if init.parent in up.parents]


def _format(rule: str, attributes: dict) -> str:
  lines = [f"{rule}("]
  for name, value in attributes.items():
    if isinstance(value, str):
      lines.append(f'    {name} = "{value}",')
    elif len(value) == 1:
      lines.append(f'    {name} = ["{value[0]}"],')
    elif value:
      lines.append(f"    {name} = [")
      lines += [f'        "{item}",' for item in value]
      lines.append("    ],")
  return "\n".join([*lines, ")", ""])


if __name__ == "__main__":
  for folder_ in folders():
    (folder_ / "BUILD").write_text(build_file(folder_), encoding="utf-8")
