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

/** A network: its files on WASM and on WebGPU, side by side. */

import { gpu } from "./generator.js";
import { paint } from "./painting.js";
import { Panel } from "./panel.js";

// Between the two, as parts of the range [-1, 1]; eyes see no less.
const VISIBLE = 0.02;

/** One row of the page. */
export class Network {
  /**
   * @param {string} name For people.
   */
  constructor(name) {
    this.name = name;
    this.element = document
      .querySelector("#network")
      .content.firstElementChild.cloneNode(true);
    const heading = this.element.querySelector("h2");
    heading.textContent = name;
    heading.id = `network-${crypto.randomUUID()}`;
    this.element.setAttribute("aria-labelledby", heading.id);
    this.panels = ["wasm", "webgpu"].map((each) => new Panel(name, each));
    this.element
      .querySelector(".pair")
      .append(...this.panels.map((panel) => panel.element));
  }

  /**
   * Opens its files.
   *
   * @param {function(string): Promise<{file: string, bytes: Uint8Array}>} read
   *   Reads what an accelerator is to run.
   * @throws {Error} If neither accelerator can run its file.
   */
  async open(read) {
    const reasons = [];
    for (const panel of this.panels) {
      try {
        if (panel.accelerator === "webgpu" && !gpu()) {
          throw new Error("this browser offers no WebGPU adapter");
        }
        const { file, bytes } = await read(panel.accelerator);
        await panel.open(file, bytes);
      } catch (error) {
        panel.refuse(error.message);
        reasons.push(error.message);
      }
    }
    if (reasons.length === this.panels.length) {
      throw new Error(reasons[0]);
    }
  }

  /** Whether it is told a class. */
  get takesLabel() {
    return this.panels.some((panel) => panel.takesLabel);
  }

  /** How many classes it has; null if a file does not say. */
  get classes() {
    const told = this.panels.filter((panel) => panel.takesLabel);
    const counts = told.map((panel) => panel.classes);
    return counts.includes(null) ? null : Math.max(...counts);
  }

  /**
   * Translates a picture on one of its panels, and shows it as it was given.
   *
   * @param {Panel} panel Where.
   * @param {Float32Array} pixels As of `Panel.translate`.
   * @param {Array<number>?} range As well.
   * @param {boolean} stays As well.
   */
  async translate(panel, pixels, range, stays) {
    const { height, width } = panel.inputSize;
    const given = this.element.querySelector('[data-part="given"]');
    given.hidden = false;
    given.querySelector("[data-part=taken]").textContent =
      `${width} × ${height} from the middle`;
    paint(given.querySelector("canvas"), panel.inputSize, pixels);
    await panel.translate(pixels, range, stays);
  }

  /** Tells how far the two accelerators' images are apart. */
  compare() {
    const [wasm, webgpu] = this.panels;
    const element = this.element.querySelector('[data-part="difference"]');
    const areDrawn = this.panels.every((panel) => panel.images.length > 0);
    const areReady = this.panels.every((panel) => panel.ready);
    if (!areReady || !areDrawn || wasm.version !== webgpu.version) {
      element.textContent = "";
      return;
    }
    let largest = 0;
    wasm.images.forEach((image, i) =>
      image.forEach((value, j) => {
        largest = Math.max(largest, Math.abs(value - webgpu.images[i][j]));
      }),
    );
    const given = wasm.takesImage ? "picture" : "latents";
    element.textContent =
      `The same ${given} on both: values in [−1, 1] differ by at most` +
      ` ${largest.toPrecision(1)}.`;
    element.dataset.visible = largest > VISIBLE;
  }

  close() {
    this.panels.forEach((panel) => panel.close());
    this.element.remove();
  }
}
