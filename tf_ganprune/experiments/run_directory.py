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
"""The folder of a run, from which a killed program can resume."""

import json
import os
import pathlib
from typing import Protocol, TypeVar

import tf_ganprune as tgp
from tf_ganprune import files, saving
from tf_ganprune.experiments import fields

_SETTINGS = "settings.json"
_Settings = TypeVar("_Settings", bound=fields.Dataclass, covariant=True)


class Described(Protocol[_Settings]):
  """The class of a task: its name and that of its settings, as in `task.Task`.

  Example:
    `begun_with("runs/mnist_dcgan", dcgan_task.DCGAN)`
  """

  @property
  def name(self) -> str:
    """The name of the task."""

  @property
  def Settings(self) -> type[_Settings]:  # noqa: N802
    """The dataclass of the task's settings."""


def is_begun(path: str | os.PathLike) -> bool:
  """Returns whether a folder holds a run."""
  return (pathlib.Path(path) / _SETTINGS).exists()


def begun_with(
  path: str | os.PathLike,
  task: Described[_Settings],
  flag: str = "output_dir",
) -> _Settings:
  """Reads the settings that the run in a folder was begun with.

  Args:
    path: The folder.
    task: The class of the run's task.
    flag: The flag with the folder, for messages.

  Raises:
    ValueError: If the settings are damaged, or are another task's or version's.
  """
  path = pathlib.Path(path) / _SETTINGS
  try:
    given = json.loads(path.read_text(encoding="utf-8"))
    if given.get("task", task.name) != task.name:
      raise ValueError
    # Settings of a phase that a run did not have are not stored.
    missing = fields.values(task.Settings())
    missing = {k: x for k, x in missing.items() if k.startswith("slim_")}
    return fields.made(task.Settings, missing | given)
  except (AttributeError, KeyError, TypeError, ValueError):
    raise ValueError(
      f"{str(path)!r} does not hold the settings of a run of {task.name!r} of"
      f" this version; use another --{flag}."
    ) from None


def opened(run: "RunDirectory | None") -> "RunDirectory":
  """Returns the folder of a run.

  Args:
    run: The folder; None if its experiment was not opened.

  Raises:
    ValueError: If it is None.
  """
  if run is None:
    raise ValueError("The experiment has no folder yet; call its `open` first.")
  return run


class RunDirectory:
  """The folder of one run, which is bound to the settings it was begun with.

  Example:
    `run = RunDirectory("runs/mnist", {"epochs": 10})`

  Attributes:
    path: The folder.
    resumed: Whether the run was begun before.
  """

  def __init__(
    self,
    path: str | os.PathLike,
    settings: dict,
    flag: str = "output_dir",
    shared: bool = False,
  ):
    """Creates the folder, or opens it.

    Args:
      path: The folder.
      settings: The settings that decide the results, such as the values of
        flags, and the name of a `task`, if there is one.
      flag: The flag with the folder, for messages.
      shared: Whether other processes may be writing to the folder. Then
        half-written files are not removed, since one of them may be writing
        them now.

    Raises:
      ValueError: If the folder cannot be written to, or was begun by another
        task or with other settings.
    """
    self.path = pathlib.Path(path)
    self._flag = flag
    files.make_directory(self.path)
    self.resumed = (self.path / _SETTINGS).exists()
    if self.resumed:
      self._check_settings(settings)
      if not shared:
        files.remove_left_over(self.path)
    else:
      self.write_json(_SETTINGS, settings)

  def _check_settings(self, settings):
    try:
      begun_with = json.loads((self.path / _SETTINGS).read_text())
    except ValueError:
      raise ValueError(
        f"{str(self.path / _SETTINGS)!r} is damaged; use another"
        f" --{self._flag}."
      ) from None
    task = settings.get("task")
    if begun_with.get("task", task) != task:
      raise ValueError(
        f"{str(self.path)!r} holds a run of the task {begun_with['task']!r},"
        f" and this one is of {task!r}; use another --{self._flag}."
      )
    changed = [
      f"--{name} was {begun_with.get(name)!r} and is {settings.get(name)!r}"
      for name in sorted({*begun_with, *settings} - {"task"})
      if begun_with.get(name) != settings.get(name)
    ]
    if changed:
      raise ValueError(
        f"{str(self.path)!r} holds a run with other flags"
        f" ({'; '.join(changed)}). Use another --{self._flag}, or the same"
        " flags to resume it."
      )

  def __truediv__(self, name: str) -> pathlib.Path:
    return self.path / name

  def write_json(self, name: str, content: object) -> None:
    """Writes a JSON file, whole or not at all."""
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    files.write(self.path / name, text.encode())

  def save(self, model: tgp.keras.Model, name: str) -> None:
    """Saves a model as a `.keras` file, whole or not at all."""
    saving.save_model(model, self.path / name)

  def load(self, name: str) -> tgp.keras.Model:
    """Loads a model that `save` saved; exits the program if it is damaged."""
    try:
      return saving.load_model(self.path / name)
    except ValueError as error:
      raise SystemExit(
        f"{error} Delete {name!r}, and run the program again to make it anew."
      ) from None
