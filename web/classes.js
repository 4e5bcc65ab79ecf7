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

/** The class of the images: how many there are, and which is chosen. */

import * as archive from "./archive.js";

/**
 * Returns how many classes a file says that it has: lines of `labels.txt`.
 *
 * @param {Uint8Array} bytes What is in a `.tflite` file.
 * @returns {number?} The number; null if the file does not say.
 */
export function count(bytes) {
  const lines = archive.text(bytes, "labels.txt")?.split("\n").filter(Boolean);
  return lines?.length || null;
}

function numberField() {
  const field = document.createElement("input");
  return Object.assign(field, {
    type: "number",
    min: "0",
    max: "999999",
    step: "1",
    value: "0",
    required: true,
  });
}

/** The page's control, which is there if a network is told a class. */
export class Chooser {
  #control = document.querySelector("#classes");
  #field = document.querySelector("#class");
  #list = this.#field;
  #number = numberField();
  #hint = document.querySelector("#class-hint");

  /**
   * @param {function()} onChange Called when another class is chosen.
   */
  constructor(onChange) {
    this.#list.addEventListener("change", onChange);
    this.#number.addEventListener(
      "change",
      () => this.#number.reportValidity() && onChange(),
    );
  }

  /** The chosen class; null for all, one after the other. */
  get chosen() {
    const { value } = this.#field;
    if (this.#field === this.#number) {
      return this.#number.checkValidity() ? Number(value) : 0;
    }
    return value === "" ? null : Number(value);
  }

  /**
   * Offers the classes of the networks on the page.
   *
   * @param {Array<{name: string, takesLabel: boolean, classes: number?}>}
   *   networks The networks.
   */
  offer(networks) {
    const told = networks.filter((network) => network.takesLabel);
    const silent = told.filter((network) => network.classes === null);
    this.#control.hidden = told.length === 0;
    this.#show(silent.length ? this.#number : this.#list);
    const names = silent.map((network) => network.name).join(", ");
    this.#hint.textContent = names
      ? `How many classes there are is not said in ${names}: a number that it` +
        " was not trained on gives an error or nonsense."
      : "";
    this.#fill(Math.max(0, ...told.map((network) => network.classes ?? 0)));
  }

  #show(field) {
    if (this.#field !== field) {
      field.id = this.#field.id;
      this.#field.replaceWith(field);
      this.#field = field;
    }
  }

  #fill(count) {
    const before = this.#list.value;
    const labels = Array.from({ length: count }, (_, label) => String(label));
    this.#list.replaceChildren(
      new Option("all in turn", ""),
      ...labels.map((label) => new Option(label, label)),
    );
    this.#list.value = labels.includes(before) ? before : "";
  }
}
