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
"""Tests of the program that serves the page, and of what it serves."""

import functools
import http.client
import json
import re
import signal
import subprocess
import sys
import threading

import pytest

from examples import (
  demo_files,
  demo_server,
)
from tests import build_files

_PROGRAM = [sys.executable, "-m", "examples.serve_demo"]


@pytest.fixture
def folder(tmp_path):
  """Returns a folder with names as the main job gives them."""
  for name in ("pruned_cpu", "pruned_gpu", "dense_cpu", "dense_cpu-int8"):
    (tmp_path / f"{name}.tflite").write_bytes(name.encode())
  (tmp_path / "settings.json").write_text("{}")
  return tmp_path


@pytest.fixture
def web(tmp_path):
  """Returns a folder like `web/` after `npm ci`."""
  path = tmp_path / "web"
  packages = {
    "": {"dependencies": {"@a/b": "1.2.3"}},
    "node_modules/@a/b": {"version": "1.2.3"},
  }
  module = path / "node_modules/@a/b"
  module.mkdir(parents=True)
  (path / "package-lock.json").write_text(json.dumps({"packages": packages}))
  (module / "package.json").write_text('{"version": "1.2.3"}')
  (module / "core.wasm").write_bytes(b"\0asm")
  (module / "core.js").write_text("export {};")
  (path / "index.html").write_text("<!doctype html>")
  return path


@pytest.fixture
def get(folder, web):
  """Asks a server; returns the answer and what is in it."""
  list_networks = functools.partial(
    demo_files.networks, folder, wasm_target="cpu", webgpu_target="gpu"
  )

  def ask(path, host=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    connection.request("GET", path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    return answer, answer.read()

  with demo_server.DemoServer(folder, list_networks, web=web) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield ask
    server.shutdown()


def test_networks(folder):
  assert demo_files.networks(folder, "cpu", "gpu") == [
    {
      "name": "dense",
      "files": {"wasm": "dense_cpu.tflite", "webgpu": "dense_cpu.tflite"},
    },
    {
      "name": "pruned",
      "files": {"wasm": "pruned_cpu.tflite", "webgpu": "pruned_gpu.tflite"},
    },
  ]
  (int8,) = demo_files.networks(folder, "cpu-int8", "gpu")
  assert int8["files"]["webgpu"] == "dense_cpu-int8.tflite"


@pytest.mark.parametrize("name", [".", "nowhere"])
def test_no_networks(tmp_path, name):
  with pytest.raises(ValueError, match="'_cpu.tfl"):
    demo_files.networks(tmp_path / name, "cpu", "gpu")


def test_missing_or_other_packages(web):
  demo_files.check_installed(web)
  package = web / "node_modules/@a/b/package.json"
  package.write_text('{"version": "1.2.4"}')
  with pytest.raises(ValueError, match="needs 1.2.3 of npm's @a/b, and 1.2.4"):
    demo_files.check_installed(web)
  package.unlink()
  with pytest.raises(ValueError, match="needs npm's @a/b: run `npm ci` in web"):
    demo_files.check_installed(web)


def test_install_without_npm_or_where_it_fails(tmp_path, monkeypatch):
  monkeypatch.setenv("PATH", str(tmp_path))
  with pytest.raises(ValueError, match="--install .*npm"):
    demo_files.install(tmp_path)
  npm = tmp_path / "npm"
  npm.write_text(f"#!{sys.executable}\nimport sys; sys.exit(3)\n")
  npm.chmod(0o755)
  with pytest.raises(ValueError, match=r"`npm ci` in web/ failed \(3\)"):
    demo_files.install(tmp_path)


def test_lockfile_names_no_registry_and_fixes_everything():
  text = (demo_files.WEB / "package-lock.json").read_text()
  assert "resolved" not in text and "http" not in text
  packages = json.loads(text)["packages"]
  wanted = packages.pop("")["dependencies"]
  assert (
    wanted
    == json.loads((demo_files.WEB / "package.json").read_text())["dependencies"]
  )
  assert all(re.fullmatch(r"\d+\.\d+\.\d+", v) for v in wanted.values())
  assert packages and all("integrity" in p for p in packages.values())


@pytest.mark.parametrize(
  ("path", "kind"),
  [
    ("/", "text/html; charset=utf-8"),
    ("/?a=b", "text/html; charset=utf-8"),
    ("/networks.json", "application/json"),
    ("/files/pruned_gpu.tflite", "application/octet-stream"),
    ("/node_modules/@a/b/core.wasm", "application/wasm"),
    ("/node_modules/@a/b/core.js", "text/javascript"),
  ],
)
def test_what_is_served(get, path, kind):
  answer, content = get(path)
  assert answer.status == 200 and content
  assert answer.headers["Content-Type"] == kind
  # What a page needs for threads.
  assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
  assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"


@pytest.mark.parametrize(
  "path",
  [
    "/files/settings.json",
    "/files/",
    "/files/missing.tflite",
    "/files/../files/x/../../settings.json",
    "/files/..%2fsettings.json",
    "/files/%2e%2e/web/index.html",
    "/../settings.json",
    "/%2e%2e/settings.json",
    "/node_modules/",
  ],
)
def test_nothing_else_is_served(get, path):
  answer, content = get(path)
  assert answer.status == 404 and b"{}" not in content


def test_files_as_they_are_now(get, folder):
  assert get("/files/dense_cpu.tflite")[1] == b"dense_cpu"
  assert json.loads(get("/networks.json")[1])[0]["name"] == "dense"
  for path in folder.glob("*.tflite"):
    path.unlink()
  assert json.loads(get("/networks.json")[1]) == []


@pytest.mark.parametrize(
  "host", ["example.org", "example.org:80", "10.0.0.1:8"]
)
def test_other_names_of_this_machine_are_refused(get, host):
  assert get("/files/dense_cpu.tflite", host)[0].status == 403
  assert get("/networks.json", "localhost:8000")[0].status == 200


def test_only_this_machine_is_served(folder):
  with demo_server.DemoServer(folder, list) as server:
    assert server.server_address[0] == "127.0.0.1"
    with pytest.raises(ValueError, match=f"--port {server.server_port} cannot"):
      demo_server.DemoServer(folder, list, server.server_port)


@pytest.mark.parametrize(
  ("flags", "message"),
  [
    (["--output_dir=nowhere"], "serve_demo: --output_dir 'nowhere' holds no"),
    (["--port=70000"], "--port="),
    (["more"], "Unknown argument 'more'"),
  ],
)
def test_program_refuses(flags, message):
  result = subprocess.run(
    [*_PROGRAM, *flags],
    cwd=build_files.ROOT,
    capture_output=True,
    text=True,
    check=False,
  )
  assert result.returncode == 1
  assert message in result.stdout + result.stderr
  assert "Traceback" not in result.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_program_serves_until_it_is_interrupted(folder, number):
  try:
    demo_files.check_installed()
  except ValueError as error:
    pytest.skip(str(error))
  with subprocess.Popen(
    [*_PROGRAM, f"--output_dir={folder}", "--port=0"],
    cwd=build_files.ROOT,
    stdout=subprocess.PIPE,
    text=True,
    # As a shell starts what runs in its background.
    preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
  ) as program:
    port = int(
      re.search(r"http://127.0.0.1:(\d+)/;", program.stdout.readline())[1]
    )
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/")
    assert b"Generators in the browser" in connection.getresponse().read()
    program.send_signal(number)
    try:
      assert program.wait(60) == 0
    finally:
      program.kill()
