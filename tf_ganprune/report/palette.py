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
"""The colours of all charts: Okabe and Ito's, for colour-blind readers too.

Okabe and Ito 2008, "Color Universal Design".
"""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
BLACK = "#000000"
GREY = "#666666"  # of what others are compared with
LIGHT_GREY = "#cccccc"  # of what is not told apart
GRID = "#dddddd"


def colour(number: int) -> str:
  """Returns the colour of a curve or a bar; after the last comes the first.

  Args:
    number: Its place, from 0.
  """
  return COLOURS[number % len(COLOURS)]
