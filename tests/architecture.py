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
"""Draws how the package is built, from its imports.

  python -m tests.architecture

writes `docs/images/rooms.svg` and the table of rooms in `docs/architecture.md`.
A room is a module or a folder of the package; an arrow leads to a room that it
imports; a floor is the longest chain of arrows down. Arrows that follow from
others are left out, and in the picture those to files of the ground floor too.
"""

import ast
import graphlib
import html
import pathlib
import statistics

from tests import build_files

PACKAGE = build_files.ROOT / "tf_ganprune"
PICTURE = build_files.ROOT / "docs" / "images" / "rooms.svg"
PAGE = build_files.ROOT / "docs" / "architecture.md"
_BEGIN, _END = "<!-- rooms -->\n", "<!-- end of rooms -->\n"
_BOX, _GAP, _HEIGHT, _STEP = 104, 12, 26, 74
_MARGIN, _MOST_APART = 30, 230
_STYLE = """\
  <style>
    rect { fill: #fff; stroke: #90a4ae; }
    rect.page { stroke: none; }
    rect.folder { fill: #e0f2f1; stroke: #00796b; }
    path { fill: none; stroke: #90a4ae; stroke-opacity: 0.7; }
    text { font: 12px sans-serif; fill: #263238; text-anchor: middle; }
    text.floor { fill: #78909c; text-anchor: start; }
  </style>
"""


def arrows(package: pathlib.Path = PACKAGE) -> dict[str, set[str]]:
  """Returns the rooms of a package, each with those that it imports.

  Args:
    package: A folder; its `__init__.py`, which re-exports, is no room.
  """
  found = {}
  for source in sorted(package.rglob("*.py")):
    room = _room(source, package)
    if room == "__init__":
      continue
    files = map(build_files.own_file, build_files.imports(source))
    inside = {
      _room(file, package) for file in files if file and package in file.parents
    }
    found.setdefault(room, set()).update(inside - {room, "__init__"})
  return found


def reduced(given: dict[str, set[str]]) -> dict[str, set[str]]:
  """Returns the arrows that do not follow from others.

  Args:
    given: Of a graph.

  Raises:
    graphlib.CycleError: If rooms import each other in a circle.
  """
  below = {}
  for room in graphlib.TopologicalSorter(given).static_order():
    below[room] = set(given[room]).union(*(below[x] for x in given[room]))
  return {
    room: {x for x in to if not any(x in below[other] for other in to)}
    for room, to in given.items()
  }


def floors(given: dict[str, set[str]]) -> list[list[str]]:
  """Returns the rooms of each floor, the lowest first.

  Args:
    given: The arrows of a graph without circles.
  """
  levels = {}
  for room in graphlib.TopologicalSorter(given).static_order():
    levels[room] = max((levels[x] + 1 for x in given[room]), default=0)
  rows = [[] for _ in range(max(levels.values()) + 1)]
  for room in sorted(levels):
    rows[levels[room]].append(room)
  return rows


def picture(given: dict[str, set[str]], package: pathlib.Path = PACKAGE) -> str:
  """Returns an SVG of a graph, its floors from the bottom up.

  Args:
    given: Its arrows.
    package: Where its rooms are; those that are folders have a colour.
  """
  rows = floors(given)
  ground = {room for room in rows[0] if not (package / room).is_dir()}
  shown = {room: to - ground for room, to in reduced(given).items()}
  width = max(map(len, rows)) * (_BOX + _GAP) + 2 * _MARGIN
  height = len(rows) * _STEP
  places = _places(rows, shown, width)
  lines = [
    _arrow(places[room], places[to])
    for room in sorted(shown)
    for to in sorted(shown[room])
  ]
  boxes = [_box(room, *places[room], package) for room in sorted(places)]
  labels = [
    f'  <text class="floor" x="8" y="{_y(i, len(rows)) + 17}">{i}</text>\n'
    for i in range(len(rows))
  ]
  return (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">\n'
    f"  <title>Rooms of {package.name}, and what each imports</title>\n"
    f'{_STYLE}  <rect class="page" width="{width}" height="{height}"/>\n'
    f"{''.join([*lines, *boxes, *labels])}</svg>\n"
  )


def table(given: dict[str, set[str]], package: pathlib.Path = PACKAGE) -> str:
  """Returns the rooms as Markdown, the highest floor first.

  Args:
    given: The arrows of a graph.
    package: Where its rooms are.
  """
  shown = reduced(given)
  lines = [
    "| Floor | Room | What lives there | Rests on |\n|---|---|---|---|\n"
  ]
  rows = floors(given)
  for floor in reversed(range(len(rows))):
    for room in rows[floor]:
      rests = " ".join(f"`{x}`" for x in sorted(shown[room]))
      lines.append(
        f"| {floor} | `{_file(room, package)}` | {_summary(room, package)}"
        f" | {rests} |\n"
      )
  return "".join(lines)


def page(text: str) -> str:
  """Returns the page with the table that is true to the imports.

  Args:
    text: The page as it is.
  """
  before, rest = text.split(_BEGIN)
  after = rest.split(_END)[1]
  return f"{before}{_BEGIN}\n{table(arrows())}\n{_END}{after}"


def _room(source: pathlib.Path, package: pathlib.Path) -> str:
  return source.relative_to(package).parts[0].removesuffix(".py")


def _file(room: str, package: pathlib.Path) -> str:
  return f"{room}/" if (package / room).is_dir() else f"{room}.py"


def _summary(room: str, package: pathlib.Path) -> str:
  folder = package / room
  source = folder / "__init__.py" if folder.is_dir() else package / f"{room}.py"
  docstring = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8")))
  return (docstring or "").partition("\n")[0].replace("|", "\\|")


def _places(rows, shown, width) -> dict[str, tuple[int, int]]:
  """Returns the middle of each box: below what rests on it, where it can."""
  places = {}
  above = {room: [x for x in shown if room in shown[x]] for room in shown}
  for level in reversed(range(len(rows))):

    def wish(room):
      return statistics.mean([places[x][0] for x in above[room]] or [width / 2])

    row = sorted(rows[level], key=lambda room: (wish(room), room))
    apart = min(_MOST_APART, (width - 2 * _MARGIN) // len(row))
    first = (width - (len(row) - 1) * apart) // 2
    for i, room in enumerate(row):
      places[room] = (first + i * apart, _y(level, len(rows)))
  return places


def _y(level: int, count: int) -> int:
  return (count - 1 - level) * _STEP + (_STEP - _HEIGHT) // 2


def _arrow(start, end) -> str:
  (x, y), (to_x, to_y) = start, end
  y += _HEIGHT
  middle = (to_y - y) // 2
  curve = f"C{x} {y + middle} {to_x} {to_y - middle} {to_x} {to_y}"
  return f'  <path d="M{x} {y}{curve}"/>\n'


def _box(room: str, x: int, y: int, package: pathlib.Path) -> str:
  kind = ' class="folder"' if (package / room).is_dir() else ""
  text = html.escape(room)
  return (
    f'  <rect x="{x - _BOX // 2}" y="{y}" width="{_BOX}" height="{_HEIGHT}"'
    f' rx="4"{kind}/>\n  <text x="{x}" y="{y + 17}">{text}</text>\n'
  )


if __name__ == "__main__":
  PICTURE.write_text(picture(arrows()), encoding="utf-8")
  PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
