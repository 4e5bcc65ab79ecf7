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

const NAMES = { wasm: "WASM", webgpu: "WebGPU" };
const IMAGES = 24;
// More images make the median steadier; old ones tell of another moment.
const TIMES = 10 * IMAGES;

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

function paint(canvas, { height, width, channels }, pixels) {
  canvas.height = height;
  canvas.width = width;
  const picture = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      const value = pixels[pixel * channels + (channels === 3 ? colour : 0)];
      picture.data[4 * pixel + colour] = Math.round((value + 1) * 127.5);
    }
    picture.data[4 * pixel + 3] = 255;
  }
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

/** A grid of images, and below it how fast and how large. */
export class Panel {
  #generator = null;
  #grid;
  #times = [];

  /**
   * @param {string} network Its name, for people.
   * @param {string} accelerator "wasm" or "webgpu".
   */
  constructor(network, accelerator) {
    this.accelerator = accelerator;
    this.version = -1;
    this.images = [];
    this.element = document
      .querySelector("#panel")
      .content.firstElementChild.cloneNode(true);
    this.element.dataset.accelerator = accelerator;
    this.part("accelerator").textContent = NAMES[accelerator];
    this.#grid = this.part("grid");
    this.#grid.setAttribute(
      "aria-label",
      `${IMAGES} images that ${network} draws on ${NAMES[accelerator]}`,
    );
  }

  part(name) {
    return this.element.querySelector(`[data-part="${name}"]`);
  }

  get ready() {
    return this.#generator !== null;
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
    this.#blank();
  }

  /** Makes room for the images, if there is none. */
  #blank() {
    if (this.#grid.children.length !== IMAGES) {
      this.#grid.replaceChildren(
        ...Array.from({ length: IMAGES }, () =>
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
    // Only now, since showing them takes time from what is timed.
    this.images.forEach((pixels, i) =>
      paint(this.#grid.children[i], generator, pixels),
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
