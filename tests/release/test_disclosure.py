"""Rule 15: no byte of what goes out names an object that does not, whatever was chosen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noonmark.actions import releases
from noonmark.actions.releases import ReleaseRequest
from noonmark.evidence.vault import open_vault
from noonmark.release.record import read_record
from tests.release import made_case
from tests.release.made_case import Made

NAMES = ("clip", "tender", "hidden", "voice0", "voice1", "voice3")
KINDS = ("shown", "withheld", "silent", "left")
TODAY = "2026-12-01T00:00:00Z"
_HEX = re.compile(rb"[0-9a-f]{12,}")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made_case.make(tmp_path_factory.mktemp("disclosed"))


def asked(made: Made, choices: tuple[str, ...], claims: bool) -> ReleaseRequest:
    """The request that a choice for each item makes."""
    chosen = list(zip(NAMES, choices, strict=True))
    by_kind = {
        kind: tuple(made.items[name] for name, one in chosen if one == kind) for kind in KINDS
    }
    return ReleaseRequest(
        today=TODAY,
        title="A wall",
        shown=by_kind["shown"],
        withheld=tuple((digest, "not now") for digest in by_kind["withheld"]),
        silent=tuple((digest, "in danger") for digest in by_kind["silent"]),
        no_claims=not claims,
    )


def named(data: bytes) -> set[bytes]:
    """Every stretch of twelve hexadecimal characters in some bytes."""
    found = (run[0] for run in _HEX.finditer(data.lower()))
    return {run[at : at + 12] for run in found for at in range(len(run) - 11)}


CHOICES = st.tuples(*[st.sampled_from(KINDS)] * len(NAMES))


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(CHOICES, st.booleans())
def test_no_byte_of_a_release_names_what_it_withholds(made, choices, claims):
    request = asked(made, choices, claims)
    with open_vault(made.folder) as vault:
        found = releases.check_open_case(vault, lambda record: request)
        going = {digest: vault.store.path(digest).read_bytes() for digest in found.going}
        record = read_record(vault)
    withheld = {digest[:12].encode() for digest in set(record.items) - set(going)}
    names = {digest for digest, data in going.items() if named(data) & withheld}
    assert bool(names) == any(one.code == "release-digest" for one in found.verdict.refusals)


@pytest.mark.parametrize("silent", [(), ("tender", "voice3")], ids=["none", "two"])
def test_no_byte_on_disk_names_what_is_withheld(tmp_path: Path, made: Made, silent):
    choices = tuple("silent" if name in silent else "left" for name in NAMES)
    out = tmp_path / "out"
    done = releases.write_release(made.folder, out, asked(made, choices, True), key=made.key)
    with open_vault(made.folder) as vault:
        record = read_record(vault)
    shown = {path.name for path in (out / "bundle" / "objects").rglob("*")}
    withheld = {digest[:12].encode() for digest in set(record.items) - shown}
    assert len(withheld) >= 5 and done.check.verdict.ok
    for path in out.rglob("*"):
        if path.is_file():
            assert not (named(path.read_bytes()) | named(path.name.encode())) & withheld, path.name
