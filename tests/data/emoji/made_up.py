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
"""Writes an npm package of emoji, made up for the tests."""

import json

import numpy as np
import tensorflow as tf

from tf_ganprune.data.emoji import npm_package


def png(seed, size=64):
  """Returns a picture of one colour, as the bytes of a PNG."""
  image = np.zeros((size, size, 4), np.uint8)
  image[:] = seed % 256, seed // 256, 100, 255
  return tf.io.encode_png(image).numpy()


def entry(number, category, tones=0):
  """Returns what emoji.json lists of one emoji with 0 to 2 skin tones."""
  code = f"1F{number:03X}"
  listed = {
    "unified": code,
    "image": f"{code.lower()}.png",
    "short_name": f"name_{number}",
    "category": category,
    "has_img_google": True,
  }
  variations = {
    tone: {
      "unified": f"{code}-{tone}",
      "image": f"{code}-{tone}.png".lower(),
      "has_img_google": True,
    }
    for tone in ("1F3FB", "1F3FC")[:tones]
  }
  return listed | ({"skin_variations": variations} if tones else {})


def write(folder, emoji_list):
  """Writes a package whose pictures all differ."""
  images = folder / "img" / "google" / "64"
  images.mkdir(parents=True)
  package = {"name": npm_package.NAME, "version": "1.2.3"}
  (folder / "package.json").write_text(json.dumps(package))
  (folder / "emoji.json").write_text(json.dumps(emoji_list))
  files = [
    one["image"]
    for entry in emoji_list
    for one in (entry, *entry.get("skin_variations", {}).values())
    if one["has_img_google"]
  ]
  for seed, file in enumerate(files):
    (images / file).write_bytes(png(seed))
