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
"""Notes on inputs and outputs that a file orders or names unlike Keras."""

from collections.abc import Mapping

from ai_edge_litert import schema_py_generated as schema

from tf_ganprune.keras_compat import keras


def notes(content: bytes, model: keras.Model) -> list[str]:
  """Returns a sentence on each difference between a file's and Keras's names.

  Args:
    content: The file's content.
    model: The network that the file was made from.
  """
  file = schema.Model.GetRootAs(content, 0)
  graph, signature = file.Subgraphs(0), file.SignatureDefs(0)
  inputs = _in_order(signature.Inputs, signature.InputsLength(), graph.Inputs)
  outputs = _in_order(
    signature.Outputs, signature.OutputsLength(), graph.Outputs
  )
  return [
    *_on_order("inputs", inputs, model.input_names),
    *_on_order("outputs", outputs, model.output_names),
    *_on_keys(model),
  ]


def _in_order(entry, count, place) -> list[str]:
  """Returns the names of a file's inputs or outputs, in the file's order."""
  named = {}
  for i in range(count):
    named.setdefault(entry(i).TensorIndex(), []).append(
      entry(i).Name().decode()
    )
  found = [named.get(place(i), []) for i in range(count)]
  return list(dict.fromkeys(name for names in found for name in names))


def _on_order(what, found, names) -> list[str]:
  if len(names) < 2 or found == list(names):
    return []
  return [
    f"The file's {what} are in the order {', '.join(map(repr, found))}, and the"
    f" network's {', '.join(map(repr, names))}: use their names, which its"
    " signature has, not their numbers."
  ]


def _on_keys(model) -> list[str]:
  """Returns notes on outputs in a dict whose keys are not the layers' names."""
  outputs = model._nested_outputs
  if not isinstance(outputs, Mapping):
    return []
  by_id = dict(zip(map(id, model.outputs), model.output_names, strict=True))
  renamed = {
    key: by_id[id(x)]
    for key, x in outputs.items()
    if id(x) in by_id and by_id[id(x)] != key
  }
  return [
    f"Output {key!r} is called {name!r} in the file, as its layer is."
    for key, name in renamed.items()
  ]
