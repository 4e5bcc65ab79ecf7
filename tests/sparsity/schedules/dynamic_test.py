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
"""Tests of SET and RigL: when a turn is, how much goes, what is refused."""

import math

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.sparsity.schedules import schedule_checks
from tf_ganprune.sparsity.training import ownership
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras


def _turns(schedule, steps):
  found = [bool(schedule(tf.constant(i, tf.int64))[0]) for i in range(steps)]
  return [i for i, is_turn in enumerate(found) if is_turn]


def test_turns_are_multiples_of_the_frequency_up_to_the_end():
  assert _turns(tgp.SET(0.8, update_frequency=3), 10) == [3, 6, 9]
  assert _turns(tgp.SET(0.8, update_frequency=3, end_step=6), 10) == [3, 6]
  assert _turns(tgp.RigL(0.8, end_step=7, update_frequency=2), 10) == [2, 4, 6]
  assert float(tgp.SET(0.8)(1)[1]) == pytest.approx(0.8)


def test_fraction_is_constant_or_half_a_cosine():
  evolutionary = tgp.SET(0.8, drop_fraction=0.25)
  rigged = tgp.RigL(0.8, end_step=1000, drop_fraction=0.25)
  for step in (100, 250, 900, 1000):
    assert float(evolutionary.fraction(step)) == 0.25
    expected = 0.125 * (1 + math.cos(math.pi * step / 1000))
    assert float(rigged.fraction(step)) == pytest.approx(expected, abs=1e-12)


def test_random_numbers_differ_by_kernel_and_step_and_seed():
  schedule = tgp.SET(0.8, seed=3)
  draws = [
    one.random([40], place, step).numpy()
    for one in (schedule, tgp.SET(0.8, seed=4), schedule.at(0), schedule.at(1))
    for place in (0, 1)
    for step in (0, 1)
  ]
  assert len({draw.tobytes() for draw in draws}) == len(draws)
  np.testing.assert_array_equal(draws[0], schedule.random([40], 0, 0))
  np.testing.assert_array_equal(
    draws[0], tf.function(schedule.random, jit_compile=True)([40], 0, 0)
  )


@pytest.mark.parametrize(
  "schedule",
  [
    tgp.SET(0.8, 7, 0.2, 70, seed=5),
    tgp.RigL(0.7, 70, 7, 0.2, seed=2**31 - 1),
  ],
)
def test_comes_back_from_its_config(schedule):
  again = schedule_checks.deserialize(schedule_checks.serialize(schedule))
  assert type(again) is type(schedule)
  assert again.get_config() == schedule.get_config()
  assert schedule.at(3).get_config() | {"seed": 0} == (
    schedule.get_config() | {"seed": 0}
  )


@pytest.mark.parametrize(
  ("make", "message"),
  [
    (lambda: tgp.SET(0.0), r"`sparsity` .*got 0.0"),
    (lambda: tgp.SET(1.0), r"`sparsity` .*got 1.0"),
    (lambda: tgp.SET(80), "`sparsity`.*got 80"),
    (lambda: tgp.SET(float("nan")), "`sparsity`.*got nan"),
    (lambda: tgp.RigL(0.8, 1000, drop_fraction=1.0), "`drop_fraction`.*1.0"),
    (lambda: tgp.SET(0.8, drop_fraction=-0.1), "`drop_fraction`.*-0.1"),
    (lambda: tgp.SET(0.8, update_frequency=0), "`update_frequency`.*got 0"),
    (lambda: tgp.RigL(0.8, end_step=0), "`end_step`.*at least 1; got 0"),
    (lambda: tgp.RigL(0.8, end_step=99), r"`end_step` \(99\).*\(100\)"),
    (lambda: tgp.SET(0.8, seed=-1), "`seed`.*got -1"),
  ],
)
def test_refuses_numbers_out_of_range(make, message):
  with pytest.raises(ValueError, match=message):
    make()


@pytest.mark.parametrize(
  ("options", "message"),
  [
    ({"importance": "taylor"}, "drops by magnitude, .* is 'taylor'"),
    ({"allocation": "global"}, "'global'` goes by scores"),
    ({"allocation": "lamp"}, "'lamp'` goes by scores"),
    ({"block_size": (2, 2)}, "does not go with `block_size`"),
    ({"sparsity_m_by_n": (2, 4)}, "does not go with `block_size`"),
    ({"regularization": "l2"}, "nothing that `regularization` could shrink"),
  ],
)
def test_refuses_what_does_not_go_with_it(options, message):
  for schedule in (tgp.SET(0.8), tgp.RigL(0.8, 1000)):
    with pytest.raises(ValueError, match=f"{type(schedule).__name__} .*"):
      tgp.prune_low_magnitude(tiny.generator(), schedule, **options)
  with pytest.raises(ValueError, match=message):
    tgp.prune_low_magnitude(tiny.generator(), tgp.SET(0.8), **options)


