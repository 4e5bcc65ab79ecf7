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

/** Hears what LiteRT says in the console, which it tells nowhere else. */

const LEVELS = ["log", "info", "warn", "error"];
const BEGUN = "Initializing WebGPU-based API from graph";
const REFUSALS = [
  "not supported by GPU delegate",
  "will run on the GPU, and the remaining",
  "only supports static-sized",
];

let heard = null;

/** Begins to listen; LiteRT keeps the console's functions that it finds. */
export function listen() {
  for (const level of LEVELS) {
    const write = console[level].bind(console);
    console[level] = (...words) => {
      heard?.push(words.join(" "));
      write(...words);
    };
  }
}

/**
 * Returns what was said while something was done.
 *
 * @param {function(): Promise} action What to do.
 * @returns {Promise<Array>} What came of it, and the text.
 */
export async function during(action) {
  heard = [];
  try {
    const result = await action();
    return [result, heard.join("\n")];
  } finally {
    heard = null;
  }
}

/**
 * Tells from the text how much of a network runs on the GPU.
 *
 * `CompiledModel.isFullyAccelerated` is true for networks of which a part runs
 * on the CPU, so the text is what counts.
 *
 * @param {string} text What was said while the network was compiled.
 * @returns {{complete: boolean, sentence: string}}
 */
export function onGpu(text) {
  if (!text.includes(BEGUN)) {
    return { complete: false, sentence: "nothing of it on the GPU" };
  }
  if (!REFUSALS.some((refusal) => text.includes(refusal))) {
    return { complete: true, sentence: "all of it on the GPU" };
  }
  const shares = text.match(/(\d+) operations will run .* remaining (\d+)/);
  const share = shares
    ? `${shares[1]} of ${+shares[1] + +shares[2]} operations`
    : "a part of it";
  const names = [...text.matchAll(/^([A-Z][A-Z0-9_]*): /gm)]
    .map((match) => match[1])
    .filter((name) => !["INFO", "WARNING", "ERROR"].includes(name));
  const refused = names.length
    ? `; the CPU does ${[...new Set(names)].join(", ")}`
    : "";
  return { complete: false, sentence: `${share} on the GPU${refused}` };
}
