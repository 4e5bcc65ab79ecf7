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
"""The real images' features and statistics, in memory and in a file."""

import dataclasses
import functools
import os
import pathlib
import zipfile

import numpy as np

from tf_ganprune import files
from tf_ganprune.metrics import gaussian, kinds

_FORMAT = 1
# A classifier of other classes is right about one in so many.
_LEAST_ACCURACY = 0.5


@dataclasses.dataclass
class Reference:
  """Features of real images, and what is computed from them once.

  Example:
    `Reference.load("mnist.npz").gaussian`

  Attributes:
    features: `[n, d]`.
    kind: The shape and the range of the images.
    found_labels: The labels that the classifier gives them, `[n]`; None without
      a classifier.
    labels: Their labels, `[n]`; None if they are not known.
    digest: That of the feature network.
    resize: How images were resized to its input.
    data_set: The name of their data set.
    split: The split of it.
  """

  features: np.ndarray
  kind: kinds.Kind
  found_labels: np.ndarray | None = None
  labels: np.ndarray | None = None
  digest: str = ""
  resize: str = "bilinear"
  data_set: str = ""
  split: str = ""

  @functools.cached_property
  def gaussian(self) -> gaussian.Gaussian:
    """The mean and the covariance of the features."""
    return gaussian.fit(self.features)

  def notes(self, takes: tuple) -> list[str]:
    """Returns sentences on how well the network suits the images.

    Args:
      takes: The `(height, width, channels)` of its input, with None for any.
    """
    found = []
    shape = self.kind.shape
    if any(b not in (None, a) for a, b in zip(shape, takes, strict=True)):
      ours, its = ("x".join(str(n or "any") for n in s) for s in (shape, takes))
      found.append(
        f"Images of {ours} are fitted to the feature network's {its}."
      )
    if self.labels is None or self.found_labels is None:
      return found
    share = float(np.mean(self.labels == self.found_labels))
    if share < _LEAST_ACCURACY:
      found.append(
        f"The feature network gives {share:.0%} of the real images their label,"
        " so that label accuracies mean little."
      )
    return found

  def check_network(
    self, digest: str, name: str, path: str | os.PathLike
  ) -> None:
    """Checks that a network is the one that computed the features.

    Args:
      digest: The digest of the network.
      name: Its name, for the message.
      path: The file with the features, for the message.

    Raises:
      ValueError: If it is another one.
    """
    if digest != self.digest:
      raise ValueError(
        f"{os.fspath(path)!r} has features of another network than {name!r};"
        " pass that one, or the real images to `Evaluator`."
      )

  def save(self, path: str | os.PathLike) -> None:
    """Writes a `.npz` file, whole or not at all.

    Args:
      path: The file.

    Raises:
      ValueError: If the path does not end in `.npz`, or cannot be written.
    """
    path = files.check(path)
    if path.suffix != ".npz":
      raise ValueError(f"`path` must end in .npz; got {str(path)!r}.")
    arrays = {
      "format": _FORMAT,
      "features": self.features,
      "mean": self.gaussian.mean,
      "root": self.gaussian.root,
      **{f"kind_{name}": x for name, x in vars(self.kind).items()},
    }
    for name in ("found_labels", "labels"):
      if (value := getattr(self, name)) is not None:
        arrays[name] = value
    for name in ("digest", "resize", "data_set", "split"):
      arrays[name] = np.array(getattr(self, name))
    with files.replacing(path) as beside:
      np.savez(beside, **arrays)

  @classmethod
  def load(cls, path: str | os.PathLike) -> "Reference":
    """Reads what `save` wrote.

    Args:
      path: The file.

    Raises:
      ValueError: If it is not such a file.
    """
    path = pathlib.Path(path)
    try:
      with np.load(path, allow_pickle=False) as file:
        found = {name: file[name] for name in file.files}
      if found["format"] != _FORMAT:
        raise KeyError("format")
      return cls._of(found)
    except OSError as error:
      reason = error.strerror or str(error)
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
      reason = f"{type(error).__name__}: {error}"
    raise ValueError(
      f"{str(path)!r} holds no statistics that `Evaluator.save` wrote"
      f" ({reason})."
    )

  @classmethod
  def _of(cls, found: dict[str, np.ndarray]) -> "Reference":
    kind = kinds.Kind.__new__(kinds.Kind)
    kind.shape = tuple(int(n) for n in found["kind_shape"])
    for name in ("low", "high", "num_values", "num_dark"):
      setattr(kind, name, found[f"kind_{name}"].item())
    texts = {
      name: str(found[name])
      for name in ("digest", "resize", "data_set", "split")
    }
    reference = cls(
      features=found["features"],
      kind=kind,
      found_labels=found.get("found_labels"),
      labels=found.get("labels"),
      **texts,
    )
    # Instead of being fitted again.
    vars(reference)["gaussian"] = gaussian.Gaussian(
      found["mean"], found["root"]
    )
    return reference
