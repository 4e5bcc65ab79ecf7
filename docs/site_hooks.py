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
"""What MkDocs does beyond its configuration.

The site's first page is README.md and its last is CHANGELOG.md, which stand
outside of docs/, and a link to any other file of the project leads to a copy of
it. Links on GitHub and in the site are thus the same.
"""

import os
import pathlib
import re

from mkdocs.structure import files as mkdocs_files

_ROOT = pathlib.Path(__file__).resolve().parent.parent
_DOCS = "docs/"
_PAGES = {"README.md": "index.md", "CHANGELOG.md": "changelog.md"}
_COPIES = "files/"
_KEPT_TOGETHER = re.compile(r"(?<=\d) (?:(±) |(?=(?:ms|kB|MB|s)\b))")
_SOURCE_LINK = re.compile(r"""(href="(?!https?:)[^"#]+)\.(?:md|ipynb)([#"])""")
_LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|#)([^)#\s]+)(?=[)#])")


def on_files(files, config):
  """Adds the pages and files that stand outside of docs/."""
  pages = [_ROOT / name for name in _PAGES]
  pages += (_ROOT / _DOCS).rglob("*.md")
  for page in pages:
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
      path = _in_project(link, page.parent)
      if not path.startswith(_DOCS) and (_ROOT / path).is_file():
        _add(files, config, path)
  for path in _PAGES:
    _add(files, config, path)
  return files


def on_page_markdown(markdown, page, config, files):
  """Turns links between files of the project into those between pages."""
  of_page = {uri: path for path, uri in _PAGES.items()}
  uri = page.file.src_uri
  folder = (_ROOT / of_page.get(uri, _DOCS + uri)).parent

  def turned(match):
    target = _place(_in_project(match[0], folder))
    return pathlib.PurePosixPath(
      os.path.relpath(target, os.path.dirname(uri) or ".")
    ).as_posix()

  return _KEPT_TOGETHER.sub(_together, _LINK.sub(turned, markdown))


def on_page_content(html, page, config, files):
  """Turns links of notebooks between sources into those between pages."""
  del config, files
  if not page.file.src_uri.endswith(".ipynb"):
    return html
  return _SOURCE_LINK.sub(r"\1.html\2", html)


def _together(match) -> str:
  """Returns what stands between a number and its spread or unit."""
  return "\u00a0±\u00a0" if match[1] else "\u00a0"


def _in_project(link: str, folder: pathlib.Path) -> str:
  """Returns where a link leads, from the project's folder."""
  path = os.path.normpath(os.path.join(folder, link))
  return pathlib.Path(os.path.relpath(path, _ROOT)).as_posix()


def _place(path: str) -> str:
  """Returns where a file of the project is in the site's sources."""
  if path in _PAGES:
    return _PAGES[path]
  if path.startswith(_DOCS):
    return path.removeprefix(_DOCS)
  return _COPIES + path


def _add(files, config, path: str) -> None:
  uri = _place(path)
  if files.get_file_from_path(uri) is None:
    source = (_ROOT / path).read_bytes()
    files.append(mkdocs_files.File.generated(config, uri, content=source))
