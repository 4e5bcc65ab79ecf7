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
"""The notebooks run, and have their pictures in them."""

import pytest

from tests import build_files

nbformat = pytest.importorskip(
  "nbformat", reason="the notebooks are run with nbclient: the extra `dev`"
)
nbclient = pytest.importorskip("nbclient", reason="likewise")
pytest.importorskip("ipykernel", reason="likewise")

_FOLDER = build_files.ROOT / "docs" / "notebooks"
_PATHS = sorted(_FOLDER.glob("*.ipynb"))
_SMALL = "epochs, num_images = 1, 256"
_paths = pytest.mark.parametrize("path", _PATHS, ids=lambda path: path.stem)


def _code(notebook) -> list:
  return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.slow
@_paths
def test_all_cells_run(path, tmp_path):
  notebook = nbformat.read(path, as_version=4)
  (settings,) = [
    cell
    for cell in _code(notebook)
    if "parameters" in cell.metadata.get("tags", [])
  ]
  assert "epochs = " in settings.source and "num_images = " in settings.source
  settings.source = _SMALL
  client = nbclient.NotebookClient(
    notebook,
    timeout=900,
    kernel_name="python3",
    resources={"metadata": {"path": str(tmp_path)}},
  )
  client.execute()
  assert _pictures(notebook) >= 3
  assert list(tmp_path.glob("*.tflite"))


def _pictures(notebook) -> int:
  outputs = [x for cell in _code(notebook) for x in cell.outputs]
  return sum("image/png" in output.get("data", {}) for output in outputs)


@_paths
def test_the_outputs_are_those_of_a_run_from_top_to_bottom(path):
  notebook = nbformat.read(path, as_version=4)
  counts = [cell.execution_count for cell in _code(notebook)]
  assert counts == [*range(1, len(counts) + 1)]
  assert _pictures(notebook) >= 3
  outputs = [x for cell in _code(notebook) for x in cell.outputs]
  assert all(x.output_type != "error" for x in outputs)
  assert all(x.get("name") != "stderr" for x in outputs)
  assert "/root/" not in path.read_text(encoding="utf-8")
  assert "/home/" not in path.read_text(encoding="utf-8")
