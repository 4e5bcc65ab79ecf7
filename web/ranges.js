/*
 * Copyright 2026 The tf_ganprune Authors. All Rights Reserved.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *     http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

/** The values of a network's images that mean black and white. */

import * as archive from "./archive.js";

const STANDARD = [-1, 1];
const BYTES = [0, 255];
const NAME = "image_ranges.txt";

/**
 * Returns the values that a file says mean black and white.
 *
 * @param {Uint8Array} bytes What is in a `.tflite` file; in its archive,
 *   `image_ranges.txt` has lines such as "input -1 1" and "output 0 1".
 * @returns {{input: ?Array<number>, output: ?Array<number>}} Black and white;
 *   none if the file does not say it.
 */
export function said(bytes) {
  const found = {};
  for (const line of archive.text(bytes, NAME)?.split("\n") ?? []) {
    const [side, ...range] = line.trim().split(/\s+/);
    const [black, white] = range.map(Number);
    if (range.length === 2 && black < white) {
      found[side] = [black, white];
    }
  }
  return { input: found.input ?? null, output: found.output ?? null };
}

/**
 * Returns the values of one side of a network that mean black and white.
 *
 * @param {string} dtype The type of its images: bytes are from 0 to 255.
 * @param {Array<number>?} said What its file says.
 * @param {Array<number>?} chosen What the user says, if the file does not.
 * @returns {Array<number>} Black and white.
 */
export function of(dtype, said, chosen) {
  return dtype === "uint8" ? BYTES : (said ?? chosen ?? STANDARD);
}

/**
 * Maps images in [-1, 1] to a network's values.
 *
 * @param {Float32Array} pixels The image.
 * @param {Array<number>} range Black and white.
 * @param {string} dtype "float32" or "uint8".
 * @returns {Float32Array|Uint8Array}
 */
export function toNetwork(pixels, [black, white], dtype) {
  const scale = (white - black) / 2;
  return dtype === "uint8"
    ? Uint8Array.from(pixels, (value) => Math.round(black + (value + 1) * scale))
    : pixels.map((value) => black + (value + 1) * scale);
}

/**
 * Maps a network's images to [-1, 1].
 *
 * @param {TypedArray} values The image.
 * @param {Array<number>} range Black and white.
 * @returns {Float32Array}
 */
export function toStandard(values, [black, white]) {
  if (black === STANDARD[0] && white === STANDARD[1]) {
    return Float32Array.from(values);
  }
  const scale = 2 / (white - black);
  return Float32Array.from(values, (value) => (value - black) * scale - 1);
}
