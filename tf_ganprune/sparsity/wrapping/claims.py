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
"""A table of the wrapper that prunes each weight, to find conflicts."""

import weakref

# By the weights' ids. A wrapper keeps its weights alive, so no other weight can
# have the id.
_PRUNED_BY = weakref.WeakValueDictionary()


def claim(wrapper) -> None:
  """Records that a wrapper prunes its weights.

  Args:
    wrapper: A pruning wrapper that is built.
  """
  _PRUNED_BY.update({id(entry[0]): wrapper for entry in wrapper.pruning_vars})


def check(wrapper) -> None:
  """Raises if another wrapper has claimed one of a wrapper's weights since.

  Args:
    wrapper: A pruning wrapper that is built.

  Raises:
    ValueError: If so, with the layer's name.
  """
  for weight, _, _ in wrapper.pruning_vars:
    if _PRUNED_BY.get(id(weight), wrapper) is not wrapper:
      raise ValueError(
        f"Layer {wrapper.layer.name!r} is shared by networks that were pruned"
        " one by one, so it has two masks and two schedules. Wrap the layer"
        " first, `layer = tgp.prune_low_magnitude(layer, schedule)`, and build"
        " the networks with that."
      )
