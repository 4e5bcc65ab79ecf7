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
"""Finds GPUs for LiteRT: the machine's own, or a software GPU."""

import contextlib
import dataclasses
import glob
import json
import os
import pathlib
import shutil
import tempfile
from collections.abc import Iterator

# Chromium ships SwiftShader, a GPU in software; these are the folders of
# Debian, Fedora, Google Chrome, and Playwright.
_FOLDERS = (
  "/usr/lib/chromium",
  "/usr/lib/chromium-browser",
  "/usr/lib64/chromium-browser",
  "/opt/google/chrome",
  "~/.cache/ms-playwright/chromium-*/chrome-linux*",
)
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_DRIVER = "libvk_swiftshader.so"
_LOADER = "libvulkan.so.1"


@dataclasses.dataclass(frozen=True)
class Adapter:
  """One way to look for a GPU.

  Example:
    >>> with environment(Adapter("this machine's")) as variables:
    ...   subprocess.run(command, env=variables)

  Attributes:
    name: The name in messages.
    folder: The folder of the software GPU; None for the machine's drivers.
  """

  name: str
  folder: pathlib.Path | None = None


def adapters() -> list[Adapter]:
  """Returns the machine's own drivers, and a software GPU if one is found."""
  found = [Adapter("this machine's")]
  folder = software_folder()
  if folder is not None:
    found.append(Adapter("SwiftShader", folder))
  return found


def software_folder() -> pathlib.Path | None:
  """Returns the folder with SwiftShader's Vulkan driver, or None."""
  folders = [
    pathlib.Path(one)
    for pattern in _FOLDERS
    for one in sorted(glob.glob(os.path.expanduser(pattern)))
  ]
  programs = filter(None, map(shutil.which, _PROGRAMS))
  folders += [pathlib.Path(one).resolve().parent for one in programs]
  return next((one for one in folders if (one / _DRIVER).exists()), None)


@contextlib.contextmanager
def environment(adapter: Adapter) -> Iterator[dict[str, str]]:
  """Yields environment variables with which a program finds an adapter.

  Args:
    adapter: The adapter that is to be found.

  Yields:
    All environment variables for the program.
  """
  if adapter.folder is None:
    yield dict(os.environ)
    return
  # The driver wants a folder that no other user can read, as this one is.
  with tempfile.TemporaryDirectory(prefix="tf_ganprune_") as path:
    folder = pathlib.Path(path)
    _describe(adapter.folder / _DRIVER, folder / "icd.json")
    _link_loader(adapter.folder, folder)
    libraries = [str(folder), os.environ.get("LD_LIBRARY_PATH", "")]
    yield {
      **os.environ,
      "LD_LIBRARY_PATH": os.pathsep.join(filter(None, libraries)),
      "VK_ICD_FILENAMES": str(folder / "icd.json"),
      "XDG_RUNTIME_DIR": str(folder),
    }


def _describe(driver, path) -> None:
  """Writes the driver's description; Chromium's has a path that is relative."""
  icd = {"library_path": str(driver), "api_version": "1.0.5"}
  path.write_text(json.dumps({"file_format_version": "1.0.0", "ICD": icd}))


def _link_loader(source, folder) -> None:
  """Links Vulkan's loader, without the other libraries of its folder."""
  if (source / _LOADER).exists():
    (folder / _LOADER).symlink_to(source / _LOADER)
