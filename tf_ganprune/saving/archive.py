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
"""Writes a digest into a zip file, and checks it, to notice changed bytes."""

import hashlib
import os
import pathlib
import struct
import zipfile
import zlib

_RECORD = struct.Struct("<4s4H2LH")  # the zip format's end of central directory
_SIGNATURE = b"PK\x05\x06"
_MARK = b"sha256:"
_DIGITS = 64
_SEAL = len(_MARK) + _DIGITS


def digest_of(path: str | os.PathLike, length: int | None = None) -> str:
  """Returns the SHA-256 of a file, in hexadecimal digits.

  Args:
    path: The path of the file.
    length: How many of its first bytes to use; by default all.
  """
  sha = hashlib.sha256()
  with open(path, "rb") as file:
    left = os.fstat(file.fileno()).st_size if length is None else length
    while left > 0 and (chunk := file.read(min(left, 2**20))):
      sha.update(chunk)
      left -= len(chunk)
  return sha.hexdigest()


def seal(path: str | os.PathLike) -> None:
  """Writes the digest of a zip file into its comment.

  The digest is of all bytes before it: members, central directory, the length
  of the comment and the comment's first letters.

  Args:
    path: The path of a zip file without a comment.
  """
  with zipfile.ZipFile(path, "a") as archive:
    archive.comment = _MARK + b"0" * _DIGITS
  length = os.path.getsize(path) - _DIGITS
  digest = digest_of(path, length)
  with open(path, "r+b") as file:
    file.seek(length)
    file.write(digest.encode())


def is_sealed(path: str | os.PathLike) -> bool:
  """Checks that a zip file is undamaged, and tells whether it has a digest.

  A file without a digest is checked by the checksums of its members.

  Args:
    path: The path of the file.

  Returns:
    Whether the file has a digest.

  Raises:
    ValueError: If it is damaged, or no zip file; the message is a clause.
  """
  tail = _tail(path)
  if _ends_with_record(tail[:-_SEAL], _SEAL):
    _check_digest(path, tail[-_SEAL:])
    return True
  if not _ends_with_record(tail, 0):
    raise ValueError("its end is cut off or changed")
  _check_members(path)
  return False


def _tail(path) -> bytes:
  with open(path, "rb") as file:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _RECORD.size - _SEAL))
    return file.read()


def _ends_with_record(data: bytes, comment_length: int) -> bool:
  if len(data) < _RECORD.size:
    return False
  record = _RECORD.unpack(data[-_RECORD.size :])
  return record[0] == _SIGNATURE and record[-1] == comment_length


def _check_digest(path, comment: bytes) -> None:
  length = pathlib.Path(path).stat().st_size - _DIGITS
  if comment != _MARK + digest_of(path, length).encode():
    raise ValueError("its content does not match its digest")


def _check_members(path) -> None:
  try:
    with zipfile.ZipFile(path) as archive:
      damaged = archive.testzip()
  # The error that zipfile raises for a damaged header depends on the byte.
  except (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    UnicodeDecodeError,
  ) as error:
    raise ValueError(f"it is no whole zip file ({error})") from None
  if damaged is not None:
    raise ValueError(f"{damaged!r} in it is damaged")
