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

/** What the page shows of one file on one accelerator. */

import { Generator } from "./generator.js";
import { latents } from "./latents.js";
import { paint } from "./painting.js";

export const NAMES = { wasm: "WASM", webgpu: "WebGPU" };
const IMAGES = 24;
// More images make the median steadier; old ones tell of another moment.
const TIMES = 10 * IMAGES;
// A picture that stays is translated so often, unless that takes too long.
const REPEATS = 5;
const LONG = 400;

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function kilobytes(bytes) {
  return `${Math.round(bytes / 1000).toLocaleString("en")}\u00a0kB`;
}

async function gzipped(bytes) {
  const stream = new Blob([bytes])
    .stream()
    .pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

/** A grid of images, and below it how fast and how large. */
export class Panel {
  #generator = null;
  #grid;
  #network;
  #times = [];

  /**
   * @param {string} network Its name, for people.
   * @param {string} accelerator "wasm" or "webgpu".
   */
  constructor(network, accelerator) {
    this.#network = network;
    this.accelerator = accelerator;
    this.version = -1;
    this.images = [];
    this.element = document
      .querySelector("#panel")
      .content.firstElementChild.cloneNode(true);
    this.element.dataset.accelerator = accelerator;
    this.part("accelerator").textContent = NAMES[accelerator];
    this.#grid = this.part("grid");
    this.#grid.setAttribute("aria-label", `${network} on ${NAMES[accelerator]}`);
  }

  part(name) {
    return this.element.querySelector(`[data-part="${name}"]`);
  }

  get ready() {
    return this.#generator !== null;
  }

  /** Whether the generator makes its image of another one. */
  get takesImage() {
    return this.#generator?.takesImage ?? false;
  }

  /** The size of the image that it takes; null if it takes none. */
  get inputSize() {
    return this.#generator?.inputSize ?? null;
  }

  /** Whether nobody says which values of its images mean black and white. */
  get isSilent() {
    return this.#generator?.isSilent ?? false;
  }

  /** Whether the generator is told a class. */
  get takesLabel() {
    return this.#generator?.takesLabel ?? false;
  }

  /** How many classes it has; null if that is not known. */
  get classes() {
    return this.#generator?.classes ?? null;
  }

  /** Shows a file; refuses it with an `Error`. */
  async open(file, bytes) {
    this.#generator = await Generator.open(bytes, this.accelerator);
    const { complete, sentence } = this.#generator.delegated ?? {
      complete: true,
      sentence: "on the CPU",
    };
    const size = this.part("size");
    size.value = bytes.length;
    size.textContent = kilobytes(bytes.length);
    const packed = this.part("gzipped");
    packed.value = await gzipped(bytes);
    packed.textContent = `${kilobytes(packed.value)} gzipped`;
    this.part("file").textContent = file;
    this.part("delegated").textContent = sentence;
    this.element.dataset.complete = complete;
    const what = this.takesImage
      ? `What ${this.#network} makes of the picture`
      : `${IMAGES} images that ${this.#network} draws`;
    this.#grid.setAttribute("aria-label", `${what} on ${NAMES[this.accelerator]}`);
    this.element.dataset.takesImage = this.takesImage;
    if (!this.takesImage) {
      this.#blank(); // pictures may never come
    }
  }

  /** Makes room for the images, if there is none. */
  #blank() {
    const count = this.takesImage ? 1 : IMAGES;
    if (this.#grid.children.length !== count) {
      this.#grid.replaceChildren(
        ...Array.from({ length: count }, () =>
          document.createElement("canvas"),
        ),
      );
    }
  }

  /** Says why there is nothing to see. */
  refuse(reason) {
    this.close();
    this.element.dataset.complete = false;
    this.part("delegated").textContent = reason;
    this.part("classes").textContent = "";
    this.#grid.replaceChildren();
  }

  /**
   * Draws the images of a seed and a position.
   *
   * @param {number} seed The seed of the latents.
   * @param {number} position As of `latents`.
   * @param {number?} label The class; null for all in turn.
   */
  async draw(seed, position, label) {
    const generator = this.#generator;
    const count = generator.classes;
    this.images = [];
    if (generator.takesLabel && count !== null && label >= count) {
      this.#grid.replaceChildren();
      this.part("classes").textContent =
        `no class ${label}: its classes are 0 to ${count - 1}`;
      return;
    }
    this.part("classes").textContent = "";
    this.#blank();
    const inputs = latents(seed, position, IMAGES, generator.latentSize);
    for (const [i, latent] of inputs.entries()) {
      const told = label ?? i % (count ?? 1);
      const { pixels, ms } = await generator.image(latent, told);
      this.images.push(pixels);
      this.#times.push(ms);
    }
    this.#show();
  }

  /**
   * Translates a picture.
   *
   * @param {Float32Array} pixels The picture, of `inputSize`, in [-1, 1].
   * @param {Array<number>?} range As of `Generator.translated`.
   * @param {boolean} stays Whether there is time to translate it repeatedly,
   *   for a time that is steadier.
   */
  async translate(pixels, range, stays) {
    this.images = [];
    this.#blank();
    let spent = 0;
    for (let i = 0; i < (stays ? REPEATS : 1) && spent < LONG; i++) {
      const made = await this.#generator.translated(pixels, range);
      this.images = [made.pixels];
      this.#times.push(made.ms);
      spent += made.ms;
    }
    this.#show();
  }

  /** Shows the images; only now, since that takes time from what is timed. */
  #show() {
    this.images.forEach((pixels, i) =>
      paint(this.#grid.children[i], this.#generator.size, pixels),
    );
    this.#times = this.#times.slice(-TIMES);
    const time = median(this.#times);
    this.part("time").dataset.ms = time;
    this.part("time").textContent = `${Number(time.toPrecision(2))} ms`;
  }

  close() {
    this.#generator?.close();
    this.#generator = null;
  }
}
