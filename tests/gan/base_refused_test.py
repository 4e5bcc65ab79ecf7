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
"""Tests of what the base of every family refuses, a sentence each."""

import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tests.gan import pairs

keras = tgp.keras


class _Any(tgp.PrunedGAN):
  def update(self, batch):
    return {}


def _networks(**others):
  return {
    "generator": tiny.generator(),
    "critic": tiny.discriminator(),
  } | others


_ONE = tiny.generator()


@pytest.mark.parametrize(
  "networks, arguments, message",
  [
    ({}, {}, "`networks`"),
    ({"layers": tiny.generator()}, {}, "named 'layers'.*has an attribute"),
    ({"optimizer": tiny.generator()}, {}, "named 'optimizer'"),
    ({"networks": tiny.generator()}, {}, "named 'networks'"),
    ({"my net": tiny.generator()}, {}, "'my net' cannot .*'generator_G'"),
    ({"a": _ONE, "b": _ONE}, {}, "`a` and `b` are the same network"),
    (
      {"a": _ONE, "b": tgp.strip_pruning(tgp.prune_low_magnitude(_ONE))},
      {},
      "`a` and `b` .*'dense/kernel:0'",
    ),
    (
      {"a": _ONE, "b": keras.Sequential([keras.Input((4,)), _ONE])},
      {},
      "`a` and `b` share weights",
    ),
    ({"a": 3}, {}, "`a` .*Keras model"),
    (_networks(), {"average": ["g"]}, "`average` has 'g'"),
    (_networks(), {"ema_decay": 2.0}, "`ema_decay`"),
    (_networks(), {"teachers": {"g": _ONE}}, "no network 'g', but"),
    (_networks(), {"teachers": {"generator": "t"}}, "no network 't', but"),
    (_networks(), {"teachers": {"generator": _ONE}}, "`distillation`"),
    (
      _networks(),
      {"distillation": {"generator": ["image"]}},
      "no `teacher` for 'generator'",
    ),
  ],
)
def test_refuses_networks(networks, arguments, message):
  with pytest.raises(ValueError, match=message) as error:
    _Any(networks, **arguments)
  assert "\n" not in str(error.value)


def _bad_optimizers():
  adam = keras.optimizers.Adam()
  return [
    ({"generator": "adam"}, r"`optimizers\['critic'\]` is missing"),
    (
      {"generator": "adam", "critic": "adam", "encoder": "adam"},
      "`optimizers\\['encoder'\\]` is set, .*leave it out",
    ),
    ({"generator": adam, "critic": adam}, "are the same object"),
    (
      {"generator": adam, "critic": "adagradd"},
      r"`optimizers\['critic'\]` must be an",
    ),
    (
      {"generator": adam, "critic": None},
      r"`optimizers\['critic'\]` must be an",
    ),
  ]


@pytest.mark.parametrize("optimizers, message", _bad_optimizers())
def test_refuses_optimizers(optimizers, message):
  model = _Any(_networks())
  with pytest.raises(ValueError, match=message) as error:
    model.compile(optimizers)
  assert "\n" not in str(error.value)
  assert not model.optimizers
  with pytest.raises(ValueError, match="Call `compile` before `fit`"):
    model.fit(tiny.images(4))


def test_refuses_gradients_that_are_not_there():
  model = pairs.pair()
  loss = tf.constant(0.0)
  variables = model.generator.trainable_variables
  zeros = [tf.zeros_like(x) for x in variables]
  for gradients, losses, message in (
    ({}, {"generator": loss}, "a loss of 'generator' and no gradients"),
    ({"generator": zeros}, {}, "gradients for 'generator' and not its loss"),
    ({"generator": zeros[1:]}, {"generator": loss}, "4 gradients.*5 trainable"),
    (
      {"generator": [None] * len(zeros)},
      {"generator": loss},
      "no gradients for 'generator': all are None",
    ),
    ({"g": zeros}, {"g": loss}, "no network 'g'"),
  ):
    with pytest.raises(ValueError, match=message):
      model.apply(gradients, losses)
  assert int(model.generator_optimizer.iterations) == 0


@pytest.mark.slow
def test_refuses_what_cannot_be_replaced():
  model = pairs.pair()
  wider = tiny.generator(latent_dim=5)
  for arguments, message in (
    ({"generator": wider}, r"takes \[\(\(5,\), 'float32'\)\]"),
    ({"generator": 3}, "`generator` .*Keras model"),
    ({"g": tiny.generator()}, "'g', which is neither a network"),
  ):
    with pytest.raises(ValueError, match=message):
      model.replaced(**arguments)
  pairs.fit(model)  # goes on as it was


def test_generate_without_inputs_says_what_is_missing():
  with pytest.raises(ValueError, match="pass `inputs` to its constructor"):
    _Any(_networks()).generate(2)
  with pytest.raises(NotImplementedError, match="has no `update"):
    tgp.PrunedGAN(_networks()).update(None)
