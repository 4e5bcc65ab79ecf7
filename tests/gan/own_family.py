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
"""The family of the guide own_family.md, from its code, with tiny networks."""

import functools
import re

import tf_ganprune as tgp
from tests import build_files
from tests.gan import families

PAGE = build_files.ROOT / "docs" / "guides" / "own_family.md"
LATENT_DIM = 3
NETWORKS = {
  "encoder": (families.SHAPE, (LATENT_DIM,)),
  "decoder": ((LATENT_DIM,), families.SHAPE, "tanh"),
  "discriminator": ((LATENT_DIM,), (1,)),
}


def code() -> str:
  """Returns the page's code."""
  text = PAGE.read_text("utf-8")
  (found,) = re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)
  return found


def family_code() -> str:
  """Returns its beginning, which is the family and what it imports."""
  return code().partition("def dense_network")[0]


@functools.cache
def family() -> type[tgp.PrunedGAN]:
  """Returns the class `AdversarialAutoencoder` of the page."""
  above = PAGE.read_text("utf-8").partition("```python\n")[0].count("\n") + 1
  # At its lines of the page, so that Keras can read it as it does a module.
  names = {"__name__": __name__}
  exec(compile("\n" * above + family_code(), PAGE, "exec"), names)  # noqa: S102
  return names["AdversarialAutoencoder"]


def autoencoder(schedules=None, **arguments) -> tgp.PrunedGAN:
  """Returns one, not compiled, whose networks are pruned by schedules."""
  networks = {
    name: families.vector_network(name, *sizes)
    for name, sizes in NETWORKS.items()
  }
  for name, schedule in (schedules or {}).items():
    networks[name] = tgp.prune_low_magnitude(networks[name], schedule)
  return family()(**networks, latent_dim=LATENT_DIM, **arguments)
