"""What a file states of its own making by C2PA: who signed which statement, and what does not fit.

The statement is read in a locked process (no network at all) with fetching turned off besides.
A remote manifest is named and never asked for: asking would tell its server that, when and from
where the file was opened. A signature shows that a key signed a statement; neither that the
statement is true nor that the picture is.

The verdict depends on the library's version and on the list of trusted signers, so both go with it,
and an earlier verdict is never replaced. **Method** C2PA specification 2.x, by c2pa-rs.
**Authority** tests/evidence/test_c2pa.py: the public test files of C2PA, good and tampered, each
with the code it must show.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noonmark.sandbox import process

METHOD = "c2pa/1"
LIMITS = process.WorkerLimits(cpu_s=120, wall_s=180.0, memory_bytes=2 << 30)
_VERDICTS = ("Valid", "Trusted", "Invalid")
UNTRUSTED = ("signingCredential.untrusted", "signingCredential.ocsp.skipped")
"""Codes that say the signer is on no list: of the list, not of the bytes."""


@dataclass(frozen=True)
class Failure:
    """One thing in a statement that does not fit.

    ``then``: the signer of the whole found it so at the time.
    """

    code: str
    where: str
    said: str
    then: bool

    def sentence(self) -> str:
        """What does not fit, where, and who says so."""
        start = "the signer saw, and said, that this did not fit" if self.then else "does not fit"
        return f"{start}: {self.where}: {self.said or self.code} ({self.code})"


@dataclass(frozen=True)
class ProvenanceStatement:
    """What was found.

    ``state`` is none, remote, unreadable, fits or broken (any failure but an unlisted signer).
    """

    state: str
    trusted: bool
    """Whether the signer leads to the list that was given; never true without a list."""
    signer: str
    """The name in the certificate, and who issued it."""
    time: str
    """When it was signed, as the signature says."""
    time_trusted: bool
    """Whether a time-stamping service vouches for that."""
    generator: str
    """The program that made the statement, as it names itself."""
    ingredients: int
    failures: tuple[Failure, ...]
    remote: str
    """Where a statement is kept that is not in the file; nobody asks there."""
    why: str
    """Why there is none, or why it could not be read."""
    tool: str
    settings_sha256: str
    trust_sha256: str
    """The digest of the list of trusted signers, or "none"."""
    text: str
    """The library's whole answer, JSON: to be kept beside the verdict."""

    def sentences(self) -> list[str]:
        """The verdict in words that claim no more than was checked."""
        if self.state == "none":
            return [f"carries no statement of its making ({self.why})"]
        if self.state == "remote":
            return [f"names a statement kept elsewhere, at {self.remote}; it was not asked for"]
        if self.state == "unreadable":
            return [f"carries a statement that could not be read: {self.why}"]
        signer = self.signer or "a signer without a name"
        lines = [f"carries a statement signed by {signer}{self._when()}", self._trust()]
        lines += [f.sentence() for f in self.failures if not _listed(f)]
        if self.state == "fits":
            lines.append(
                "the bytes are those that were signed;"
                " whether the statement is true is another question"
            )
        return lines

    def _when(self) -> str:
        if not self.time:
            return ""
        word = "time-stamped" if self.time_trusted else "by its own word"
        return f", {word} {self.time}"

    def _trust(self) -> str:
        if self.trusted:
            return f"the signer leads to the list of trusted signers {self.trust_sha256[:16]}"
        if self.trust_sha256 == "none":
            return "anyone can make such a signature: no list of trusted signers was given"
        return "anyone can make such a signature: not on the list given"

    def parameters(self) -> dict[str, Any]:
        """The particulars of the verdict for the log's ``parameters``."""
        codes = sorted({f.code for f in self.failures if not _listed(f)})
        said = {
            "method": METHOD,
            "tool": self.tool,
            "settings_sha256": self.settings_sha256,
            "trust_sha256": self.trust_sha256,
            "trusted": self.trusted,
            "signer": self.signer,
            "signed_at": self.time,
            "remote": self.remote,
            "failures": codes,
        }
        return {key: value for key, value in said.items() if value != ""}


def _listed(failure: Failure) -> bool:
    """Whether a failure says only that the signer is on no list."""
    return failure.code in UNTRUSTED


def settings_of(trust: bytes | None) -> str:
    """The library's settings: nothing is fetched, and only the list given is trusted."""
    verify = {
        "verify_trust": trust is not None,
        "verify_timestamp_trust": True,
        "ocsp_fetch": False,
        "remote_manifest_fetch": False,
        "skip_ingredient_conflict_resolution": False,
    }
    chosen: dict[str, Any] = {"verify": verify}
    if trust is not None:
        chosen["trust"] = {"trust_anchors": trust.decode("ascii", "replace")}
    return json.dumps(chosen, sort_keys=True)


def read(path: Path, *, trust: bytes | None = None) -> ProvenanceStatement:
    """The statement that a file carries, held against a list of trusted signers (PEM) if given."""
    settings = settings_of(trust)
    said = process.run(
        "c2pa_read", payload={"settings": settings}, files=[path], limits=LIMITS
    ).value
    failures = tuple(_failure(f) for f in said.get("failures", ()) if isinstance(f, Mapping))
    state = _state(said, failures)
    why = _text(said, "why")
    if state == "unreadable" and not why:
        why = "the library gave no verdict on it"
    unlisted = any(_listed(f) and f.where == "the file" for f in failures)
    ingredients = said.get("ingredients")
    return ProvenanceStatement(
        state=state,
        trusted=trust is not None and state == "fits" and not unlisted,
        signer=_signer(_text(said, "signer"), _text(said, "issuer")),
        time=_text(said, "time"),
        time_trusted=said.get("time_trusted") is True,
        generator=_text(said, "generator"),
        ingredients=ingredients if type(ingredients) is int else 0,
        failures=failures,
        remote=_text(said, "remote"),
        why=why,
        tool=_text(said, "tool"),
        settings_sha256=hashlib.sha256(settings.encode()).hexdigest(),
        trust_sha256="none" if trust is None else hashlib.sha256(trust).hexdigest(),
        text=_text(said, "text"),
    )


def _state(said: Mapping[str, Any], failures: Sequence[Failure]) -> str:
    """The state of a statement; it fits only where the library itself gave a verdict."""
    state = _text(said, "state")
    if state in ("none", "remote"):
        return state
    verdict = _text(said, "verdict")
    if state != "read" or verdict not in _VERDICTS:
        return "unreadable"
    broken = verdict == "Invalid" or any(not _listed(f) and not f.then for f in failures)
    return "broken" if broken else "fits"


def _signer(name: str, issuer: str) -> str:
    """Who signed, with who vouches for it where that is another."""
    if name and issuer and name != issuer:
        return f"{name} ({issuer})"
    return name or issuer


def _failure(said: Mapping[str, Any]) -> Failure:
    """One failure of the worker's answer."""
    return Failure(
        _text(said, "code"), _text(said, "where"), _text(said, "said"), said.get("then") is True
    )


def _text(said: Mapping[str, Any], name: str) -> str:
    """A text of the worker's answer, or an empty one where it holds none."""
    value = said.get(name)
    return value if isinstance(value, str) else ""
