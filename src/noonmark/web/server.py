"""The server: a socket on this machine only, a token for this run, and the page in the browser."""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

import uvicorn

from noonmark.actions.recent_cases import remember_case
from noonmark.error_mapping import from_system
from noonmark.errors import InputError
from noonmark.session.ending import end_workers
from noonmark.web import last_address
from noonmark.web.app import application
from noonmark.web.server_state import ServerState


def serve(
    case: Path | None,
    *,
    port: int,
    by: str,
    browser: bool,
    announce: Callable[[str, int], None],
    screen: str = "",
    site: Path | None = None,
) -> None:
    """Serve the page until Ctrl-C. ``announce`` gets the address with its token, and the port.

    ``screen`` is where the page opens; ``site`` the folder of a site that it opens there.
    """
    from noonmark.session.case_session import open_session

    server = ServerState(by)
    if case is not None:
        remember_case(server.put(lambda: open_session(case, by=by)).folder)
    listener, token = last_address.listener(server.case, port, listen)
    try:
        bound = int(listener.getsockname()[1])
        last_address.keep(server.case, bound, token)
        app = application(token=token, port=bound, by=by, server=server)
        where = "" if not screen else f"/{screen}&"
        if site is not None:
            where = f"/{screen}/{server.sites.add(Path(os.path.abspath(site)))}&"
        address = f"http://127.0.0.1:{bound}/#{where}t={token}"
        announce(address, bound)
        if browser and _has_a_screen():
            # Beside the server: some browsers only come back when they are closed.
            threading.Thread(
                target=webbrowser.open, args=(address,), name="browser", daemon=True
            ).start()
        with suppress(KeyboardInterrupt):  # Ctrl-C is how the page is ended
            PageServer(_config(app)).run(sockets=[listener])
    finally:
        listener.close()
        server.clear()


class PageServer(uvicorn.Server):
    """A server that, told to end, does not wait until a long film is read."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop what is being decoded, then end as servers do."""
        end_workers()
        super().handle_exit(sig, frame)


def _has_a_screen() -> bool:
    """Whether a browser could show anything; without a screen, one in text would take the terminal
    over.
    """
    if not sys.platform.startswith(("linux", "freebsd")):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def listen(port: int) -> socket.socket:
    """A socket on 127.0.0.1; port 0 takes any that is free."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # So that the same port can be taken again at once after a restart; another listener still keeps
    # it.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(64)
    except OSError as error:
        listener.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise InputError(
                f"port {port} is taken by another program, or not for you to take",
                code="port-busy",
                hint="leave --port out: a free one is found",
            ) from None
        raise from_system(error, f"port {port}") from None
    return listener


def _config(app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        http="h11",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=3,
    )
