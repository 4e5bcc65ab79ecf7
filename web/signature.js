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

/** What a `.tflite` file takes and gives, and whether this page can run it. */

const COLOURS = [1, 3];
const VALUES = ["float32", "uint8"];

function describe(tensor) {
  return `${tensor.dtype} [${[...tensor.shape].join(", ")}]`;
}

function isImage({ dtype, shape }) {
  return (
    VALUES.includes(dtype) &&
    shape.length === 4 &&
    shape[0] === 1 &&
    shape[1] > 0 &&
    shape[2] > 0 &&
    COLOURS.includes(shape[3])
  );
}

function isLatents({ dtype, shape }) {
  return dtype === "float32" && shape.length === 2 && shape[0] === 1;
}

function isLabel({ dtype, shape }) {
  return (
    dtype === "int32" && shape.length >= 1 && shape.every((size) => size === 1)
  );
}

/**
 * Returns the inputs of a network by what they are for.
 *
 * @param {CompiledModel} model What LiteRT made of the file.
 * @returns {{image: ?TensorDetails, latents: ?TensorDetails,
 *   label: ?TensorDetails}} An image alone; or latents and, if the network is
 *   told a class, its label.
 * @throws {Error} If the network takes or gives anything else.
 */
export function inputsOf(model) {
  const inputs = model.getInputDetails();
  const outputs = model.getOutputDetails();
  const [image, latents, labels] = [isImage, isLatents, isLabel].map((is) =>
    inputs.filter(is),
  );
  const translates = inputs.length === 1 && image.length === 1;
  const draws =
    latents.length === 1 &&
    labels.length <= 1 &&
    latents.length + labels.length === inputs.length;
  const shows = outputs.length === 1 && isImage(outputs[0]);
  if (!shows || !(translates || draws)) {
    throw new Error(
      "it takes " +
        inputs.map(describe).join(", ") +
        " and gives " +
        outputs.map(describe).join(", ") +
        "; a generator here takes float32 [1, n], and an int32 label if it is" +
        " told a class, or an image alone, and gives an image; images are" +
        " float32 or uint8 [1, height, width, 1 or 3]",
    );
  }
  return { image: image[0], latents: latents[0], label: labels[0] };
}

/**
 * Returns the size of an image.
 *
 * @param {TensorDetails} tensor An image.
 * @returns {{height: number, width: number, channels: number}}
 */
export function sizeOf({ shape }) {
  const [, height, width, channels] = shape;
  return { height, width, channels };
}
