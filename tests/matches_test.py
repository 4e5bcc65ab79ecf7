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
"""Tests that `match=` names a thing, so that its sentence can be bettered.

A `match=` that is a piece of prose breaks when a message gets better words. One
that holds the argument, layer, flag, class, file or number which the message is
about breaks only when the message no longer says it.
"""

import ast
import itertools
import pathlib
import re
from collections.abc import Iterator

import pytest

_TESTS = pathlib.Path(__file__).parent

# Stands for what is known only when the test runs: a layer's name, say.
_COMPUTED = "`computed`"

_NAME = re.compile(
  r"""
  [`'"\d]             # a quoted name, or a number
  | (?<!\w)--\w       # a flag
  | \w_\w | \b_\w | \w=\w  # an argument
  | \w\.\w | \.\w\w   # a dotted name, or a suffix of a file
  | \w/\w             # a path
  | [a-z][A-Z]        # a class
  | [A-Z][A-Z]        # an operator
  """,
  re.VERBOSE,
)


def _is_named(pattern: str) -> bool:
  """Tells whether a regular expression holds a name or a number."""
  plain = re.sub(r"\\d", "0", pattern)
  plain = re.sub(r"\\[bswBDSW]|(?<!\\)\.[*+?]+", " ", plain)
  return bool(_NAME.search(plain.replace("\\", "")))


def _bound(target: ast.expr, value: ast.expr) -> Iterator[tuple]:
  """Yields the names of an assignment's left, each with its value."""
  if isinstance(value, ast.Call) and ast.unparse(value.func) == "pytest.param":
    value = ast.Tuple(value.args) if len(value.args) > 1 else value.args[0]
  if isinstance(target, ast.Name):
    yield target.id, value
  elif isinstance(target, ast.Tuple) and hasattr(value, "elts"):
    for each, its_value in zip(target.elts, value.elts, strict=False):
      yield from _bound(each, its_value)


def _items(value: ast.expr, constants: dict) -> list[ast.expr]:
  """Returns the expressions that a loop or a parametrization goes over."""
  if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
    value = value.func.value  # of `.items()`
  if isinstance(value, ast.Name):
    value = constants.get(value.id, [value])[0]
  if isinstance(value, ast.Dict):
    pairs = zip(value.keys, value.values, strict=True)
    return [ast.Tuple(list(pair)) for pair in pairs]
  return list(getattr(value, "elts", []))


def _parametrized(decorator: ast.expr) -> tuple | None:
  """Returns the names and the values of `pytest.mark.parametrize`."""
  if "parametrize(" not in ast.unparse(decorator):
    return None
  names, values = decorator.args[:2]
  if isinstance(names, ast.Constant):
    names = ast.parse(names.value, mode="eval").body
  else:
    names = ast.Tuple([ast.Name(name.value) for name in names.elts])
  return names, values


def _bindings(scope: ast.AST, constants: dict) -> dict[str, list[ast.expr]]:
  """Maps each name that is set in a function or module to its values."""
  found = []
  for node in ast.walk(scope):
    if isinstance(node, ast.Assign):
      found += _bound(node.targets[0], node.value)
    looped = None
    if isinstance(node, ast.For | ast.comprehension):
      looped = node.target, node.iter
    elif isinstance(node, ast.Call):
      looped = _parametrized(node)
    if looped:
      for item in _items(looped[1], constants):
        found += _bound(looped[0], item)
  bindings = {}
  for name, value in found:
    bindings.setdefault(name, []).append(value)
  return bindings


