# Copyright 2026 The tf_ganprune Authors. All Rights Reserved.
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.
"""Serves a page on which exported generators run in the browser.

  python -m examples.serve_demo

shows the generators that `examples.mnist_dcgan` or `examples.slim_dcgan`
exported to `--output_dir`, on this machine only. Networks that make an image of
another one take a picture's file or the camera. The page needs LiteRT for the
browser, which `--install` installs with npm, once.
"""

import functools
import signal
import sys

from absl import app, flags

from examples import (
  demo_files,
  demo_server,
)

_OUTPUT_DIR = flags.DEFINE_string(
  "output_dir",
  "runs/mnist_dcgan",
  "The folder of NETWORK_TARGET.tflite files.",
)
_PORT = flags.DEFINE_integer(
  "port", 8000, "The port of the page; 0 for any that is free.", 0, 65535
)
_WASM_TARGET = flags.DEFINE_string(
  "wasm_target", "cpu", "The target whose files run on WASM."
)
_WEBGPU_TARGET = flags.DEFINE_string(
  "webgpu_target",
  "gpu",
  "The target whose files run on WebGPU; a network without one runs the file"
  " of --wasm_target there.",
)
_INSTALL = flags.DEFINE_bool(
  "install",
  False,
  "Whether to install the page's packages with `npm ci`.",
)


def main(argv):
  """Serves the page until the program is interrupted."""
  if len(argv) > 1:
    raise app.UsageError(f"Unknown argument {argv[1]!r}; flags begin with --.")
  list_networks = functools.partial(
    demo_files.networks,
    _OUTPUT_DIR.value,
    _WASM_TARGET.value,
    _WEBGPU_TARGET.value,
  )
  try:
    list_networks()
    if _INSTALL.value:
      demo_files.install()
    demo_files.check_installed()
    server = demo_server.DemoServer(
      _OUTPUT_DIR.value, list_networks, _PORT.value
    )
  except ValueError as error:
    sys.exit(f"serve_demo: {error}")
  for number in (signal.SIGINT, signal.SIGTERM):
    # Shells let programs in the background ignore SIGINT.
    signal.signal(number, signal.default_int_handler)
  with server:
    print(f"The page is {server.url}; Ctrl-C ends it.", flush=True)
    try:
      server.serve_forever()
    except KeyboardInterrupt:
      print()


if __name__ == "__main__":
  app.run(main)
