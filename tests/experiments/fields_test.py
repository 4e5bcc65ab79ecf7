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
"""Tests of settings, their limits and their flags."""

import dataclasses
import math
import sys

import pytest
from absl import flags
from absl.testing import flagsaver

from tf_ganprune.experiments import fields


@dataclasses.dataclass(frozen=True)
class _Phase:
  cuts: int = fields.field(1, "How often.", fields.whole(1, 9))
  slim_epochs: int | None = fields.field(
    None, "How long, of all --cuts.", fields.whole(1, 9, optional=True)
  )


@dataclasses.dataclass(frozen=True)
class _Settings:
  rate: float = fields.field(0.5, "How fast.", fields.RATE)
  name: str = fields.field("a", "Of it.", fields.text())
  kind: str = fields.field("x", "Which.", fields.one_of(["x", "y"]))
  parts: tuple[str, ...] = fields.field(
    ("p",), "Some.", fields.some_of(["p", "q"], 1)
  )
  weights: tuple[float, ...] = fields.field(
    (1.0,), "Each.", fields.each(fields.WEIGHT, "must be weights")
  )
  slim: _Phase = fields.group(_Phase, "Of the phase.")


@dataclasses.dataclass(frozen=True)
class _Other(_Settings):
  rate: float = fields.like(_Settings, "rate", 0.25)


def test_names_of_a_group_begin_with_its_own():
  assert list(fields.flat(_Settings)) == [
    "rate",
    "name",
    "kind",
    "parts",
    "weights",
    "slim_cuts",
    "slim_epochs",
  ]


def test_there_and_back_through_json():
  settings = _Settings(parts=("p", "q"), slim=_Phase(cuts=3, slim_epochs=2))
  found = fields.values(settings)
  assert found["parts"] == ["p", "q"]
  assert (found["slim_cuts"], found["slim_epochs"]) == (3, 2)
  assert fields.made(_Settings, found) == settings
  with pytest.raises(KeyError):
    fields.made(_Settings, {"rate": 1.0})


def test_another_default_has_the_same_limit():
  assert _Other().rate == 0.25
  fields.check(_Other())
  with pytest.raises(ValueError, match="--rate must lie above 0 and not above"):
    fields.check(_Other(rate=2.0))


@pytest.mark.parametrize(
  ("values", "sentence"),
  [
    ({"rate": math.nan}, "--rate must lie above 0 and not above 1; got nan"),
    ({"rate": True}, "--rate must lie"),
    ({"rate": "1"}, "--rate must lie"),
    ({"name": " "}, "--name must be a text that is not empty; got ' '"),
    ({"name": "a\0"}, "--name must be a text"),
    ({"kind": "z"}, r"--kind must be one of \['x', 'y'\]; got 'z'"),
    ({"parts": ()}, "--parts must be some of"),
    ({"parts": ("p", "p")}, "--parts must be some of .* each once"),
    ({"weights": (1.0, -1.0)}, "--weights must be weights"),
    ({"slim": _Phase(cuts=0)}, "--slim_cuts must be a whole number from 1"),
    ({"slim": _Phase(cuts=1.0)}, "--slim_cuts must be a whole number from 1"),
    ({"slim": _Phase(cuts=None)}, "--slim_cuts must be a whole number from 1"),
    ({"slim": _Phase(slim_epochs=0)}, "--slim_epochs must be a whole number"),
  ],
)
def test_what_breaks_a_limit(values, sentence):
  with pytest.raises(ValueError, match=sentence):
    fields.check(_Settings(**values))


@pytest.fixture(name="own_flags")
def _own_flags():
  """Defines flags by names that nobody else has, and removes them."""
  names = {name: f"fields_test_{name}" for name in fields.flat(_Settings)}
  fields.define_flags(_Settings, {"rate": 0.75}, names)
  yield flags.FLAGS
  for name in names.values():
    delattr(flags.FLAGS, name)


def _parse(*arguments):
  flags.FLAGS(["test", *(f"--fields_test_{x}" for x in arguments)])


def test_flags_are_those_of_the_fields(own_flags):
  with flagsaver.flagsaver():
    _parse("parts=p", "parts=q", "weights=2", "slim_cuts=4", "kind=y")
    assert own_flags.fields_test_parts == ["p", "q"]
    assert own_flags.fields_test_weights == [2.0]
    assert own_flags.fields_test_slim_cuts == 4
    assert own_flags.fields_test_slim_epochs is None
    assert own_flags.fields_test_rate == 0.75
  assert own_flags["fields_test_slim_cuts"].help == "How often."
  said = own_flags["fields_test_slim_epochs"].help
  assert said == "How long, of all --fields_test_slim_cuts."


@pytest.mark.parametrize(
  ("argument", "sentence"),
  [
    ("rate=nan", "must lie above 0 and not above 1"),
    ("kind=z", "should be one of <x|y>"),
    ("slim_cuts=10", "must be a whole number from 1 to 9"),
    ("parts=z", "should be one of <p|q>"),
  ],
)
def test_flags_know_the_limits(own_flags, argument, sentence):
  del own_flags
  with flagsaver.flagsaver(), pytest.raises(flags.Error) as error:
    _parse(argument)
  assert sentence in str(error.value)


def test_two_programs_share_the_flags_of_a_field(own_flags):
  names = {"rate": "fields_test_rate"}
  fields.define_flags(_Settings, names=names)
  assert own_flags.fields_test_rate == 0.75
  this = flags.FLAGS.get_key_flags_for_module(sys.modules[__name__])
  assert "fields_test_rate" in [flag.name for flag in this]

  @dataclasses.dataclass(frozen=True)
  class Unlike:
    rate: float = fields.field(1.0, "Another.", fields.WEIGHT)

  with pytest.raises(flags.DuplicateFlagError):
    fields.define_flags(Unlike, names=names)


def test_another_help_has_the_same_limit():
  @dataclasses.dataclass(frozen=True)
  class Described(_Settings):
    rate: float = fields.like(_Settings, "rate", 0.25, "How quick.")

  found = fields.flat(Described)["rate"].metadata
  assert found["help"] == "How quick."
  assert found["limit"] is fields.RATE
  assert fields.flat(_Other)["rate"].metadata["help"] == "How fast."


@dataclasses.dataclass(frozen=True)
class _Twice:
  zeros: _Phase = fields.group(_Phase, "Of the one phase.")
  slim: _Phase = fields.group(_Phase, "Of the other.")


def test_a_help_speaks_of_the_fields_of_its_own_group():
  names = {x: f"fields_test_{x}" for x in ("zeros_slim_epochs", "slim_epochs")}
  names |= {x: f"fields_test_{x}" for x in ("zeros_cuts", "slim_cuts")}
  fields.define_flags(_Twice, names=names)
  try:
    for phase in ("zeros", "slim"):
      name = "zeros_slim_epochs" if phase == "zeros" else "slim_epochs"
      said = flags.FLAGS[f"fields_test_{name}"].help
      assert said == f"How long, of all --fields_test_{phase}_cuts."
  finally:
    for name in names.values():
      delattr(flags.FLAGS, name)
