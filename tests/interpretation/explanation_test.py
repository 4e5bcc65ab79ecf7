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
"""Tests the words and tables of an explanation."""

import numpy as np

from tf_ganprune.interpretation import (
  classes,
  directions,
  explanation,
  layer_changes,
  pairs,
)

_PAIRS = pairs.Pairs(
  np.zeros((1, 3)), np.zeros((1, 2, 2, 1)), np.ones((1, 2, 2, 1))
)
_LAYERS = (
  layer_changes.LayerChange("dense", 1000, 250, 40, 10),
  layer_changes.LayerChange("image", 1000, 750, 1, 1),
  layer_changes.LayerChange(
    "extra", 0, 4, None, 4, "only in the pruned network"
  ),
)
_DIRECTION = directions.Direction(np.array([0.0, 0.6, 0.8]), 0.5, 0.125, _PAIRS)
_CLASSES = (
  classes.ClassChange(0, 60, 95, 50),
  classes.ClassChange(1, 40, 5, 4),
)


def _explanation(layers_=_LAYERS, directions_=(_DIRECTION,), classes_=_CLASSES):
  differences = np.array([0.25] * 98 + [0.5, 1.0])
  return explanation.Explanation(
    layers_, directions_, classes_, _PAIRS, differences
  )


def test_sentences():
  assert _explanation().sentences == [
    "1,004 of 2,000 weights are left (50.2%), the fewest in dense (25.0%).",
    "Channels: dense 10 of 40.",
    "Along the latent direction that lost most, images keep 25.0% of their"
    " change (mean square), mostly of latents 2, 1, 0.",
    "1 of 2 classes are hit; before pruning, 2 were.",
    "Class 1 lost most: 5 of 100 images; before pruning, 40.",
    "54.0% of the latents give an image of the same class as before.",
    "Images of the same latent differ by 0.26 on average and by 1 at most (root"
    " mean square of a pixel).",
  ]


def test_what_is_not_there_is_not_said():
  sentences = _explanation(_LAYERS[1:2], (), ()).sentences
  assert sentences[:2] == [
    "750 of 1,000 weights are left (75.0%), the fewest in image (75.0%).",
    "Images change as much as before along every latent direction.",
  ]
  assert len(sentences) == 3
  same = (
    classes.ClassChange(0, 50, 50, 40),
    classes.ClassChange(1, 50, 50, 40),
  )
  assert not any(
    "lost most:" in x for x in _explanation(classes_=same).sentences
  )


def test_text_has_the_sentences_and_the_tables():
  text = str(_explanation())
  assert text.startswith("\n".join(_explanation().sentences) + "\n\n")
  tables = [part.split("\n") for part in text.split("\n\n")[1:]]
  assert [[line.split() for line in table[1:]] for table in tables] == [
    [
      ["dense", "1,000", "250", "25.0%", "40", "10"],
      ["image", "1,000", "750", "75.0%", "1", "1"],
      ["extra", "0", "4", "4"],
    ],
    [["1", "0.5", "0.125", "25.0%"]],
    [["0", "60", "95", "50"], ["1", "40", "5", "4"]],
  ]
  assert len({len(line) for line in tables[2]}) == 1


def test_differences_are_root_mean_squares():
  dense = np.zeros((2, 2, 2, 1), np.float32)
  pruned = np.stack([np.ones((2, 2, 1)), np.full((2, 2, 1), 0.0)])
  pruned[1, 0, 0] = 1.0
  found = pairs.Pairs(np.zeros((2, 3)), dense, pruned).differences
  np.testing.assert_array_equal(found, [1.0, 0.5])
