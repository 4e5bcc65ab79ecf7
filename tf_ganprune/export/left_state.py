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
"""Finds files that keep state from one run to the next, and notes it."""

from ai_edge_litert import schema_py_generated as schema

_NOTE = (
  "Keeps its state from run to run, as recurrent layers do in LiteRT: an app"
  " must call `reset_all_variables()` (`ResetVariableTensors` in C++,"
  " `resetVariableTensors` in Java) before each run, as the comparison with"
  " Keras did."
)


def notes(content: bytes) -> list[str]:
  """Returns a sentence if an app must reset a file between runs, else none.

  Args:
    content: The file's content.
  """
  return [_NOTE] if is_left(content) else []


def is_left(content: bytes) -> bool:
  """Whether a file has variables that keep their values from run to run.

  Args:
    content: The file's content.
  """
  file = schema.Model.GetRootAsModel(content, 0)
  graphs = [file.Subgraphs(i) for i in range(file.SubgraphsLength())]
  return any(
    graph.Tensors(i).IsVariable()
    for graph in graphs
    for i in range(graph.TensorsLength())
  )
