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
"""Progress bars of work that takes long."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
# Short work, as after each epoch, shows nothing.
_SECONDS = 10.0


def shown(
  items: Iterable[T], label: str, total: int | None = None
) -> Iterator[T]:
  """Yields items, with a bar of tqdm on stderr if they take over ten seconds.

  Args:
    items: Whatever is worked on.
    label: The words before the bar.
    total: The number of items; None if it is not known.
  """
  try:
    import tqdm
  except ImportError:  # It comes with the extra "report".
    yield from items
    return
  bar = tqdm.tqdm(
    items, desc=label, total=total, delay=_SECONDS, leave=False, unit="batch"
  )
  # A caller that stops early leaves no half a bar.
  with bar:
    yield from bar
