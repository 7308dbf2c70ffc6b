"""ZIP files of ProofMode: footage with what the phone stated when it was taken, signed on it.

Of a file whose SHA-256 is H there are ``H.proof.csv`` and ``H.proof.json`` (what the phone stated),
``H.asc`` or ``NAME.asc`` (a signature of the file), ``H.proof.csv.asc`` and ``H.proof.json.asc``
(signatures of the statements), ``H.ots`` (OpenTimestamps), ``H.gst`` and ``H.devicecheck`` (what a
maker's service said of the phone), and for all of them ``pubkey.asc``.

The statements name the phone, its networks and its place. Of them only digest and times are read
here, and nothing else is ever logged.

**Method** Guardian Project and WITNESS, ProofMode: its verification guide (2024).
**Authority** tests/evidence/test_proofmode.py, against GnuPG.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from noonmark.errors import InputError
from noonmark.evidence.packages import openpgp, tree, zips
from noonmark.evidence.packages.openpgp import SignatureVerdict
from noonmark.evidence.packages.tree import PackageFindings, PackageVerdict, ReportedPart
from noonmark.evidence.packages.zips import ZipArchive
from noonmark.evidence.timestamps import ots
from noonmark.values import from_unix_s, rfc3339

METHOD = "proofmode/1"
KEY = "pubkey.asc"
STATEMENTS = (".proof.csv", ".proof.json")
_DIGEST_FIELDS = ("File Hash SHA256", "SHA256")
"""What the digest is called; since its first year, and in that."""
_TIME_FIELDS = {
    "CurrentDateTime0GMT": "generated",
    "Modified": "modified",
    "Proof Generated": "generated",
    "File Modified": "modified",
    "File Created": "created",
}
_NOTARIES = {".gst": "Google", ".devicecheck": "Apple", ".attest": "Apple"}
_ENDS = (*STATEMENTS, ".asc", ".ots", ".txt", *_NOTARIES)
_DIGEST = re.compile(r"[0-9a-f]{64}")
LARGEST_STATEMENT_BYTES = 1 << 20
Places = dict[str, str]
"""Where each member lies in the archive, by the last part of its name."""


@dataclass(frozen=True)
class ProofModeVerdict:
    """The verdict on a ZIP of ProofMode.

    ``signatures``, ``stamps`` and ``stated_times`` have texts for each part judged; ``keys`` are
    fingerprints, known from the ZIP alone.
    """

    judged: PackageVerdict
    footage: int
    signatures: Mapping[str, str]
    keys: tuple[str, ...]
    stamps: Mapping[str, str]
    notaries: tuple[str, ...]
    stated_times: Mapping[str, str]

    def parameters(self) -> dict[str, Any]:
        """The verdict's fields for the log's ``parameters``."""
        return {
            "method": METHOD,
            "footage": self.footage,
            "signatures": tree.spoken(self.signatures),
            "keys_in_zip": list(self.keys[:20]),
            "stamps": tree.spoken(self.stamps),
            "not_checked": list(self.notaries[: tree.MOST_SPOKEN]),
            "stated_times": dict(self.stated_times),
            "problems": sorted({p.code for p in self.judged.problems}),
            "warnings": sorted({w.code for w in self.judged.warnings}),
        }


@dataclass
class _Judging:
    """A ZIP while it is judged."""

    archive: ZipArchive
    findings: PackageFindings
    places: Places
    footage: dict[str, str] = field(default_factory=dict)
    """Name of each file of footage, by its digest."""
    stated: set[str] = field(default_factory=set)
    signatures: dict[str, str] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    stamps: dict[str, str] = field(default_factory=dict)
    times: dict[str, str] = field(default_factory=dict)

    def place(self, name: str) -> ReportedPart:
        """Where problems with a member are reported."""
        return ReportedPart(self.findings, name[:120])

    def small(self, name: str) -> bytes:
        """The bytes of a member that is expected to be small."""
        return self.archive.read(self.places[name], longest=LARGEST_STATEMENT_BYTES)


def is_proofmode(names: list[str]) -> bool:
    """Whether a ZIP with members of these names is one of ProofMode."""
    return any(name.lower().endswith(STATEMENTS) for name in names)


def judge(path: Path) -> ProofModeVerdict:
    """The verdict on the ZIP at ``path``; nothing is unpacked and no network used."""
    findings = PackageFindings()
    with zips.opened(path, findings) as archive:
        members = {} if archive is None else archive.members
        places = _places(members, findings)
        if archive is None:
            return ProofModeVerdict(findings.verdict(0, 0), 0, {}, (), {}, (), {})
        work = _Judging(archive, findings, places)
        for step in (_digest_footage, _read_statements, _hold_together, _signatures, _stamps):
            try:
                step(work)
            except InputError as error:
                findings.problem(error.code, path.name, "bytes that can be read", error.message)
        notaries = tuple(_notaries(work))
        total = sum(info.file_size for info in members.values())
        return ProofModeVerdict(
            findings.verdict(len(members), total),
            len(work.footage),
            work.signatures,
            tuple(sorted(work.keys)),
            work.stamps,
            notaries,
            work.times,
        )


def _places(members: Mapping[str, object], findings: PackageFindings) -> Places:
    """Where each member lies; two of one name, whatever their folders, are a problem."""
    places: Places = {}
    for member in members:
        name = PurePosixPath(member).name
        if name in places:
            findings.problem("proofmode-twice", member[:120], "a name once", "twice")
        places[name] = member
    return places


def _digest_footage(work: _Judging) -> None:
    """Digest every member that is footage: whatever is no part of a proof."""
    for name, member in work.places.items():
        if not name.lower().endswith(_ENDS):
            work.footage[work.archive.digest(member, "sha256")[0]] = name


def _read_statements(work: _Judging) -> None:
    """Read digest and times from what the phone stated."""
    for name in work.places:
        if not name.lower().endswith(STATEMENTS):
            continue
        named = name.split(".")[0].lower()
        said = _fields(name, work.small(name), work.place(name))
        digests = {str(said.get(field, "")).lower() for field in _DIGEST_FIELDS}
        digests = {digest for digest in digests if _DIGEST.fullmatch(digest)}
        if _DIGEST.fullmatch(named) and digests and digests != {named}:
            work.place(name).problem("proofmode-differs", named, ", ".join(sorted(digests)))
        found = digests or ({named} if _DIGEST.fullmatch(named) else set())
        if not found:
            work.place(name).warning("proofmode-unstated", "the digest of a file", "none")
        work.stated |= found
        for key, ours in _TIME_FIELDS.items():
            if said.get(key):
                work.times[ours] = str(said[key])[:40]


def _fields(name: str, data: bytes, place: ReportedPart) -> Mapping[str, object]:
    """What a statement says, by the names of its fields: CSV with a line of names, or JSON."""
    if name.lower().endswith(".json"):
        try:
            value = tree.read_json(data, where=name)
        except InputError as error:
            place.problem("proofmode-statement", "JSON", error.message[:120])
            return {}
        return value if isinstance(value, dict) else {}
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig", "replace"))))
    except csv.Error as error:
        place.problem("proofmode-statement", "CSV", str(error)[:120])
        return {}
    said: dict[str, object] = {}
    for row in rows:
        said |= {str(key).strip(): value for key, value in row.items() if value}
    return said


def _hold_together(work: _Judging) -> None:
    """Hold the stated digests against the footage that is there."""
    for digest in sorted(work.stated - set(work.footage)):
        if work.footage:
            work.place(digest[:16]).problem(
                "proofmode-differs", "a file with the stated digest", "others"
            )
        else:
            work.place(digest[:16]).warning(
                "proofmode-alone", "the footage in the ZIP", "the proof alone"
            )
    for digest, name in work.footage.items():
        if digest not in work.stated:
            work.place(name).warning("proofmode-unstated", "a proof of this file", "none")
    found = "the phone, its networks and its place: share it with care"
    work.findings.warning("proofmode-names", "statements", "no word on the witness", found)


def _signatures(work: _Judging) -> None:
    """Judge every signature by the key in the ZIP."""
    keys = work.small(KEY) if KEY in work.places else b""
    for name in work.places:
        if not name.lower().endswith(".asc") or name == KEY:
            continue
        signed = _signed(work, name)
        if signed is None:
            verdict = SignatureVerdict("not checked", "what it signs is not in the ZIP")
        else:
            verdict = openpgp.judge(list(_pieces(work, signed)), work.small(name), keys)
        _tell(work, name, verdict)
    if not work.signatures:
        work.findings.warning("proofmode-unsigned", "archive", "a signature", "none")


def _signed(work: _Judging, name: str) -> str | None:
    """The member that a signature is of: by its name, or by the digest in its name."""
    stem = name[: -len(".asc")]
    return stem if stem in work.places else work.footage.get(stem.lower())


def _pieces(work: _Judging, name: str) -> Iterator[bytes]:
    """The bytes of a member, a piece at a time."""
    with work.archive.zip.open(work.archive.members[work.places[name]]) as stream:
        while piece := stream.read(tree.CHUNK_BYTES):
            yield piece


def _tell(work: _Judging, name: str, verdict: SignatureVerdict) -> None:
    """Write down what came of a signature."""
    state = verdict.state + (f": {verdict.reason}" if verdict.reason else "")
    if verdict.made_at_s is not None and verdict.state == "holds":
        state += f", made {rfc3339(from_unix_s(verdict.made_at_s))} by the phone's clock"
    work.signatures[name] = state
    if verdict.state == "differs":
        work.place(name).problem("proofmode-signature", "a signature that holds", "another")
    elif verdict.state == "not checked":
        work.place(name).warning("proofmode-unchecked", "a signature that can be checked", state)
    else:
        work.keys.add(verdict.fingerprint)
        if verdict.hash_name == "sha1":
            work.place(name).warning("proofmode-weak", "a signature over SHA-256", "SHA-1")


def _stamps(work: _Judging) -> None:
    """Judge every proof of OpenTimestamps, without block headers."""
    for name in work.places:
        if not name.lower().endswith(".ots"):
            continue
        try:
            proof = ots.read(work.small(name))
        except InputError as error:
            work.place(name).problem("proofmode-stamp", "an OpenTimestamps proof", error.message)
            work.stamps[name] = "broken"
            continue
        stamped = _stamped(work, proof)
        if stamped is None:
            work.stamps[name] = "of no file of this ZIP"
            work.place(name).problem("proofmode-stamp", "a file of this ZIP", "another digest")
            continue
        work.stamps[name] = f"{stamped}: {_status(ots.judge(proof, digest=proof.digest))}"
        place = work.place(name)
        place.warning("proofmode-stamp", "a time", "not checked without the block's header")


def _stamped(work: _Judging, proof: ots.OtsProof) -> str | None:
    """The member that a proof is of, or ``the stated footage``; None where there is none."""
    hexed = proof.digest.hex()
    if hexed in work.footage:
        return work.footage[hexed]
    if hexed in work.stated:
        return "the stated footage"
    for name, member in work.places.items():
        signs = name.lower().endswith((*STATEMENTS, ".asc"))
        if signs and work.archive.digest(member, "sha256")[0] == hexed:
            return name
    return None


def _status(verdict: ots.OtsVerdict) -> str:
    """What a proof says, in words."""
    if verdict.height is not None:
        return f"said to stand in Bitcoin block {verdict.height}; not checked without its header"
    if verdict.status == "pending":
        return "a calendar's promise, not in a block yet"
    return verdict.status


def _notaries(work: _Judging) -> Iterator[str]:
    """The statements of makers' services, which can only be judged by asking them."""
    for name in work.places:
        maker = _NOTARIES.get(PurePosixPath(name).suffix.lower())
        if maker is not None:
            said = f"what {maker} said of the phone: only {maker} can tell"
            work.place(name).warning("proofmode-unchecked", "a statement to check here", said)
            yield f"{name}: {said}"
