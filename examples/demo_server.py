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
"""A web server for the page of `serve_demo`, reachable from this machine."""

import functools
import http.server
import json
import os
import pathlib
import posixpath
import urllib.parse
from collections.abc import Callable

from examples import (
  demo_files,
)

_TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".tflite": "application/octet-stream",
  ".wasm": "application/wasm",  # lets browsers compile it while it loads
}
_HEADERS = {
  # Both together allow a page threads, and clocks of microseconds.
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cache-Control": "no-cache",
  "X-Content-Type-Options": "nosniff",
}
_HOSTS = ("127.0.0.1", "localhost")


class DemoServer(http.server.ThreadingHTTPServer):
  """Serves the page in `web/`, and the `.tflite` files of one folder.

  Only this machine can reach it, and only as 127.0.0.1 or localhost, so that a
  page of another site cannot read the files through a name of its own.

  Example:
    `DemoServer("runs/mnist_dcgan", lambda: []).serve_forever()`

  Attributes:
    url: The address of the page.
  """

  daemon_threads = True

  def __init__(
    self,
    output_dir: str | os.PathLike,
    list_networks: Callable[[], list[dict]],
    port: int = 0,
    web: pathlib.Path = demo_files.WEB,
  ):
    """Opens the port.

    Args:
      output_dir: The folder of the files.
      list_networks: A function that returns the result of
        `demo_files.networks`.
      port: The port of the page; 0 for any that is free.
      web: The folder of the page.

    Raises:
      ValueError: If the port cannot be opened.
    """
    handler = functools.partial(
      _Handler, pathlib.Path(output_dir), list_networks, directory=str(web)
    )
    try:
      super().__init__((_HOSTS[0], port), handler)
    except OSError as error:
      raise ValueError(
        f"--port {port} cannot be opened ({error.strerror}); give another one,"
        " or 0 for any that is free."
      ) from None
    self.url = f"http://{_HOSTS[0]}:{self.server_port}/"


class _Handler(http.server.SimpleHTTPRequestHandler):
  """Handles requests for the page, its packages, and the files to show."""

  extensions_map = _TYPES

  def __init__(self, output_dir, list_networks, *args, **kwargs):
    self._output_dir = output_dir
    self._list_networks = list_networks
    super().__init__(*args, **kwargs)

  def send_head(self):
    host = urllib.parse.urlsplit(f"//{self.headers.get('Host', '')}")
    if host.hostname not in _HOSTS:
      return self.send_error(403, "Only for this machine")
    if urllib.parse.urlsplit(self.path).path == "/networks.json":
      return self._send_networks()
    return super().send_head()

  def _send_networks(self):
    try:
      found = self._list_networks()
    except ValueError:
      found = []  # deleted since the program began
    content = json.dumps(found).encode()
    self.send_response(200)
    self.send_header("Content-Type", _TYPES[".json"])
    self.send_header("Content-Length", str(len(content)))
    self.end_headers()
    self.wfile.write(content)

  def translate_path(self, path):
    name = urllib.parse.unquote(urllib.parse.urlsplit(path).path)
    folder, name = posixpath.split(posixpath.normpath(name))
    if folder == "/files" and name.endswith(".tflite"):
      return str(self._output_dir / name)
    return super().translate_path(path)

  def list_directory(self, path):
    return self.send_error(404, "Not found")

  def end_headers(self):
    for name, value in _HEADERS.items():
      self.send_header(name, value)
    super().end_headers()

  def log_message(self, *args):
    """Logs nothing, since the page shows errors."""
