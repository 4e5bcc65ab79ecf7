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
"""The section "Classes" of a page on classifiers: which classes lost most."""

from collections.abc import Mapping, Sequence

import numpy as np

import tf_ganprune as tgp
from tf_ganprune.experiments import class_section

_CAPTION = (
  "A row for each class, the one that lost most first: the share of its"
  " held-out images that is put right, and pictures that are put wrong, of"
)


def section(
  images: np.ndarray,
  labels: np.ndarray,
  found: Mapping[str, np.ndarray],
  names: Sequence[str] = (),
) -> tgp.report.PictureRows:
  """Returns rows of pictures that are put wrong, sorted by what is lost.

  Args:
    images: Held-out images, `[n, height, width, channels]`.
    labels: Their labels, `[n]`.
    found: By the classifiers' names the labels that each gives, `[n]`; the
      first classifier is the base.
    names: The classes' names; by default their numbers.
  """
  base, *others = found
  classes = np.unique(labels)
  right = {
    name: np.array([np.mean(x[labels == c] == c) for c in classes])
    for name, x in found.items()
  }
  least = np.min([right[x] for x in others] or [right[base]], axis=0)
  order = np.argsort(least - right[base], kind="stable")
  strips = {
    name: np.stack([_wrong(images, labels, x, classes[i]) for i in order])
    for name, x in found.items()
  }
  return tgp.report.PictureRows(
    "Classes",
    strips,
    [_right(names, right, found, labels, classes[i], i) for i in order],
    caption=f"{_CAPTION} {', '.join(found)}.",
  )


def _wrong(images, labels, found, label) -> np.ndarray:
  return class_section.strip(images[(labels == label) & (found != label)])


def _right(names, right, found, labels, label, i: int) -> str:
  """Returns how much of a class each classifier puts right, and what for."""
  shares = " → ".join(f"{x[i]:.1%}" for x in right.values())
  *_, last = found.values()
  wrong = last[(labels == label) & (last != label)]
  text = f"{class_section.class_name(names, label)}: right {shares}"
  if not len(wrong):
    return text
  most = np.bincount(wrong).argmax()
  return (
    f"{text}; most often taken for {class_section.class_name(names, int(most))}"
  )
