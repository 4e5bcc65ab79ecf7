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

/** The picture to translate: a file's, or a frame of the camera. */

// Larger pictures are made smaller, so that cropping them takes no time.
const LARGEST = 2048;
const LUMINANCE = [0.299, 0.587, 0.114];
const UNREADABLE = "it is not a picture that this browser can read";

function canvas(width, height) {
  const made = Object.assign(document.createElement("canvas"), {
    width,
    height,
  });
  const brush = made.getContext("2d", { willReadFrequently: true });
  brush.imageSmoothingQuality = "high";
  brush.fillStyle = "white"; // behind what is transparent, as in training
  brush.fillRect(0, 0, width, height);
  return { made, brush };
}

/** Decodes a whole picture; drawings that have no pixels of their own, too. */
async function decoded(file) {
  try {
    if (file.type !== "image/svg+xml") {
      // Refuses files that are cut, unlike `Image`.
      return await createImageBitmap(file);
    }
    const image = new Image();
    image.src = URL.createObjectURL(file);
    await image.decode().finally(() => URL.revokeObjectURL(image.src));
    return image;
  } catch {
    throw new Error(UNREADABLE);
  }
}

/** What is to be translated. */
export class Picture {
  #whole = null;
  #cropped = new Map();

  /** Where it is from, for people. */
  name = "";

  /**
   * Takes the picture in a file.
   *
   * @param {File} file A picture in any format that the browser knows.
   * @throws {Error} If it is none.
   */
  async open(file) {
    const image = await decoded(file);
    this.take(image, image.width, image.height, file.name);
  }

  /**
   * Takes what an element shows.
   *
   * @param {CanvasImageSource} source An image or a video.
   * @param {number} width Of the source.
   * @param {number} height As well.
   * @param {string} name For people.
   * @throws {Error} If there is nothing in it.
   */
  take(source, width, height, name) {
    if (!width || !height) {
      throw new Error(UNREADABLE);
    }
    const scale = Math.min(1, LARGEST / Math.max(width, height));
    const { made, brush } = canvas(
      Math.max(1, Math.round(width * scale)),
      Math.max(1, Math.round(height * scale)),
    );
    brush.drawImage(source, 0, 0, made.width, made.height);
    this.#whole = made;
    this.#cropped.clear();
    this.name = name;
  }

  /**
   * Returns the largest middle part of a shape, made as large as asked.
   *
   * @param {{height: number, width: number, channels: number}} size Of it;
   *   with one channel it is grey.
   * @returns {Float32Array} In [-1, 1], `[height, width, channels]`.
   */
  cropped({ height, width, channels }) {
    const key = [height, width, channels].join();
    if (!this.#cropped.has(key)) {
      this.#cropped.set(key, this.#crop(height, width, channels));
    }
    return this.#cropped.get(key);
  }

  #crop(height, width, channels) {
    const whole = this.#whole;
    const scale = Math.min(whole.width / width, whole.height / height);
    const [across, down] = [width * scale, height * scale];
    const { brush } = canvas(width, height);
    brush.drawImage(
      whole,
      (whole.width - across) / 2,
      (whole.height - down) / 2,
      across,
      down,
      0,
      0,
      width,
      height,
    );
    const { data } = brush.getImageData(0, 0, width, height);
    return Float32Array.from({ length: height * width * channels }, (_, i) => {
      const at = 4 * Math.floor(i / channels);
      const value =
        channels === 3
          ? data[at + (i % 3)]
          : LUMINANCE.reduce((sum, part, c) => sum + part * data[at + c], 0);
      return value / 127.5 - 1;
    });
  }
}
