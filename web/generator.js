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

/** Generators in `.tflite` files, run by LiteRT on WASM and on WebGPU. */

import {
  Tensor,
  getWebGpuDevice,
  loadAndCompile,
  loadLiteRt,
  supportsFeature,
} from "@litertjs/core";

import * as classes from "./classes.js";
import * as delegation from "./delegation.js";
import * as ranges from "./ranges.js";
import { inputsOf, sizeOf } from "./signature.js";

// On WASM, instances of one file differ in speed for as long as they live, up
// to 30 times, as their memory happens to lie. The fastest of some is what the
// device can do. Large files take too much memory for that.
const INSTANCES = { wasm: 6, webgpu: 1 };
const TRIALS = 4;
const LARGE = 8e6;
// Networks that take long have no more trials, in milliseconds.
const LONG = 500;
const LONGEST = 4000;
const WASM_FOLDER = "./node_modules/@litertjs/core/wasm/";

/** Loads LiteRT; once, before anything else. */
export async function load() {
  delegation.listen();
  // With JSPI, operations that the GPU lacks can run on the CPU. LiteRT has no
  // build with both JSPI and threads.
  const jspi = await supportsFeature("jspi");
  const threads =
    !jspi &&
    (await supportsFeature("threads")) &&
    (await supportsFeature("relaxedSimd"));
  await loadLiteRt(WASM_FOLDER, { jspi, threads });
}

/** Returns what is known of the GPU, or null if there is none. */
export function gpu() {
  return getWebGpuDevice()?.adapterInfo ?? null;
}

async function compile(bytes, accelerator) {
  const name = new TextDecoder("latin1").decode(bytes.subarray(4, 8));
  if (name !== "TFL3") {
    throw new Error("it is not a .tflite file");
  }
  try {
    return await loadAndCompile(bytes, {
      accelerator,
      gpuOptions: { precision: "fp32" },
    });
  } catch (error) {
    throw new Error(`LiteRT refuses it (${error.message.split("\n")[0]})`);
  }
}

/** One file on one accelerator. */
export class Generator {
  #model;
  #inputs;
  #output;

  /**
   * @param {CompiledModel} model What LiteRT made of the file.
   * @param {?object} delegated As of `delegation.onGpu`; null on WASM.
   * @param {Uint8Array} bytes The file, which may say its classes, and which
   *   values of its images mean black and white.
   */
  constructor(model, delegated, bytes) {
    this.#model = model;
    this.#inputs = inputsOf(model);
    this.#output = model.getOutputDetails()[0];
    this.delegated = delegated;
    this.classes = classes.count(bytes);
    this.said = ranges.said(bytes);
    this.size = sizeOf(this.#output);
    const { image, latents, label } = this.#inputs;
    this.takesImage = Boolean(image);
    this.inputSize = image ? sizeOf(image) : null;
    const size = latents?.shape[1] ?? 0;
    // Labels that are not an input of their own are behind the latents.
    const areJoined = !label && this.classes < size;
    const columns = areJoined ? (this.classes ?? 0) : 0;
    this.takesLabel = Boolean(label) || columns > 0;
    this.latentSize = size - columns;
  }

  /** Whether it takes or gives images of which nobody says the values. */
  get isSilent() {
    const sides = [
      [this.#inputs.image, this.said.input],
      [this.#output, this.said.output],
    ];
    return (
      this.takesImage &&
      sides.some(([{ dtype }, said]) => dtype !== "uint8" && !said)
    );
  }

  /**
   * Compiles a file, and runs it a few times.
   *
   * @param {Uint8Array} bytes What is in the file.
   * @param {string} accelerator "wasm" or "webgpu".
   * @returns {Promise<Generator>}
   * @throws {Error} If LiteRT refuses it, or it is no generator of images.
   */
  static async open(bytes, accelerator) {
    const wanted = bytes.length < LARGE ? INSTANCES[accelerator] : 1;
    const found = [];
    const begun = performance.now();
    const isEarly = () => performance.now() - begun < LONGEST;
    try {
      // All are kept until the end, so that each has memory of its own.
      while (found.length < wanted && (!found.length || isEarly())) {
        const generator = await Generator.#compiled(bytes, accelerator);
        found.push({ generator, ms: Infinity });
        found.at(-1).ms = await generator.#shortest();
      }
      found.sort((a, b) => b.ms - a.ms);
      return found.pop().generator;
    } finally {
      found.forEach(({ generator }) => generator.close());
    }
  }

  static async #compiled(bytes, accelerator) {
    const [model, text] = await delegation.during(() =>
      compile(bytes, accelerator),
    );
    try {
      const delegated =
        accelerator === "webgpu" ? delegation.onGpu(text) : null;
      return new Generator(model, delegated, bytes);
    } catch (error) {
      model.delete();
      throw error;
    }
  }

  /**
   * Makes an image.
   *
   * @param {Float32Array} latent Of `latentSize`.
   * @param {number} label The class, for a generator that is told one.
   * @returns {Promise<{pixels: Float32Array, ms: number}>} The image in
   *   [-1, 1], and how long it took, with the way to the GPU and back.
   */
  async image(latent, label = 0) {
    return this.#run(() => this.#tensors(latent, label), null);
  }

  /**
   * Makes another image of one.
   *
   * @param {Float32Array} pixels Of `inputSize`, in [-1, 1].
   * @param {Array<number>?} range The values of its images that mean black and
   *   white, if the file does not say it.
   * @returns {Promise<{pixels: Float32Array, ms: number}>} As of `image`.
   */
  async translated(pixels, range = null) {
    const { name, dtype, shape } = this.#inputs.image;
    const taken = ranges.of(dtype, this.said.input, range);
    const values = ranges.toNetwork(pixels, taken, dtype);
    return this.#run(() => ({ [name]: new Tensor(values, [...shape]) }), range);
  }

  async #run(prepare, range) {
    const begun = performance.now();
    const inputs = prepare();
    let outputs = {};
    try {
      outputs = await this.#model.run(inputs);
      const values = (await Object.values(outputs)[0].data()).slice();
      const ms = performance.now() - begun;
      if (!values.every(Number.isFinite)) {
        throw new Error("it gives NaN or infinity");
      }
      const given = ranges.of(this.#output.dtype, this.said.output, range);
      return { pixels: ranges.toStandard(values, given), ms };
    } finally {
      const all = [...Object.values(inputs), ...Object.values(outputs)];
      all.forEach((tensor) => tensor.delete());
    }
  }

  /** Returns the inputs by their names. */
  #tensors(latent, label) {
    const { latents, label: told } = this.#inputs;
    const whole = new Float32Array(latents.shape[1]);
    whole.set(latent);
    if (!told && this.takesLabel) {
      whole[this.latentSize + label] = 1;
    }
    const tensors = { [latents.name]: new Tensor(whole, [1, whole.length]) };
    if (told) {
      tensors[told.name] = new Tensor(Int32Array.of(label), [...told.shape]);
    }
    return tensors;
  }

  async #trial() {
    if (!this.takesImage) {
      return this.image(new Float32Array(this.latentSize));
    }
    const { height, width, channels } = this.inputSize;
    return this.translated(new Float32Array(height * width * channels));
  }

  async #shortest() {
    let shortest = Infinity;
    for (let trial = 0; trial < TRIALS; trial++) {
      const { ms } = await this.#trial();
      shortest = Math.min(shortest, ms);
      if (ms > LONG) {
        break;
      }
    }
    return shortest;
  }

  close() {
    this.#model.delete();
  }
}
