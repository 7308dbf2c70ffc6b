"""The application of one run, in this process, with a case of one photo and one clip."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from noonmark.actions import cases
from noonmark.actions.case_intake import add_to_case
from noonmark.web.app import application
from noonmark.web.server_state import ServerState

TOKEN = "a-token-of-this-run-0123456789ab"
PORT = 8123
ORIGIN = f"http://127.0.0.1:{PORT}"
EXAMPLES = Path(str(resources.files("noonmark.examples")))


@dataclass
class Page:
    """What the page does: calls with the token, from its own origin, as JSON."""

    client: TestClient
    server: ServerState

    def get(self, path: str, **headers: str) -> Any:
        """A GET as the page sends it."""
        return self.client.get(path, headers={"X-Noonmark-Token": TOKEN, **headers})

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """A POST as the page sends it."""
        sent = {
            "X-Noonmark-Token": TOKEN,
            "Origin": ORIGIN,
            "Content-Type": "application/json",
            **headers,
        }
        return self.client.post(path, content=json.dumps(body), headers=sent)

    def ask(self, path: str, body: Any | None = None) -> dict[str, Any]:
        """A call that must be answered."""
        reply = self.get(path) if body is None else self.post(path, body)
        assert reply.status_code == 200, reply.text[:2000]
        found: dict[str, Any] = reply.json()
        assert found["ok"] is True
        return found

    def refused(self, path: str, body: Any | None = None) -> str:
        """A call that must be refused: the code."""
        reply = self.get(path) if body is None else self.post(path, body)
        found = reply.json()
        assert reply.status_code >= 400 and found["ok"] is False, reply.text[:500]
        assert found["message"] and "Traceback" not in reply.text
        return str(found["code"])


@pytest.fixture
def page() -> Iterator[Page]:
    """A page at which no case is open."""
    server = ServerState("tester")
    server.jobs.patience_s = 120.0
    with TestClient(
        application(token=TOKEN, port=PORT, by="tester", server=server), base_url=ORIGIN
    ) as client:
        yield Page(client, server)
    server.clear()


@pytest.fixture(autouse=True)
def _no_warm_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("noonmark.web.app._warm", lambda server: server.warm.set())


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the server remembers of this user lies in the test's own folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case with a photo and a clip."""
    folder = tmp_path / "case"
    cases.new_case(folder, by="tester")
    add_to_case(folder, [str(EXAMPLES / "roof.jpg"), str(EXAMPLES / "clip.mp4")], by="tester")
    return folder


@pytest.fixture
def opened(page: Page, case: Path) -> Page:
    """A page with that case open."""
    page.ask("/api/case/open", {"path": str(case)})
    return page


def digest_of(folder: Path) -> dict[str, str]:
    """The digest of every file below a folder, but for what SQLite lays beside an index that is
    read, and the index of what is said, which any reader may fill from the log.
    """
    beside = ("-shm", "-wal", "inquiry.jsonl")
    files = (
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(beside)
    )
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def items(page: Page) -> dict[str, str]:
    """The digests of the open case's items by name."""
    return {item["name"]: item["sha256"] for item in page.ask("/api/state")["state"]["items"]}


CLUES: dict[str, Any] = {
    "prior": {
        "not_before": "2022-10-06T12:00:00Z",
        "not_after": "2022-10-08T12:00:00Z",
        "area": {"south": 37.0, "west": -11.0, "north": 41.0, "east": -6.0},
    },
    "clue": [
        {
            "kind": "sun_direction",
            "azimuth_deg": 223.0,
            "elevation_deg": 35.7,
            "covariance_deg2": [[2.0, 0], [0, 1.0]],
        },
        {"kind": "clock", "time": "14:40:00", "sigma_s": 120.0, "zone": "UTC"},
    ],
}
"""A question that is answered quickly."""
