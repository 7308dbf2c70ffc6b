"""The server as it is started: a local socket, a token, the built page, and an end."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import av
import pytest

from noonmark.actions.case_intake import add_files
from noonmark.errors import InputError
from noonmark.evidence.vault import open_vault
from noonmark.web import files, server
from tests.architecture.checks import ROOT


def test_a_port_that_is_taken_is_said_in_one_sentence():
    with server.listen(0) as first:
        port = first.getsockname()[1]
        with pytest.raises(InputError) as told:
            server.listen(port)
    assert told.value.code == "port-busy" and str(port) in told.value.message


@pytest.mark.parametrize(
    ("name", "opens"),
    [("DISPLAY", True), ("WAYLAND_DISPLAY", True), ("BROWSER", True), ("X", False)],
)
def test_without_a_screen_no_browser_takes_the_terminal(monkeypatch, name, opens):
    for known in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(known, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv(name, "x")
    assert server._has_a_screen() is opens


def test_the_socket_is_that_of_this_machine_only():
    with server.listen(0) as found:
        assert found.getsockname()[0] == "127.0.0.1"


def test_the_built_page_is_served_with_types_said_in_code(page):
    index = page.client.get("/")
    assert index.status_code == 200 and index.headers["content-type"] == "text/html; charset=utf-8"
    kinds = {path.suffix for path in files.static_folder().rglob("*") if path.is_file()}
    assert kinds <= set(files.TYPES)
    for path in files.static_folder().rglob("*"):
        if path.is_file():
            reply = page.client.get("/" + path.relative_to(files.static_folder()).as_posix())
            assert reply.status_code == 200 and reply.content == path.read_bytes()
            assert reply.headers["content-type"] == files.TYPES[path.suffix]


@pytest.mark.parametrize(
    "path",
    ["/../app.py", "/..%2fapp.py", "/assets/..%2f..%2fapp.py", "/%2e%2e/app.py", "/.hidden.js",
    "/assets/",
     "//etc/passwd", "/assets%5c..%5capp.js", "/app.py", "/index.html%00.js", "/C:/x.js",
     "/assets/%2e%2e/%2e%2e/__init__.py"],
)  # fmt: skip
def test_no_path_leads_out_of_the_page(page, path):
    reply = page.client.get(path)
    assert reply.status_code == 404 and b"import" not in reply.content


def test_a_link_out_of_the_page_is_not_followed(tmp_path):
    root, secret = tmp_path / "static", tmp_path / "secret.txt"
    root.mkdir()
    secret.write_text("secret")
    (root / "a.txt").symlink_to(secret)
    assert files.reply("/a.txt", folder=root).status_code == 404


def test_a_copy_without_the_built_page_says_so(tmp_path):
    reply = files.reply("/", folder=tmp_path)
    assert reply.status_code == 200 and b"not built" in reply.body


def _raw(port: int, text: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(text.encode())
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


WITHOUT_PATIENCE = """
import sys
from noonmark.cli.main import main
from noonmark.web.jobs import Jobs
reply = Jobs.reply
def at_once(jobs, *given):
    jobs.patience_s = 0.0
    return reply(jobs, *given)