def test_refuses_a_loop_that_gives_no_gradients():
  network = tgp.prune_low_magnitude(tiny.generator(), tgp.RigL(0.8, 1000))
  pruner = tgp.Pruner(network, optimizer=keras.optimizers.Adam())
  with pytest.raises(ValueError, match="'dense.*'.*RigL.*gather.*tgp.SET"):
    pruner.advance()


def test_refuses_a_loop_without_its_optimizer():
  network = tgp.prune_low_magnitude(tiny.generator(), tgp.SET(0.8))
  with pytest.raises(ValueError, match="`optimizer`"):
    tgp.Pruner(network)
  pruner = tgp.Pruner(network, optimizer=keras.optimizers.Adam())
  with pytest.raises(ValueError, match=r"updates 'dense.*optimizer=optimizer"):
    pruner.advance()  # it was built for nothing


def test_refuses_an_optimizer_whose_slots_are_hidden():
  network = tgp.prune_low_magnitude(tiny.generator(), tgp.SET(0.8))
  legacy = keras.optimizers.legacy.Adam()
  with pytest.raises(ValueError, match="^Adam .*'dense.*keras.optimizers"):
    tgp.Pruner(network, optimizer=legacy).advance()


def test_refuses_a_network_that_nobody_trains():
  generator = tgp.prune_low_magnitude(tiny.generator(), tgp.RigL(0.8, 1000))
  generator.trainable = False
  gan = tgp.GAN(tiny.discriminator(), generator, 4)
  gan.compile("adam", "adam", run_eagerly=True)
  with pytest.raises(ValueError, match="'dense.*'.*RigL.*`fit`"):
    gan.fit(tiny.images(4), batch_size=4, verbose=0)


def test_a_frozen_network_keeps_its_weights_until_it_is_trained():
  generator = tgp.prune_low_magnitude(tiny.generator(), tgp.SET(0.8))
  generator.trainable = False
  gan = tgp.GAN(tiny.discriminator(), generator, 4)
  assert tgp.sparsity_report(generator).overall == 0
  pruner = tgp.Pruner(generator, optimizer=keras.optimizers.SGD())
  generator.trainable = True
  with pytest.raises(ValueError, match="'dense.*'.*Unfreeze it.*tgp.Pruner"):
    pruner.advance()
  gan.compile("adam", "adam", run_eagerly=True)
  gan.fit(tiny.images(4), batch_size=4, verbose=0)
  assert tgp.sparsity_report(generator).overall > 0.7


def test_refuses_a_layer_that_two_networks_share():
  layer = keras.layers.Dense(4, name="shared")
  layer = tgp.prune_low_magnitude(layer, tgp.SET(0.5))
  networks = {}
  for name in ("generator", "discriminator"):
    x = keras.Input((4,))
    networks[name] = keras.Model(x, layer(x))
  with pytest.raises(ValueError, match="'shared'.*SET"):
    ownership.Owned(layer, networks)


def test_forward_calls_do_not_count():
  network = tgp.prune_low_magnitude(tiny.generator(), tgp.SET(0.8))
  network.compile("sgd", "mse")
  with pytest.raises(ValueError, match="'dense.*'.*tgp.UpdatePruningStep"):
    network.fit(np.ones((4, 4)), np.ones((4, 8, 8, 1)), verbose=0)


def test_refuses_the_wrappers_of_tfmot_where_gradients_are_needed():
  prune = tfmot.sparsity.keras.prune_low_magnitude
  network = prune(tiny.classifier(), tgp.RigL(0.8, 1000))
  with pytest.raises(ValueError, match="wrapped by TF-MOT's"):
    tgp.Pruner(network, optimizer=keras.optimizers.SGD())


def test_layers_that_share_what_stays_turn_at_their_own_steps():
  network = keras.Sequential([keras.layers.Dense(8), keras.layers.Dense(8)])
  network.build([None, 8])
  optimizer = keras.optimizers.SGD()
  optimizer.build(network.trainable_variables)
  schedule = tgp.SET(0.5, update_frequency=2)
  pruned = tgp.prune_low_magnitude(network, schedule, allocation="erk")
  pruner = tgp.Pruner(pruned, optimizer=optimizer)
  on_turn, between = wrapped_layers.pruned_layers(pruned)
  on_turn.pruning_step.assign(1)
  masks = [layer.pruning_vars[0][1] for layer in (on_turn, between)]
  before = [mask.numpy() for mask in masks]
  pruner.advance()
  assert (masks[0].numpy() != before[0]).any()
  np.testing.assert_array_equal(masks[1], before[1])
