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
"""Starts, calls and ends the process that runs the converter and LiteRT."""

import contextlib
import json
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

from tf_ganprune.export import native_program

# A converter that hangs must not hang the caller for good.
_SECONDS = 3600
_LOG = "log"
_SAYS_WHY = re.compile(r"Check failed|^\w*Error\b|^F\d{4} ")


class CrashError(Exception):
  """The process ended in the middle of a call; the message says how.

  Attributes:
    step: The step in which it ended, such as 'calibrating', or None.
    sample: The number of the sample that it ended with, or None.
  """

  def __init__(self, how: str, step: str | None, sample: int | None):
    """Makes the error.

    Args:
      how: A clause that says how the process ended, without a full stop.
      step: The step in which it ended.
      sample: The number of the sample.
    """
    doing = f" while {step}" if step else ""
    with_sample = "" if sample is None else f" sample {sample}"
    super().__init__(f"{how}{doing}{with_sample}")
    self.step, self.sample = step, sample


class FailedError(Exception):
  """The called function raised an error, whose text is the message.

  Attributes:
    step: The step in which it was raised, or None.
  """

  def __init__(self, text: str, step: str | None):
    """Makes the error.

    Args:
      text: The text of the error.
      step: The step in which it was raised.
    """
    super().__init__(text)
    self.step = step


class NotBegunError(CrashError):
  """The process ended before it had read a request."""


class Process:
  """A process for native code, which is started when it is needed.

  Attributes:
    lock: A lock that callers hold while they use the process.
  """

  def __init__(self):
    self.lock = threading.Lock()
    self._popen = None
    self._folder = None
    self._number = 0
    self._is_prepared = False
    self._unread = b""

  def started(self) -> str:
    """Starts the process unless it runs, and returns its temporary folder."""
    if self._folder is None or not os.path.isdir(self._folder):
      self.end()
      self._folder = tempfile.mkdtemp(prefix="tf_ganprune_")
    if self._popen is None or self._popen.poll() is not None:
      self._stop()
      self._popen = _start(self._folder)
      self._is_prepared, self._unread = False, b""
    return self._folder

  def prepare(self) -> None:
    """Lets the process import the converter, without waiting for it."""
    self.started()
    if not self._is_prepared:
      self._is_prepared = True
      # If it has ended by now, the next call notices.
      with contextlib.suppress(OSError):
        self._send("prepare", {})

  def call(self, name, arguments):
    """Calls a function of `native_program`, and returns its result."""
    self.started()
    progress = {"worker": None, "step": None, "sample": None}
    try:
      self._send(name, arguments)
      return self._result(progress)
    except FailedError:
      raise
    except _WorkerEndedError as error:
      how = error.args[0]
    except (OSError, EOFError) as error:
      self._stop()
      how = error.args[0] if type(error) is EOFError and error.args else None
      how = how or _how(self._popen.returncode, self._log())
    except BaseException:
      # Its answer would be taken for the answer to the next request.
      self._stop()
      raise
    kind = CrashError if progress["worker"] else NotBegunError
    raise kind(how, progress["step"], progress["sample"])

  def _send(self, name, arguments) -> None:
    self._number += 1
    with contextlib.suppress(OSError):
      os.truncate(os.path.join(self._folder, _LOG), 0)
    request = {"call": name, "number": self._number, **arguments}
    line = json.dumps(request).encode() + b"\n"
    while line:
      line = line[self._popen.stdin.write(line) :]

  def _result(self, progress):
    """Waits for the result, and updates `progress` with the steps before it."""
    while True:
      reply = self._receive()
      if "ended" in reply and progress["worker"]:
        raise _WorkerEndedError(_how(reply["ended"], self._log()))
      if reply.get("number") != self._number:
        continue  # of a worker that ended when it had nothing to do
      if "error" in reply:
        raise FailedError(reply["error"], progress["step"])
      if "result" in reply:
        return reply["result"]
      progress |= reply

  def _receive(self) -> dict:
    while b"\n" not in self._unread:
      if not _is_ready(self._popen.stdout.fileno()):
        raise EOFError(f"its process said nothing for {_SECONDS:,} s")
      if not (more := os.read(self._popen.stdout.fileno(), 1 << 16)):
        raise EOFError
      self._unread += more
    line, _, self._unread = self._unread.partition(b"\n")
    return json.loads(line)

  def _log(self) -> str:
    try:
      return pathlib.Path(self._folder, _LOG).read_text(errors="replace")
    except OSError:
      return ""

  def _stop(self) -> None:
    """Kills the process, whatever it is doing; the next call starts another."""
    if self._popen is None:
      return
    # Killed before its input closes, lest it deletes the files.
    with contextlib.suppress(OSError, AttributeError):
      if self._popen.returncode is None:
        os.killpg(self._popen.pid, signal.SIGKILL)
    self._popen.kill()
    self._popen.wait()
    self._popen.stdin.close()
    self._popen.stdout.close()

  def end(self) -> None:
    """Ends the process and deletes its temporary files."""
    self._stop()
    if self._folder is not None:
      shutil.rmtree(self._folder, ignore_errors=True)

  def forget(self) -> None:
    """Forgets the process in a fork, and leaves it to the parent."""
    if self._popen is not None:
      self._popen.returncode = 0  # it is no child of this process
      self._popen.stdin.close()
      self._popen.stdout.close()


class _WorkerEndedError(Exception):
  """The fork that served the request has ended; another one is started."""


def _start(folder) -> subprocess.Popen:
  modules = [one for one in sys.path if isinstance(one, str) and one]
  with contextlib.suppress(OSError):  # the current folder may be gone
    modules = [os.path.abspath(one) for one in modules]
  with open(os.path.join(folder, _LOG), "ab") as log:
    try:
      return subprocess.Popen(
        [
          *command(native_program),
          json.dumps({"folder": folder, "modules": modules}),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        bufsize=0,
        cwd=folder,
        env=_environment(),
        start_new_session=True,  # the terminal's Ctrl-C is the caller's alone
      )
    except OSError as error:
      raise ValueError(
        "LiteRT runs in a process of its own, which cannot be started with"
        f" {sys.executable!r} ({error}); let sys.executable be a Python that"
        " has TensorFlow."
      ) from None


def command(program) -> list[str]:
  """Returns a command that runs a module without importing its package.

  Args:
    program: The module, which may be in a zip archive.
  """
  # Without -P, modules beside the program would hide those of packages.
  start = [sys.executable or "python", "-P"]
  if os.path.isfile(program.__file__):
    return [*start, program.__file__]
  source = program.__spec__.loader.get_source(program.__name__)
  return [*start, "-c", source]


def _environment() -> dict[str, str]:
  variables = {k: v for k, v in os.environ.items() if k != "PYTHONINSPECT"}
  # GPUs are the caller's, and a process with threads should not fork.
  hidden = dict.fromkeys(("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"), "-1")
  return variables | hidden | {"OPENBLAS_NUM_THREADS": "1"}


def _is_ready(descriptor) -> bool:
  if not hasattr(select, "poll"):
    return True
  poll = select.poll()
  poll.register(descriptor, select.POLLIN)
  return bool(poll.poll(_SECONDS * 1000))


def _how(code: int, log: str) -> str:
  """Describes how a process ended, with the error at the end of its log."""
  if code == -9:
    return (
      "its process was killed (SIGKILL), as systems do where memory runs out"
    )
  name = signal.Signals(-code).name if code < 0 else code
  said = [x.strip() for x in log.splitlines() if _SAYS_WHY.search(x)]
  why = f" ({said[-1][-200:]})" if said else ""
  return f"its process ended with {name}{why}"