Jobs.reply = at_once
sys.exit(main())
"""
"""``noonmark`` whose slow calls answer with their job at once, on however fast a machine."""


@pytest.fixture
def start(case):
    """Starts the real command in a process of its own: its address and port, and the process."""
    running = []

    def begin(program=("-m", "noonmark")):
        command = [sys.executable, *program, "open", "--no-browser", "--json", str(case)]
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        running.append(process)
        return json.loads(process.stdout.readline()), process

    yield begin
    for process in running:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)


@pytest.fixture
def started(start):
    return start()


@pytest.mark.slow
def test_the_command_prints_an_address_with_a_token_serves_and_ends(started, case):
    said, process = started
    address = urlsplit(said["address"])
    assert address.hostname == "127.0.0.1" and address.port == said["port"]
    name, _, token = address.fragment.partition("=")
    assert name == "t" and len(token) >= 32
    host = f"127.0.0.1:{said['port']}"

    def get(path: str, **headers: str) -> tuple[int, bytes, http.client.HTTPMessage]:
        line = http.client.HTTPConnection(host, timeout=20)
        line.request("GET", path, headers=headers)
        reply = line.getresponse()
        return reply.status, reply.read(), reply.headers

    status, body, headers = get("/api/state", **{"X-Noonmark-Token": token})
    assert status == 200 and json.loads(body)["state"]["path"] == str(case)
    assert "server" not in {key.lower() for key in headers}
    assert get("/api/state")[0] == 403
    assert get("/")[0] == 200
    assert b"403" in _raw(
        said["port"],
        f"GET /api/hello HTTP/1.1\r\nHost: evil.example\r\nX-Noonmark-Token: {token}\r\n\r\n",
    )
    assert (
        b"40"
        in _raw(said["port"], f"GET /api/hello HTTP/1.1\r\nX-Noonmark-Token: {token}\r\n\r\n")[:16]
    )
    upgrade = (
        f"GET / HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: "
        "Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    )
    assert (
        b" 403 "
        in _raw(said["port"], upgrade + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")[:16]
    )
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=20)
    assert process.returncode == 0 and "Traceback" not in complaint and token not in complaint


@pytest.mark.slow
def test_ctrl_c_ends_the_command_while_an_hour_of_film_is_looked_through(case, tmp_path, start):
    film = tmp_path / "hour.mp4"
    with av.open(str(film), "w") as out:
        stream = out.add_stream("mpeg4", rate=5)
        stream.width, stream.height = 64, 48
        picture = av.VideoFrame(64, 48, "yuv420p")
        for number in range(18_000):
            picture.pts = number
            out.mux(stream.encode(picture))
        out.mux(stream.encode())
    with open_vault(case, write=True) as vault:
        (kept,) = add_files(vault, [film])
    said, process = start(("-c", WITHOUT_PATIENCE))
    token = urlsplit(said["address"]).fragment.partition("=")[2]
    line = http.client.HTTPConnection(f"127.0.0.1:{said['port']}", timeout=20)

    def get(path):
        line.request("GET", path, headers={"X-Noonmark-Token": token})
        reply = line.getresponse()
        return reply.status, json.loads(reply.read())

    status, begun = get(f"/api/items/{kept.stored.sha256}/frames")
    assert status == 202, begun
    assert get(f"/api/jobs/{begun['job']}")[1]["done"] is False
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=20)
    assert process.returncode == 0 and "Traceback" not in complaint


@pytest.mark.slow
def test_a_second_start_on_the_same_port_is_refused_with_exit_code_2(started):
    said, _ = started
    command = [
        sys.executable,
        "-m",
        "noonmark",
        "open",
        "--no-browser",
        "--port",
        str(said["port"]),
    ]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2 and f"port {said['port']}" in done.stderr and done.stdout == ""


def test_the_wheel_and_the_sdist_carry_the_page():
    from hatchling.builders.sdist import SdistBuilder
    from hatchling.builders.wheel import WheelBuilder

    wanted = {"src/noonmark/" + p.relative_to(ROOT / "src/noonmark").as_posix() for p in _pages()}
    assert any(name.endswith("index.html") for name in wanted)
    for builder in (WheelBuilder(str(ROOT)), SdistBuilder(str(ROOT))):
        inside = {included.relative_path for included in builder.recurse_included_files()}
        assert wanted <= inside, type(builder).__name__


def _pages():
    root = files.static_folder()
    return [path for path in root.rglob("*") if path.is_file()]


def test_the_help_does_not_wait_for_the_server():
    code = (
        "import sys; from noonmark.cli.main import main; main(['open', '--help']); "
        "print(sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = done.stdout.rsplit("[", 1)[1]
    assert "'uvicorn'" not in loaded and "'starlette'" not in loaded and "'numpy'" not in loaded
