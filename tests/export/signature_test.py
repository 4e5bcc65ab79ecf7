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
"""Tests of which networks can be exported, and how they are called."""

import numpy as np
import pytest

from tf_ganprune import export, networks
from tf_ganprune.export import signature
from tf_ganprune.graphs import signatures
from tf_ganprune.keras_compat import keras


class _GAN(keras.Model):
  def __init__(self, generator):
    super().__init__(name="my_gan")
    self.generator = generator


class _Subclassed(keras.Model):
  def call(self, inputs):
    return inputs


def _image_network(shape, dtype="float32"):
  x = keras.Input(shape, dtype=dtype, name="image")
  return keras.Model(x, keras.layers.Lambda(lambda y: y)(x))


def test_a_gan_says_to_pass_its_generator(generator):
  with pytest.raises(ValueError, match="'my_gan'.*such as gan.generator"):
    signature.check(_GAN(generator))


def test_any_gan_says_to_pass_one_of_its_generators(generator):
  gan = _Subclassed(name="cycles")
  gan.generator_G = gan.generator_F = generator
  with pytest.raises(ValueError, match="'cycles'.*such as gan.generator_G"):
    signature.check(gan)


def test_an_ensemble_says_to_export_its_members(generator):
  both = networks.Ensemble([generator, generator], name="both")
  nested = keras.Sequential([keras.Input((16,)), both], name="outer")
  for model, named in ((both, "'both' has"), (nested, "'outer' has")):
    with pytest.raises(
      ValueError, match=f"{named} an Ensemble, 'both'.*Export"
    ):
      signature.check(model)


def test_a_subclassed_network_must_be_built():
  network = _Subclassed()
  with pytest.raises(ValueError, match=r"`build\(input_shape\)`"):
    signature.check(network)
  network(np.ones((1, 2)))
  signature.check(network)


def test_a_sequential_without_shape_is_refused_until_called():
  network = keras.Sequential([keras.layers.Dense(2)], name="no_shape")
  with pytest.raises(
    ValueError, match="'no_shape' is a Sequential that is not"
  ):
    signature.check(network)
  network(np.ones((5, 3)))
  signature.check(network)
  (spec,) = signature.input_specs(network).values()
  assert spec.shape == (1, 3)


def test_sizes_that_vary_are_refused():
  with pytest.raises(ValueError, match=r"'image' of shape \(None, None, 3\)"):
    signature.check(_image_network((None, 3)))


def test_inputs_that_are_no_numbers_are_refused():
  with pytest.raises(ValueError, match="'image' of type string"):
    signature.check(_image_network((2,), "string"))
  with pytest.raises(ValueError, match="'sparse.*' of type float32"):
    x = keras.Input((2,), sparse=True, name="sparse")
    signature.check(keras.Model(x, keras.layers.Dense(1)(x)))


def test_other_objects_are_refused():
  for other in (None, "generator", keras.layers.Dense(3)):
    kind = type(other).__name__
    with pytest.raises(ValueError, match=f"`model` .*{kind}"):
      signature.check(other)


def test_a_keras_3_model_is_refused():
  keras_3 = pytest.importorskip("keras")
  network = keras_3.Sequential([keras_3.Input((2,)), keras_3.layers.Dense(1)])
  with pytest.raises(ValueError, match="Keras 3.*tf_ganprune.keras"):
    signature.check(network)


def test_inputs_and_outputs_go_by_name(conditional):
  assert list(signature.input_specs(conditional)) == ["latent", "a_label"]
  label = np.array([[3]], np.int32)
  latent = np.ones((1, 6), np.float32)
  found = signature.call(conditional, {"a_label": label, "latent": latent})
  np.testing.assert_array_equal(
    found[conditional.output_names[0]], conditional([latent, label])
  )


def test_nested_structures_go_by_name():
  a, b = keras.Input((2,), name="a"), keras.Input((2,), name="b")
  double = keras.layers.Rescaling(2.0, name="double")
  half = keras.layers.Rescaling(0.5, name="half")
  network = keras.Model({"b": b, "a": a}, {"y": double(a), "x": half(b)})
  ones = np.ones((1, 2), np.float32)
  found = signature.call(network, {"a": ones, "b": 10 * ones})
  assert found["double"].numpy().tolist() == [[2.0, 2.0]]
  assert found["half"].numpy().tolist() == [[5.0, 5.0]]


class _Several(keras.Model):
  def __init__(self):
    super().__init__(name="several")
    self.wide = keras.layers.Dense(3)

  def call(self, x, y, *, z=0.0, scale=1.0, training=False):
    return {"sum": self.wide(x) + y["a"] + z, "scaled": scale * self.wide(x)}


def test_all_tensors_that_a_network_was_called_with_are_inputs(tmp_path):
  network = _Several()
  given = np.full((2, 4), 0.1, "f"), {"a": np.ones((2, 3), "f")}
  network(*given, z=np.ones((2, 3), "f"), scale=2.0)
  functional = signatures.as_functional(network)
  assert functional.input_names[1:] == ["y_a", "z"]
  signature.check(network)
  report = export.export_tflite(network, tmp_path / "a.tflite")
  assert report.max_abs_error < 1e-5
  inputs = dict(
    zip(functional.input_names, [np.ones((1, 4), "f"), 3.0, 4.0], strict=True)
  )
  found = signature.call(
    functional,
    {
      k: np.broadcast_to(v, (1, 4 if k[0] == "i" else 3)).astype("f")
      for k, v in inputs.items()
    },
  )
  assert {x.shape for x in found.values()} == {(1, 3)}


def test_what_is_no_tensor_must_have_a_default(tmp_path):
  class _Needs(keras.Model):
    def call(self, x, steps):
      return x * steps

  network = _Needs(name="needs")
  network(np.ones((1, 2), "f"), 3)
  with pytest.raises(ValueError, match="'needs' cannot be called.*'steps'"):
    export.export_tflite(network, tmp_path / "a.tflite")
  assert not list(tmp_path.iterdir())


def test_measurements_of_one_argument_say_so():
  network = _Several()
  network(np.ones((2, 4), "f"), {"a": np.ones((2, 3), "f")})
  with pytest.raises(ValueError, match=r"'several.*' .*\(x, y\)"):
    signatures.input_specs(network)
