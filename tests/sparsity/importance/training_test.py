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
"""Tests of importances in training: what is gathered, kept and refused."""

import functools

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny, watch
from tests.callbacks import trainings
from tf_ganprune.sparsity import ownership, prune

keras = tgp.keras
sparsity = tfmot.sparsity.keras
_SCHEDULE = sparsity.PolynomialDecay(0.2, 0.8, 2, 6, frequency=2)
_NEVER = sparsity.ConstantSparsity(0.5, 1000, frequency=1)
_ALL = sorted(tgp.importance.IMPORTANCES)
_WITH_GRADIENTS = ["gradient", "movement", "snip", "taylor"]


def _pruned(importance, schedule=_NEVER, make=tiny.generator):
  return tgp.prune_low_magnitude(make(), schedule, importance=importance)


def _slots(network):
  return [
    slot.numpy()
    for layer in ownership.pruned_layers(network)
    for slot in layer.slots
  ]


class _Sum(tgp.GAN):
  """The gradient of every weight of the generator is 1."""

  def generator_loss(self, fake):
    del fake
    weights = self.generator.trainable_weights
    return tf.add_n([tf.reduce_sum(weight) for weight in weights])


def _gan(model_class=_Sum, importance="taylor", sgd=0.5, **options):
  model = model_class(tiny.discriminator(), _pruned(importance), 4)
  # Tracing would take longer than these few steps.
  options = {"run_eagerly": True} | options
  model.compile("adam", keras.optimizers.SGD(sgd), **options)
  return model


@pytest.mark.parametrize("importance", _ALL)
def test_invariants_hold_after_every_step(importance):
  networks = {
    "discriminator": _pruned(importance, _SCHEDULE, tiny.discriminator),
    "generator": _pruned(importance, _SCHEDULE),
  }
  model = tgp.GAN(
    **networks, latent_dim=4, discriminator_steps=2, ema_decay=0.9
  )
  model.compile(
    keras.optimizers.AdamW(0.01), keras.optimizers.Adam(0.01), run_eagerly=True
  )
  watched = watch.Watch(
    dict.fromkeys(networks, _SCHEDULE),
    lambda one, name: int(getattr(one, f"{name[0]}_optimizer").iterations),
    inputs={"generator": tf.ones([2, 4])},
  )
  model.fit(tiny.images(28), batch_size=4, verbose=0, callbacks=[watched])
  assert watched.steps == 7
  assert abs(tgp.sparsity_report(model.ema_generator).overall - 0.8) < 0.01


@pytest.mark.parametrize(
  ("importance", "options"),
  [
    ("snip", {"jit_compile": True}),
    ("spectral", {"jit_compile": True}),
    ("taylor", {"steps_per_execution": 3}),
  ],
)
def test_compiled_steps_prune_alike(importance, options):
  found = []
  for each in ({"run_eagerly": True}, options):
    keras.utils.set_random_seed(0)
    # Under XLA latents are others, so the loss does not depend on them.
    model = _Sum(tiny.discriminator(), _pruned(importance, _SCHEDULE), 4)
    sgd = keras.optimizers.SGD
    model.compile(sgd(0.01), sgd(0.01), **each)
    model.fit(tiny.images(24), batch_size=4, shuffle=False, verbose=0)
    found.append(
      [
        x[1].numpy()
        for x in ownership.pruned_layers(model.generator)[0].pruning_vars
      ]
    )
  for plain, compiled in zip(*found, strict=True):
    assert (plain != compiled).sum() <= 2  # of 192, whose sums were rounded


def test_gathers_at_the_weights_before_each_update():
  model = _gan()
  kernels = [
    x.pruning_vars[0][0] for x in ownership.pruned_layers(model.generator)
  ]
  before = [kernel.numpy() for kernel in kernels]
  model.fit(tiny.images(8), batch_size=4, verbose=0)
  # Two updates, of a gradient of 1 and a rate of 0.5.
  expected = [np.abs(w) + np.abs(w - 0.5) for w in before]
  for slot, value in zip(_slots(model.generator), expected, strict=True):
    np.testing.assert_allclose(slot, value, atol=1e-5)


