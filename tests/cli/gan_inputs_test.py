"""Tests that what a saved GAN's networks are given is drawn as the GAN says."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune import channels
from tf_ganprune.cli import outcomes, saved
from tf_ganprune.export import tflite

_CLASSES = 3


def _labelled():
  """Returns a network that would take labels above those that its GAN draws."""
  z, label = tgp.keras.Input((4,)), tgp.keras.Input((1,), dtype="int32")
  x = tgp.keras.layers.Embedding(100, 4)(label)
  x = tgp.keras.layers.Flatten()(x)
  x = tgp.keras.layers.Concatenate()([z, x])
  images = tiny.generator()(tgp.keras.layers.Dense(4)(x))
  return tgp.keras.Model([z, label], images, name="labelled")


@pytest.fixture(scope="module", name="path")
def _path(tmp_path_factory):
  gan = tgp.PrunedGAN(
    {"generator": _labelled(), "discriminator": tiny.discriminator()},
    tgp.inputs.LabelledLatents(4, _CLASSES),
  )
  path = tmp_path_factory.mktemp("gan") / "labelled.keras"
  tgp.save_model(gan, path)
  return str(path)


def _labels(batch):
  return set(np.asarray(batch[1]).ravel())


def test_the_source_of_a_gan_is_loaded_with_its_network(path, folder):
  network, source = saved.load_with_inputs(path)
  assert len(network.inputs) == 2
  assert _labels(source.draw(64, seed=0)) == set(range(_CLASSES))
  _, source = saved.load_with_inputs(path, "discriminator")
  assert source is None
  _, source = saved.load_with_inputs(str(folder / "dense.keras"))
  assert source is None


def test_examples_whose_data_no_file_holds_draw_nothing(tmp_path):
  data = np.zeros((2, 4), np.float32)
  gan = tgp.PrunedGAN(
    {"generator": tiny.generator(), "discriminator": tiny.discriminator()},
    tgp.inputs.Examples(data),
  )
  path = str(tmp_path / "gan.keras")
  tgp.save_model(gan, path)
  assert saved.load_with_inputs(path)[1] is None


def test_networks_are_run_on_what_is_drawn(path):
  network, source = saved.load_with_inputs(path)
  made = outcomes.outcome("labelled", network, None, 32, source=source)
  assert not made.note
  assert _labels(list(made.inputs.values())) == set(range(_CLASSES))


def test_export_and_shrink_draw_it(path, run, monkeypatch):
  given = []

  def stop(*args, representative_data=None, data=None, **kwargs):
    given.append(representative_data or data)
    raise ValueError("stopped")

  monkeypatch.setattr(tflite, "export_tflite", stop)
  monkeypatch.setattr(channels, "prune_channels", stop)
  assert "stopped" in run(f"export {path} --output=g.tflite").sentence
  assert "stopped" in run(f"shrink {path} --macs=0.9 --output=s.keras").sentence
  source, (batch,) = given
  assert isinstance(source, tgp.inputs.LabelledLatents)
  assert _labels(batch) == set(range(_CLASSES))


def test_a_report_draws_the_same_for_all_that_take_it(
  path, run, tmp_path, monkeypatch
):
  tgp.save_model(_labelled(), tmp_path / "alone.keras")
  asked = []

  def outcome(*args):
    asked.append(args[-1])
    return outcomes.Outcome(note="not run")

  monkeypatch.setattr(outcomes, "outcome", outcome)
  ran = run(f"report alone.keras dense.keras {path} --output=r.html")
  assert ran.code == 0, ran.err
  alone, dense, labelled = asked
  assert dense is None
  assert alone is labelled
  assert isinstance(labelled, tgp.inputs.LabelledLatents)