def _texts(value: ast.expr, bindings: dict) -> list[str]:
  """Returns all that an expression of a `match=` can be."""
  if isinstance(value, ast.Constant):
    return [value.value] if isinstance(value.value, str) else []
  if isinstance(value, ast.Name) and value.id in bindings:
    own = {k: v for k, v in bindings.items() if k != value.id}
    return [x for v in bindings[value.id] for x in _texts(v, own)]
  if isinstance(value, ast.FormattedValue):
    return _texts(value.value, bindings)
  if isinstance(value, ast.JoinedStr | ast.BinOp):
    parts = getattr(value, "values", None) or [value.left, value.right]
    choices = [_texts(part, bindings) for part in parts]
    return ["".join(texts) for texts in itertools.product(*choices)]
  if isinstance(value, ast.IfExp):
    return _texts(value.body, bindings) + _texts(value.orelse, bindings)
  if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
    if value.func.attr == "escape":
      return _texts(value.args[0], bindings)
    if value.func.attr == "replace":
      return _texts(value.func.value, bindings)
  return [_COMPUTED]


def _prose(source: str) -> list[tuple[int, str]]:
  """Returns the line and the text of each `match=` that names nothing."""
  module = ast.parse(source)
  constants = _bindings(
    ast.Module([x for x in module.body if isinstance(x, ast.Assign)], []), {}
  )
  found = set()
  for scope in module.body:
    keywords = [x for x in ast.walk(scope) if isinstance(x, ast.keyword)]
    matches = [x.value for x in keywords if x.arg == "match"]
    bindings = constants | _bindings(scope, constants) if matches else {}
    for value in matches:
      texts = _texts(value, bindings)
      found |= {(value.lineno, x) for x in texts if not _is_named(x)}
  return sorted(found)


@pytest.mark.parametrize(
  "named",
  [
    "`num_classes`",
    "'conv'",
    "--epochs",
    "conv_2",
    r"\b17\b",
    "net.keras",
    "a file of .npz",
    "tgp.strip_pruning",
    "BatchNormalization",
    "training=True",
    "extra/kernel",
    r"takes \[None, 4\]",
    r"\d rows",
    "EXP: not supported",
  ],
)
def test_a_name_is_found(named):
  assert _is_named(named)


@pytest.mark.parametrize(
  "prose",
  [
    "must be a Keras model",
    "is not built",
    "on average. Train it first",
    "subclassed.*functional",
    r"exactly one\b.*none\.",
    r"needs \(at least\) a well-kept \w+",
    "got nan",
    "",
  ],
)
def test_prose_is_found(prose):
  assert not _is_named(prose)


_EXAMPLE = """
_SENTENCE = "is not built"
_CASES = [({}, "none of them"), ({"a": 1}, "`a`"), ({"b": 1}, None)]

@pytest.mark.parametrize("given, message", _CASES)
@pytest.mark.parametrize("end", ["too late", "in 2 days"])
@pytest.mark.parametrize("one", [pytest.param("only this", id="a"), "`b`"])
def test_them(given, message, end, one, name):
  with pytest.raises(ValueError, match=message):
    raise ValueError
  with pytest.raises(ValueError, match=f"came {end}"):
    raise ValueError
  with pytest.warns(UserWarning, match=one):
    pass
  with pytest.raises(ValueError, match=_SENTENCE), other(match=name):
    pass
  for path, said in {"a": "a folder", "b": "b.keras"}.items():
    with pytest.raises(ValueError, match=said):
      files.check(path)
  message = "cannot" + " be read" if one else "`one`"
  with pytest.raises(ValueError, match=re.escape(message)):
    pass
"""


def test_prose_of_cases_is_found():
  assert {text for _, text in _prose(_EXAMPLE)} == {
    "none of them",
    "came too late",
    "only this",
    "is not built",
    "a folder",
    "cannot be read",
  }


def test_matches_of_the_tests_name_something():
  found = [
    f"{path.relative_to(_TESTS)}:{line}: {text!r}"
    for path in sorted(_TESTS.rglob("*.py"))
    for line, text in _prose(path.read_text("utf-8"))
  ]
  assert not found, (
    "`match=` must hold the argument, layer, flag, file, class or number that"
    " the message is about: " + ", ".join(found)
  )
