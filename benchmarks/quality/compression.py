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
"""Prunes, clusters and quantizes the main job's generator, stage by stage.

  python -m benchmarks.quality.compression --compression_dir=runs/compression

For each seed the GAN of the main job's first phase is trained on as it is
(dense), or through four stages that take as many updates together: whole; cut
to a quarter of the MACs and pruned by LAMP; its weights clustered; trained with
the numbers of an int8 file. Updates of all stages have more latents, and from
the second on the generator learns from the whole one as well. Sizes are
compared with the dense float32 file, not gzipped, as Han et al. 2016 do (Deep
Compression, table 1); images are those that the files make. Every stage is kept
and only read the next time.
"""

import dataclasses
import pathlib
import sys

import numpy as np
from absl import app, flags, logging

import tf_ganprune as tgp
from benchmarks import result_files, verdicts
from benchmarks.quality import compression_table
from tf_ganprune import files
from tf_ganprune.compression import stages
from tf_ganprune.experiments import (
  dcgan_task,
  distilling,
  experiment,
  handover,
  run_directory,
  strategies,
  training,
)
from tf_ganprune.export import runtime

_RUNS_DIR = flags.DEFINE_string(
  "compression_dir", "runs/compression", "Of the runs."
)
_SEEDS = flags.DEFINE_list("compression_seeds", ["0", "1", "2"], "Seeds.")
_KEPT_MACS = flags.DEFINE_float(
  "kept_macs", 0.25, "Share to which channels are cut.", 0, 1
)
_SPARSITY = flags.DEFINE_float("zeros", 0.7, "Share of the kernels.", 0, 1)
_CLUSTERS = flags.DEFINE_integer("clusters", 8, "Values of a kernel.", 2)
_RATE = flags.DEFINE_float("stage_rate", 5e-3, "Of the cut generator.", 0)
_LATE_RATE = flags.DEFINE_float(
  "late_rate",
  1e-3,
  "Of the generator from its clusters on; falls in each stage.",
  0,
)
_LATENTS = flags.DEFINE_integer("stage_latents", 128, "In its updates.", 1)
_EPOCHS = flags.DEFINE_list(
  "stage_epochs",
  ["14", "10", "8", "8"],
  "Of the stages; the dense GAN has as many after the first phase.",
)
_DISCRIMINATOR = flags.DEFINE_enum(
  "stage_discriminator",
  "new",
  ["kept", "new"],
  "The whole GAN's, or a new one from the cut on.",
)
_WHOLE, _PRUNED = "whole", "pruned"
_STAGES = (_WHOLE, _PRUNED, "clustered", "quantized")
_TARGETS = {"quantized": "cpu-int8"}


@dataclasses.dataclass(frozen=True)
class How:
  """What decides the results, with the main job's settings.

  Example:
    `How(0.25, 0.8, 16, 5e-3, 1e-3, latents=64, stage_epochs=(1, 1, 1, 1))`

  Attributes:
    macs: Share to which channels are cut; 1 cuts none.
    sparsity: Share of zeros in the kernels.
    clusters: Values of a kernel, zero included.
    rate: The generator's learning rate after the cut.
    late_rate: With which each stage begins from the clusters on, and which
      falls as a cosine.
    latents: In an update of the generator.
    stage_epochs: Of each stage.
    discriminator: `'kept'` or `'new'`.
  """

  macs: float
  sparsity: float
  clusters: int
  rate: float
  late_rate: float
  latents: int
  stage_epochs: tuple[int, ...]
  discriminator: str = "new"

  @property
  def name(self) -> str:
    """Of a folder."""
    *values, epochs, discriminator = dataclasses.astuple(self)
    numbers = [f"{value:g}" for value in (*values, *epochs)]
    return "_".join([*numbers, discriminator])


