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
"""Stores the scorer that the losses of a GAN use in one of its updates."""

import contextlib
import contextvars
from collections.abc import Iterator
from typing import Any

# Replicas trace in threads.
_SCORER: contextvars.ContextVar = contextvars.ContextVar("scorer", default=None)


def get() -> Any:
  """Returns the scorer of the present update; None outside of `using`."""
  return _SCORER.get()


@contextlib.contextmanager
def using(scorer, method: str) -> Iterator[None]:
  """Makes a scorer the current one, and checks that a loss has used it.

  Args:
    scorer: As of `PrunedGAN.scorer`.
    method: Name of the method that computes the loss, for the message.

  Raises:
    ValueError: If the loss has not used it.
  """
  token = _SCORER.set(scorer)
  try:
    yield
  finally:
    _SCORER.reset(token)
  scorer.check(method)
