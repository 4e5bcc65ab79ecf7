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

from tf_ganprune import class_registry


class _Kind:
  kind = ""


def _registry():
  known = class_registry.ClassRegistry(
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
  with pytest.raises(ValueError, match="Two must have a `kind`"):
    _registry()[0].register(cls)