class Compression:
  """The stages of one seed.

  Example:
    `Compression(pathlib.Path("runs/compression"), 0, how).run()`
  """

  def __init__(self, folder: pathlib.Path, seed: int, how: How):
    """Opens the folder.

    Args:
      folder: Of all runs.
      seed: Of everything random.
      how: What is done.

    Raises:
      ValueError: If a folder is one of other settings.
    """
    settings = dcgan_task.Settings(
      seed=seed, targets=("cpu",), prune_epochs=sum(how.stage_epochs)
    )
    main = f"dense_{settings.prune_epochs}_seed_{seed}"
    flag = _RUNS_DIR.name
    self._main = experiment.Experiment(
      dcgan_task.DCGAN, settings, folder / main, flag
    ).open()
    self._how = how
    self._directory = run_directory.RunDirectory(
      folder / f"{how.name}_seed_{seed}",
      self._main.all_settings()
      | dataclasses.asdict(how)
      | {"stage_epochs": [*how.stage_epochs]},
      flag,
    )

  def run(self) -> list[stages.Stage]:
    """Trains what is not yet; returns dense and the stages, measured."""
    gans = self._main.train(("begin", "dense"))
    evaluator = self._main.evaluator()
    found = [self._measured("dense", gans["dense"], evaluator)]
    earlier = self._main.settings.epochs
    for name, epochs in zip(_STAGES, self._how.stage_epochs, strict=True):
      phase = training.Phase(
        name, epochs, lambda name=name: self._begin(name), earlier
      )
      gan = self._main.train_phase(self._directory, phase)
      found.append(self._measured(name, gan, evaluator))
      earlier += epochs
    return found

  def _begin(self, name: str) -> tgp.GAN:
    """Returns the GAN that a stage begins with, compiled."""
    if name == _WHOLE:
      return self._main.load("begin").replaced(
        generator_batch_size=self._how.latents
      )
    before = self._directory.load(f"{_STAGES[_STAGES.index(name) - 1]}.keras")
    generator = getattr(self, f"_{name}")(before.ema_generator)
    return self._gan(before, generator, name)

  def _pruned(self, network) -> tgp.keras.Model:
    network = tgp.prune_channels(
      network, macs=self._how.macs, allocation="equal"
    )
    plan = strategies.Plan(
      self._how.sparsity,
      self._how.stage_epochs[_STAGES.index(_PRUNED)],
      self._main.steps_per_epoch,
      self._main.settings.frequency,
      self._main.settings.seed,
    )
    return tgp.prune_low_magnitude(network, plan.schedule(), allocation="lamp")

  def _clustered(self, network) -> tgp.keras.Model:
    return tgp.cluster_weights(tgp.strip_pruning(network), self._how.clusters)

  def _quantized(self, network) -> tgp.keras.Model:
    return tgp.quantize_model(network)

  def _gan(self, before: tgp.GAN, generator, name: str) -> tgp.GAN:
    """Returns a GAN that goes on with the generator of a stage."""
    generator.trainable = True  # a moving average's copy is frozen
    whole = self._directory.load(f"{_WHOLE}.keras")
    discriminator = before.discriminator
    if name == _PRUNED and self._how.discriminator == "new":
      discriminator = tgp.keras.models.clone_model(discriminator)
    return before.replaced(
      handover.renewed(before, ["generator"], self._rate(name)),
      generator=generator,
      discriminator=discriminator,
      generator_batch_size=self._how.latents,
      teachers={"generator": whole.ema_generator},
      distillation={"generator": distilling.losses(whole.discriminator)},
    )

  def _rate(self, name: str):
    """Returns the generator's learning rate in a stage."""
    if name == _PRUNED:
      return self._how.rate
    epochs = self._how.stage_epochs[_STAGES.index(name)]
    steps = epochs * self._main.steps_per_epoch
    cosine = tgp.keras.optimizers.schedules.CosineDecay
    return cosine(self._how.late_rate, steps)

  def _measured(self, name: str, gan, evaluator) -> stages.Stage:
    """Exports a stage and measures its file's images."""
    network = gan.ema_generator
    if name == _PRUNED:
      network = tgp.strip_pruning(network)
    path = self._directory / f"{name}.tflite"
    target = _TARGETS.get(name, "cpu")
    report = tgp.export_tflite(network, path, target=target)
    settings = self._main.settings
    images = _images(path, settings.eval_images, network, settings.seed)
    distance = evaluator.evaluate(images)["frechet_distance"]
    return stages.stage(name, network, report, float(distance))


def _images(path, n: int, network, seed: int) -> np.ndarray:
  """Returns what a file makes of the latents of a seed."""
  z = tgp.inputs.Latents(network.input_shape[-1]).draw(n, seed).numpy()
  content = path.read_bytes()
  (name,) = runtime.input_details(content)
  inputs = [{name: z[i : i + 1]} for i in range(n)]
  (images,) = runtime.run(content, inputs).outputs.values()
  # Rounding to int8 may lead out of the range by one step.
  return np.clip(images[:, 0], -1.0, 1.0)


def _how() -> How:
  """Returns what the flags say.

  Raises:
    ValueError: If nothing can be made of it.
  """
  for flag, is_possible, rule in (
    (_KEPT_MACS, _KEPT_MACS.value > 0, "above 0"),
    (_SPARSITY, 0 < _SPARSITY.value < 1, "above 0 and below 1"),
    (_RATE, _RATE.value > 0, "above 0"),
    (_LATE_RATE, _LATE_RATE.value > 0, "above 0"),
  ):
    if not is_possible:
      raise ValueError(f"--{flag.name} must lie {rule}; got {flag.value}.")
  return How(
    _KEPT_MACS.value,
    _SPARSITY.value,
    _CLUSTERS.value,
    _RATE.value,
    _LATE_RATE.value,
    _LATENTS.value,
    _epochs(_EPOCHS.value),
    _DISCRIMINATOR.value,
  )


def _epochs(values: list[str]) -> tuple[int, ...]:
  """Returns the epochs of each stage."""
  are_whole = all(x.isdigit() and int(x) > 0 for x in values)
  if len(values) != len(_STAGES) or not are_whole:
    raise ValueError(
      f"--stage_epochs must be {len(_STAGES)} whole numbers of at least 1; got"
      f" {','.join(values)!r}."
    )
  return tuple(map(int, values))


def main(argv):
  """Trains, prints and writes."""
  del argv
  logging.set_verbosity(logging.WARNING)
  seeds = [int(seed) for seed in _SEEDS.value]
  try:
    how = _how()
    settings = dataclasses.asdict(how) | {"seeds": seeds}
    file = result_files.ResultFile("compression", settings)
    folder = pathlib.Path(_RUNS_DIR.value)
    files.make_directory(folder)
    found = {seed: Compression(folder, seed, how).run() for seed in seeds}
  except ValueError as error:
    sys.exit(f"compression: {error}")
  rows = compression_table.summarize(found)
  file.add({"stages": rows}, rows=["name"])
  print(
    verdicts.text(
      file.machines(),
      lambda record: compression_table.table(record["stages"]),
      lambda record: compression_table.goals(record["stages"]),
    )
  )


if __name__ == "__main__":
  app.run(main)