def test_every_update_of_a_network_counts():
  class Twice(_Sum):
    def train_step(self, data):
      logs = super().train_step(data)
      loss = lambda: 2.0 * self.generator_loss(None)  # noqa: E731
      self.minimize("generator", self.g_optimizer, loss)
      return logs

  model = _gan(Twice, "gradient")
  model.fit(tiny.images(8), batch_size=4, verbose=0)
  for slot in _slots(model.generator):
    np.testing.assert_allclose(slot, 2 * (1 + 2), atol=1e-5)


def test_mask_is_the_highest_scores_and_slots_begin_anew():
  layer = keras.layers.Dense(2, use_bias=False)
  network = keras.Sequential([keras.Input((2,)), layer])
  layer.set_weights([np.array([[1.0, 2.0], [3.0, 4.0]])])
  once = sparsity.ConstantSparsity(0.5, 2, frequency=1)
  pruned = tgp.prune_low_magnitude(network, once, importance="taylor")
  pruner = tgp.Pruner(pruned)
  mask = ownership.pruned_layers(pruned)[0].pruning_vars[0][1]
  gradients = [[[4.0, 0.0], [0.0, 0.5]], [[0.0, 3.0], [1.0, 0.25]]]
  for gradient in gradients:
    pruner.gather([(tf.constant(gradient), layer.kernel)])
    pruner.advance()
  # 4 and 0, 0 and 6, 0 and 3, 2 and 1.
  np.testing.assert_array_equal(mask, [[1.0, 1.0], [0.0, 0.0]])
  np.testing.assert_array_equal(_slots(pruned)[0], np.zeros([2, 2]))
  # What was pruned stays so, however large its gradient is.
  pruner.gather([(tf.constant([[0.0, 0.0], [9.0, 9.0]]), layer.kernel)])
  pruner.advance()
  np.testing.assert_array_equal(mask, [[1.0, 1.0], [0.0, 0.0]])


def test_snip_gathers_up_to_the_first_mask_update():
  network = _pruned("snip", sparsity.ConstantSparsity(0.5, 2, frequency=1))
  pruner = tgp.Pruner(network)
  layer = ownership.pruned_layers(network)[0]
  weight, mask, _ = layer.pruning_vars[0]
  kept = []
  for _ in range(4):
    pruner.gather([(tf.ones_like(x), x) for x in network.trainable_variables])
    pruner.advance()
    kept.append([_slots(network)[0], mask.numpy()])
    weight.assign(tf.random.normal(weight.shape))
  assert (kept[1][0] > kept[0][0]).any()
  for later in kept[2:]:
    np.testing.assert_array_equal(later[0], kept[1][0])
    np.testing.assert_array_equal(later[1], kept[1][1])


@pytest.mark.parametrize("importance", ["random", "movement", "gradient"])
def test_masks_are_nested(importance):
  network = _pruned(importance, _SCHEDULE)
  pruner = tgp.Pruner(network)
  mask = ownership.pruned_layers(network)[0].pruning_vars[0][1]
  before = mask.numpy()
  for step in range(7):
    pruner.gather(
      [
        (tf.random.stateless_normal(x.shape, [step, 0]), x)
        for x in network.trainable_variables
      ]
    )
    pruner.advance()
    assert (mask.numpy() <= before).all()
    before = mask.numpy()
  assert abs(before.mean() - 0.2) < 0.01


def test_random_masks_differ_from_layer_to_layer():
  network = keras.Sequential([keras.Input((8,))])
  for _ in range(2):
    network.add(keras.layers.Dense(8))
  network.add(keras.layers.Reshape((2, 4)))
  network.add(keras.layers.LSTM(4))  # two kernels of one shape
  now = sparsity.ConstantSparsity(0.5, 1, frequency=1)
  pruned = tgp.prune_low_magnitude(network, now, importance="random")
  tgp.Pruner(pruned).advance()
  masks = [
    mask.numpy()
    for layer in ownership.pruned_layers(pruned)
    for _, mask, _ in layer.pruning_vars
  ]
  assert (masks[0] != masks[1]).any() and (masks[2] != masks[3]).any()


