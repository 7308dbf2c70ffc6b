"""Time stamps on a case's newest seal: asked for, carried by hand, and judged again offline.

What is stamped is the digest of the signed checkpoint, so the stamp covers the whole log before it
and the signature too (metadata can't be swapped by whoever steals the key later). The token enters
the log after the seal it stamps: seal again before exporting, and it travels with the case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import randbits, token_bytes
from typing import TYPE_CHECKING, Any

from noonmark import __version__
from noonmark.actions.log_values import loggable
from noonmark.errors import EvidenceError, InputError
from noonmark.values import now, rfc3339

if TYPE_CHECKING:
    from noonmark.evidence.timestamps.ots import BlockHeader, OtsVerdict
    from noonmark.evidence.timestamps.tsa import StampVerdict
    from noonmark.evidence.vault import Vault


HASHES = ("sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512")


@dataclass(frozen=True)
class Trust:
    """What a judgement leans on: files of root and other certificates, Bitcoin block headers by
    height.
    """

    roots: Sequence[Path] = ()
    chain: Sequence[Path] = ()
    headers: Mapping[int, str] | None = None


def stamp_query(case: Path, out: Path) -> dict[str, Any]:
    """Write the question for the newest seal into a new file, to be carried to a time-stamp server
    by hand.
    """
    from noonmark.evidence.bundle import sealed
    from noonmark.evidence.timestamps import token
    from noonmark.evidence.vault import open_vault

    with open_vault(case) as vault:
        seal = sealed(vault)
        digest = hashlib.sha256(seal.checkpoint.encode()).digest()
    try:
        with open(out, "xb") as file:
            file.write(token.query_der(digest, nonce=randbits(63)))
    except FileExistsError:
        raise InputError(
            f"{out} exists already", code="file-exists", hint="choose another name"
        ) from None
    except OSError as error:
        raise InputError(f"{out}: {error.strerror}", code="file-unusable") from None
    return {"ok": True, "query": str(out), "size": seal.size, "digest": digest.hex()}


def stamp_by_server(
    case: Path,
    *,
    tsa: str | None = None,
    calendar: str | None = None,
    trust: Trust = Trust(),
    by: str,
) -> dict[str, Any]:
    """Ask one server, by its address, to stamp the newest seal; keep all it says, judge it, log the
    verdict.
    """
    from noonmark.evidence.bundle import sealed
    from noonmark.evidence.timestamps import ots, server, token
    from noonmark.evidence.vault import open_vault

    if (tsa is None) is (calendar is None):
        raise InputError("name one server: --tsa or --ots", code="stamp-address")
    with open_vault(case) as vault:  # for reading: nobody has to wait while the server thinks
        seal = sealed(vault)
    checkpoint = seal.checkpoint.encode()
    digest = hashlib.sha256(checkpoint).digest()
    query, nonce = token.query_der(digest, nonce=randbits(63)), token_bytes(16)
    if tsa is not None:
        reply = server.tsa_reply(tsa, query)
    else:
        rest = server.calendar_reply(str(calendar), ots.commitment(digest, nonce=nonce))
        reply = ots.detached(digest, nonce=nonce, reply=rest)
    with open_vault(case, write=True, by=by) as vault:
        name = str(tsa or calendar)
        return _keep(
            vault, reply, query if tsa else None, checkpoint, seal.size, trust, server=name
        )


def stamp_upgrade(case: Path, calendar: str, *, trust: Trust = Trust(), by: str) -> dict[str, Any]:
    """Ask one calendar, by its address, for what it has by now for the promises it made; each
    answer is a new entry.
    """
    from noonmark.evidence.timestamps import ots, server
    from noonmark.evidence.vault import open_vault

    waiting = []
    with open_vault(case) as vault:
        for number in vault.log.index.numbers(kind="timestamp"):
            said = vault.log.entry(number).facts
            if said["form"] != "opentimestamps":
                continue
            data = vault.store.get(str(said["token"])).read_bytes()
            found = ots.pending_at(data)
            if found is not None and str(found[0].calendar).rstrip("/") == calendar.rstrip("/"):
                waiting.append(
                    (data, found[0].message or b"", _checkpoint(vault, said), int(said["size"]))
                )
    if not waiting:
        raise InputError(
            f"no stamp of the case waits for {calendar}",
            code="stamp-none-pending",
            hint="noonmark case stamp DIR names the calendars of pending stamps",
        )
    proofs = [
        ots.upgraded(data, reply=server.calendar_rest(calendar, asked))
        for data, asked, _, _ in waiting
    ]
    told = []
    with open_vault(case, write=True, by=by) as vault:
        for proof, (_, _, checkpoint, size) in zip(proofs, waiting, strict=True):
            told.append(_keep(vault, proof, None, checkpoint, size, trust, server=calendar))
    return {"ok": all(one["ok"] for one in told), "stamps": told}


def stamp_take_in(
    case: Path,
    reply: Path,
    *,
    query: Path | None = None,
    trust: Trust = Trust(),
    by: str,
) -> dict[str, Any]:
    """Take in an answer that was fetched by hand (.tsr, or an .ots proof): it must be for a seal of
    this case.
    """
    from noonmark.evidence.seal import earlier_seals
    from noonmark.evidence.vault import open_vault

    data = _read(reply)
    asked = _read(query) if query is not None else None
    kind, imprint = _covered(data)
    if kind not in HASHES:
        raise InputError(
            f"{reply.name} stamps a {kind} digest, and for that hash two files can be made alike",
            code="stamp-weak-hash",
            hint="stamp the SHA-256 digest that noonmark case stamp DIR --query-out FILE writes",
        )
    with open_vault(case, write=True, by=by) as vault:
        for size, folder in reversed(earlier_seals(vault, vault.log.size + 1)):
            checkpoint = (folder / "checkpoint").read_bytes()
            if imprint == hashlib.new(kind, checkpoint, usedforsecurity=False).digest():
                return _keep(vault, data, asked, checkpoint, size, trust, server="unknown")
    raise EvidenceError(
        f"{reply.name} stamps {imprint.hex()}, which is no seal of this case",
        code="stamp-other-case",
        hint="stamp the digest that noonmark case stamp DIR --query-out FILE writes",
    )


def stamps(case: Path, *, trust: Trust = Trust()) -> dict[str, Any]:
    """Every stamp the case keeps, judged again now and offline, beside what the log said when it
    came.
    """
    from noonmark.evidence.vault import open_vault

    found = []
    with open_vault(case) as vault:
        for number in vault.log.index.numbers(kind="timestamp"):
            entry = vault.log.entry(number)
            said = entry.facts
            data = vault.store.get(str(said["token"])).read_bytes()
            asked = said.get("parameters", {}).get("query")
            query = vault.store.get(str(asked)).read_bytes() if asked else None
            verdict = _judge(data, _checkpoint(vault, said), query, trust)
            found.append(
                {
                    "entry": number,
                    "logged_at": entry.at,
                    "size": said["size"],
                    "form": said["form"],
                    "logged_verdict": said["verdict"],
                    **_told(verdict),
                }
            )
    return {"ok": all(stamp["verdict"] != "does not hold" for stamp in found), "stamps": found}


def _keep(
    vault: Vault,
    data: bytes,
    query: bytes | None,
    checkpoint: bytes,
    size: int,
    trust: Trust,
    *,
    server: str,
) -> dict[str, Any]:
    """Keep the answer, the question and the certificates given as items, and log the verdict."""
    from noonmark.evidence.entry_schema import Fact, fact
    from noonmark.evidence.timestamps import ots

    verdict = _judge(data, checkpoint, query, trust)
    told = _told(verdict)
    form = "opentimestamps" if data.startswith(ots.MAGIC) else "rfc3161"
    facts: list[Fact] = []
    kept: dict[str, str] = {}
    for part, name, content in _parts(data, query, form, size, trust):
        stored = vault.store.put_bytes(content)
        kept[part] = stored.sha256
        if vault.log.index.object_of(stored.sha256) is None:
            item = {"sha256": stored.sha256, "size": stored.size_bytes, "role": "attachment"}
            facts.append(fact("item", **item, claims={"name": loggable(name)}))
    token = kept.pop("token")
    claimed = {"at_claimed": told["time"]} if told["time"] is not None else {}
    facts.append(
        fact(
            "timestamp",
            form=form,
            subject=hashlib.sha256(checkpoint).hexdigest(),
            size=size,
            token=token,
            verdict=told["verdict"],
            means=f"noonmark {__version__}",
            server=server,
            parameters=loggable(verdict.parameters()) | kept,
            **claimed,
        )
    )
    vault.append(*facts)
    ok = told["verdict"] != "does not hold"
    return {"ok": ok, "form": form, "size": size, "token": token, **told}


def _parts(
    data: bytes, query: bytes | None, form: str, size: int, trust: Trust
) -> Iterator[tuple[str, str, bytes]]:
    """What a stamp is judged by: the role, a name and the bytes of each part."""
    ending = "ots" if form == "opentimestamps" else "tsr"
    yield "token", f"checkpoint-{size}.{ending}", data
    if query is not None:
        yield "query", f"checkpoint-{size}.tsq", query
    for number, path in enumerate(trust.roots):
        yield f"root_{number}", path.name, _read(path)
    for number, path in enumerate(trust.chain):
        yield f"chain_{number}", path.name, _read(path)


def _covered(data: bytes) -> tuple[str, bytes]:
    """The hash that a stamp uses, and the digest it covers."""
    from noonmark.evidence.timestamps import ots, token

    if data.startswith(ots.MAGIC):
        proof = ots.read(data)
        return proof.hash_name, proof.digest
    read = token.read_token(data)
    return read.hash_name, read.imprint


def _checkpoint(vault: Vault, said: Mapping[str, Any]) -> bytes:
    """The checkpoint that a logged stamp is about; it must be the one that the log names."""
    data = _read(vault.folder / "seals" / str(said["size"]) / "checkpoint")
    found = hashlib.sha256(data).hexdigest()
    if found != said["subject"]:
        raise EvidenceError(
            f"the seal at {said['size']} entries has digest {found}, the log says "
            f"{said['subject']}",
            code="history-differs",
            hint="noonmark case audit names what differs",
        )
    return data


def _judge(
    data: bytes, checkpoint: bytes, query: bytes | None, trust: Trust
) -> StampVerdict | OtsVerdict:
    from noonmark.evidence.timestamps import chain, ots, tsa

    digest = hashlib.new(_covered(data)[0], checkpoint, usedforsecurity=False).digest()
    if data.startswith(ots.MAGIC):
        headers = {height: _header(text) for height, text in (trust.headers or {}).items()}
        return ots.judge(ots.read(data), digest=digest, headers=headers)
    roots = [c for path in trust.roots for c in chain.certificates_of(_read(path))]
    others = [c for path in trust.chain for c in chain.certificates_of(_read(path))]
    return tsa.judge(data, digest=digest, roots=roots, others=others, query=query)


def _told(verdict: StampVerdict | OtsVerdict) -> dict[str, Any]:
    """The verdict in the words of the log, the sentence, the time that is claimed or shown, the
    problems.
    """
    from noonmark.evidence.timestamps.ots import OtsVerdict

    if isinstance(verdict, OtsVerdict):
        word = {"verified": "holds", "broken": "does not hold"}.get(verdict.status, verdict.status)
        time = None if verdict.time is None else rfc3339(verdict.time)
    else:
        # A signature that fits under a root that nobody here trusts yet is no lie: it waits for the
        # root.
        waits = {p.code for p in verdict.problems} == {"tsa-untrusted"}
        word = "holds" if verdict.ok else "not trusted" if waits else "does not hold"
        time = rfc3339(verdict.gen_time)
    problems = [vars(p) for p in verdict.problems]
    return {
        "verdict": word,
        "says": verdict.sentence(),
        "time": time,
        "problems": problems,
        "judged_at": rfc3339(now()),
    }


def _header(text: str) -> BlockHeader:
    from noonmark.evidence.timestamps import ots

    try:
        return ots.read_header(bytes.fromhex(text))
    except ValueError:
        raise InputError(
            "a Bitcoin block header is 160 hex digits",
            code="block-header",
            hint="bitcoin-cli getblockheader HASH false",
        ) from None


def _read(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(1 << 22)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", code="file-unusable") from None
