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

/** Random latents that a seed and a place between two sets decide. */

/** Returns a function of numbers in (0, 1): Mulberry32. */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (((bits ^ (bits >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/** Draws from N(0, 1), by Box and Muller. */
function normal(next) {
  return Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}

/**
 * Returns latents on a quarter of a circle between two that a seed draws.
 *
 * Cosine and sine keep them distributed as N(0, 1) at every position, so that
 * each is one that the generator was trained on.
 *
 * @param {number} seed A whole number, at least 0.
 * @param {number} position From 0, the first set, to 1, the second.
 * @param {number} count How many.
 * @param {number} size The length of each.
 * @returns {Float32Array[]} The latents.
 */
export function latents(seed, position, count, size) {
  const next = uniform(seed);
  const first = Math.cos((position * Math.PI) / 2);
  const second = Math.sin((position * Math.PI) / 2);
  return Array.from({ length: count }, () =>
    Float32Array.from(
      { length: size },
      () => first * normal(next) + second * normal(next),
    ),
  );
}