def test_a_skipped_update_is_not_gathered():
  class Overflows(_Sum):
    def generator_loss(self, fake):
      # Finite, with a gradient that is not, of one weight alone.
      good = tf.where(tf.equal(self.g_optimizer.iterations, 1), 0.0, 1.0)
      nothing = tf.reduce_sum(self.generator.trainable_weights[0]) * 0.0
      return super().generator_loss(fake) + tf.sqrt(nothing + good)

  model = Overflows(tiny.discriminator(), _pruned("gradient"), 4)
  scaling = keras.mixed_precision.LossScaleOptimizer
  sgd = scaling(keras.optimizers.SGD(0.1), initial_scale=8.0)
  model.compile("adam", sgd, run_eagerly=True)
  model.fit(tiny.images(12), batch_size=4, verbose=0)
  (layer, *_) = ownership.pruned_layers(model.generator)
  assert int(layer.pruning_step) == 2
  for slot in _slots(model.generator):
    np.testing.assert_allclose(slot, 2.0, atol=1e-5)


def test_sparse_gradients_with_rows_that_come_twice():
  network = keras.Sequential(
    [keras.Input((2,)), keras.layers.Embedding(3, 2), keras.layers.Flatten()]
  )
  pruned = _pruned("gradient", make=lambda: network)
  with tf.GradientTape() as tape:
    x = pruned(tf.constant([[0, 2], [2, 2]]), training=False)
    loss = tf.reduce_sum(x * [1.0, 1.0, -3.0, 1.0])
  variables = pruned.trainable_variables
  gradients = tape.gradient(loss, variables)
  assert isinstance(gradients[0], tf.IndexedSlices)
  tgp.Pruner(pruned).gather(zip(gradients, variables, strict=True))
  # Row 2: -3 once as an end, and 1 - 3 of the other; 1 is a sum of opposites.
  expected = [[1.0, 1.0], [0.0, 0.0], [abs(1 - 3 - 3), 3 * 1]]
  np.testing.assert_array_equal(_slots(pruned)[0], expected)


def test_what_is_not_finite_is_not_gathered_in_a_loop():
  network = _pruned("gradient")
  pruner = tgp.Pruner(network)
  bad = [(tf.ones_like(x), x) for x in network.trainable_variables]
  bad[-1] = (bad[-1][0] * np.nan, bad[-1][1])
  pruner.gather(bad)
  assert all((slot == 0).all() for slot in _slots(network))


def test_a_gan_a_callback_and_a_loop_gather_the_same():
  x = tiny.images(12)

  def network():
    keras.utils.set_random_seed(0)
    return _pruned("taylor", _SCHEDULE, tiny.discriminator)

  class Model(keras.Model):
    def __init__(self, inner):
      super().__init__()
      self.inner = inner

    def train_step(self, data):
      _step(self.inner, self.optimizer, data)
      return {}

  def _step(model, optimizer, batch, pruner=None):
    with tf.GradientTape() as tape:
      loss = tf.reduce_mean(model(batch, training=True) ** 2)
    variables = model.trainable_variables
    gradients = tape.gradient(loss, variables)
    if pruner:
      pruner.gather(zip(gradients, variables, strict=True))
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    if pruner:
      pruner.advance()

  fitted = Model(network())
  fitted.compile(keras.optimizers.SGD(0.1), run_eagerly=True)
  fitted.fit(
    tf.data.Dataset.from_tensor_slices(x).batch(4),
    verbose=0,
    callbacks=[tgp.UpdatePruningStep()],
  )
  looped, optimizer = network(), keras.optimizers.SGD(0.1)
  pruner = tgp.Pruner(looped)
  for i in range(0, 12, 4):
    _step(looped, optimizer, x[i : i + 4], pruner)
  for ours, theirs in zip(fitted.inner.weights, looped.weights, strict=True):
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
  assert any(slot.any() for slot in _slots(looped))


