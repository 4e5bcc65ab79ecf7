"""Tests that tasks of labels or of images need not say what is drawn."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tests.experiments import mapping
from tf_ganprune import experiments
from tf_ganprune.experiments import (
  comparing,
  exporting,
  handover,
  slim_settings,
)

keras = tgp.keras
_SLIM = slim_settings.Settings(
  macs=0.6,
  importance="activation",
  distillation=(),
  weights=(),
  generator_batch_size=None,
)
_SETTINGS = mapping.Settings(
  phases=("slim",), slim=_SLIM, epochs=1, prune_epochs=1
)


class Pictured(mapping.Mapping):
  """Its first network takes rows of a data set, which its GAN draws."""

  name = "pictured"

  def _rows(self):
    return self._arrays(16, 5)[0]

  def gan(self, networks):
    rows = tgp.inputs.Examples(self._rows())
    return super().gan(networks).replaced(inputs=rows)

  def restore(self, gan):
    gan.input_source.set_data(self._rows())

  def inputs(self, name, n, seed):
    return None if name == "there" else super().inputs(name, n, seed)


class Silent(mapping.Mapping):
  """Does not say what its networks are given."""

  def inputs(self, name, n, seed):
    return None


@pytest.mark.slow
def test_channels_and_files_see_what_the_gan_draws(tmp_path, monkeypatch):
  batches = []
  prune = tgp.prune_channels

  def pruned(network, data=None, **kwargs):
    batches.extend(data or [])
    return prune(network, data=data, **kwargs)

  monkeypatch.setattr(tgp, "prune_channels", pruned)
  job = experiments.Experiment(Pictured, _SETTINGS, tmp_path).open()
  job.train()
  there, back = batches
  assert [x.shape for x in there] == [(256, 3), (256, 2)]
  assert back.shape == (256, 4)

  # Read from their files, GANs draw as before.
  gans = job.train()
  assert gans["slim"].generate(3, seed=0).shape == (3, 4)
  asked = []
  monkeypatch.setattr(exporting, "export_all", lambda *x, **_: asked.append(x))
  compared = comparing.Comparing(
    job.run_directory, job.task, "", {}, ("cpu",), {}, 8
  )
  compared._export({}, gans["slim"], None)
  ((*_, inputs),) = asked
  assert inputs("there", 5, 0) is gans["slim"].input_source
  assert inputs("back", 5, 0).shape == (5, 4)


def test_labels_are_drawn_as_the_network_takes_them():
  label, z = keras.Input((1,), dtype="int32"), keras.Input((3,))
  x = keras.layers.Flatten()(keras.layers.Embedding(5, 4)(label))
  x = keras.layers.Dense(8, "relu")(keras.layers.Concatenate()([z, x]))
  generator = keras.Model([z, label], keras.layers.Dense(4)(x))
  critic = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
  gan = tgp.PrunedGAN(
    {"generator": generator, "critic": critic},
    tgp.inputs.LabelledLatents(3, 5),
  )
  task = Silent(mapping.Settings())
  batch = handover.inputs(task, gan, "generator", 64, 0)
  assert set(np.asarray(batch[1]).ravel()) == set(range(5))
  small = tgp.prune_channels(
    generator, macs=0.7, importance="activation", data=[batch]
  )
  assert tgp.profile(small).macs < tgp.profile(generator).macs
  assert handover.calibration(task, gan, "critic", 64, 0) is None
