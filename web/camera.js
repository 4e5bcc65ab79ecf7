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

/** The device's camera, frame by frame, or a sentence why there is none. */

const REASONS = {
  NotAllowedError:
    "The camera was refused. Allow it for this page in the browser's settings" +
    " of the site, or choose a picture.",
  NotFoundError: "This device has no camera. Choose a picture.",
  NotReadableError:
    "The camera gives no picture; another program may have it. Choose a" +
    " picture.",
};
const ABSENT =
  "This browser gives pages no camera; it does only over https or on this" +
  " machine. Choose a picture.";
// Frames of this long ago still count for how many there are in a second.
const SECONDS = 2;

function sentence(error) {
  return REASONS[error.name] ?? `The camera cannot be used: ${error.message}.`;
}

/** A camera that runs or not. */
export class Camera {
  #video = document.createElement("video");
  #onLost;
  #done = [];

  /**
   * @param {function(string)} onLost Called with a sentence if the camera goes
   *   away while it runs.
   */
  constructor(onLost) {
    this.#onLost = onLost;
    Object.assign(this.#video, { muted: true, playsInline: true });
  }

  get runs() {
    return this.#video.srcObject !== null;
  }

  /**
   * Asks for the camera, and starts it.
   *
   * @throws {Error} With a sentence, if there is none or it is refused.
   */
  async start() {
    if (!navigator.mediaDevices?.getUserMedia) {
      throw new Error(ABSENT);
    }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: true });
      this.#video.srcObject = stream;
      stream.getTracks().forEach((track) =>
        track.addEventListener("ended", () => {
          if (this.#video.srcObject === stream) {
            this.stop();
            this.#onLost("The camera went away.");
          }
        }),
      );
      await this.#video.play();
    } catch (error) {
      this.stop();
      throw new Error(sentence(error));
    }
    this.#done = [];
  }

  /** Ends it; its light goes out. */
  stop() {
    this.#video.srcObject?.getTracks().forEach((track) => track.stop());
    this.#video.srcObject = null;
  }

  /** Waits for a frame that was not there before; for ever if it is stopped. */
  async frame() {
    const video = this.#video;
    await new Promise((resolve) =>
      video.requestVideoFrameCallback
        ? video.requestVideoFrameCallback(resolve)
        : requestAnimationFrame(resolve),
    );
  }

  /**
   * Gives the frame of this moment to a picture.
   *
   * @param {Picture} picture What to change.
   */
  show(picture) {
    const { videoWidth, videoHeight } = this.#video;
    picture.take(this.#video, videoWidth, videoHeight, "the camera");
  }

  /**
   * Counts a frame that is done.
   *
   * @returns {number} How many there are in a second; NaN for the first.
   */
  count() {
    const now = performance.now();
    this.#done = this.#done.filter((time) => now - time < SECONDS * 1000);
    this.#done.push(now);
    return (1000 * (this.#done.length - 1)) / (now - this.#done[0]);
  }
}
