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
"""Finds exported files and LiteRT's packages for the page of `serve_demo`."""

import json
import os
import pathlib
import shutil
import subprocess

WEB = pathlib.Path(__file__).resolve().parents[1] / "web"
_MODULES = "node_modules"
_REMEDY = "run `npm ci` in web/, or give --install"


def networks(
  output_dir: str | os.PathLike, wasm_target: str, webgpu_target: str
) -> list[dict]:
  """Finds the files to show, which `experiments.exporting` has written.

  Args:
    output_dir: The folder of `NETWORK_TARGET.tflite` files.
    wasm_target: The target whose files run on WASM.
    webgpu_target: The target whose files run on WebGPU, for networks that have
      such a file.

  Returns:
    A dict for each network: its `name`, and its `files` by accelerator.

  Raises:
    ValueError: If there are no files for `wasm_target`.
  """
  folder = pathlib.Path(output_dir)
  ending = f"_{wasm_target}.tflite"
  found = sorted(
    path.name.removesuffix(ending) for path in folder.glob(f"*{ending}")
  )
  if not found:
    raise ValueError(
      f"--output_dir {str(output_dir)!r} holds no file whose name ends in"
      f" {ending!r}; `python -m examples.mnist_dcgan` makes some, or name"
      " another --output_dir or --wasm_target."
    )
  return [
    {
      "name": name,
      "files": {
        "wasm": f"{name}{ending}",
        "webgpu": _first(
          folder, f"{name}_{webgpu_target}.tflite", f"{name}{ending}"
        ),
      },
    }
    for name in found
  ]


def _first(folder, *names) -> str:
  return next(name for name in names if (folder / name).exists())


def install(web: pathlib.Path = WEB) -> None:
  """Installs the packages of the lockfile with `npm ci`.

  Args:
    web: The folder of the page.

  Raises:
    ValueError: If there is no npm, or it fails.
  """
  npm = shutil.which("npm")
  if not npm:
    raise ValueError("--install needs npm, which is not installed; install it.")
  result = subprocess.run([npm, "ci"], cwd=web, check=False)
  if result.returncode:
    raise ValueError(f"`npm ci` in web/ failed ({result.returncode}).")


def check_installed(web: pathlib.Path = WEB) -> None:
  """Checks that the packages of the lockfile are installed.

  Args:
    web: The folder of the page.

  Raises:
    ValueError: If a package is missing or of another version.
  """
  locked = json.loads((web / "package-lock.json").read_text(encoding="utf-8"))
  for place, package in locked["packages"].items():
    if not place.startswith(_MODULES):
      continue
    name = place.removeprefix(f"{_MODULES}/")
    found = _version(web / place / "package.json")
    if found is None:
      raise ValueError(f"The page needs npm's {name}: {_REMEDY}.")
    if found != package["version"]:
      raise ValueError(
        f"The page needs {package['version']} of npm's {name}, and {found} is"
        f" installed: {_REMEDY}."
      )


def _version(path) -> str | None:
  try:
    return json.loads(path.read_text(encoding="utf-8")).get("version", "?")
  except (OSError, ValueError):
    return None
