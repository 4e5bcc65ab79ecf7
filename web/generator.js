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

// On WASM, instances of one file differ in speed for as long as they live, up
// to 30 times, as their memory happens to lie. The fastest of some is what the
// device can do. Large files take too much memory for that.
const INSTANCES = { wasm: 6, webgpu: 1 };
const TRIALS = 4;
const LARGE = 8e6;
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

function describe(tensor) {
  return `${tensor.dtype} [${[...tensor.shape].join(", ")}]`;
}

/** Returns the input for latents and, if there is one, that for a label. */
function inputsOf(model) {
  const inputs = model.getInputDetails();
  const isLatents = ({ dtype, shape }) =>
    dtype === "float32" && shape.length === 2 && shape[0] === 1;
  const isLabel = ({ dtype, shape }) =>
    dtype === "int32" && shape.length >= 1 && shape.every((size) => size === 1);
  const latents = inputs.filter(isLatents);
  const labels = inputs.filter(isLabel);
  const isAll = latents.length + labels.length === inputs.length;
  return latents.length === 1 && labels.length <= 1 && isAll
    ? { latents: latents[0], label: labels[0] }
    : null;
}

function check(model) {
  const outputs = model.getOutputDetails();
  const shape = outputs[0]?.shape ?? [];
  const fits =
    inputsOf(model) &&
    outputs.length === 1 &&
    outputs[0].dtype === "float32" &&
    shape.length === 4 &&
    shape[0] === 1 &&
    [1, 3].includes(shape[3]);
  if (!fits) {
    throw new Error(
      "it takes " +
        model.getInputDetails().map(describe).join(", ") +
        " and gives " +
        outputs.map(describe).join(", ") +
        "; a generator here takes float32 [1, n], and an int32 label if it is" +
        " told a class, and gives float32 images [1, height, width, 1 or 3]",
    );
  }
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

  /**
   * @param {CompiledModel} model What LiteRT made of the file.
   * @param {?object} delegated As of `delegation.onGpu`; null on WASM.
   * @param {number?} classes How many classes the file says that it has.
   */
  constructor(model, delegated, classes) {
    this.#model = model;
    this.#inputs = inputsOf(model);
    this.delegated = delegated;
    this.classes = classes;
    const size = this.#inputs.latents.shape[1];
    // Labels that are not an input of their own are behind the latents.
    const areJoined = !this.#inputs.label && classes < size;
    const columns = areJoined ? (classes ?? 0) : 0;
    this.takesLabel = Boolean(this.#inputs.label) || columns > 0;
    this.latentSize = size - columns;
    [, this.height, this.width, this.channels] =
      model.getOutputDetails()[0].shape;
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
    try {
      // All are kept until the end, so that each has memory of its own.
      while (found.length < wanted) {
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
      check(model);
      const delegated =
        accelerator === "webgpu" ? delegation.onGpu(text) : null;
      return new Generator(model, delegated, classes.count(bytes));
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
   * @returns {Promise<{pixels: Float32Array, ms: number}>} The image, and how
   *   long it took, with the way to the GPU and back.
   */
  async image(latent, label = 0) {
    const begun = performance.now();
    const inputs = this.#tensors(latent, label);
    let outputs = {};
    try {
      outputs = await this.#model.run(inputs);
      const pixels = Float32Array.from(await Object.values(outputs)[0].data());
      const ms = performance.now() - begun;
      if (!pixels.every(Number.isFinite)) {
        throw new Error("it gives NaN or infinity");
      }
      return { pixels, ms };
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

  async #shortest() {
    const times = [];
    while (times.length < TRIALS) {
      times.push((await this.image(new Float32Array(this.latentSize))).ms);
    }
    return Math.min(...times);
  }

  close() {
    this.#model.delete();
  }
}
