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

/** The controls of networks that make an image of another one. */

import { Camera } from "./camera.js";
import { NAMES } from "./panel.js";
import { Picture } from "./picture.js";

const START = "Start the camera";
const STOP = "Stop the camera";
const NOTHING = "No picture yet: choose one, drop one, or start the camera.";

/** What is translated, and by which panels. */
export class Translating {
  #controls = document.querySelector("#translating");
  #choose = document.querySelector("#picture");
  #button = document.querySelector("#camera");
  #live = document.querySelector("#live");
  #range = document.querySelector("#range");
  #source = document.querySelector("#source");
  #rate = document.querySelector("#rate");
  #picture = new Picture();
  #camera = new Camera((sentence) => this.#ended(sentence));
  #panels = [];
  #isAsking = false;
  #queue;
  #complain;

  /** Rises when panels are to translate anew; 0 before the first picture. */
  version = 0;

  /**
   * @param {function(function(), boolean): Promise} queue Does something in its
   *   turn and draws what is not drawn; quietly, if the page is not to be busy.
   * @param {function(string)} complain Shows a sentence, or none.
   */
  constructor(queue, complain) {
    this.#queue = queue;
    this.#complain = complain;
    this.#source.textContent = NOTHING;
    this.#button.textContent = START;
    this.#button.addEventListener("click", () => this.#toggle());
    this.#range.addEventListener("change", () => this.#changed());
    this.#choose.addEventListener("change", () => {
      [...this.#choose.files].slice(-1).forEach((file) => this.open(file));
      this.#choose.value = "";
    });
  }

  /** Whether pictures come from the camera. */
  get isLive() {
    return this.#camera.runs;
  }

  /** The values that mean black and white; null if files say it. */
  get range() {
    const { value } = this.#range;
    return value && !this.#range.parentElement.hidden
      ? value.split(" ").map(Number)
      : null;
  }

  /** Whether there is something for a panel to translate. */
  wants(panel) {
    const chosen = this.#panels[this.#live.value];
    const isOut = this.isLive && chosen && chosen !== panel;
    return this.version > 0 && !isOut;
  }

  /** The picture as a panel takes it. */
  cropped(panel) {
    return this.#picture.cropped(panel.inputSize);
  }

  /**
   * Shows the controls that the networks on the page need.
   *
   * @param {Array<Network>} networks The networks.
   */
  offer(networks) {
    const chosen = this.#panels[this.#live.value];
    const found = networks.flatMap(({ name, panels }) =>
      panels
        .filter((panel) => panel.takesImage)
        .map((panel) => ({
          panel,
          label: `${name} on ${NAMES[panel.accelerator]}`,
        })),
    );
    this.#panels = found.map(({ panel }) => panel);
    this.#live.replaceChildren(
      new Option("all, one after the other", ""),
      ...found.map(({ label }, i) => new Option(label, String(i))),
    );
    const index = this.#panels.indexOf(chosen);
    this.#live.value = index < 0 ? "" : String(index);
    this.#controls.hidden = found.length === 0;
    this.#range.parentElement.hidden = !this.#panels.some(
      (panel) => panel.isSilent,
    );
    if (found.length === 0) {
      this.#stop();
    }
  }

  /**
   * Translates the picture in a file, instead of the camera's.
   *
   * @param {File} file A picture.
   */
  open(file) {
    this.#queue(async () => {
      if (this.#controls.hidden) {
        throw new Error(
          `${file.name} cannot be translated: no network on the page takes a` +
            " picture.",
        );
      }
      try {
        await this.#picture.open(file);
      } catch (error) {
        throw new Error(`${file.name} cannot be shown: ${error.message}.`);
      }
      this.#stop();
      this.#show();
      this.#complain("");
    });
  }

  async #toggle() {
    if (this.isLive) {
      this.#stop();
      this.#changed();
      return;
    }
    if (this.#isAsking) {
      return;
    }
    this.#isAsking = true;
    try {
      await this.#camera.start();
      this.#complain("");
      this.#button.textContent = STOP;
      this.#live.parentElement.hidden = false;
      this.#run();
    } catch (error) {
      this.#complain(error.message);
    } finally {
      this.#isAsking = false;
    }
  }

  /** Translates frame after frame, for as long as the camera runs. */
  async #run() {
    this.#rate.textContent = "";
    while (this.isLive) {
      await this.#camera.frame();
      await this.#queue(() => {
        if (this.isLive) {
          this.#camera.show(this.#picture);
          this.#show();
        }
      }, true);
      if (this.isLive) {
        this.#tell(this.#camera.count());
      }
    }
  }

  #tell(rate) {
    if (Number.isFinite(rate)) {
      this.#rate.value = `${Number(rate.toPrecision(2))} frames per second`;
      this.#rate.dataset.rate = rate;
    }
  }

  #show() {
    this.version += 1;
    if (this.#source.textContent !== this.#picture.name) {
      this.#source.textContent = this.#picture.name;
    }
  }

  /** Has the picture that is there translated again. */
  #changed() {
    if (this.version > 0) {
      this.version += 1;
      this.#queue(() => {}, false);
    }
  }

  #stop() {
    this.#camera.stop();
    this.#button.textContent = START;
    this.#live.parentElement.hidden = true;
    this.#rate.value = "";
  }

  #ended(sentence) {
    this.#stop();
    this.#complain(sentence);
    this.#changed();
  }
}
