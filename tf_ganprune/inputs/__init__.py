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
"""Inputs of generators: latents, labels, examples; and their images' range."""

from tf_ganprune.inputs.array_checks import check, check_rows
from tf_ganprune.inputs.base import (
  Inputs,
  check_takes,
  is_inputs,
  labels_of,
  latents_of,
  takes,
)
from tf_ganprune.inputs.choosing import by_input_name, of, source
from tf_ganprune.inputs.drawn_by_function import DrawnByFunction
from tf_ganprune.inputs.examples import Examples
from tf_ganprune.inputs.first_rows import Rows
from tf_ganprune.inputs.labelled_latents import LabelledLatents
from tf_ganprune.inputs.latents import Latents
from tf_ganprune.inputs.look_ups import LOOK_UPS, rows
from tf_ganprune.inputs.of_specs import described, draw, draw_specs
from tf_ganprune.inputs.spec_inputs import SpecInputs

__all__ = [
  "DrawnByFunction",
  "Examples",
  "Inputs",
  "LOOK_UPS",
  "LabelledLatents",
  "Latents",
  "Rows",
  "SpecInputs",
  "by_input_name",
  "check",
  "check_rows",
  "check_takes",
  "described",
  "draw",
  "draw_specs",
  "is_inputs",
  "labels_of",
  "latents_of",
  "of",
  "rows",
  "source",
  "takes",
]
