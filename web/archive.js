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

/** Texts in the zip archive that a `.tflite` file may have behind its network. */

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_SIZE = 22;

/**
 * Returns the text of a member that is stored as it is.
 *
 * @param {Uint8Array} bytes What is in the file.
 * @param {string} name The member's name.
 * @returns {string?} The text; null if there is no archive or no such member.
 */
export function text(bytes, name) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - END_SIZE;
  if (end < 0 || view.getUint32(end, true) !== END) {
    return null;
  }
  const decode = (at, size) =>
    new TextDecoder().decode(bytes.subarray(at, at + size));
  let at = view.getUint32(end + 16, true);
  while (at + 46 <= end && view.getUint32(at, true) === CENTRAL) {
    const [nameSize, extra, comment] = [28, 30, 32].map((place) =>
      view.getUint16(at + place, true),
    );
    const isStored = view.getUint16(at + 10, true) === 0;
    if (isStored && decode(at + 46, nameSize) === name) {
      const local = view.getUint32(at + 42, true);
      if (local + 30 > end || view.getUint32(local, true) !== LOCAL) {
        return null;
      }
      const before =
        30 +
        view.getUint16(local + 26, true) +
        view.getUint16(local + 28, true);
      return decode(local + before, view.getUint32(at + 20, true));
    }
    at += 46 + nameSize + extra + comment;
  }
  return null;
}
