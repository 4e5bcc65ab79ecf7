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

/** Pixels on canvases. */

/**
 * Shows an image.
 *
 * @param {HTMLCanvasElement} canvas Where.
 * @param {{height: number, width: number, channels: number}} size Of it.
 * @param {Float32Array} pixels In [-1, 1]; others are clipped.
 */
export function paint(canvas, { height, width, channels }, pixels) {
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
