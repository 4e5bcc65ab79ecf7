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
"""Quality of generated images, on the features of any Keras network."""

from tf_ganprune.metrics.classification_accuracy import (
  ClassificationAccuracy,
  classification_accuracy_score,
)
from tf_ganprune.metrics.classifier import train_classifier
from tf_ganprune.metrics.classifier_evaluator import ClassifierEvaluator
from tf_ganprune.metrics.collapse import classes_hit, collapse_sentence
from tf_ganprune.metrics.density import DensityCoverage, density_coverage
from tf_ganprune.metrics.evaluator import Evaluator
from tf_ganprune.metrics.feature_model import FeatureModel, load_feature_model
from tf_ganprune.metrics.frechet import frechet_distance
from tf_ganprune.metrics.inception import inception_score
from tf_ganprune.metrics.kernel import kernel_distance
from tf_ganprune.metrics.label_scores import (
  ClassScore,
  class_scores,
  intra_class_frechet_distance,
)
from tf_ganprune.metrics.manifold import (
  PrecisionRecall,
  improved_precision_recall,
  precision_recall,
)
from tf_ganprune.metrics.output_evaluator import OutputEvaluator
from tf_ganprune.metrics.pair_evaluator import PairEvaluator
from tf_ganprune.metrics.perceptual import perceptual_distance
from tf_ganprune.metrics.rotations import train_rotation_classifier
from tf_ganprune.metrics.similarity import psnr, ssim

__all__ = [
  "ClassScore",
  "ClassificationAccuracy",
  "ClassifierEvaluator",
  "DensityCoverage",
  "Evaluator",
  "FeatureModel",
  "OutputEvaluator",
  "PairEvaluator",
  "PrecisionRecall",
  "class_scores",
  "classes_hit",
  "classification_accuracy_score",
  "collapse_sentence",
  "density_coverage",
  "frechet_distance",
  "improved_precision_recall",
  "inception_score",
  "intra_class_frechet_distance",
  "kernel_distance",
  "load_feature_model",
  "perceptual_distance",
  "precision_recall",
  "psnr",
  "ssim",
  "train_classifier",
  "train_rotation_classifier",
]
