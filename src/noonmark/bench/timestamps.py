"""Time stamps on a case's newest seal: asked for, carried by hand, and judged again offline.

What is stamped is the digest of the signed checkpoint, so the stamp covers the whole log before it and the signature
too (metadata can't be swapped by whoever steals the key later). The token enters the log after the seal it stamps:
seal again before exporting, and it travels with the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import randbits, token_bytes
from typing import TYPE_CHECKING, Any

from noonmark import __version__
from noonmark.bench.loggable import loggable
from noonmark.errors import EvidenceError, InputError
from noonmark.values import now, rfc3339

if TYPE_CHECKING:
    from noonmark.evidence.anchor.ots import Header, OtsVerdict
    from noonmark.evidence.anchor.tsa import StampVerdict
    from noonmark.evidence.vault import Vault


@dataclass(frozen=True)
class Trust:
    """What a judgement leans on: files of root and other certificates, Bitcoin block headers by height."""

    roots: Sequence[Path] = ()
    chain: Sequence[Path] = ()
    headers: Mapping[int, str] | None = None


def stamp_query(case: Path, out: Path) -> dict[str, Any]:
    """Write the question for the newest seal into a new file, to be carried to a time-stamp server by hand."""
    from noonmark.bench.outputs import refuse_existing
    from noonmark.evidence.anchor import token
    from noonmark.evidence.bundle import sealed
    from noonmark.evidence.vault import open_vault

    refuse_existing(out, force=False)
    with open_vault(case) as vault:
        seal = sealed(vault)
        digest = sha256(seal.checkpoint.encode()).digest()
    out.write_bytes(token.query_der(digest, nonce=randbits(63)))
    return {"ok": True, "query": str(out), "size": seal.size, "digest": digest.hex()}


def stamp_by_server(
    case: Path,
    *,
    tsa: str | None = None,
    calendar: str | None = None,
    trust: Trust = Trust(),
    by: str,
) -> dict[str, Any]:
    """Ask one server, by its address, to stamp the newest seal; keep all it says, judge it, log the verdict."""
    from noonmark.evidence.anchor import ask, ots, token
    from noonmark.evidence.bundle import sealed
    from noonmark.evidence.vault import open_vault

    if (tsa is None) is (calendar is None):
        raise InputError("name one server: --tsa or --ots", code="stamp-address")
    with open_vault(case) as vault:  # for reading: nobody has to wait while the server thinks
        seal = sealed(vault)
    digest = sha256(seal.checkpoint.encode()).digest()
    query, nonce = token.query_der(digest, nonce=randbits(63)), token_bytes(16)
    if tsa is not None:
        reply = ask.tsa_reply(tsa, query)
    else:
        rest = ask.calendar_reply(str(calendar), ots.commitment(digest, nonce=nonce))
        reply = ots.detached(digest, nonce=nonce, reply=rest)
    with open_vault(case, write=True, by=by) as vault:
        server = str(tsa or calendar)
        return _keep(vault, reply, query if tsa else None, digest, seal.size, trust, server=server)


def stamp_take_in(
    case: Path,
    reply: Path,
    *,
    query: Path | None = None,
    trust: Trust = Trust(),
    by: str,
) -> dict[str, Any]:
    """Take in an answer that was fetched by hand (.tsr, or an .ots proof): it must be for a seal of this case."""
    from noonmark.evidence.anchor import ots, token
    from noonmark.evidence.seal import earlier_seals
    from noonmark.evidence.vault import open_vault

    data = _read(reply)
    asked = _read(query) if query is not None else None
    imprint = ots.read(data).digest if data.startswith(ots.MAGIC) else token.read_token(data).imprint
    with open_vault(case, write=True, by=by) as vault:
        for size, folder in reversed(earlier_seals(vault, vault.log.size + 1)):
            digest = sha256((folder / "checkpoint").read_bytes()).digest()
            if imprint == digest:
                return _keep(vault, data, asked, digest, size, trust, server="unknown")
    raise EvidenceError(
        f"{reply.name} stamps {imprint.hex()}, which is no seal of this case",
        code="stamp-other-case",
        hint="stamp the digest that noonmark case stamp DIR --query-out FILE writes",
    )


def stamps(case: Path, *, trust: Trust = Trust()) -> dict[str, Any]:
    """Every stamp the case keeps, judged again now and offline, beside what the log said when it came."""
    from noonmark.evidence.vault import open_vault

    found = []
    with open_vault(case) as vault:
        for number in vault.log.index.numbers(kind="timestamp"):
            entry = vault.log.entry(number)
            said = entry.facts
            data = vault.store.get(str(said["token"])).read_bytes()
            asked = said.get("parameters", {}).get("query")
            query = vault.store.get(str(asked)).read_bytes() if asked else None
            verdict = _judge(data, bytes.fromhex(str(said["subject"])), query, trust)
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
    vault: Vault, data: bytes, query: bytes | None, digest: bytes, size: int, trust: Trust, *, server: str
) -> dict[str, Any]:
    """Keep the answer, the question and the certificates given as items, and log the verdict."""
    from noonmark.evidence.anchor import ots
    from noonmark.evidence.facts import Fact, fact

    verdict = _judge(data, digest, query, trust)
    told = _told(verdict)
    form = "opentimestamps" if data.startswith(ots.MAGIC) else "rfc3161"
    ending = "ots" if form == "opentimestamps" else "tsr"
    parts = [("token", f"checkpoint-{size}.{ending}", data)]
    parts += [("query", f"checkpoint-{size}.tsq", query)] if query is not None else []
    parts += [(f"root_{n}", path.name, _read(path)) for n, path in enumerate(trust.roots)]
    parts += [(f"chain_{n}", path.name, _read(path)) for n, path in enumerate(trust.chain)]
    facts: list[Fact] = []
    kept: dict[str, str] = {}
    for part, name, content in parts:
        stored = vault.store.put_bytes(content)
        kept[part] = stored.sha256
        if vault.log.index.object_of(stored.sha256) is None:
            claims = {"name": loggable(name)}
            facts.append(fact("item", sha256=stored.sha256, size=stored.size_bytes, role="attachment", claims=claims))
    parameters = loggable(verdict.parameters()) | {part: d for part, d in kept.items() if part != "token"}
    claimed = {"at_claimed": told["time"]} if told["time"] is not None else {}
    facts.append(
        fact("timestamp", form=form, subject=digest.hex(), size=size, token=kept["token"], verdict=told["verdict"],
             means=f"noonmark {__version__}", server=server, parameters=parameters, **claimed)
    )  # fmt: skip
    vault.append(*facts)
    return {"ok": told["verdict"] != "does not hold", "form": form, "size": size, "token": kept["token"], **told}


def _judge(data: bytes, digest: bytes, query: bytes | None, trust: Trust) -> StampVerdict | OtsVerdict:
    from noonmark.evidence.anchor import chain, ots, tsa

    if data.startswith(ots.MAGIC):
        headers = {height: _header(text) for height, text in (trust.headers or {}).items()}
        return ots.judge(ots.read(data), digest=digest, headers=headers)
    roots = [c for path in trust.roots for c in chain.certificates_of(_read(path))]
    others = [c for path in trust.chain for c in chain.certificates_of(_read(path))]
    return tsa.judge(data, digest=digest, roots=roots, others=others, query=query)


def _told(verdict: StampVerdict | OtsVerdict) -> dict[str, Any]:
    """The verdict in the words of the log, the sentence, the time that is claimed or shown, the problems."""
    from noonmark.evidence.anchor.ots import OtsVerdict

    if isinstance(verdict, OtsVerdict):
        word = {"verified": "holds", "broken": "does not hold"}.get(verdict.status, verdict.status)
        time = None if verdict.time is None else rfc3339(verdict.time)
    else:
        # A signature that fits under a root that nobody here trusts yet is no lie: it waits for the root.
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


def _header(text: str) -> Header:
    from noonmark.evidence.anchor import ots

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
