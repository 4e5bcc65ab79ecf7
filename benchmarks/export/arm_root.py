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
"""A Python with LiteRT for ARM, run by QEMU; what `arm_sparse.py` uses.

Debian's arm64 packages and PyPI's aarch64 wheels are unpacked into a folder;
nothing on the machine is changed.
"""

import os
import pathlib
import shutil
import subprocess
import sys

from tf_ganprune import files

_QEMU = ("qemu-aarch64", "qemu-aarch64-static")
_TOOLS = ("apt-get", "dpkg")
_SOURCE = (
  "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
  " http://deb.debian.org/debian bookworm main\n"
)
_PYTHON = "3.11"
_DEBIAN = (f"python{_PYTHON}-minimal", f"libpython{_PYTHON}-stdlib")
_WHEELS = ("ai-edge-litert==2.3.0", "numpy")
_PLATFORMS = ("manylinux2014", "manylinux_2_27", "manylinux_2_28")
_CPU = "cortex-a72"
# LiteRT asks /proc/cpuinfo what it runs on, and crashes on an answer in x86's
# terms. QEMU lets it read this one, of a Cortex-A72.
_CPUINFO = """processor\t: 0
BogoMIPS\t: 50.00
Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x0
CPU part\t: 0xd08
CPU revision\t: 3

"""


def missing() -> str | None:
  """Says what the machine lacks, in one sentence; None if nothing."""
  if _qemu() is None:
    return (
      "QEMU's user emulation is not installed; on Debian,"
      " `apt-get install qemu-user-static`."
    )
  lacks = [tool for tool in _TOOLS if shutil.which(tool) is None]
  return f"{lacks[0]} is not installed." if lacks else None


def _qemu() -> str | None:
  return next((name for name in _QEMU if shutil.which(name)), None)


class ArmRoot:
  """The folder.

  Example:
    `ArmRoot("runs/arm_root").make().run("program.py", "model.tflite")`
  """

  def __init__(self, folder: str | os.PathLike):
    """Names the folder; `make` fills it.

    Args:
      folder: Where everything goes, about 300 MB.
    """
    self._folder = pathlib.Path(folder).absolute()
    self._root = self._folder / "root"
    self._site = self._folder / "site"
    self._finished = self._folder / "finished"

  def make(self) -> "ArmRoot":
    """Downloads and unpacks what is not there yet, and returns itself.

    Raises:
      ValueError: If the machine lacks a tool.
      subprocess.CalledProcessError: If a download fails.
    """
    if (lacks := missing()) is not None:
      raise ValueError(lacks)
    if not self._finished.exists():
      self._unpack_debian()
      self._install_wheels()
      cpuinfo = self._root / "proc" / "cpuinfo"
      cpuinfo.parent.mkdir(exist_ok=True)
      cpuinfo.write_text(_CPUINFO)
      files.write(self._finished, b"")
    return self

  def run(self, program: str | os.PathLike, *arguments: str) -> str:
    """Returns what a program prints.

    Args:
      program: A Python file.
      *arguments: Its arguments.

    Raises:
      subprocess.CalledProcessError: If it fails.
    """
    python = self._root / "usr/bin" / f"python{_PYTHON}"
    done = subprocess.run(
      [_qemu(), "-cpu", _CPU, python, program, *arguments],
      env={
        "QEMU_LD_PREFIX": str(self._root),
        "PYTHONHOME": str(self._root / "usr"),
        "PYTHONPATH": str(self._site),
      },
      stdout=subprocess.PIPE,
      check=True,
      text=True,
    )
    return done.stdout

  def _unpack_debian(self):
    apt = self._folder / "apt"
    for name in ("etc", "state/lists/partial", "cache/archives/partial"):
      (apt / name).mkdir(parents=True, exist_ok=True)
    (apt / "etc/sources.list").write_text(_SOURCE)
    (apt / "state/status").touch()
    options = _apt_options(apt)
    _quietly("apt-get", *options, "update")
    install = ["--yes", "--download-only", "--no-install-recommends", "install"]
    _quietly("apt-get", *options, *install, *_DEBIAN, "libstdc++6")
    for package in sorted((apt / "cache/archives").glob("*.deb")):
      _quietly("dpkg", "-x", str(package), str(self._root))

  def _install_wheels(self):
    platforms = [f"--platform={name}_aarch64" for name in _PLATFORMS]
    _quietly(
      sys.executable,
      *("-m", "pip", "install", "--quiet", "--only-binary=:all:"),
      *(f"--target={self._site}", f"--python-version={_PYTHON}"),
      *platforms,
      *_WHEELS,
    )


def _apt_options(apt: pathlib.Path) -> list[str]:
  options = {
    "APT::Architecture": "arm64",
    "APT::Architectures": "arm64",
    "Dir::Etc": apt / "etc",
    "Dir::State": apt / "state",
    "Dir::State::status": apt / "state/status",
    "Dir::Cache": apt / "cache",
    # As root, apt would download as a user that cannot write here.
    "APT::Sandbox::User": "root",
  }
  return [f"--option={name}={value}" for name, value in options.items()]


def _quietly(*command: str) -> None:
  """Runs a command; its errors stay to be seen."""
  subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
