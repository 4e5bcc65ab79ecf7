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
"""Locks between processes that a killed process does not keep."""

import contextlib
import fcntl
import os
import pathlib
import socket
from collections.abc import Iterator


@contextlib.contextmanager
def held(path: str | os.PathLike, wait: bool = True) -> Iterator[bool]:
  """Holds a lock within a `with` statement.

  The kernel drops the lock when a process ends or is killed. The file stays,
  with the host and the id of the process that held it last.

  Example:
    `with held("runs/sweep/locks/table.lock"): ...`

  Args:
    path: The file of the lock; its folder is made.
    wait: Whether to wait until no other process holds the lock.

  Yields:
    Whether the lock is held; always True if `wait`.
  """
  path = pathlib.Path(path)
  path.parent.mkdir(parents=True, exist_ok=True)
  # Not inherited by programs that this process starts.
  descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
  try:
    try:
      fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
      yield False
      return
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{socket.gethostname()} {os.getpid()}\n".encode())
    yield True
  finally:
    os.close(descriptor)  # drops the lock
