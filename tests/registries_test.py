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
"""Tests of classes that are registered by a name."""

import pytest

from tf_ganprune import registries


class _Kind:
  kind = ""


def _registry():
  known = registries.ClassRegistry(
    _Kind, "`kind` must be one of {names} or a `_Kind`"
  )

  @known.register
  class One(_Kind):
    kind = "one"

  return known, One


def test_a_name_makes_an_object_and_an_object_is_taken():
  known, one = _registry()
  mine = one()
  assert known.make(mine) is mine
  assert type(known.make("one")) is one
  assert dict(known) == {"one": one} and len(known) == 1


@pytest.mark.parametrize("value", ["two", None, _Kind])
def test_what_is_neither_is_refused(value):
  with pytest.raises(ValueError, match=r"`kind` must be one of \['one'\] or"):
    _registry()[0].make(value)


@pytest.mark.parametrize("kind", ["", "one"])
def test_a_class_has_a_name_of_its_own(kind):
  cls = type("Two", (_Kind,), {"kind": kind})
  with pytest.raises(ValueError, match=f"Two .*`kind`.* '{kind}'"):
    _registry()[0].register(cls)


def _functions():
  known = registries.FunctionRegistry("`way` must be one of {names}")

  @known.register("one")
  def one():
    return 1

  return known, one


def test_a_name_finds_a_function_and_a_function_is_taken():
  known, one = _functions()
  assert known.find("one") is one
  assert known.find(len) is len
  assert dict(known) == {"one": one}


@pytest.mark.parametrize("value", ["two", None, 3, ["one"]])
def test_what_is_no_function_is_refused(value):
  with pytest.raises(ValueError, match=r"`way` must be one of \['one'\]; got"):
    _functions()[0].find(value)


def test_a_function_has_a_name_of_its_own():
  with pytest.raises(ValueError, match="len .*'one'"):
    _functions()[0].register("one")(len)