def test_a_scaled_loss_is_gathered_once_under_the_callback():
  class Model(keras.Model):
    def __init__(self, inner):
      super().__init__()
      self.inner = inner

    def train_step(self, data):
      variables = self.inner.trainable_variables
      gradients = [tf.ones_like(x) for x in variables]
      scaled = [x * self.optimizer.loss_scale for x in gradients]
      found = self.optimizer.get_unscaled_gradients(scaled)
      self.optimizer.get_scaled_loss(tf.constant(0.0))
      self.optimizer.apply_gradients(zip(found, variables, strict=True))
      return {}

  model = Model(_pruned("gradient"))
  scaling = keras.mixed_precision.LossScaleOptimizer
  model.compile(scaling(keras.optimizers.SGD(0.1)), run_eagerly=True)
  model.fit(
    tf.data.Dataset.range(3).batch(1),
    verbose=0,
    callbacks=[tgp.UpdatePruningStep()],
  )
  for slot in _slots(model.inner):
    np.testing.assert_allclose(slot, 3.0)


@pytest.mark.parametrize(
  ("make", "importance"),
  [
    (trainings.gan, "taylor"),
    (trainings.keras_style_gan, "snip"),
  ],
)
def test_resumed_training_is_the_uninterrupted_one(
  make, importance, tmp_path, monkeypatch
):
  wrap = functools.partial(prune.prune_low_magnitude, importance=importance)
  monkeypatch.setattr(prune, "prune_low_magnitude", wrap)

  def fit(model, *callbacks):
    model.run_eagerly = True
    model.fit(
      **trainings.array(),
      shuffle=False,
      epochs=2,
      verbose=0,
      callbacks=[tgp.UpdatePruningStep(), *callbacks],
    )
    return model

  whole = fit(make())
  backup = tgp.BackupAndRestore(tmp_path, save_freq=2)
  with pytest.raises(trainings.Interrupted):
    fit(make(), backup, trainings.InterruptAt(7))
  resumed = fit(make(), tgp.BackupAndRestore(tmp_path, save_freq=2))
  for name in ("generator", "discriminator"):
    pairs = zip(
      getattr(resumed, name).weights, getattr(whole, name).weights, strict=True
    )
    for ours, theirs in pairs:
      np.testing.assert_array_equal(ours, theirs)
  assert any(slot.any() for slot in _slots(whole.generator))


@pytest.mark.parametrize("importance", _ALL)
def test_keras_file_keeps_the_importance_and_what_it_gathered(
  importance, tmp_path
):
  network = _pruned(importance, _SCHEDULE)
  pruner = tgp.Pruner(network)
  for _ in range(3):
    pruner.gather([(tf.ones_like(x), x) for x in network.trainable_variables])
    pruner.advance()
  tgp.save_model(network, tmp_path / "network.keras")
  loaded = tgp.load_model(tmp_path / "network.keras")
  for ours, theirs in zip(loaded.weights, network.weights, strict=True):
    np.testing.assert_array_equal(ours, theirs)
  for ours, theirs in zip(
    ownership.pruned_layers(loaded),
    ownership.pruned_layers(network),
    strict=True,
  ):
    assert type(ours.importance) is type(theirs.importance)
    assert ours.importance.get_config() == theirs.importance.get_config()


@pytest.mark.parametrize("importance", _WITH_GRADIENTS)
def test_stripping_drops_what_was_gathered(importance):
  network = _pruned(importance)
  kernels = len(ownership.pruned_layers(network))
  assert len(network.weights) == len(_pruned("magnitude").weights) + kernels
  assert len(tgp.strip_pruning(network).weights) == len(
    tiny.generator().weights
  )


def test_magnitude_adds_nothing_and_loads_what_knew_no_other():
  network = _pruned("magnitude")
  (layer, *_) = ownership.pruned_layers(network)
  names = [weight.name.rpartition("/")[2] for weight in layer.weights]
  assert names == ["kernel:0", "mask:0", "threshold:0", "pruning_step:0"]
  config = layer.get_config()
  del config["importance"]
  again = type(layer).from_config(config)
  assert type(again.importance) is tgp.importance.Magnitude


