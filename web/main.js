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

/** Fills the page, and does what its controls say. */

import { Chooser } from "./classes.js";
import { gpu, load } from "./generator.js";
import { Network } from "./network.js";
import { Translating } from "./translating.js";

// After this long without a pause, controls feel stuck, in milliseconds.
const STUCK = 50;

const main = document.querySelector("main");
const list = document.querySelector("#networks");
const problem = document.querySelector("#problem");
const status = document.querySelector("#status");
const seed = document.querySelector("#seed");
const walk = document.querySelector("#walk");

const chooser = new Chooser(redraw);
const translating = new Translating(then, complain);
const networks = [];
let version = 0;
let dropped = null;
let work = Promise.resolve();
let waiting = 0;
let rested = 0;

/** Does one thing after the other: LiteRT runs one network at a time. */
function then(action, isQuiet = false) {
  waiting += isQuiet ? 0 : 1;
  main.setAttribute("aria-busy", waiting > 0);
  work = work
    .then(action)
    .then(settle)
    .catch((error) => complain(error.message))
    .finally(() => {
      waiting -= isQuiet ? 0 : 1;
      main.setAttribute("aria-busy", waiting > 0);
    });
  return work;
}

function complain(sentence) {
  problem.textContent = sentence;
  problem.hidden = !sentence;
}

function wanted(panel) {
  if (!panel.takesImage) {
    return version;
  }
  return translating.wants(panel) ? translating.version : panel.version;
}

function stalest() {
  return networks
    .flatMap((network) => network.panels.map((panel) => ({ network, panel })))
    .filter(({ panel }) => panel.ready && panel.version !== wanted(panel))
    .sort((a, b) => a.panel.version - b.panel.version)[0];
}

async function draw({ network, panel }) {
  if (panel.takesImage) {
    const { range, isLive } = translating;
    const pixels = translating.cropped(panel);
    await network.translate(panel, pixels, range, !isLive);
  } else {
    await panel.draw(Number(seed.value), Number(walk.value), chooser.chosen);
  }
}

/** Lets the browser show what is drawn, and hear what the user does. */
async function pause() {
  if (!translating.isLive || performance.now() - rested > STUCK) {
    await new Promise(requestAnimationFrame);
    rested = performance.now();
  }
}

/** Draws what is not drawn yet, the oldest first, until nothing is left. */
async function settle() {
  for (let next = stalest(); next; next = stalest()) {
    const drawn = wanted(next.panel);
    try {
      await draw(next);
      next.panel.version = drawn;
    } catch (error) {
      next.panel.refuse(error.message);
      complain(`${next.network.name} cannot be drawn: ${error.message}.`);
    }
    next.network.compare();
    await pause();
  }
}

function redraw() {
  version += 1;
  then(() => {});
}

async function fetched(file) {
  const response = await fetch(`files/${encodeURIComponent(file)}`);
  if (!response.ok) {
    throw new Error(`${file} is not there any more`);
  }
  return { file, bytes: new Uint8Array(await response.arrayBuffer()) };
}

async function add(name, read, first = false) {
  const network = new Network(name);
  try {
    await network.open(read);
  } catch (error) {
    network.close();
    throw new Error(`${name} cannot be run: ${error.message}.`);
  }
  networks.push(network);
  list[first ? "prepend" : "append"](network.element);
  offer();
  return network;
}

/** Offers what the networks take, and draws anew if that changes any. */
function offer() {
  const before = chooser.chosen;
  const ready = networks.filter(({ panels }) => panels.some((x) => x.ready));
  const translate = ready.filter(({ panels }) =>
    panels.some((panel) => panel.takesImage),
  );
  chooser.offer(networks);
  translating.offer(networks);
  for (const control of document.querySelectorAll(".latents")) {
    control.hidden = ready.length > 0 && translate.length === ready.length;
  }
  if (chooser.chosen !== before) {
    redraw();
  }
}

function open(file) {
  then(async () => {
    status.textContent = `Opening ${file.name} …`;
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const read = async () => ({ file: file.name, bytes });
      const network = await add(file.name, read, true);
      if (dropped) {
        networks.splice(networks.indexOf(dropped), 1);
        dropped.close();
        offer();
      }
      dropped = network;
      complain("");
    } finally {
      status.textContent = machine();
    }
  });
}

function machine() {
  const found = gpu();
  if (!found) {
    return "This browser offers no WebGPU adapter, so only WASM runs.";
  }
  const name = [found.vendor, found.architecture, found.description]
    .filter(Boolean)
    .join(" ");
  return found.isFallbackAdapter
    ? `WebGPU is ${name}, a program that plays a GPU on the CPU: its images` +
        " count, its times do not."
    : `WebGPU is ${name || "a GPU that keeps its name to itself"}.`;
}

async function begin() {
  await load();
  status.textContent = machine();
  const response = await fetch("networks.json");
  for (const { name, files } of await response.json()) {
    try {
      await add(name, (accelerator) => fetched(files[accelerator]));
    } catch (error) {
      complain(error.message);
    }
    await settle();
  }
}

function listen() {
  const choose = document.querySelector("#choose");
  walk.addEventListener("input", redraw);
  seed.addEventListener("change", () => seed.reportValidity() && redraw());
  document.querySelector("#new").addEventListener("click", () => {
    seed.value = Math.floor(Math.random() * (Number(seed.max) + 1));
    redraw();
  });
  choose.addEventListener("change", () => {
    [...choose.files].forEach(open);
    choose.value = "";
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dragging");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) {
      document.body.classList.remove("dragging");
    }
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dragging");
    for (const file of [...event.dataTransfer.files].slice(-1)) {
      if (file.type.startsWith("image/")) {
        translating.open(file);
      } else {
        open(file);
      }
    }
  });
}

listen();
then(begin);
