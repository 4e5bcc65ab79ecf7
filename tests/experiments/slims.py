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
"""Slim contestants of an experiment without data."""

import types

from tf_ganprune.experiments import (
  dcgan_task,
  slim,
  slim_settings,
  training,
)


class Experiment:
  """One without data, whose GANs are given."""

  steps_per_epoch = 7
  run_directory = "own"

  def __init__(self, **gans):
    self.settings = dcgan_task.Settings(latent_dim=4)
    self.load = gans.get
    self.trained = []
    self.task = types.SimpleNamespace(
      inputs=lambda name, n, seed: None,
      later_arguments=dict,
      restore=lambda gan: None,
    )

  def part(self, name, begin, epochs, earlier):
    return "own", training.Phase(name, epochs, begin, earlier)

  def train_phase(self, directory, phase):
    name = getattr(directory, "path", directory)
    self.trained.append((getattr(name, "name", name), phase.name))
    return phase.name


def contestant(experiment=None, directory=None, whole=None, **settings):
  return slim.Slim(
    experiment or Experiment(),
    slim_settings.Settings(**settings),
    directory,
    whole,
  )