def test_an_importance_of_ones_own():
  @keras.utils.register_keras_serializable(package="tests")
  class Largest(tgp.importance.Importance):
    def scores(self, weight, slot):
      return tf.math.exp(weight)

  now = sparsity.ConstantSparsity(0.5, 1, frequency=1)
  network = _pruned(Largest(), now)
  kernel = ownership.pruned_layers(network)[0].pruning_vars[0][0]
  before = np.sort(kernel.numpy().ravel())
  tgp.Pruner(network).advance()
  np.testing.assert_array_equal(
    np.sort(kernel.numpy()[kernel.numpy() != 0]), before[len(before) // 2 :]
  )


@pytest.mark.parametrize(
  "pattern",
  [{"block_size": (2, 4)}, {"sparsity_m_by_n": (2, 4)}],
  ids=["block", "m by n"],
)
def test_patterns_go_by_any_importance(pattern):
  network = keras.Sequential([keras.Input((8,)), keras.layers.Dense(8)])
  now = sparsity.ConstantSparsity(0.5, 1, frequency=1)
  pruned = tgp.prune_low_magnitude(
    network, now, importance="gradient", **pattern
  )
  # High in every other row, or in the blocks on the left.
  gradient = np.ones((8, 8), np.float32)
  gradient[:, 4:] = 0.5
  if "sparsity_m_by_n" in pattern:
    gradient = np.float32([[1.0], [0.5]] * 4) * np.ones([1, 8], np.float32)
  pruner = tgp.Pruner(pruned)
  pruner.gather([(tf.constant(gradient), pruned.trainable_variables[0])])
  pruner.advance()
  mask = ownership.pruned_layers(pruned)[0].pruning_vars[0][1]
  np.testing.assert_array_equal(mask, gradient == 1.0)


_UNHEARD = "Layer 'dense' is pruned by `importance='taylor'`, which needs grad"


def test_a_loop_without_gradients_is_refused():
  with pytest.raises(ValueError, match=_UNHEARD):
    tgp.Pruner(_pruned("taylor")).advance()


def test_a_network_that_nobody_trains_is_refused():
  model = _gan(tgp.GAN)
  model.generator.trainable = False
  model.compile("adam", "adam", run_eagerly=True)
  with pytest.raises(ValueError, match=_UNHEARD):
    model.fit(tiny.images(4), batch_size=4, verbose=0)


def test_a_teacher_that_does_not_learn_is_refused():
  model = tgp.GAN(
    tiny.discriminator(),
    tiny.generator(),
    4,
    teacher=_pruned("taylor"),
    distillation=["image"],
  )
  model.compile("adam", "adam", run_eagerly=True)
  with pytest.raises(ValueError, match=_UNHEARD):
    model.fit(tiny.images(4), batch_size=4, verbose=0)


def test_a_network_that_was_trained_may_be_frozen_later():
  model = _gan(tgp.GAN)
  model.fit(tiny.images(4), batch_size=4, verbose=0)
  model.generator.trainable = False
  model.compile("adam", "adam", run_eagerly=True)
  model.fit(tiny.images(4), batch_size=4, verbose=0)


def test_forward_calls_that_count_are_refused():
  network = _pruned("taylor")
  network.compile("sgd", "mse")
  with pytest.raises(ValueError, match="'dense'.*nobody counts its updates"):
    network.fit(np.ones((4, 4)), np.ones((4, 8, 8, 1)), verbose=0)


def test_a_loss_that_does_not_reach_a_layer_is_refused():
  class Model(keras.Model):
    def __init__(self, inner):
      super().__init__()
      self.inner = inner

    def train_step(self, data):
      bias = self.inner.trainable_variables[-1]
      self.optimizer.apply_gradients([(tf.ones_like(bias), bias)])
      return {}

  model = Model(_pruned("taylor"))
  model.compile("sgd", run_eagerly=True)
  with pytest.raises(ValueError, match=_UNHEARD):
    model.fit(
      tf.data.Dataset.range(3).batch(1),
      verbose=0,
      callbacks=[tgp.UpdatePruningStep()],
    )


def test_unknown_name_lists_those_there_are():
  with pytest.raises(ValueError, match="`importance`.*'snip'.*got 'snap'"):
    _pruned("snap")
